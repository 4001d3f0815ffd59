"""The daemon as whoever runs it meets it: signals, a second one, the addresses that machines ask."""

import http.client
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.program import CEILING, Ran, alone, ended, family, run, started, until
from tests.e2e.scene import TOPIC, Scene, item, publish
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.processes

QUICK = '[daemon]\ntick = "1s"\ndrain_timeout = "{drain}"\n[web]\nlisten = "127.0.0.1:{port}"\n'


@pytest.fixture
def port() -> int:
    """Return a port that is free."""
    with closing(socket.socket()) as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Give a publisher of one's own."""
    with Publisher() as server:
        yield server


def _get(port: int, path: str) -> tuple[int, str]:
    """Ask the page; the status is 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=CEILING)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def test_a_daemon_polls_answers_reloads_and_ends(tmp_path: Path, publisher: Publisher, port: int) -> None:
    """It polls, says how it is, keeps a second one out, takes in a right file only, and ends with 0."""
    scene, log = Scene(tmp_path), tmp_path / "log"
    first = publish(publisher, "/first", item(1, "Ferry resumes"))
    second = publish(publisher, "/second", item(2, "Bakery opens", outlet="second"))
    quick = QUICK.format(drain="20s", port=port)
    scene.configure([first], quick)
    with started("--config", scene.config, "run", log=log) as process:
        until(lambda: _get(port, "/readyz")[0] == 200, "the page")
        until(lambda: scene.titles() == ["Ferry resumes"], "the first poll")
        assert _get(port, "/healthz") == (200, "alive\n")
        assert _get(port, "/")[0] == 200
        assert 'state="ok"' in _get(port, "/metrics")[1]
        _refuses_what_it_must(scene)
        scene.configure([first, second], quick)
        process.send_signal(signal.SIGHUP)
        until(lambda: scene.titles() == ["Bakery opens", "Ferry resumes"], "the feed that was added")
        scene.config.write_text("[stor]\n", "utf-8")
        process.send_signal(signal.SIGHUP)
        until(lambda: "was not taken in" in log.read_text("utf-8"), "the refusal of a wrong file")
        assert _get(port, "/readyz")[0] == 200
        assert ended(process, signal.SIGTERM).code == 0
    assert _get(port, "/healthz") == (0, "")
    assert "Traceback" not in log.read_text("utf-8")


def test_a_reload_ends_the_processes_of_before(tmp_path: Path, publisher: Publisher, port: int) -> None:
    """Others read with the new topics, those with the old ones end, and none outlives the daemon."""
    scene, log, quick = Scene(tmp_path), tmp_path / "log", QUICK.format(drain="20s", port=port)
    first = publish(publisher, "/first", item(1, "Ferry resumes"))
    scene.configure([first], quick)
    with started("--config", scene.config, "run", log=log) as process:
        until(lambda: '"polled"' in log.read_text("utf-8"), "the first poll")
        before = family(process)
        assert len(before) > len(_LASTING)
        second = publish(publisher, "/second", item(2, "Ferry delayed", outlet="second"))
        scene.configure([first, second], quick + TOPIC)
        process.send_signal(signal.SIGHUP)
        until(lambda: second in log.read_text("utf-8"), "the poll of the feed that was added")
        (story,) = scene.monitor("export", "--topic", "ferries").records
        assert story["title"] == "Ferry delayed"
        until(lambda: len(before & family(process)) == len(_LASTING), "the end of the processes of before")
        assert ended(process, signal.SIGTERM).code == 0
        until(lambda: alone(process), "its children to end")


def test_what_is_in_flight_at_a_reload_lands(tmp_path: Path, publisher: Publisher, port: int) -> None:
    """A poll that began before a reload is stored, even where the daemon is told to end meanwhile."""
    scene, log = Scene(tmp_path), tmp_path / "log"
    url = publish(publisher, "/slow", item(1, "Ferry resumes"), delay=3)
    scene.configure([url], QUICK.format(drain="60s", port=port))
    with started("--config", scene.config, "run", log=log) as process:
        until(lambda: publisher.requests, "the first poll")
        process.send_signal(signal.SIGHUP)
        until(lambda: '"reloaded"' in log.read_text("utf-8"), "the reload")
        assert ended(process, signal.SIGTERM).code == 0
    assert "Traceback" not in log.read_text("utf-8")
    assert scene.titles() == ["Ferry resumes"]


_LASTING = ("the daemon", "its fork server", "its resource tracker")


def _refuses_what_it_must(scene: Scene) -> None:
    """Prove that a second daemon and a restore are refused in a sentence, and that all is well."""
    other = run("--config", scene.config, "run")
    restored = scene.monitor("db", "restore", scene.folder / "monitor.db")
    for refused in (other, restored):
        assert refused.code == 1
        assert "another monitor process holds the daemon lock" in refused.err
        assert "Traceback" not in refused.err
    well = scene.monitor("healthcheck")
    assert (well.code, well.err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_what_is_in_flight_lands(
    tmp_path: Path, publisher: Publisher, port: int, number: signal.Signals
) -> None:
    """A poll that is under way when the daemon is told to end is stored before it ends."""
    scene = Scene(tmp_path)
    url = publish(publisher, "/slow", item(1, "Ferry resumes"), delay=1)
    ran = _stopped(scene, publisher, [url], QUICK.format(drain="60s", port=port), number)
    assert ran.code == 0
    assert scene.titles() == ["Ferry resumes"]


def test_what_does_not_land_in_time_is_given_back(tmp_path: Path, publisher: Publisher, port: int) -> None:
    """Past its deadline the daemon ends all the same, with 0, and the feed is due as if never asked."""
    scene = Scene(tmp_path)
    url = publish(publisher, "/slow", item(1, "Ferry resumes"), delay=2 * CEILING)
    ran = _stopped(scene, publisher, [url], QUICK.format(drain="1s", port=port), signal.SIGTERM)
    assert ran.code == 0
    assert scene.titles() == []
    publish(publisher, "/slow", item(1, "Ferry resumes"))
    assert scene.monitor("poll").code == 0
    assert scene.titles() == ["Ferry resumes"]


def _stopped(scene: Scene, publisher: Publisher, feeds: list[str], more: str, number: signal.Signals) -> Ran:
    """Run the daemon until its first request has come, then signal it."""
    scene.configure(feeds, more)
    with started("--config", scene.config, "run") as process:
        until(lambda: publisher.requests, "the first poll")
        ran = ended(process, number)
    assert "Traceback" not in ran.err
    return ran


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path, publisher: Publisher) -> None:
    """A page that cannot listen ends the daemon with a sentence that names the address."""
    scene = Scene(tmp_path)
    scene.configure([], QUICK.format(drain="1s", port=publisher.port))
    ran = run("--config", scene.config, "run")
    assert ran.code in {1, 2}
    assert str(publisher.port) in ran.err
    assert "Traceback" not in ran.err


def test_the_articles_of_a_feed_with_full_text_are_fetched(
    tmp_path: Path, publisher: Publisher, port: int
) -> None:
    """The daemon asks for the page of a story on a topic; show has its text, why says where it is from."""
    scene = Scene(tmp_path)
    link = publisher.serve(
        "/1", f"<html><body><article><p>{'The harbour ferry sails again. ' * 20}</p></article></body></html>",
        content_type="text/html",
    )  # fmt: skip
    feed = publish(publisher, "/feed", replace(item(1, "Ferry resumes"), link=link))
    asked = f'[[feeds]]\nurl = "{feed}"\nfull_text = true\n'
    scene.configure([], asked + TOPIC + QUICK.format(drain="5s", port=port))
    assert scene.monitor("poll").code == 0
    (story,) = scene.monitor("export").records
    with started("--config", scene.config, "run") as process:
        until(lambda: "sails again" in scene.monitor("show", story["id"]).out, "the article's text")
        assert ended(process, signal.SIGTERM).code == 0
    assert f"Its full text is that of {link}" in scene.monitor("why", story["id"]).out


def test_an_outage_of_our_own_network_is_told_and_passes(
    tmp_path: Path, publisher: Publisher, port: int
) -> None:
    """When no site can be reached, readiness says so and no feed is blamed; the first answer ends it."""
    scene, log = Scene(tmp_path), tmp_path / "log"
    nobody = [f"http://127.0.0.{number}:{port}/feed" for number in range(2, 8)]
    quick = QUICK.format(drain="20s", port=port)
    scene.configure(nobody, quick)
    with started("--config", scene.config, "run", log=log) as process:
        until(lambda: "our own network" in _get(port, "/readyz")[1], "the outage")
        asked = run("--config", scene.config, "healthcheck")
        assert asked.code == 1
        assert "no site can be reached since" in asked.err
        assert "our own network" in _get(port, "/feeds")[1]
        process.send_signal(signal.SIGHUP)
        until(lambda: '"reloaded"' in log.read_text("utf-8"), "the reload")
        assert "our own network" in _get(port, "/readyz")[1]
        assert log.read_text("utf-8").count("our own network seems to be down") == 1
        scene.configure([*nobody, publish(publisher, "/first", item(1, "Ferry resumes"))], quick)
        process.send_signal(signal.SIGHUP)
        until(lambda: _get(port, "/readyz")[0] == 200, "the end of it")
        assert ended(process, signal.SIGTERM).code == 0
    feeds = scene.monitor("feeds", "list", "--json").records
    assert {feed["failures"] for feed in feeds} == {0}
