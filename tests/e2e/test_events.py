"""`monitor events`, `event merge|split|pin|unpin|rulings`, and what show, why and export say of events."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import clock
from monitor.model.entries import Entry
from monitor.store import open_store
from tests.builders import entry
from tests.e2e.scene import TOPIC, Scene, publish
from tests.happenings import as_before_events
from tests.servers.publisher import Publisher

FERRY = "Ferry Aurora runs aground off Odesa with ninety passengers"
RESCUE = "Ninety passengers rescued from ferry Aurora aground off Odesa"
RATES = "Central bank raises interest rates to seven percent"


def item(number: int, title: str, outlet: str) -> Entry:
    """Return an item of a title alone, published some hours ago, the later the higher its number."""
    published = clock.now() - timedelta(hours=4 - number)
    link = f"https://{outlet}.example/{number}"
    return entry(title, guid=f"{outlet}-{number}", link=link, published=published)


@pytest.fixture
def polled(tmp_path: Path) -> Scene:
    """Return a store after one poll of two feeds: a ferry in both, a bank in one."""
    scene = Scene(tmp_path)
    with Publisher() as publisher:
        harbour = publish(publisher, "/harbour", item(1, FERRY, "harbour"))
        coast = publish(publisher, "/coast", item(3, RESCUE, "coast"), item(2, RATES, "coast"))
        scene.configure([harbour, coast], TOPIC)
        assert [scene.monitor("poll", feed).code for feed in (harbour, coast)] == [0, 0]
    return scene


def story(scene: Scene, title: str) -> dict[str, Any]:
    """Return the record of a story."""
    (found,) = (record for record in scene.monitor("export").records if record["title"] == title)
    return {key: found[key] for key in ("id", "event")}


def test_a_flood_is_placed_before_events_are_told_of(tmp_path: Path) -> None:
    """Three hundred new stories of one poll wait, and have their events in the first listing."""
    scene = Scene(tmp_path)
    words = ("Ferry", "Bank", "Owl", "Bridge", "Strike", "Comet")
    items = [item(0, f"{words[n % 6]} {n}", f"outlet{n}") for n in range(298)]
    with Publisher() as publisher:
        flood = publish(publisher, "/flood", item(1, FERRY, "harbour"), item(2, RESCUE, "coast"), *items)
        scene.configure([flood], TOPIC)
        assert scene.monitor("poll", flood).code == 0
    placed = scene.monitor("events", "--json")
    assert any(one["title"] in {FERRY, RESCUE} for one in placed.records)
    assert all(record["event"] for record in scene.monitor("export").records)


def test_events_are_listed_and_shown(polled: Scene) -> None:
    """A listing, an event with its timeline and what is new in it, and its stories."""
    ferry, rates = story(polled, FERRY)["event"], story(polled, RATES)["event"]
    assert story(polled, RESCUE)["event"] == ferry
    (listed,) = polled.monitor("events", "--json").records
    assert (listed["id"], listed["stories"], listed["pinned"]) == (ferry, 2, False)
    assert listed["outlets"] == ["harbour.example", "coast.example"]
    assert {one["id"] for one in polled.monitor("events", "--all", "--json").records} == {ferry, rates}
    assert "(2 stories in harbour.example, coast.example)" in polled.monitor("events").out
    assert polled.monitor("events", "--since", "2100-01-01").out == ""
    assert polled.monitor("events", "--topic", "ferries", "--all", "--limit", "1").out.count(ferry) == 1
    assert "and 1 more (--limit)" in polled.monitor("events", "--all", "--limit", "1").out

    shown = polled.monitor("show", ferry).out.splitlines()
    assert shown[1] == "2 stories in 2 outlets: harbour.example, coast.example"
    assert [FERRY in shown[-2], RESCUE in shown[-1]] == [True, True]
    (record,) = polled.monitor("show", ferry, "--since", "1h", "--json").records
    assert [(one["title"], one["new"]) for one in record["timeline"]] == [(FERRY, True), (RESCUE, True)]
    assert "0 of them came since 2100" in polled.monitor("show", ferry, "--since", "2100-01-01").out
    titles = [one["title"] for one in polled.monitor("stories", "--event", ferry, "--json").records]
    assert titles == [RESCUE, FERRY]


def test_why_tells_of_events(polled: Scene) -> None:
    """`why` names a story's event with the score and the shared terms, and an event's reasons for each."""
    rescue, ferry = story(polled, RESCUE), story(polled, FERRY)
    said = polled.monitor("why", rescue["id"]).out
    assert f"It is one of 2 stories of {ferry['event']}, " in said
    assert "0.7 makes one event; shared: " in said
    assert "It is the only story of its event" in polled.monitor("why", story(polled, RATES)["id"]).out
    (about,) = polled.monitor("why", rescue["id"], "--json").records
    assert (about["event"]["id"], about["event"]["stories"]) == (ferry["event"], 2)
    assert "aurora" in about["event"]["terms"]
    (record,) = polled.monitor("why", ferry["event"], "--json").records
    assert [one["title"] for one in record["stories"]] == [FERRY, RESCUE]
    assert "It was an event by itself" in polled.monitor("why", ferry["event"]).out


def test_a_person_puts_events_right(polled: Scene) -> None:
    """Split, merged, pinned and left to the machine again; each is told, and listed while it stands."""
    ferry, rates = story(polled, FERRY)["event"], story(polled, RATES)["event"]
    parted = polled.monitor(
        "event", "split", ferry, "--story", story(polled, RESCUE)["id"], "--by", "Anna", "--note", "two ships"
    )
    fresh = story(polled, RESCUE)["event"]
    assert parted.out.splitlines()[0] == f"{fresh}: split off {ferry}; both are pinned."
    rulings = polled.monitor("event", "rulings", "--json").records
    assert [(one["event"], one["who"], one["note"]) for one in rulings] == [
        (ferry, "Anna", "two ships"),
        (fresh, "Anna", "two ships"),
    ]
    assert f"{ferry}, {FERRY}, is pinned: Anna, " in polled.monitor("event", "rulings").out

    merged = polled.monitor("event", "merge", fresh, rates, ferry, "--by", "Anna")
    assert "which has 3 stories and is pinned." in merged.out
    kept = story(polled, FERRY)["event"]
    (record,) = polled.monitor("show", fresh, "--json").records
    assert (record["id"], record["stories"]) == (kept, 3)
    why = polled.monitor("why", rates).out
    assert "was merged into it: Anna said so on " in why
    assert "It is pinned, so that it keeps its stories: Anna said so on " in why
    assert "A person pinned that event: Anna" in polled.monitor("why", story(polled, RATES)["id"]).out
    assert ", pinned)" in polled.monitor("events").out

    assert polled.monitor("event", "unpin", kept).out == f"{kept} is pinned no more.\n"
    assert polled.monitor("event", "rulings").out == ""
    assert polled.monitor("event", "pin", kept).out.startswith(f"{kept} is pinned.")
    for command in ("pin", "unpin"):
        assert polled.monitor("event", command, kept, "--json").records[0]["id"] == kept


def test_corrections_give_records(polled: Scene) -> None:
    """With --json a merge writes the event, a split both."""
    ferry, rates = story(polled, FERRY)["event"], story(polled, RATES)["event"]
    (made,) = polled.monitor("event", "merge", ferry, rates, "--json").records
    assert len(made["timeline"]) == 3
    bank = story(polled, RATES)["id"]
    halves = polled.monitor("event", "split", made["id"], "--story", bank, "--json").records
    assert [half["stories"] for half in halves] == [2, 1]


def test_what_cannot_be_done_ends_with_two(polled: Scene) -> None:
    """Wrong ids are wrong use, each with a sentence."""
    ferry = story(polled, FERRY)["event"]
    for words, sentence in {
        ("show", "e9999"): "there is no event e9999",
        ("why", "e9999"): "there is no event e9999",
        ("stories", "--event", "e9999"): "there is no event e9999",
        ("stories", "--event", "s1"): "'s1' is not an event's id",
        ("events", "--topic", "nothing"): "there is no topic 'nothing'",
        ("event", "merge", ferry): "name two events or more",
        ("event", "unpin", ferry): "is not pinned",
    }.items():
        ran = polled.monitor(*words)
        assert (ran.code, ran.out) == (2, "")
        assert sentence in ran.err


def test_one_pass_places_what_waits(polled: Scene) -> None:
    """After an upgrade `run --once` gives every story that was stored before its event."""
    waiting = story(polled, FERRY)["id"]
    with open_store(f"sqlite:///{polled.folder}/monitor.db").write() as lane:
        as_before_events(lane)
    assert "It waits for its event." in polled.monitor("why", waiting).out
    polled.configure()
    assert polled.monitor("run", "--once").code == 0
    assert story(polled, FERRY)["event"] == story(polled, RESCUE)["event"] != story(polled, RATES)["event"]
