"""Seeds and topics, as the files declare them, and which configuration has been taken in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from monitor.model.documents import SeedDocument
from monitor.model.entries import Words
from monitor.model.topics import Tag, Topic
from monitor.store import ids, marks, sources
from monitor.store.dialect import upsert
from monitor.store.schema import source, state, story, tag, topic, wording
from monitor.store.tags import Bearer

_CONFIGURATION, _SEEDS = "configuration", "seeds"

Change = Literal["new", "changed", "unchanged"]


def declare_topics(connection: sa.Connection, topics: Sequence[Topic]) -> None:
    """Take in the topics of the configuration; those that left it stay, inactive, with their tags."""
    connection.execute(sa.update(topic).values(active=False))
    rows = [{"name": one.name, "title": one.title, "query": one.query, "active": True} for one in topics]
    upsert(connection, topic, rows, update=["title", "query", "active"])
    nothing = {"applied": None, "applying": None, "reached": None}
    connection.execute(sa.update(topic).where(~topic.c.active).values(nothing))


def topic_counts(connection: sa.Connection) -> Mapping[str, int]:
    """Return how many stories bear each topic's tag, seeds apart."""
    joined = tag.join(story, story.c.id == tag.c.story_id)
    counted = sa.select(tag.c.topic, sa.func.count()).select_from(joined).where(~story.c.seed)
    return {row[0]: row[1] for row in connection.execute(counted.group_by(tag.c.topic))}


def put_seed(
    connection: sa.Connection, seed: SeedDocument, tagger: Callable[[Words], Sequence[Tag]], now: datetime
) -> Change:
    """Store a seed under its file's name, or update it where its words changed; tag it anew."""
    source_id = sources.source_row(connection, "seed", seed.name)
    connection.execute(sa.update(source).where(source.c.id == source_id).values(title=seed.source))
    known = connection.execute(_known_seeds().where(story.c.source_id == source_id)).one_or_none()
    change: Change = "new" if known is None else "unchanged" if known.hash == seed.words.hash else "changed"
    said = known.wording_id if known and change == "unchanged" else _word(connection, seed.words, now)
    told = known.id if known else ids.allocate(connection, 1)[0]
    first_seen = known.first_seen if known else now
    row = {
        "id": told,
        "source_id": source_id,
        "wording_id": said,
        "first_seen": first_seen,
        "news": False,
        "seed": True,
    }
    described = {
        "url": seed.url,
        "language": seed.language,
        "published": seed.published,
        "at": seed.published or first_seen,
    }
    upsert(connection, story, [row | described], update=["wording_id", *described])
    _tag(connection, Bearer(told, said, now), tagger(seed.words))
    if change != "unchanged":
        marks.taught(connection)
    return change


def _known_seeds() -> sa.Select[tuple[int, int, datetime, str, str]]:
    joined = story.join(wording, wording.c.id == story.c.wording_id).join(
        source, source.c.id == story.c.source_id
    )
    columns = (story.c.id, story.c.wording_id, story.c.first_seen, wording.c.hash, source.c.name)
    return sa.select(*columns).select_from(joined).where(source.c.kind == "seed", story.c.seed)


def seed_words(connection: sa.Connection) -> Mapping[str, Words]:
    """Return what the seeds say by their files' names."""
    columns = (source.c.name, wording.c.title, wording.c.summary, wording.c.text)
    rows = connection.execute(_known_seeds().with_only_columns(*columns))
    return {row.name: Words(row.title, row.summary, row.text) for row in rows}


def seed_rows(connection: sa.Connection) -> Mapping[str, int]:
    """Return the stories of the seeds by their files' names."""
    return {row.name: row.id for row in connection.execute(_known_seeds())}


def _word(connection: sa.Connection, words: Words, now: datetime) -> int:
    (said,) = ids.allocate(connection, 1)
    said_row = {"id": said, "hash": words.hash, "seen_at": now}
    connection.execute(
        sa.insert(wording).values(title=words.title, summary=words.summary, text=words.text, **said_row)
    )
    connection.info["index"](connection, [(said, words.folded)])
    return said


def _tag(connection: sa.Connection, bearer: Bearer, tags: Sequence[Tag]) -> None:
    found = sa.select(tag.c.topic, tag.c.wording_id, tag.c.evidence).where(tag.c.story_id == bearer.story)
    borne = {row.topic: (row.wording_id, row.evidence) for row in connection.execute(found)}
    if borne == {given.topic: (bearer.wording, bearer.row(0, given)["evidence"]) for given in tags}:
        return
    connection.execute(sa.delete(tag).where(tag.c.story_id == bearer.story))
    if tags:
        rows = ids.allocate(connection, len(tags))
        connection.execute(
            sa.insert(tag), [bearer.row(row, given) for row, given in zip(rows, tags, strict=True)]
        )


def taken_in(connection: sa.Connection) -> str | None:
    """Return the fingerprint of the configuration that was taken in last."""
    return _state(connection, _CONFIGURATION)


def take_in(connection: sa.Connection, fingerprint: str) -> None:
    """Record which configuration has been taken in."""
    upsert(connection, state, [{"name": _CONFIGURATION, "value": fingerprint}], update=["value"])


def learnt(connection: sa.Connection) -> str | None:
    """Return the fingerprint of the seed corpus that was loaded last."""
    return _state(connection, _SEEDS)


def learn(connection: sa.Connection, fingerprint: str) -> None:
    """Record which seed corpus has been loaded."""
    upsert(connection, state, [{"name": _SEEDS, "value": fingerprint}], update=["value"])


def _state(connection: sa.Connection, name: str) -> str | None:
    found: str | None = connection.scalar(sa.select(state.c.value).where(state.c.name == name))
    return found
