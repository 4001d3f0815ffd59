"""What was stored by an earlier version is found, sent and shown once it is brought up."""

import pytest
import sqlalchemy as sa

from monitor.model.topics import Fact, Query, Term
from monitor.store import Store, migrate, open_store, outbox, stories
from monitor.store.facts import facts_of
from monitor.store.schema import message
from monitor.store.stories import Wanted
from monitor.words import folded
from tests.builders import NOW

THEN = "'2026-03-02 09:00:00'"
INDEXED = {
    "sqlite": "INSERT INTO search (rowid, title, summary, text) VALUES ({0}, '{1}', 'ferry', '')",
    "postgresql": "INSERT INTO search VALUES ({0}, '''{1}'':1 ''ferry'':3')",
}
_TOLD = "id, source_id, wording_id, first_seen, at, news, seed"
_COPY = "id, story_id, source_id, wording_id, url, first_seen, rule, score, evidence"
_LINK = "https://News.Harbour.example./1"
ROWS = (
    "INSERT INTO wording (id, title, summary, text, hash, seen_at) VALUES ({0}, '{1}', 'ferry', '', '', {2})",
    f"INSERT INTO story ({_TOLD}) VALUES ({{0}}, 1, {{0}}, {{2}}, {{2}}, true, false)",
    f"INSERT INTO copy ({_COPY}) VALUES ({{0}}, {{0}}, 1, {{0}}, '{_LINK}', {{2}}, 'new', 1, '')",
)


def _older(database: str, *titles: str) -> Store:
    """Return a store as an earlier version left it, brought up to date."""
    store = open_store(database)
    migrate.upgrade(store._dialect, "0006")
    with store.write() as lane:
        lane.execute(sa.text("INSERT INTO source (id, kind, name) VALUES (1, 'press', 'x')"))
        for number, title in enumerate(titles, 100):
            for row in (*ROWS, INDEXED[lane.dialect.name]):
                lane.exec_driver_sql(row.format(number, title, THEN))
    store.migrate()
    return store


@pytest.mark.parametrize("titles", [("harbour", "東京都"), ("harbour", "bakery")], ids=["letters", "words"])
def test_what_was_stored_is_found(nothing: str, titles: tuple[str, ...]) -> None:
    """Words are found in their fields, runs of letters by their parts, stories by where links lead."""
    store = _older(nothing, *titles)
    looked_for: dict[int, Query] = {
        100: Term("harbour", (("harbour",),), fields=("title",)),
        101: Term("", (folded(titles[1][1:2] if titles[1] == "東京都" else titles[1]),)),
    }
    with store.read() as connection:
        for row, query in looked_for.items():
            assert stories.rows(connection, Wanted(matching=store.containing(query))) == [row]
        nowhere = Term("ferry", (("ferry",),), fields=("title",))
        assert stories.rows(connection, Wanted(matching=store.containing(nowhere))) == []
        there = Fact("site", ("harbour.example",), "")
        assert stories.rows(connection, Wanted(matching=store.containing(there))) == [100, 101]
        known = facts_of(connection, [100])[100]
        assert (known.hosts, known.authors, known.at) == (("news.harbour.example",), (), NOW)
    store.close()


def test_mails_of_an_older_store_go_out_and_are_shown_as_they_were(nothing: str) -> None:
    """What waits keeps its bytes, what was sent its text and page, though its mail goes."""
    store = open_store(nothing)
    migrate.upgrade(store._dialect, "0009")
    names = "id, digest, recipient, period, message_id, status, subject, stories, text, html, mime"
    with store.write() as lane:
        for row, status in ((1, "reserved"), (2, "sent")):
            values = f"{row}, 'd', 'r', 'p{row}', '<{row}>', '{status}', 's', 1, 'text', '<p>', :mime"
            rest = f"attempts, detail, reserved_at) VALUES ({values}, 0, '', {THEN})"
            made = sa.text(f"INSERT INTO message ({names}, {rest}")
            lane.execute(made, {"mime": b"mail"})
    store.migrate()
    with store.read() as connection:
        (waits,) = outbox.waiting(connection, None)
        shown = [(one.text, one.html) for one in outbox.latest(connection)]
        kept = connection.scalars(sa.select(message.c.mime).order_by(message.c.id)).all()
    assert (waits.mime, waits.edition, kept) == (b"mail", None, [b"mail", None])
    assert shown == [("text", "<p>")] * 2
    store.close()
