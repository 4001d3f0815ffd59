"""The text part of a mail: a page for those who read mail as text, 72 columns wide."""

from collections.abc import Iterator
from textwrap import fill

from monitor.digest import english as say
from monitor.digest.shown import Names, Shown, ShownItem, ShownSection

_WIDTH = 72


def plain(shown: Shown, why: str) -> str:
    """Return a digest as text; only links may be longer than a line."""
    parts = [*_head(shown), *(part for section in shown.sections for part in _section(section))]
    return "\n\n".join([*parts, *_foot(shown, why)]) + "\n"


def _head(shown: Shown) -> Iterator[str]:
    yield f"{_wrap(shown.title)}\n{'=' * min(len(shown.title), _WIDTH)}\n{shown.when}\n{shown.total}"
    if shown.note:
        yield _wrap(f"{say.NOTE}: {shown.note}")


def _section(section: ShownSection) -> Iterator[str]:
    title = f"{section.title} ({section.count})"
    yield f"\n{_wrap(title)}\n{'-' * min(len(title), _WIDTH)}"
    yield from map(_item, section.items)
    if section.hidden:
        yield say.more_stories(section.hidden)


def _item(item: ShownItem) -> str:
    number = f"{item.number}. "
    indent = " " * len(number)
    lines = [_wrap(item.title, number, indent), _wrap(f"{item.source}, {item.when}", indent)]
    lines += [f"{indent}{say.KNOWN}"] if item.known else []
    lines += [_wrap(item.lead, indent)] if item.lead else []
    lines += [f"{indent}{item.link}"] if item.link else []
    lines += _reports(item, indent)
    lines += _also_in(item.also_in, indent)
    lines += [f"{indent}{say.WHOLE}: {item.event}"] if item.event else []
    lines += [
        _wrap(f"{label}: {names.listing}", indent, f"{indent}  ")
        for label, names in ((say.MATCHED, item.matched), (say.ALSO_UNDER, item.also_under))
        if names.some
    ]
    return "\n".join(lines)


def _reports(item: ShownItem, indent: str) -> Iterator[str]:
    """Yield the other new stories of an event, each with its link on a line of its own."""
    if item.reports:
        yield f"{indent}{say.FURTHER}:"
    for title, source, link in item.reports:
        yield _wrap(f"- {title} ({source})", indent, f"{indent}  ")
        if link:
            yield f"{indent}  {link}"
    if item.hidden:
        yield f"{indent}- {say.more(item.hidden)}"


def _also_in(names: Names, indent: str) -> Iterator[str]:
    """Yield each further outlet with its link, which gets a line of its own where it needs one."""
    if names.some:
        yield f"{indent}{say.ALSO_IN}:"
    for name, link in names.some:
        line = f"{indent}- {name}" + (f": {link}" if link else "")
        fits = len(line) <= _WIDTH or not link
        yield line if fits else f"{indent}- {name}:\n{indent}  {link}"
    if names.hidden:
        yield f"{indent}- {say.more(names.hidden)}"


def _foot(shown: Shown, why: str) -> Iterator[str]:
    if shown.hidden:
        yield f"\n{shown.hidden}"
    if shown.quiet.some:
        yield "\n" + _wrap(f"{say.QUIET}: {shown.quiet.listing}")
    page = f"\n{say.OPEN_PAGE}: {shown.page}" if shown.page else ""
    yield f"\n-- \n{_wrap(why)}{page}"


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    indent = first if rest is None else rest
    return fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
