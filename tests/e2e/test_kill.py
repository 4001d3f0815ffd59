"""Killed at any moment and run again: nothing is lost, and nothing is there twice."""

import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from tests.e2e.program import CEILING, alone, ended, started, until
from tests.e2e.scene import DIGEST, TOPIC, Scene, email, item, part, publish
from tests.servers.mailbox import Mailbox
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.processes

FEEDS, ITEMS = 6, 12
LONG = 2 * CEILING
"""A delay that no test outlives, in seconds: who answers so is killed before it does."""


def _publish(publisher: Publisher, slow: int = 0) -> list[str]:
    """Publish feeds that share half of their items; the first slow ones do not answer in time."""
    shared = [item(number, f"Shared story {number}") for number in range(ITEMS // 2)]
    return [
        publish(
            publisher,
            f"/feed{n}",
            *shared,
            *(item(m, f"Story {m} of outlet {n}", outlet=f"outlet{n}") for m in range(ITEMS // 2)),
            delay=LONG if n < slow else 0,
        )
        for n in range(FEEDS)
    ]


def _state(scene: Scene) -> list[tuple[str, list[str]]]:
    """Return every story with the guids of its copies, whichever feed came first."""
    records = scene.monitor("export").records
    return sorted(
        (record["title"], sorted(f"{copy['source']} {copy['guid']}" for copy in record["copies"]))
        for record in records
    )


def _asked(publisher: Publisher, process: Popen[str]) -> None:
    until(lambda: publisher.requests, "the first request")


def _told(lines: int) -> Callable[[Publisher, Popen[str]], None]:
    def wait(publisher: Publisher, process: Popen[str]) -> None:
        assert process.stdout
        assert all(process.stdout.readline() for _ in range(lines))

    return wait


@pytest.mark.parametrize(
    ("slow", "moment"),
    [(FEEDS, _asked), (0, _asked), (1, _told(1)), (1, _told(FEEDS - 1))],
    ids=["nobody has answered", "answers come in", "one is stored", "all but one are stored"],
)
def test_a_poll_killed_in_the_middle_is_made_good(
    tmp_path: Path, slow: int, moment: Callable[[Publisher, Popen[str]], None]
) -> None:
    """After SIGKILL the next poll brings the store to where an undisturbed one would have."""
    (tmp_path / "calm").mkdir()
    scene, calm = Scene(tmp_path), Scene(tmp_path / "calm")
    with Publisher() as publisher:
        feeds = _publish(publisher, slow)
        words = ("--config", scene.configure(feeds), "poll", "--all", "--json")
        with started(*words) as process:
            moment(publisher, process)
            process.kill()
        for n, entries in enumerate(_publish(publisher)):
            assert entries == feeds[n]
        calm.configure(feeds)
        for one in (scene, calm):
            assert one.monitor("poll", "--all").code == 0
            assert one.monitor("db", "check").code == 0
        assert _state(scene) == _state(calm)
        assert len(_state(calm)) == ITEMS // 2 * (FEEDS + 1)
        again = scene.monitor("poll", "--all", "--json").records[-1]["summary"]
    assert (again["new"], again["copies"], again["revisions"]) == (0, 0, 0)


class _Deadly(Mailbox):
    """A mail server that has its client killed when a command arrives, before it answers."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment: str | None = moment
        self.client: Popen[str] | None = None

    def scripted(self, command: str) -> str | None:
        """Kill the client, once, when its moment has come."""
        if self.moment and command.startswith(self.moment):
            self.moment = None
            client = until(lambda: self.client, "the client")
            client.kill()
            client.wait()
        return super().scripted(command)


@pytest.mark.parametrize(
    ("moment", "mails"),
    [("CONNECT", {1}), ("DATA", {1}), (".", {2}), ("QUIT", {1})],
    ids=["before", "at DATA", "between the end of DATA and the answer", "after the answer"],
)
def test_a_digest_killed_in_the_middle_arrives(tmp_path: Path, moment: str, mails: set[int]) -> None:
    """After SIGKILL the next send delivers; only in the one window is it a repeat, of the same message."""
    scene = Scene(tmp_path)
    with Publisher() as publisher, _Deadly(moment) as mailbox:
        feed = publish(publisher, "/harbour", item(1, "Ferry resumes after storm"))
        scene.configure([feed], TOPIC + DIGEST + email(mailbox))
        assert scene.monitor("poll", "--all").code == 0
        with started("--config", scene.config, "digest", "send", "morning") as process:
            mailbox.client = process
            process.wait(CEILING)
            killed = process.returncode
        assert killed < 0
        assert scene.monitor("digest", "send", "morning").code == 0
        again = scene.monitor("digest", "send", "morning", "--json").records
        assert [record["status"] for record in again] == ["nothing-new"]
    assert len(mailbox.messages) in mails
    assert len({mail.message["Message-ID"] for mail in mailbox.messages}) == 1
    assert "Ferry resumes after storm" in part(mailbox.messages[-1].message, "plain")


def test_a_daemon_killed_leaves_the_store_to_the_next_one(tmp_path: Path) -> None:
    """The lock dies with its holder, its children end, and the next one polls what it was polling."""
    scene = Scene(tmp_path)
    with Publisher() as publisher:
        slow = publish(publisher, "/slow", item(1, "Ferry resumes"), delay=LONG)
        quick = publish(publisher, "/quick", item(2, "Bakery opens", outlet="quick"))
        words = ("--config", scene.configure([slow, quick], '[web]\nlisten = "127.0.0.1:0"\n'), "run")
        with started(*words) as process:
            until(lambda: publisher.asked("/slow"), "the first poll")
            until(lambda: scene.titles() == ["Bakery opens"], "the feed that answers")
            process.kill()
            process.wait()
            until(lambda: alone(process), "its children to end")
        publish(publisher, "/slow", item(1, "Ferry resumes"))
        with started(*words) as process:
            until(lambda: "Ferry resumes" in scene.titles(), "the story")
            assert ended(process, signal.SIGTERM).code == 0
            until(lambda: alone(process), "its children to end")
