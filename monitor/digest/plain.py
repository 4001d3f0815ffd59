"""The text part of a mail: a page for those who read mail as text, 72 columns wide."""

from collections.abc import Iterator
from textwrap import fill

from monitor.digest.language import Language
from monitor.digest.shown import Line, Names, Shown, ShownItem, ShownRetold, ShownSection

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
    title = f"{section.title} ({section.count})" if section.count else section.title
    volume = [f"{section.volume}  {say.days(len(section.volume))}"] if section.volume else []
    yield "\n" + "\n".join([wrapped(title), "-" * min(len(title), _WIDTH), *volume])
    for item in section.items:
        yield _item(item, say)
    if section.brief:
        yield "\n".join([f"{say.brief}:", *(line for one in section.brief for line in _line(one))])
    if section.hidden:
        yield say.more_stories(section.hidden) + (f": {section.link}" if section.link else "")
    if section.retold:
        yield "\n".join([f"{say.retold}:", *(line for one in section.retold for line in _retold(one, say))])
    if section.more_retold:
        yield say.more_stories(section.more_retold)


def _retold(one: ShownRetold, say: Language) -> Iterator[str]:
    title, *link = _line(one.line)
    yield title
    yield from _changed(one, say, "  ")
    yield from link


def _changed(one: ShownRetold | ShownItem, say: Language, indent: str) -> Iterator[str]:
    """Yield how the headlines of an event read before, and which outlets joined."""
    yield from (wrapped(was, indent) for was in one.was)
    if one.joined.some:
        yield wrapped(f"{say.joined}: {_listing(one.joined, say)}", indent, f"{indent}  ")


def _item(item: ShownItem, say: Language) -> str:
    number = f"{item.number}. "
    indent = " " * len(number)
    lines = [wrapped(item.title, number, indent), wrapped(f"{item.source}, {item.when}", indent)]
    lines += [f"{indent}{say.known}"] if item.known else []
    lines += _changed(item, say, indent)
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
    for report in item.reports:
        yield from _line(report, indent)
    if item.hidden:
        yield f"{indent}- {say.more(item.hidden)}"


def _line(line: Line, indent: str = "") -> Iterator[str]:
    """Yield a headline with its outlet, and its link on a line of its own."""
    yield wrapped(f"- {line.title} ({line.source})", indent, f"{indent}  ")
    if line.link:
        yield f"{indent}  {line.link}"


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
    if shown.troubled:
        told = f"{shown.say.in_trouble} ({shown.troubled}): {_listing(shown.troubles, shown.say)}"
        yield "\n" + wrapped(told) + (f"\n{shown.feeds}" if shown.feeds else "")
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
