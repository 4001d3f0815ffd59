"""Who gets a digest at a person's word: added, asked to confirm, paused, back, gone by a link in a mail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.digest.confirm import CONFIRM, confirmation
from monitor.digest.mail import mime
from monitor.errors import UsageError
from monitor.model.digests import DigestPlan, Reader, Reservation
from monitor.store import Lane, outbox, readers


@dataclass(frozen=True, slots=True)
class Subscribing:
    """What is needed to add readers: the digests, how far back they are told, and how they can be asked.

    public_url is where links lead and sender who asks; without either nobody can be asked to confirm.
    """

    plans: Sequence[DigestPlan]
    back: timedelta
    sender: str | None = None
    public_url: str | None = None

    def add(self, lane: Lane, wanted: Reader, now: datetime) -> Reader:
        """Take in a reader, who is asked to confirm where that is their state; raises UsageError."""
        plan = self._plan(wanted.digest)
        for topic in wanted.topics:
            if topic not in plan.topics:
                raise UsageError(f"{plan.name} is not about {topic!r}; it is about {', '.join(plan.topics)}")
        known = readers.one(lane, wanted.digest, wanted.recipient)
        if known and known.origin == "file":
            raise UsageError(f"{known.recipient} reads {known.digest} by the configuration; change it there")
        if known and known.state == "active":
            wanted = replace(wanted, state="active")  # they have agreed already
        if wanted.state == "active" and readers.has_left(lane, wanted.digest, wanted.recipient):
            raise UsageError(f"{wanted.recipient} has unsubscribed; only a mail can ask them again")
        made = readers.add(lane, wanted, now - self.back, now)
        if made.state == "asked":
            self._ask(lane, plan, made, now)
        return made

    def _plan(self, name: str) -> DigestPlan:
        for plan in self.plans:
            if plan.name == name:
                return plan
        there = ", ".join(plan.name for plan in self.plans) or "none"
        raise UsageError(f"there is no digest {name!r}; there are {there}")

    def _ask(self, lane: Lane, plan: DigestPlan, reader: Reader, now: datetime) -> None:
        if self.sender is None or self.public_url is None:
            missing = "public_url" if self.sender else "an e-mail channel"
            raise UsageError(
                f"without {missing} {reader.recipient} cannot be asked to confirm; "
                "set it, or say --confirmed where they have agreed"
            )
        asks = confirmation(plan, reader, self.sender, self.public_url, now)
        made = Reservation(
            digest=plan.name,
            recipient=reader.recipient,
            period=f"{CONFIRM} {now.isoformat()}",
            message_id=asks.message_id,
            subject=asks.subject,
            text=asks.text,
            html=asks.html,
            stories=0,
            told=reader.told,
            settled_until=reader.settled_until,
            mime=mime(asks),
        )
        outbox.queue(lane, [made], now)


def leave(lane: Lane, token: str, now: datetime) -> Reader | None:
    """Send nothing more to whom a link is about; None where nobody is known by it."""
    found = readers.by_token(lane, token)
    if found and found.state != "left":
        readers.turn(lane, found, "left", now)
    return readers.by_token(lane, token)


def agree(lane: Lane, token: str, now: datetime) -> Reader | None:
    """Send to whom a link is about, who was asked or had left; None where nobody is known by it."""
    found = readers.by_token(lane, token)
    if found and found.state in {"asked", "left"}:
        readers.turn(lane, found, "active", now)
    return readers.by_token(lane, token)
