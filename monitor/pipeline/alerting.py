"""Alert: see what rules watch for, make each alert once, and send it until it has arrived.

What a rule sees and how far it has looked are one transaction; sending comes after it and is repeated with
the same key until it is accepted, so an alert is never lost, and doubled only where an answer is.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.clock import Clock
from monitor.digest import Channel
from monitor.digest.alert import as_mail, of_burst, of_feed, of_story, of_trial, together
from monitor.digest.mail import mime
from monitor.digest.naming import outlet
from monitor.digest.notify import Service
from monitor.digest.webhook import Webhook
from monitor.errors import Busy, UsageError
from monitor.model.alerts import Alert, AlertRule, Quiet, WaitingAlert
from monitor.model.digests import Delivered
from monitor.model.topics import Topic
from monitor.pipeline.retrying import wait_after
from monitor.pipeline.trending import rising_topics
from monitor.store import Lane, Store, alerts, events, halts, ids, is_lost, stories
from monitor.store.facts import outlets_of
from monitor.store.stories import Wanted
from monitor.tag.trend import DAY

log = logging.getLogger(__name__)

_GIVE_UP = timedelta(days=2)
"""How long an alert is tried before it is dead; after that it is no alert any more."""

_HOUR = timedelta(hours=1)
_PLACING = timedelta(minutes=10)
"""How long a story is waited for to have its event, which the daemon gives it within seconds."""

_LIVE = timedelta(days=3)
"""How old the news of an event may be for outlets to be counted."""

_HEADLINES = 5
"""How many of the newest stories the alert of a burst names."""

_INCIDENTS = frozenset({"broken", "recovered", "gone"})


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways out for alerts: the mail channel with its sender, webhooks and services by name."""

    sender: str = ""
    mail: Callable[[], Channel] | None = None
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alerter:
    """Watches for what rules name and tells their recipients."""

    store: Store
    rules: Sequence[AlertRule]
    titles: Mapping[str, str]
    clock: Clock
    ways: Ways
    public_url: str | None = None

    async def work(self) -> None:
        """Make the alerts that are to be made by now, and send what is due, unless another process sends."""
        made = await asyncio.to_thread(self.watch)
        with suppress(Busy):
            answers = await self.tell()
            if made or answers:
                log.info("alerts", extra={"made": made, "sent": sum(one.accepted for one in answers)})

    # ------------------------------------------------------------ seeing

    def watch(self) -> int:
        """Make the alerts that are to be made by now; return how many."""
        return sum(map(self._watched, self.rules))

    def _watched(self, rule: AlertRule) -> int:
        """Let one rule look; what goes wrong with it stops no other."""
        try:
            with self.store.write() as lane:
                return self._watch(lane, rule)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("a rule could not look", extra={"alert": rule.name})
            return 0

    def _watch(self, lane: Lane, rule: AlertRule) -> int:
        now = self.clock()
        before = alerts.watched(lane, rule.name)
        if rule.when == "feed":
            return self._feeds(lane, rule, before)
        if rule.when == "burst":
            return self._bursts(lane, rule, before, now)
        if rule.when == "outlets":
            return alerts.make(lane, rule, self._carried(lane, rule, before.tags, now), now)
        seen, upto = alerts.on_topic(lane, rule, before.tags)
        ready = list(takewhile(lambda one: rule.when == "story" or _is_placed(one, now), seen))
        looked = seen[len(ready)][0] if len(ready) < len(seen) else upto
        if looked > before.tags:
            alerts.look(lane, rule.name, replace(before, tags=looked))
        first: dict[str, int] = {}
        for _, story, event, _ in ready:
            by_event = rule.when == "event" and event is not None
            first.setdefault(ids.event_id(event) if by_event and event else ids.story_id(story), story)
        return alerts.make(lane, rule, self._told(lane, rule, first), now)

    def _told(self, lane: Lane, rule: AlertRule, first: Mapping[str, int]) -> list[Alert]:
        views = {ids.story_row(view.id): view for view in stories.by_rows(lane, list(first.values()))}
        now = self.clock()
        return [
            of_story(rule, about, views[row], self.titles, page=self.public_url, now=now)
            for about, row in first.items()
            if row in views
        ]

    def _carried(self, lane: Lane, rule: AlertRule, begun: int, now: datetime) -> list[Alert]:
        """Return the alerts of events that enough outlets carry by now, each headed by who speaks for it."""
        counts = outlets_of(lane, alerts.live_events(lane, rule, begun, now - _LIVE))
        large = events.of_rows(lane, [row for row, count in counts.items() if count >= rule.outlets])
        return self._told(lane, rule, {event.id: ids.story_row(event.headline.id) for event in large})

    def _bursts(self, lane: Lane, rule: AlertRule, before: alerts.Looked, now: datetime) -> int:
        """Look once an hour, as the test of bursts supposes, and tell of a topic once a day."""
        hour = int(now.timestamp() // _HOUR.total_seconds())
        if hour <= before.hour:
            return 0
        alerts.look(lane, rule.name, replace(before, hour=hour))
        told = {about.rpartition(" ")[0] for about in alerts.made_since(lane, rule.name, now - DAY)}
        made = []
        for topic, burst in rising_topics(lane, rule.topics, now):
            if (about := f"burst {topic}") not in told:
                wanted = Wanted(topic=topic, since=now - burst.hours * _HOUR, seeds=False, news=True)
                newest = stories.newest(lane, wanted, _HEADLINES)
                named = Topic(topic, self.titles.get(topic, topic))
                made.append(of_burst(f"{about} {hour}", named, burst, newest, page=self.public_url, now=now))
        return alerts.make(lane, rule, made, now)

    def _feeds(self, lane: Lane, rule: AlertRule, before: alerts.Looked) -> int:
        now = self.clock()
        found = list(alerts.incidents(lane, before.incidents, _INCIDENTS))
        if found:
            alerts.look(lane, rule.name, replace(before, incidents=found[-1].id + 1))
        made = [
            of_feed(f"incident {row.id}", row.kind, row.detail, outlet(row.url, row.title), row.at)
            for row in found
        ]
        return alerts.make(lane, rule, made, now)

    # ------------------------------------------------------------ telling

    async def tell(self) -> list[Delivered]:
        """Send what is due: each alert by itself, or together what had to wait; raises Busy.

        While sending is stopped all of it waits.
        """
        answers: list[Delivered] = []
        if not await asyncio.to_thread(self._due):
            return answers
        with self.store.hold("alerts", wait=False):
            for (rule, to), due in (await asyncio.to_thread(self._due)).items():
                try:
                    answers += await self._tell(rule, to, due)
                except Exception as error:
                    if is_lost(error):
                        raise
                    log.exception("alerts could not be sent", extra={"alert": rule, "to": to})
        return answers

    def _due(self) -> Mapping[tuple[str, str], list[WaitingAlert]]:
        """Return what is due by rule and recipient, oldest first."""
        with self.store.read() as connection:
            waiting = alerts.waiting(connection, self.clock())
        gathered: defaultdict[tuple[str, str], list[WaitingAlert]] = defaultdict(list)
        for one in waiting:
            gathered[one.rule, one.to].append(one)
        return gathered

    async def _tell(self, name: str, to: str, due: list[WaitingAlert]) -> list[Delivered]:
        rule = next((rule for rule in self.rules if rule.name == name), None)
        if rule is None or to not in rule.to:
            gone = Delivered(accepted=False, detail="the rule names this recipient no more", permanent=True)
            return [await asyncio.to_thread(self._settle, due, gone, due[0].alert.about)]
        if any(one.held for one in due) and len(due) > 1:
            held = await asyncio.to_thread(self._held, rule, to, due)
            return [] if held else [await self._send(rule, due)]
        answers: list[Delivered] = []
        for place, one in enumerate(due):
            if await asyncio.to_thread(self._held, rule, to, due[place:]):
                break
            answers.append(await self._send(rule, [one]))
            if not (answers[-1].accepted or answers[-1].permanent):
                break  # whoever does not answer is asked once a turn
        return answers

    def _held(self, rule: AlertRule, to: str, due: Sequence[WaitingAlert]) -> bool:
        """Tell whether alerts have to wait: for a word, the end of quiet hours, a place in the hour."""
        now = self.clock()
        until = quiet_until(rule.quiet, now) if rule.quiet else None
        with self.store.read() as connection:
            sent = alerts.sent_since(connection, rule.name, to, now - _HOUR)
            stopped = halts.standing(connection)
        if stopped:
            return True
        if until is None and len(sent) >= rule.per_hour:
            until = sent[-rule.per_hour] + _HOUR
        if until is None:
            return False
        with self.store.write() as lane:
            alerts.hold(lane, [one.id for one in due], until)
        return True

    async def _send(self, rule: AlertRule, due: Sequence[WaitingAlert]) -> Delivered:
        told = [one.alert for one in due]
        alert = told[0] if len(told) == 1 else together(told, self.clock())
        answer = await self._by_its_way(rule, due[0].to, alert)
        return await asyncio.to_thread(self._settle, due, answer, alert.about)

    async def _by_its_way(self, rule: AlertRule, to: str, alert: Alert) -> Delivered:
        key = quote(f"{rule.name} {alert.about}", safe=" ")
        if to in self.ways.webhooks:
            return await self.ways.webhooks[to].send(key, rule.name, alert, self.clock())
        if to in self.ways.services:
            return await self.ways.services[to].send(rule, alert)
        if self.ways.mail is None:
            return Delivered(accepted=False, detail="there is no e-mail channel")
        async with self.ways.mail() as channel:
            return await channel.send(to, mime(as_mail(rule, alert, self.ways.sender, to)))

    def _settle(self, due: Sequence[WaitingAlert], answer: Delivered, about: str) -> Delivered:
        now, oldest, youngest = self.clock(), due[0], due[-1]
        over = answer.accepted or answer.permanent or now - youngest.alert.made_at > _GIVE_UP
        wait = None if over else wait_after(oldest.attempts)
        with self.store.write() as lane:
            alerts.settle(lane, alerts.Told(tuple(one.id for one in due), about), answer, now, wait)
        return answer

    def trial(self, name: str) -> int:
        """Put a trial of a rule into the outbox; raises UsageError where there is no such rule."""
        rule = next((rule for rule in self.rules if rule.name == name), None)
        if rule is None:
            there = ", ".join(rule.name for rule in self.rules) or "none"
            raise UsageError(f"there is no alert {name!r}; there are {there}")
        now = self.clock()
        with self.store.write() as lane:
            return alerts.make(lane, rule, [of_trial(rule, now)], now) * len(rule.to)


def _is_placed(seen: alerts.Seen, now: datetime) -> bool:
    _, _, event, tagged_at = seen
    return event is not None or now - tagged_at > _PLACING


def quiet_until(quiet: Quiet, now: datetime) -> datetime | None:
    """Return when the quiet hours end that now lies in, or None; a span may run over midnight."""
    zone = ZoneInfo(quiet.timezone)
    local = now.astimezone(zone)
    for day in (local.date() - timedelta(days=1), local.date()):
        begins = datetime.combine(day, quiet.since, zone)
        over = quiet.until <= quiet.since
        ends = datetime.combine(day + timedelta(days=over), quiet.until, zone)
        if begins.timestamp() <= now.timestamp() < ends.timestamp():
            return ends
    return None
