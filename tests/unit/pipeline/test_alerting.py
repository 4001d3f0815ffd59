"""Alerts arrive: by mail, webhook and service, at once or when their time has come, and are not lost."""

import json
import runpy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.alert import of_trial
from monitor.digest.notify import Service
from monitor.digest.webhook import Webhook
from monitor.errors import UsageError
from monitor.model.alerts import AlertRule, Quiet
from monitor.model.digests import Delivered
from monitor.pipeline.alerting import Alerter, Ways, quiet_until
from monitor.store import Store, alerts, halts, ids
from tests.builders import StoppedClock
from tests.servers.publisher import Answer, Publisher

DESK = "desk@example.org"
RULE = AlertRule("big", "Big news", "event", (DESK,), ("ferries",), per_hour=2)
HOUR = timedelta(hours=1)
SECRET = b"a secret of enough bytes"
RECEIVER = Path(__file__).parents[3] / "docs" / "samples" / "webhook_receiver.py"
OK, NO = Delivered(accepted=True, detail="ok"), Delivered(accepted=False, detail="busy")


class Dead(BaseException):
    """Stands for the death of this process."""


@dataclass
class Post:
    """A channel that answers as told and keeps what it was handed; it may take its client with it, once."""

    answers: list[Delivered] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    dies: bool = False

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""

    async def send(self, recipient: str, data: bytes) -> Delivered:
        """Take a mail; give the next answer, or accept it."""
        assert recipient == DESK
        self.mails.append(data)
        if self.dies:
            self.dies = False
            raise Dead
        return self.answers.pop(0) if self.answers else OK


@dataclass
class Desk:
    """A store, a clock and the ways out of one rule."""

    store: Store
    clock: StoppedClock
    post: Post = field(default_factory=Post)

    def alerter(self, rule: AlertRule = RULE, **ways: Any) -> Alerter:
        """Return what tells of a rule."""
        out = Ways("Monitor <m@example.org>", lambda: self.post, **ways)
        return Alerter(self.store, (rule,), {}, self.clock, out)

    def make(self, alerter: Alerter, count: int = 1) -> None:
        """Put as many alerts into the outbox."""
        for _ in range(count):
            self.clock.advance(timedelta(seconds=1))
            alerter.trial(RULE.name)

    def statuses(self) -> list[str]:
        """Return what became of the alerts, oldest first."""
        with self.store.read() as connection:
            return [one.status for one in reversed(alerts.latest(connection, None, 99))]


@pytest.fixture
def desk(sqlite_store: Store, clock: StoppedClock) -> Desk:
    """Open a desk at nine in the morning, UTC."""
    return Desk(sqlite_store, clock)


async def test_an_alert_goes_out_at_once_and_once(desk: Desk) -> None:
    """It is sent when it is made, and settled when it was accepted."""
    alerter = desk.alerter()
    desk.make(alerter)
    assert await alerter.tell() == [OK]
    assert await alerter.tell() == []
    assert desk.statuses() == ["sent"]
    assert b"Big news: A trial" in desk.post.mails[0]


@pytest.mark.parametrize("moment", ["before its first try", "before the answer"])
async def test_an_alert_outlives_who_sends_it(desk: Desk, moment: str) -> None:
    """FAILURES 41: who dies with an alert in hand leaves it to the next, as the same message."""
    alerter = desk.alerter()
    desk.make(alerter)
    if moment == "before the answer":
        desk.post.dies = True
        with pytest.raises(Dead):
            await alerter.tell()
    assert desk.statuses() == ["waiting"]
    desk.clock.advance(HOUR)
    assert await desk.alerter().tell() == [OK]
    assert desk.statuses() == ["sent"]
    assert len(set(desk.post.mails)) == 1


async def test_what_is_not_accepted_is_tried_again_until_it_is_dead(desk: Desk) -> None:
    """FAILURES 41: the waits grow to an hour, for two days; then it lies where a person sees it."""
    alerter = desk.alerter()
    desk.make(alerter)
    tries = 0
    desk.post.answers = [NO] * 999
    while desk.statuses() == ["waiting"]:
        tries += len(await alerter.tell())
        desk.clock.advance(timedelta(minutes=20))
    assert 45 <= tries <= 60
    assert desk.statuses() == ["dead"]
    with desk.store.write() as lane:
        (dead,) = alerts.latest(lane, "dead", 9)
        alerts.revive(lane, [ids.alert_row(dead.id)], desk.clock())
    desk.post.answers = []
    assert await alerter.tell() == [OK]
    assert len(set(map(_message_id, desk.post.mails))) == 1


async def test_while_sending_is_stopped_alerts_wait(desk: Desk) -> None:
    """They are made, and told when sending starts again."""
    alerter = desk.alerter()
    desk.make(alerter)
    with desk.store.write() as lane:
        halts.stop(lane, "", desk.clock())
    assert await alerter.tell() == []
    with desk.store.write() as lane:
        halts.start(lane)
    assert await alerter.tell() == [OK]


def _message_id(mail: bytes) -> bytes:
    return next(line for line in mail.splitlines() if line.startswith(b"Message-ID:"))


async def test_more_than_may_go_in_an_hour_comes_as_one_summary(desk: Desk) -> None:
    """FAILURES 40: two go at once, five wait for a place and are told together."""
    alerter = desk.alerter()
    desk.make(alerter, 7)
    assert len(await alerter.tell()) == 2
    assert await alerter.tell() == []
    desk.clock.advance(HOUR)
    assert await alerter.tell() == [OK]
    assert b"Big news: 5 alerts were held back" in desk.post.mails[-1]
    assert desk.statuses() == ["sent"] * 7
    assert len(desk.post.mails) == 3


async def test_quiet_hours_hold_what_comes_in_them(desk: Desk) -> None:
    """At their end it is told, one by itself and several together."""
    rule = replace(RULE, quiet=Quiet(time(8), time(10), "UTC"))
    alerter = desk.alerter(rule)
    desk.make(alerter)
    assert await alerter.tell() == []
    desk.make(alerter)
    assert await alerter.tell() == []
    desk.clock.advance(HOUR)
    assert await alerter.tell() == [OK]
    assert b"2 alerts were held back" in desk.post.mails[0]


async def test_a_recipient_whom_the_rule_names_no_more_gets_nothing(desk: Desk) -> None:
    """What waits for them is settled as not sent."""
    desk.make(desk.alerter())
    (gone,) = await desk.alerter(replace(RULE, to=("b@example.org",))).tell()
    assert gone.permanent
    assert desk.statuses() == ["dead"]
    assert desk.post.mails == []


async def test_a_webhook_is_signed_so_that_its_receiver_can_tell(desk: Desk) -> None:
    """The sample receiver of the docs accepts it, and refuses another body, key, time or secret."""
    is_ours: Callable[..., bool] = runpy.run_path(str(RECEIVER))["is_ours"]
    with Publisher() as server:
        url = server.script("/hook", lambda _: Answer(status=204, content_type=None))
        alerter = desk.alerter(replace(RULE, to=("hook",)), webhooks={"hook": Webhook(url, SECRET)})
        desk.make(alerter)
        assert [one.accepted for one in await alerter.tell()] == [True]
        (asked,) = server.asked("/hook")
    assert json.loads(asked.body)["data"]["trial"] is True
    now, secret = desk.clock().timestamp(), SECRET.decode()
    assert is_ours(secret, asked.headers, asked.body, now)
    assert not is_ours(secret, asked.headers, asked.body + b" ", now)
    assert not is_ours(secret, dict(asked.headers) | {"webhook-id": "other"}, asked.body, now)
    assert not is_ours(secret, asked.headers, asked.body, now + 3600)
    assert not is_ours("another secret of bytes", asked.headers, asked.body, now)


@pytest.mark.parametrize(
    ("status", "permanent"), [(500, False), (429, False), (404, True), (302, True), (410, True)]
)
async def test_what_a_webhook_answers_tells_whether_to_try_again(
    clock: StoppedClock, status: int, permanent: bool
) -> None:
    """Trouble of theirs may pass; a refusal does not, nor does an address that leads elsewhere."""
    with Publisher() as server:
        url = server.script("/hook", lambda _: Answer(status=status, headers={"Location": "/x"}))
        answer = await Webhook(url, SECRET).send("k", "big", of_trial(RULE, clock()), clock())
        assert server.asked("/x") == []
    assert (answer.accepted, answer.permanent, answer.detail) == (False, permanent, f"it answered {status}")


async def test_a_webhook_that_is_down_may_come_back(clock: StoppedClock) -> None:
    """No answer is no refusal."""
    with Publisher() as server:
        url = server.url("/hook")
    answer = await Webhook(url, SECRET).send("k", "big", of_trial(RULE, clock()), clock())
    assert (answer.accepted, answer.permanent) == (False, False)
    assert answer.detail.startswith("no answer")


async def test_a_service_is_reached_through_apprise(desk: Desk) -> None:
    """Any address that apprise knows; here its JSON over HTTP."""
    with Publisher() as server:
        url = server.script("/note", lambda _: Answer(status=200)).replace("http://", "json://")
        alerter = desk.alerter(replace(RULE, to=("chat",)), services={"chat": Service(url)})
        desk.make(alerter)
        assert [one.accepted for one in await alerter.tell()] == [True]
        (asked,) = server.asked("/note")
    assert json.loads(asked.body)["title"] == "Big news: A trial"
    (answer,) = [await Service("nothing").send(RULE, of_trial(RULE, desk.clock()))]
    assert (answer.accepted, answer.permanent) == (False, True)


def test_a_trial_of_no_rule_is_refused(desk: Desk) -> None:
    """The message names the rules that there are."""
    with pytest.raises(UsageError, match="there is no alert 'x'; there are big"):
        desk.alerter().trial("x")


@given(
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.integers(0, 2 * 365 * 24 * 60),
    st.sampled_from(["UTC", "Europe/Kyiv", "America/St_Johns"]),
)
def test_quiet_hours_end_and_begin_on_the_wall(since: time, until: time, minutes: int, zone: str) -> None:
    """It is quiet exactly while the local time lies in the span, over midnight too; the end is at its end."""
    now = (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    end = quiet_until(Quiet(since, until, zone), now)
    local = now.time()
    inside = since <= local < until if since < until else local >= since or local < until
    if now.utcoffset() == (now + timedelta(hours=26)).utcoffset() == (now - timedelta(hours=26)).utcoffset():
        assert (end is not None) == inside
    if end is not None:
        assert now.timestamp() < end.timestamp()
        assert end.time().replace(tzinfo=None) == until
