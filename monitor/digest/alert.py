"""What an alert says: of a story, of an event, of a feed; and what several that had to wait say together."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from monitor.digest import short
from monitor.digest.address import web_link
from monitor.digest.excerpt import clipped, one_line
from monitor.digest.mail import message_id
from monitor.digest.naming import also_in, distinct, headline, outlet
from monitor.model.alerts import Alert, AlertRule
from monitor.model.digests import Message
from monitor.model.topics import Burst, Topic
from monitor.model.views import StoryView

_TITLE = 200
_OUTLETS = 8
_TOLD = 20
"""How many alerts a summary names; the others are counted."""


def of_story(
    rule: AlertRule,
    about: str,
    story: StoryView,
    titles: Mapping[str, str],
    *,
    page: str | None,
    now: datetime,
) -> Alert:
    """Return the alert that a story is worth, by itself or as the news of its event."""
    title, lead = headline(story)
    tags = [tag for tag in story.tags if tag.topic in rule.topics and not tag.back_applied]
    outlets = [outlet(story.source, story.source_title), *(name for name, _ in also_in(story))]
    words = distinct(span.matched for tag in tags for span in tag.evidence)
    topics = [titles.get(tag.topic, tag.topic) for tag in tags]
    lines = [
        lead,
        _listed("In", outlets),
        _listed("On", topics),
        _listed("Matched", [f"“{word}”" for word in words]),
        web_link(story.url) or "",
    ]
    return Alert(
        about=about,
        title=clipped(title, _TITLE),
        text="\n".join(filter(None, lines)),
        url=_at(page, about) or web_link(story.url),
        made_at=now,
        record=_record(story, outlets, [tag.topic for tag in tags]),
    )


def _record(story: StoryView, outlets: Sequence[str], topics: Sequence[str]) -> dict[str, Any]:
    at = story.published or story.first_seen
    return {
        "story": story.id,
        "event": story.event,
        "title": one_line(story.words.title),
        "url": story.url,
        "source": story.source,
        "published": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "outlets": list(outlets),
        "topics": list(topics),
    }


def of_burst(
    about: str, topic: Topic, burst: Burst, newest: Sequence[StoryView], *, page: str | None, now: datetime
) -> Alert:
    """Return the alert that a topic is worth on which more comes than its past explains."""
    headlines = [f"• {headline(one)[0]} ({outlet(one.source, one.source_title)})" for one in newest]
    record = {"topic": topic.name, "stories": [one.id for one in newest], "burst": asdict(burst)}
    return Alert(
        about=about,
        title=clipped(f"{topic.title}: {burst.stories} stories in {burst.hours} hours", _TITLE),
        text="\n".join([burst.sentence, *headlines]),
        url=f"{page.rstrip('/')}/topics/{quote(topic.name, safe='')}" if page else None,
        made_at=now,
        record=record,
    )


def of_feed(about: str, kind: str, detail: str, feed: str, at: datetime) -> Alert:
    """Return the alert that what happened to a feed is worth."""
    title = clipped(f"{feed}: {kind}", _TITLE)
    record = {"feed": feed, "kind": kind, "detail": detail}
    return Alert(about, title, one_line(detail), None, at, record)


def of_trial(rule: AlertRule, now: datetime) -> Alert:
    """Return an alert that only tries whether alerts arrive."""
    text = f"This is a trial of the rule “{rule.name}”: alerts of it arrive here."
    return Alert(f"trial {now.isoformat()}", "A trial", text, None, now, {"trial": True})


def together(alerts: Sequence[Alert], now: datetime) -> Alert:
    """Return the summary of alerts that had to wait."""
    named = [f"• {one.title}" + (f"\n  {one.url}" if one.url else "") for one in alerts[:_TOLD]]
    rest = [f"… and {len(alerts) - _TOLD} more"] if len(alerts) > _TOLD else []
    key = hashlib.blake2b(" ".join(one.about for one in alerts).encode(), digest_size=12).hexdigest()
    record = {"alerts": [dict(one.record) for one in alerts]}
    title = f"{len(alerts)} alerts were held back"
    return Alert(f"summary {key}", title, "\n".join(named + rest), None, now, record)


def as_mail(rule: AlertRule, alert: Alert, sender: str, to: str) -> Message:
    """Return an alert as a mail; its Message-ID is the same at every try."""
    body = short.paragraph(alert.text) + (short.link(alert.url, alert.url) if alert.url else "")
    domain = sender.rpartition("@")[2].rstrip(">")
    title = f"{one_line(rule.title)}: {alert.title}"
    return Message(
        message_id=message_id(f"alert {rule.name}", to, alert.about, domain),
        sender=one_line(sender),
        to=one_line(to),
        subject=title,
        text=f"{title}\n\n{alert.text}\n" + (f"\n{alert.url}\n" if alert.url else ""),
        html=short.page("en", title, body),
        date=alert.made_at,
        headers={"Auto-Submitted": "auto-generated"},
    )


def _listed(label: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - _OUTLETS} more" if len(names) > _OUTLETS else ""
    return f"{label}: {', '.join(names[:_OUTLETS])}{more}" if names else ""


def _at(page: str | None, about: str) -> str | None:
    place = {"s": "stories", "e": "events"}.get(about[:1])
    return f"{page.rstrip('/')}/{place}/{about}" if page and place else None
