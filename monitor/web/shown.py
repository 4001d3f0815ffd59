"""Stories as the pages show them: what was matched stands marked in the words it was matched in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from monitor.corpus import reasons
from monitor.corpus.highlighting import Range, near, ranges_of
from monitor.digest.excerpt import one_line
from monitor.digest.naming import also_in, distinct, headline, outlet
from monitor.model.entries import Words
from monitor.model.topics import Span, Tag
from monitor.model.views import StoryView
from monitor.words import folded

Field = Literal["title", "summary", "text"]
UNTITLED = "(untitled)"

_AROUND = 90
"""How many characters of its surroundings a match is shown with."""

_PASSAGES = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is marked or is not."""

    text: str
    marked: bool = False


Passage = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A story in a list: headline, lead, who carries it, which words matched, where they stand."""

    id: str
    title: str
    url: str | None
    lead: str
    source: str
    at: datetime
    dated: bool
    seed: bool
    language: str | None
    also_in: tuple[str, ...]
    matched: tuple[str, ...]
    passages: tuple[Passage, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownTag:
    """Why a story is under a topic: the score, the words as they stand and the query's own for them.

    elsewhere tells that they were found in other words than the story has now; because and told say what else
    it rests on, by who gave it.
    """

    topic: str
    score: float
    matched: tuple[tuple[str, str | None], ...]
    passages: tuple[Passage, ...]
    elsewhere: bool
    because: str
    told: tuple[str, ...]
    by: str


def listed(
    story: StoryView, titles: Mapping[str, str], *, because: Tag | None = None, quoting: bool = False
) -> Listed:
    """Return a story for a list, with the words that put it there; quoting shows them where they stand."""
    title, lead = headline(story)
    spans = because.evidence if because else ()
    words = (because.words if because else None) or story.words
    return Listed(
        id=story.id,
        title=title or UNTITLED,
        url=story.url,
        lead=lead,
        source=outlet(story.source, story.source_title),
        at=story.published or story.first_seen,
        dated=story.published is not None,
        seed=story.seed,
        language=story.language,
        also_in=tuple(name for name, _ in also_in(story)),
        matched=distinct(span.matched for span in spans),
        passages=passages(words, spans, most=2) if quoting else (),
        topics=tuple(titles[tag.topic] for tag in story.tags if tag is not because and tag.topic in titles),
    )


def shown_tag(tag: Tag, now: Words) -> ShownTag:
    """Return a tag with its evidence in place; now is the story's present wording."""
    words = tag.words or now
    matched: dict[str, Span] = {}
    for span in tag.evidence:
        matched.setdefault(one_line(span.matched).casefold(), span)
    return ShownTag(
        topic=tag.topic,
        score=tag.score,
        matched=tuple((one_line(span.matched), _wanted(span)) for span in matched.values()),
        passages=passages(words, tag.evidence, _PASSAGES),
        elsewhere=words != now,
        because=reasons.because(tag),
        told=tuple(reasons.reasons(tag)),
        by=tag.by,
    )


def _wanted(span: Span) -> str | None:
    """Return the query's word where the story has another spelling for it."""
    return span.term if folded(span.term) != folded(span.matched) else None


def marked_words(story: StoryView) -> Mapping[Field, Passage]:
    """Return the story's fields, marked where a tag's evidence points into the present wording."""
    spans = [span for tag in story.tags if tag.words in {None, story.words} for span in tag.evidence]
    return {field: marked(getattr(story.words, field), ranges_of(spans, field)) for field in get_args(Field)}


def marked(text: str, ranges: Sequence[Range]) -> Passage:
    """Cut text into pieces; ranges are in order and apart."""
    pieces, at = [], 0
    for start, end in ranges:
        pieces += [Piece(text[at:start]), Piece(text[start:end], marked=True)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)


def passages(words: Words, spans: Sequence[Span], most: int) -> tuple[Passage, ...]:
    """Return where evidence stands, with what is around it; matches near each other share a passage."""
    found = (
        passage
        for field in get_args(Field)
        for passage in _passages(getattr(words, field), ranges_of(spans, field))
    )
    return tuple(passage for passage, _ in zip(found, range(most), strict=False))


def _passages(text: str, ranges: Sequence[Range]) -> Iterator[Passage]:
    for group in near(ranges, 2 * _AROUND):
        start, end = _start(text, group[0][0]), _end(text, group[-1][1])
        pieces = marked(text[start:end], [(first - start, last - start) for first, last in group])
        before, after = ("…" if start else ""), ("…" if end < len(text) else "")
        yield (Piece(before), *pieces, Piece(after))


def _start(text: str, match: int) -> int:
    """Return where a passage begins: at the beginning of a word."""
    if match <= _AROUND:
        return 0
    space = text.find(" ", match - _AROUND, match)
    return match - _AROUND if space < 0 else space + 1


def _end(text: str, match: int) -> int:
    """Return where a passage ends: at the end of a word."""
    if len(text) - match <= _AROUND:
        return len(text)
    space = text.rfind(" ", match, match + _AROUND)
    return match + _AROUND if space < 0 else space
