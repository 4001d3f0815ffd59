"""The text part of a mail: a page for those who read mail as text, 72 columns wide."""

from collections.abc import Iterator
from textwrap import fill

from monitor.digest.language import Language
from monitor.digest.shown import Names, Shown, ShownItem, ShownSection

_WIDTH = 72


def plain(shown: Shown) -> str:
    """Return a digest as text; only links may be longer than a line."""
    parts = [*_head(shown), *(part for section in shown.sections for part in _section(section, shown.say))]
    return "\n\n".join([*parts, *_foot(shown)]) + "\n"


def _head(shown: Shown) -> Iterator[str]:
    yield f"{wrapped(shown.title)}\n{'=' * min(len(shown.title), _WIDTH)}\n{shown.when}\n{shown.total}"
    if shown.note:
        yield wrapped(f"{shown.say.note}: {shown.note}")


def _section(section: ShownSection, say: Language) -> Iterator[str]:
    title = f"{section.title} ({section.count})"
    yield f"\n{wrapped(title)}\n{'-' * min(len(title), _WIDTH)}"
    for item in section.items:
        yield _item(item, say)
    if section.hidden:
        yield say.more_stories(section.hidden)


def _item(item: ShownItem, say: Language) -> str:
    number = f"{item.number}. "
    indent = " " * len(number)
    lines = [wrapped(item.title, number, indent), wrapped(f"{item.source}, {item.when}", indent)]
    lines += [f"{indent}{say.known}"] if item.known else []
    lines += [wrapped(item.lead, indent)] if item.lead else []
    lines += [f"{indent}{item.link}"] if item.link else []
    lines += _reports(item, say, indent)
    lines += _also_in(item.also_in, say, indent)
    lines += [f"{indent}{say.whole}: {item.event}"] if item.event else []
    lines += [
        wrapped(f"{label}: {_listing(names, say)}", indent, f"{indent}  ")
        for label, names in ((say.matched, item.matched), (say.also_under, item.also_under))
        if names.some
    ]
    return "\n".join(lines)


def _reports(item: ShownItem, say: Language, indent: str) -> Iterator[str]:
    """Yield the other new stories of an event, each with its link on a line of its own."""
    if item.reports:
        yield f"{indent}{say.further}:"
    for title, source, link in item.reports:
        yield wrapped(f"- {title} ({source})", indent, f"{indent}  ")
        if link:
            yield f"{indent}  {link}"
    if item.hidden:
        yield f"{indent}- {say.more(item.hidden)}"


def _also_in(names: Names, say: Language, indent: str) -> Iterator[str]:
    """Yield each further outlet with its link, which gets a line of its own where it needs one."""
    if names.some:
        yield f"{indent}{say.also_in}:"
    for name, link in names.some:
        line = f"{indent}- {name}" + (f": {link}" if link else "")
        fits = len(line) <= _WIDTH or not link
        yield line if fits else f"{indent}- {name}:\n{indent}  {link}"
    if names.hidden:
        yield f"{indent}- {say.more(names.hidden)}"


def _listing(names: Names, say: Language) -> str:
    return say.listing((name for name, _ in names.some), names.hidden)


def _foot(shown: Shown) -> Iterator[str]:
    if shown.hidden:
        yield f"\n{shown.hidden}"
    if shown.quiet.some:
        yield "\n" + wrapped(f"{shown.say.quiet}: {_listing(shown.quiet, shown.say)}")
    page = f"\n{shown.say.open_page}: {shown.page}" if shown.page else ""
    yield f"\n-- \n{shown.why}{page}"


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """Return text in lines of at most 72 columns."""
    indent = first if rest is None else rest
    return fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
