"""`monitor feeds health`, on a fleet in all kinds of trouble."""

from pathlib import Path

import pytest

from monitor import clock
from monitor.store import open_store
from monitor.store.health import TROUBLES
from tests.e2e.scene import Scene, item, publish
from tests.fleet import fill
from tests.servers.publisher import Publisher

RECORD = {
    "feed", "title", "trouble", "since", "reason", "error", "failures", "last_success", "next_poll", "asked",
    "duplicate_of", "gaps", "last_new", "mean_gap", "advice",
}  # fmt: skip


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a configuration without feeds."""
    made = Scene(tmp_path)
    made.configure()
    return made


def test_a_fleet_in_all_kinds_of_trouble(scene: Scene) -> None:
    """Who needs somebody has a line with what to do, the worst first; the well are counted; the code is 0."""
    assert scene.monitor("feeds", "health").out == "no feeds\n"
    store = open_store(f"sqlite:///{scene.folder / 'monitor.db'}")
    expected = fill(store, 154, clock.now())
    store.close()
    scene.configure([f"https://outlet{number:05}.example/feed.xml" for number in range(154)])
    ran = scene.monitor("feeds", "health")
    *lines, last = ran.out.splitlines()
    assert ran.code == 0
    assert len(lines) == 154 - expected["ok"]
    assert lines[0].startswith("gone since 20")
    assert "gone: The server answered 410 Gone. The publisher has ended it" in lines[0]
    assert "`monitor feeds discover https://outlet" in ran.out
    assert last.startswith(f"154 feeds: {expected['ok']} well, {expected['gone']} gone, ")
    *records, summary = scene.monitor("feeds", "health", "--json", "--all").records
    assert all(record.keys() == RECORD for record in records)
    places = [TROUBLES.index(record["trouble"]) for record in records]
    assert places == sorted(places)
    assert summary["summary"]["feeds"] == len(records) == 154
    assert {kind: summary["summary"][kind] for kind in expected} == expected


def test_what_happened_to_feeds_is_listed(scene: Scene) -> None:
    """Incidents are listed, the newest last, as sentences and as records, without a password."""
    scene.configure()
    assert scene.monitor("feeds", "health", "--incidents").out == "nothing has happened to any feed\n"
    with Publisher() as publisher:
        publisher.serve("/feed", status=410)
        url = publisher.url("/feed").replace("//", "//joe:hunter2@")
        scene.configure([url])
        assert scene.monitor("poll", "--all").code == 1
        publish(publisher, "/feed", item(1, "Ferry resumes"))
        assert scene.monitor("poll", "--all").code == 0
    gone, recovered = scene.monitor("feeds", "health", "--incidents").out.splitlines()
    assert " gone: Feed <http://joe:" in gone
    assert "The server answered 410 Gone." in gone
    assert " recovered: Feed <http://joe:" in recovered
    assert "hunter2" not in gone + recovered
    records = scene.monitor("feeds", "health", "--incidents", "--json").records
    assert [record["kind"] for record in records] == ["gone", "recovered"]
    assert all(record.keys() == {"feed", "title", "kind", "at", "detail"} for record in records)
    assert "hunter2" not in str(records)


def test_a_pause_of_a_host_is_no_failure_of_its_other_feeds(scene: Scene) -> None:
    """One feed is refused with Retry-After, time and again; the other one of its host is never failing."""
    with Publisher() as publisher:
        busy = publisher.serve("/busy", status=429, headers={"Retry-After": "600"})
        other = publish(publisher, "/other", item(1, "Ferry resumes"))
        scene.configure([busy, other], '[fetch.hosts."127.0.0.1"]\nper_host = 1\n')
        for _ in range(3):
            polled = {
                record.get("feed"): record for record in scene.monitor("poll", "--all", "--json").records
            }
            assert polled[other]["error"].startswith("refused: The host asked for a pause")
        assert not publisher.asked("/other")
    *records, _ = scene.monitor("feeds", "health", "--all", "--json").records
    troubles = {record["feed"]: (record["trouble"], record["failures"]) for record in records}
    assert troubles == {busy: ("broken", 3), other: ("new", 0)}
    (incident,) = scene.monitor("feeds", "health", "--incidents", "--json").records
    assert incident["feed"] == busy


def test_a_fleet_that_is_well(scene: Scene) -> None:
    """Where nothing is wrong one line says so."""
    with Publisher() as publisher:
        url = publisher.serve("/feed", b'<rss version="2.0"><channel><title>x</title></channel></rss>')
        scene.configure([url])
        assert scene.monitor("poll", "--all").code == 0
    assert scene.monitor("feeds", "health").out == "1 feed, all well\n"
    (record, _) = scene.monitor("feeds", "health", "--all", "--json").records
    assert (record["trouble"], record["advice"], record["error"]) == ("ok", "", None)


def test_passwords_stay_inside(scene: Scene) -> None:
    """A sentence about a feed has its address without the password."""
    scene.configure(["https://joe:hunter2@paid.example/feed"])
    assert "hunter2" not in scene.monitor("feeds", "health").out
