"""Every word that a digest says by itself, in English; another language is another such module."""

from collections.abc import Sequence
from datetime import date, datetime

LANGUAGE = "en"

UNTITLED = "(untitled)"
NOTHING_NEW = "Nothing new since the last digest."
MATCHED = "Matched"
ALSO_IN = "Also in"
ALSO_UNDER = "Also under"
KNOWN = "New in an event that you were told of before"
WHOLE = "The whole event"
FURTHER = "More reports"
QUIET = "Nothing new on"
NOTE = "Note"
OPEN_PAGE = "Open the news page"

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def subject(digest: str, headline: str | None, others: int) -> str:
    """Return the line under which the mail stands in an inbox."""
    if headline is None:
        return f"{digest}: nothing new"
    return f"{digest}: {headline.rstrip('.')}" + (f" and {others} more" if others else "")


def total(stories: int, events: int, topics: int) -> str:
    """Return how much is in a digest."""
    told = f" of {_count(events, 'event', 'events')}" if events < stories else ""
    return f"{_count(stories, 'new story', 'new stories')}{told} on {_count(topics, 'topic', 'topics')}"


def stories(count: int) -> str:
    """Return how many stories a topic has."""
    return _count(count, "story", "stories")


def more(count: int) -> str:
    """Return what to say of things that are not shown."""
    return f"and {count} more"


def more_stories(count: int) -> str:
    """Return what to say of a topic's stories that are not shown."""
    return f"… and {count} more"


def more_topics(topics: int, stories: int) -> str:
    """Return what to say of topics that are not shown."""
    return f"… and {_count(topics, 'more topic', 'more topics')} with {_count(stories, 'story', 'stories')}"


def listing(parts: Sequence[str], hidden: int = 0) -> str:
    """Return parts as one enumeration that owns up to what it leaves out."""
    return ", ".join(parts) + (f" {more(hidden)}" if hidden else "")


def quoted(word: str) -> str:
    """Return a word in quotation marks."""
    return f"“{word}”"


def moment(when: datetime) -> str:
    """Return a local moment in full, with the name of its zone."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when:%Y, %H:%M} ({when.tzinfo})"


def time(when: datetime, today: date) -> str:
    """Return a local moment as briefly as today allows."""
    if when.date() == today:
        return f"{when:%H:%M}"
    year = "" if when.year == today.year else f" {when.year}"
    return f"{when.day} {_MONTHS[when.month - 1][:3]}{year}, {when:%H:%M}"


def seen(when: str) -> str:
    """Return the time of a story whose publisher gave none."""
    return f"seen {when}"


def why(digest: str, address: str) -> str:
    """Return the sentence that says why somebody gets this mail; without an address nobody does."""
    if not address:
        return f"Nobody gets the digest “{digest}” by mail; it is kept for the page."
    return f"Sent to {address}, who is on the list of the digest “{digest}”."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def late(when: str) -> str:
    """Say that a digest comes after its time."""
    return f"This digest was due {when} and is late."
