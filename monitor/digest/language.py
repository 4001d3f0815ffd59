"""Every word that a digest says by itself, in the reader's language.

English is written here; other languages are gettext catalogues in `locale/` (`make messages` brings in new
sentences), dates and numbers are those of the Unicode CLDR. A language without a catalogue gets English.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from monitor.model.digests import LANGUAGES
from monitor.model.views import Trouble

__all__ = ["LANGUAGES", "Language", "speak"]

_LOCALES = {"en": "en_GB"}
"""Which English: the one whose dates are written as this program's are."""


def _mark(english: str) -> str:
    """Mark a sentence that is to be translated where it is said."""
    return english


_TROUBLES: Mapping[Trouble, str] = {
    "gone": _mark("gone"),
    "certificate": _mark("with an invalid certificate"),
    "html": _mark("a page instead of a feed"),
    "broken": _mark("out of reach"),
    "gap": _mark("with gaps"),
    "stale": _mark("silent"),
}


def _label(english: str) -> property:
    """Return the property of a language that is a label in it."""
    return property(lambda self: self.text(english), doc=english)


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its words, dates and numbers."""

    tag: str
    locale: Locale = field(repr=False)
    catalogue: NullTranslations = field(repr=False)

    known = _label("New in an event that you were told of before")
    whole = _label("The whole event")
    brief = _label("In brief")
    joined = _label("Now also in")
    retold = _label("Since the last digest")
    in_trouble = _label("Feeds from which news may be missed")
    further = _label("More reports")
    quiet = _label("Nothing new on")
    also_in = _label("Also in")
    also_under = _label("Also under")
    matched = _label("Matched")
    unsubscribe = _label("Unsubscribe")
    confirm = _label("Confirm")
    again = _label("Start again")
    not_you = _label("If it was not you, do nothing, and nothing will be sent.")
    open_page = _label("Open the news page")
    note = _label("Note")
    untitled = _label("(untitled)")
    nothing_new = _label("Nothing new since the last digest.")

    def text(self, english: str) -> str:
        """Return a sentence or label."""
        return self.catalogue.gettext(english)

    def count(self, number: int, one: str, many: str) -> str:
        """Return a number of things, in the form that the number asks for; {n} stands for it."""
        written = format_decimal(number, locale=self.locale)
        return self.catalogue.ngettext(one, many, number).format(n=written)

    def subject(self, digest: str, headline: str | None, others: int) -> str:
        """Return the line under which the mail stands in an inbox."""
        if headline is None:
            return self.text("{digest}: nothing new").format(digest=digest)
        more = f" {self.more(others)}" if others else ""
        return f"{digest}: {headline.rstrip('.')}{more}"

    def total(self, stories: int, events: int, topics: int) -> str:
        """Return how much is in a digest."""
        told = self.count(stories, "{n} new story", "{n} new stories")
        if events < stories:
            told += " " + self.count(events, "of {n} event", "of {n} events")
        return told + " " + self.count(topics, "on {n} topic", "on {n} topics")

    def stories(self, number: int) -> str:
        """Return how many stories a topic has."""
        return self.count(number, "{n} story", "{n} stories")

    def more(self, number: int) -> str:
        """Return what to say of things that are not shown."""
        return self.count(number, "and {n} more", "and {n} more")

    def more_stories(self, number: int) -> str:
        """Return what to say of a topic's stories that are not shown."""
        return f"… {self.more(number)}"

    def more_topics(self, topics: int, stories: int) -> str:
        """Return what to say of topics that are not shown."""
        told = self.count(topics, "and {n} more topic", "and {n} more topics")
        inside = self.count(stories, "with {n} story", "with {n} stories")
        return f"… {told} {inside}"

    def was(self, headline: str) -> str:
        """Say how a headline read before."""
        return self.text("The headline was “{headline}”").format(headline=headline)

    def revised(self, was: str, now: str) -> str:
        """Say how a headline of an event that was told before reads now."""
        return self.text("“{was}” now reads “{now}”").format(was=was, now=now)

    def days(self, number: int) -> str:
        """Return so many days."""
        return self.count(number, "{n} day", "{n} days")

    def volume(self, counts: Sequence[int]) -> str:
        """Return how many stories there were on each day, the last one today."""
        told = self.text("Stories a day: {counts}")
        return told.format(counts=", ".join(format_decimal(count, locale=self.locale) for count in counts))

    def troubled(self, many: int, polled: int) -> str:
        """Return how many of the feeds are in trouble."""
        feeds = self.count(polled, "of {n} feed", "of {n} feeds")
        return f"{format_decimal(many, locale=self.locale)} {feeds}"

    def trouble(self, kind: Trouble, since: str | None) -> str:
        """Say in a word or two what is wrong with a feed, and since when."""
        told = self.text(_TROUBLES.get(kind, kind))
        return self.text("{trouble} since {when}").format(trouble=told, when=since) if since else told

    def listing(self, parts: Iterable[str], hidden: int = 0) -> str:
        """Return parts as one enumeration that owns up to what it leaves out."""
        return ", ".join(parts) + (f" {self.more(hidden)}" if hidden else "")

    def quoted(self, word: str) -> str:
        """Return a word in quotation marks."""
        return self.text("“{word}”").format(word=word)

    def moment(self, when: datetime) -> str:
        """Return a local moment in full, with the name of its zone."""
        return f"{format_date(when, 'full', locale=self.locale)}, {when:%H:%M} ({when.tzinfo})"

    def time(self, when: datetime, today: date) -> str:
        """Return a local moment as briefly as today allows."""
        if when.date() == today:
            return f"{when:%H:%M}"
        skeleton = "MMMd" if when.year == today.year else "yMMMd"
        return f"{format_skeleton(skeleton, when, locale=self.locale)}, {when:%H:%M}"

    def seen(self, when: str) -> str:
        """Return the time of a story whose publisher gave none."""
        return self.text("seen {when}").format(when=when)

    def why(self, digest: str, address: str) -> str:
        """Return the sentence that says why somebody gets this mail; without an address nobody does."""
        if not address:
            kept = self.text("Nobody gets the digest “{digest}” by mail; it is kept for the page.")
            return kept.format(digest=digest)
        sent = self.text("Sent to {address}, who is on the list of the digest “{digest}”.")
        return sent.format(address=address, digest=digest)

    def please_confirm(self, digest: str) -> str:
        """Return the subject of a mail that asks somebody to confirm their address."""
        return self.text("Please confirm: the digest “{digest}”").format(digest=digest)

    def asked_for(self, digest: str, address: str) -> str:
        """Say that somebody wants a digest at an address."""
        said = self.text("Somebody asked for the digest “{digest}” to be sent to {address}.")
        return said.format(digest=digest, address=address)

    def comes(self, digest: str, address: str) -> str:
        """Say that somebody gets a digest."""
        said = self.text("The digest “{digest}” is sent to {address}.")
        return said.format(digest=digest, address=address)

    def stays_away(self, digest: str, address: str) -> str:
        """Say that somebody gets a digest no more."""
        said = self.text("The digest “{digest}” is no longer sent to {address}.")
        return said.format(digest=digest, address=address)

    def late(self, when: datetime) -> str:
        """Say that a digest comes after its time."""
        return self.text("This digest was due {when} and is late.").format(when=self.time(when, date.min))


@cache
def speak(language: str | None = None) -> Language:
    """Return a language by its tag (RFC 5646), whatever its region; English where there is no such."""
    tag = (language or "en").lower().replace("_", "-").partition("-")[0]
    tag = tag if tag in LANGUAGES else "en"
    catalogue = NullTranslations() if tag == "en" else _catalogue(tag)
    return Language(tag, Locale.parse(_LOCALES.get(tag, tag)), catalogue)


def _catalogue(tag: str) -> GNUTranslations:
    compiled = BytesIO()
    with files("monitor.digest").joinpath("locale", f"{tag}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=tag))
    compiled.seek(0)
    return GNUTranslations(compiled)
