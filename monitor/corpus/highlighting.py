"""What was matched, marked where it stands: in brackets, or in colour on a terminal."""

from collections.abc import Iterator, Sequence
from typing import get_args

from monitor.model.entries import Words
from monitor.model.topics import Field, Span

Range = tuple[int, int]

_AROUND = 60
_PASSAGES = 3
_COLOUR = ("\x1b[1;31m", "\x1b[0m")
_BRACKETS = ("[", "]")


def highlighted(words: Words, spans: Sequence[Span], *, colour: bool = False) -> Iterator[str]:
    """Yield the title, and where in the other fields something matched, with what is around it."""
    marks = _COLOUR if colour else _BRACKETS
    yield _marked(words.title, ranges_of(spans, "title"), 0, len(words.title), marks)
    passages = (
        (field, found)
        for field in get_args(Field)[1:]
        for found in near(ranges_of(spans, field), 2 * _AROUND)
    )
    for (field, found), _ in zip(passages, range(_PASSAGES), strict=False):
        text = getattr(words, field)
        start, end = max(0, found[0][0] - _AROUND), min(len(text), found[-1][1] + _AROUND)
        yield _marked(text, found, start, end, marks)


def ranges_of(spans: Sequence[Span], field: Field) -> list[Range]:
    """Return a field's evidence in order, what overlaps or touches as one."""
    ranges: list[Range] = []
    for start, end in sorted((span.start, span.end) for span in spans if span.field == field):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
        else:
            ranges.append((start, end))
    return ranges


def near(ranges: Sequence[Range], apart: int) -> list[list[Range]]:
    """Gather what is less than so many characters apart."""
    groups: list[list[Range]] = []
    for one in ranges:
        if groups and one[0] - groups[-1][-1][1] < apart:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _marked(text: str, ranges: Sequence[Range], start: int, end: int, marks: tuple[str, str]) -> str:
    pieces, at = ["…" if start else ""], start
    for first, last in ranges:
        pieces += [text[at:first], marks[0], text[first:last], marks[1]]
        at = last
    pieces += [text[at:end], "…" if end < len(text) else ""]
    return " ".join("".join(pieces).split())
