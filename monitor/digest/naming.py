"""How a digest and an alert name things: a story by its headline, a source as an outlet."""

from collections.abc import Container, Iterable
from urllib.parse import urlsplit

from monitor.digest.excerpt import one_line, opening, shorten
from monitor.model.views import CopyView, StoryView
from monitor.words import folded

LEAD = 280
"""How long a lead may be, in characters."""


def headline(story: StoryView) -> tuple[str, str]:
    """Return title and lead; the lead does not say the title again, and stands in for a missing one."""
    title = one_line(story.words.title)
    said = folded(title)
    leads = (opening(body, LEAD) for body in (story.words.summary, story.words.text))
    lead = next((lead for lead in leads if lead and folded(lead) != said), "")
    return (title, lead) if title else (shorten(lead, 80), lead if len(lead) > 80 else "")


def also_in(story: StoryView) -> tuple[tuple[str, str | None], ...]:
    """Return the outlets other than the story's own, each once, with a link if one of theirs has it."""
    elsewhere = (copy for copy in story.copies if copy.source != story.source)
    return outlets(elsewhere, {outlet(story.source, story.source_title).casefold()})


def outlets(copies: Iterable[CopyView], but: Container[str]) -> tuple[tuple[str, str | None], ...]:
    """Return the outlets of copies but for some, given casefolded: each once, with its first link, if any."""
    found: dict[str, tuple[str, str | None]] = {}
    for copy in copies:
        name = outlet(copy.source, copy.source_title)
        known = found.get(name.casefold(), (name, None))
        if name.casefold() not in but:
            found[name.casefold()] = (known[0], known[1] or copy.url)
    return tuple(found.values())


def outlet(source: str, title: str | None) -> str:
    """Return the name to show for a source: its title, else its host, else the source as it is."""
    return one_line(title or "") or _host(source) or one_line(source)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Return words in order, those that differ only in case once."""
    seen: dict[str, str] = {}
    for word in map(one_line, words):
        seen.setdefault(word.casefold(), word)
    return tuple(seen.values())
