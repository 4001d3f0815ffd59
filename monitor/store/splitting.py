"""Copies that are another story: they leave under a new id, with all that is theirs."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from monitor.model.entries import Entry, Words
from monitor.model.stories import Cause, StoryKey
from monitor.model.topics import Tag
from monitor.store import housing, ids, moves, speaking
from monitor.store.merging import record
from monitor.store.schema import article, copy, identity, story, story_key, wording
from monitor.store.speaking import Heard, Row
from monitor.store.tags import said

Traits = Callable[[Entry, str | None], Iterable[StoryKey]]
Tagger = Callable[[Words], Iterable[Tag]]

_LINK = "link:%"
"""How an identity that is an address begins, which is how a story's key of that address is written too."""

_OWN = ("first", "person", "bridge")
"""Rules of copies that were a story's first once: it was merged away by the latter two."""


@dataclass(frozen=True, slots=True)
class Half:
    """A story that a split leaves, its copies, and its share of what the whole was."""

    story: int
    copies: frozenset[int]

    @property
    def shown(self) -> int:
        """Return the copy that the story shows."""
        return min(self.copies)


def split(
    connection: sa.Connection,
    row: int,
    off: Collection[int],
    cause: Cause,
    *,
    traits: Traits,
    tagger: Tagger,
) -> tuple[Half, Half]:
    """Make some copies of a story, not all, a story of their own; return what stays and what left.

    traits names the keys of a wording, which go with the copies that have them; tagger tags a wording.
    """
    copies = frozenset(connection.scalars(sa.select(copy.c.id).where(copy.c.story_id == row)))
    (fresh,) = ids.allocate(connection, 1)
    halves = Half(row, copies - set(off)), Half(fresh, copies & set(off))
    _share_keys(connection, halves, traits)
    heard, before = speaking.heard_of(connection, [row]), speaking.earlier_of(connection, [row])
    tags = speaking.tags_of(connection, [row])
    speaking.forget(connection, [row])
    _found(connection, row, halves[1])
    housing.parted(connection, row, fresh, cause.at)
    for half in halves:
        speaking.show(connection, half.story)
        if _is_news(connection, half):
            speaking.remember(connection, half.story, _heard(half, before, heard - before))
        speaking.retag(connection, half.story, list(_tags(connection, half, tags, tagger)), cause.at)
    _share_article(connection, halves)
    moves.follow(connection, row, halves[1].copies, fresh)
    record(connection, "split", row, fresh, cause)
    return halves


def _found(connection: sa.Connection, row: int, half: Half) -> None:
    """Make the story of the copies that leave, and move them there."""
    whole = connection.execute(sa.select(story).where(story.c.id == row)).mappings().one()
    connection.execute(sa.insert(story).values({**whole, "id": half.story}))
    connection.execute(sa.update(copy).where(copy.c.id.in_(half.copies)).values(story_id=half.story))


def _is_news(connection: sa.Connection, half: Half) -> bool:
    """Set whether a half is news: as the story that it was once, else as the whole that it was part of."""
    told = sa.select(copy.c.news, copy.c.rule, story.c.news.label("whole")).select_from(copy.join(story))
    row = connection.execute(told.where(copy.c.id == half.shown)).one()
    news = bool(row.news or (row.whole and row.rule not in _OWN))
    connection.execute(sa.update(copy).where(copy.c.id == half.shown).values(news=news))
    connection.execute(sa.update(story).where(story.c.id == half.story).values(news=news))
    return news


def _heard(half: Half, before: set[Heard], since: set[Heard]) -> Iterator[Heard]:
    """Yield what readers have heard of a half: what the stories that it was heard before, else the whole."""
    own = {one for one in before if one.copy in half.copies} or before
    for one in own | since:
        yield Heard(one.copy if one.copy in half.copies else half.shown, one.topic, one.tag)


def _tags(connection: sa.Connection, half: Half, tags: Sequence[Row], tagger: Tagger) -> Iterator[Row]:
    """Yield the tags of the whole that this half earns too, by the same wording or by another."""
    wordings = _said(connection, half)
    for one in tags:
        if one["wording_id"] in wordings:
            yield one
            continue
        found = (
            said(given, row) | {"back_applied": one["back_applied"]}
            for row, words in wordings.items()
            for given in tagger(words)
            if given.topic == one["topic"] and not given.rest
        )
        yield from islice(found, 1)


def _said(connection: sa.Connection, half: Half) -> Mapping[int, Words]:
    """Return the wordings of the copies of a half, the present ones of its first copies first."""
    joined = wording.join(copy, copy.c.id == wording.c.copy_id)
    found = sa.select(wording).select_from(joined).where(copy.c.id.in_(half.copies))
    ordered = found.order_by(copy.c.wording_id != wording.c.id, copy.c.id, wording.c.id)
    return {row.id: Words(row.title, row.summary, row.text) for row in connection.execute(ordered)}


def _share_keys(connection: sa.Connection, halves: tuple[Half, Half], traits: Traits) -> None:
    """Give the copies that leave their keys; those that no copy is known to have brought stay."""
    stays, leaves = halves
    stored = set(connection.scalars(sa.select(story_key.c.key).where(story_key.c.story_id == stays.story)))
    left, kept = (stored & set(_keys(connection, half, traits)) for half in (leaves, stays))
    for key in sorted(left):
        connection.execute(sa.insert(story_key).values(key=key, story_id=leaves.story))
    gone = sa.delete(story_key).where(
        story_key.c.story_id == stays.story, story_key.c.key.in_(sorted(left - kept))
    )
    connection.execute(gone)


def _keys(connection: sa.Connection, half: Half, traits: Traits) -> Iterator[str]:
    """Yield the keys of every wording that these copies had, and the addresses at which they stood."""
    joined = wording.join(copy, copy.c.id == wording.c.copy_id)
    columns = (copy.c.guid, copy.c.url, copy.c.link_key, copy.c.published)
    rows = sa.select(*columns, wording.c.title, wording.c.summary, wording.c.text).select_from(joined)
    for row in connection.execute(rows.where(copy.c.id.in_(half.copies))):
        words = Words(row.title, row.summary, row.text)
        entry = Entry(words, row.guid, row.url, row.published)
        yield from (key.written for key in traits(entry, row.link_key))
    stood = sa.select(identity.c.key).where(identity.c.copy_id.in_(half.copies), identity.c.key.like(_LINK))
    yield from connection.scalars(stood)


def _share_article(connection: sa.Connection, halves: tuple[Half, Half]) -> None:
    """Give the page that was fetched to the half whose address it is; where that is both, it stays."""
    stays, leaves = halves
    page = sa.select(article.c.url).where(article.c.story_id == stays.story).scalar_subquery()
    urls: dict[int, bool | None] = dict(
        connection.execute(
            sa.select(story.c.id, story.c.url == page).where(story.c.id.in_([stays.story, leaves.story]))
        ).all()
    )
    if urls[leaves.story] and not urls[stays.story]:
        moved = sa.update(article).where(article.c.story_id == stays.story)
        connection.execute(moved.values(story_id=leaves.story))
