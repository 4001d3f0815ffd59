"""From a publisher to a reader's mailbox, over real sockets: the right stories, once each."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from monitor.app import App, open_app
from monitor.config import load
from tests.builders import StoppedClock
from tests.e2e.program import ended, started
from tests.e2e.scene import DIGEST, TOPIC, Scene, email, item, part, publish
from tests.servers.mailbox import DROP, HOLD, Mailbox
from tests.servers.publisher import Publisher


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Give a mail server of one's own."""
    with Mailbox() as server:
        yield server


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Give a publisher of one's own."""
    with Publisher() as server:
        yield server


@pytest.fixture
def scene(tmp_path: Path, publisher: Publisher, mailbox: Mailbox) -> Scene:
    """Return two outlets that share a story, an old one, one off topic and a seed; polled once."""
    made = Scene(tmp_path)
    shared, old = item(1, "Ferry resumes after storm"), item(2, "Ferry of last winter", hours_ago=900)
    harbour = publish(publisher, "/harbour", shared, old, item(3, "Bakery opens"))
    meridian = publish(publisher, "/meridian", shared, item(4, "Ferries & timetables", outlet="meridian"))
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "ferry.md").write_text("# The ferry line\n\nA ferry sails at dawn.\n", "utf-8")
    made.configure([harbour, meridian], f'[seeds]\npath = "seeds"\n{TOPIC}{DIGEST}{email(mailbox)}')
    assert made.monitor("seeds", "sync").code == 0
    assert made.monitor("poll", "--all").code == 0
    return made


def _send(scene: Scene) -> tuple[int, list[str]]:
    ran = scene.monitor("digest", "send", "morning", "--json")
    return ran.code, [record["status"] for record in ran.records]


def _message(mailbox: Mailbox) -> EmailMessage:
    (mail,) = mailbox.messages
    assert mail.recipients == ("reader@example.org",)
    return mail.message


def test_a_digest_tells_what_is_new_once(scene: Scene, mailbox: Mailbox) -> None:
    """The mail is well formed, has each story once with who carries it, and no seed, no old story."""
    assert _send(scene) == (0, ["sent"])
    message = _message(mailbox)
    assert not message.defects
    assert message.get_content_type() == "multipart/alternative"
    assert message["To"] == "reader@example.org"
    assert {"Message-ID", "Date", "Subject", "From"} <= set(message.keys())
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert text.count("Ferry resumes after storm") >= 1
        assert "Meridian" in text
        assert "also in" in text.lower()
        for absent in ("The ferry line", "Ferry of last winter", "Bakery"):
            assert absent not in text
    for title in ("Ferry resumes after storm", "Ferries & timetables"):
        assert part(message, "plain").count(title) == 1
    assert "Ferries &amp; timetables" in part(message, "html")


def test_nothing_is_told_twice(scene: Scene, mailbox: Mailbox) -> None:
    """A second send sends nothing; what comes later is told alone."""
    assert _send(scene) == (0, ["sent"])
    assert _send(scene) == (0, ["nothing-new"])
    mailbox.messages.clear()
    with Publisher() as other:
        url = publish(other, "/late", item(9, "Ferry stops again", outlet="late"))
        scene.configure([url], TOPIC + DIGEST + email(mailbox))
        scene.monitor("poll", "--all")
        assert _send(scene) == (0, ["sent"])
    text = part(_message(mailbox), "plain")
    assert "Ferry stops again" in text
    assert "Ferry resumes" not in text


def test_sending_is_stopped_and_started(scene: Scene, mailbox: Mailbox) -> None:
    """The kill switch is told wherever somebody asks, refuses a digest by hand, and loses nothing."""
    stopped = scene.monitor("sending", "stop", "--why", "wrong readers")
    assert stopped.out.startswith("Nothing is sent since ")
    (status,) = scene.monitor("sending", "status", "--json").records
    assert (status["sending"], status["why"]) == (False, "wrong readers")
    assert "wrong readers" in scene.monitor("digest", "list").err
    refused = scene.monitor("digest", "send", "morning")
    assert (refused.code, "wrong readers" in refused.err, mailbox.messages) == (2, True, [])
    assert scene.monitor("sending", "start").out == "Digests and alerts are sent.\n"
    assert scene.monitor("sending", "status").out == "Digests and alerts are sent.\n"
    assert _send(scene) == (0, ["sent"])


def test_a_digest_waits_for_its_mail_server(scene: Scene, mailbox: Mailbox) -> None:
    """While the server is down the digest is reserved and said to be; then it goes out as it was."""
    mailbox.stop()
    assert _send(scene) == (1, ["reserved"])
    mailbox.start()
    code, statuses = _send(scene)
    assert (code, statuses[0]) == (0, "sent")
    assert "Ferry resumes after storm" in part(_message(mailbox), "plain")


def test_a_temporary_refusal_is_tried_again(scene: Scene, mailbox: Mailbox) -> None:
    """A 4xx at the end of the message leaves it reserved; the next try delivers it."""
    mailbox.answer(".", "451 4.3.0 try later", times=1)
    assert _send(scene) == (1, ["reserved"])
    code, statuses = _send(scene)
    assert (code, statuses[0]) == (0, "sent")
    assert len(mailbox.messages) == 1


def test_a_lost_answer_repeats_the_same_message(scene: Scene, mailbox: Mailbox) -> None:
    """When the connection dies after the end of DATA the mail comes again, byte for byte the same."""
    mailbox.answer(".", DROP, times=1)
    assert _send(scene) == (1, ["reserved"])
    code, statuses = _send(scene)
    assert (code, statuses[0]) == (0, "sent")
    once, again = mailbox.messages
    assert once.data == again.data


def test_a_refusal_for_good_is_seen(scene: Scene, mailbox: Mailbox) -> None:
    """A 5xx fails the message, with the server's words, and the listing shows it."""
    mailbox.answer("RCPT TO", "550 5.1.1 no such user")
    ran = scene.monitor("digest", "send", "morning", "--json")
    assert (ran.code, [record["status"] for record in ran.records]) == (1, ["failed"])
    assert "no such user" in ran.records[0]["detail"]
    (listed,) = scene.monitor("digest", "list", "--json").records
    assert listed["last_status"] == "failed"
    assert mailbox.messages == []


@pytest.mark.processes
def test_two_senders_send_one_mail(scene: Scene, mailbox: Mailbox) -> None:
    """Two processes told to send at the same time deliver each story once between them."""
    words = ("--config", scene.config, "digest", "send", "morning", "--json")
    with started(*words) as one, started(*words) as other:
        ran = [ended(one), ended(other)]
    statuses = sorted(json.loads(line)["status"] for one in ran for line in one.out.splitlines())
    assert [one.code for one in ran] == [0, 0]
    assert statuses == ["nothing-new", "sent"]
    assert "Ferry resumes after storm" in part(_message(mailbox), "plain")


def test_every_reader_gets_the_digest(scene: Scene, mailbox: Mailbox) -> None:
    """One refused reader keeps no other one from the digest."""
    two = DIGEST.replace('"reader@example.org"', '"gone@example.org", "reader@example.org"')
    scene.configure([], TOPIC + two + email(mailbox))
    mailbox.answer("RCPT TO:<gone@example.org>", "550 5.1.1 no such user")
    code, statuses = _send(scene)
    assert (code, sorted(statuses)) == (1, ["failed", "sent"])
    assert "Ferry resumes after storm" in part(_message(mailbox), "plain")


@pytest.fixture
def dated(scene: Scene, clock: StoppedClock) -> Iterator[App]:
    """Give the same store, opened by a monitor whose clock stands at the next midnight in Kyiv."""
    clock.at = datetime.now(UTC).replace(hour=22, minute=0, second=0, microsecond=0)  # noqa: TID251
    clock.at += timedelta(days=1)
    with open_app(load(scene.config, {}), clock) as app:
        yield app


async def test_a_digest_missed_while_down_goes_out_once_and_late(
    dated: App, clock: StoppedClock, mailbox: Mailbox
) -> None:
    """Two periods that passed while nothing ran give one mail, that says it is late, and no second one."""
    clock.advance(timedelta(days=2, hours=14))
    assert [one.status for one in await dated.sender().send_due()] == ["sent"]
    assert [one.status for one in await dated.sender().send_due()] == []
    message = _message(mailbox)
    assert "late" in part(message, "plain")
    clock.advance(timedelta(days=1))
    assert {one.status for one in await dated.sender().send_due()} <= {"nothing-new"}
    assert len(mailbox.messages) == 1


async def test_a_stalled_mail_server_holds_up_only_until_its_time_is_over(
    scene: Scene, mailbox: Mailbox
) -> None:
    """A server that says nothing costs the timeout, and the digest stays reserved."""
    mailbox.answer("DATA", HOLD, times=1)
    scene.config.write_text(scene.config.read_text("utf-8").replace('"20s"', '"1s"'), "utf-8")
    with open_app(load(scene.config, {})) as app:
        assert [one.status for one in await app.sender().send_now("morning")] == ["reserved"]


def test_subscribers_come_and_go_by_command(scene: Scene, mailbox: Mailbox) -> None:
    """One is added as agreed, one is paused, one is only asked; each send goes to whom the list names."""
    add = ("subscribers", "add", "--digest", "morning")
    assert scene.monitor(*add, "ann@example.org", "--language", "pl", "--confirmed").code == 0
    assert "say --confirmed" in scene.monitor(*add, "bob@example.org").err
    assert "is not a time zone" in scene.monitor(*add, "bob@example.org", "--timezone", "Kyiv").err
    assert scene.monitor("subscribers", "pause", "reader@example.org").code == 0
    assert _send(scene) == (0, ["sent"])
    (mail,) = mailbox.messages
    assert mail.recipients == ("ann@example.org",)
    assert "Także w" in part(mail.message, "plain")
    listed = scene.monitor("subscribers", "list", "--json").records
    assert {one["address"]: (one["state"], one["origin"]) for one in listed} == {
        "ann@example.org": ("active", "user"),
        "reader@example.org": ("paused", "file"),
    }
    assert "by the configuration" in scene.monitor("subscribers", "remove", "reader@example.org").err
    assert scene.monitor("subscribers", "resume", "reader@example.org").code == 0
    assert scene.monitor("subscribers", "remove", "ann@example.org").code == 0
    assert scene.monitor("subscribers", "remove", "ann@example.org").code == 2
    assert _send(scene) == (0, ["sent"])
    assert mailbox.messages[-1].recipients == ("reader@example.org",)
    assert "reader@example.org gets it" in scene.monitor("subscribers", "list").out


def test_an_alert_arrives_and_is_listed(scene: Scene, mailbox: Mailbox) -> None:
    """A pass of the daemon sees what a poll brings; a trial and a dead one can be sent by command."""
    rule = '[[alerts]]\nname = "first"\ntitle = "First of all"\nto = ["reader@example.org"]\n'
    scene.monitor("run", "--once")
    with Publisher() as other:
        url = publish(other, "/late", item(9, "Ferry stops again", outlet="late"))
        scene.configure([url], TOPIC + email(mailbox) + rule)
        assert scene.monitor("alerts", "test", "first").code == 0
        assert "there is no alert 'x'" in scene.monitor("alerts", "test", "x").err
        assert scene.monitor("poll", "--all").code == 0
        scene.monitor("run", "--once")
    subjects = [mail.message["Subject"] for mail in mailbox.messages]
    assert subjects[-1] == "First of all: Ferry stops again"
    assert "First of all: A trial" in subjects
    newest, trial = scene.monitor("alerts", "list", "--json").records
    assert (newest["status"], newest["title"], trial["title"]) == ("sent", "Ferry stops again", "A trial")
    assert scene.monitor("alerts", "resend", newest["id"]).code == 0
    assert mailbox.messages[-1].message["Message-ID"] == mailbox.messages[-2].message["Message-ID"]
    assert "there is no alert a1" in scene.monitor("alerts", "resend", "a1").err
    assert scene.monitor("alerts", "list", "--dead").out == ""
