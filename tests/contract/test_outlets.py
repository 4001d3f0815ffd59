"""How many outlets carry an event is kept as it is, on every database, whatever becomes of its copies."""

from dataclasses import replace

import sqlalchemy as sa

from monitor.model.stories import Cause
from monitor.pipeline import regrouping
from monitor.pipeline.correcting import Word
from monitor.store import Lane, Store, ids, merging, migrate, open_store, outlets, sources
from monitor.store.grouping import event
from monitor.store.schema import source, story
from tests.builders import NOW
from tests.happenings import AGROUND, ANGER, HOUR, RATES, RESCUED, bring, counted, event_of, of, outlet
from tests.polls import poll

WORD = Word("Anna", NOW + 9 * HOUR, "")


def _carried(lane: Lane, event_id: str) -> int:
    assert counted(lane)
    kept: int = lane.execute(
        sa.select(event.c.outlets).where(event.c.id == ids.event_row(event_id))
    ).scalar_one()
    return kept


def test_copies_and_corrections_are_counted(store: Store) -> None:
    """A copy adds its outlet, a known site none; what merges or splits takes its outlets with it."""
    with store.write() as lane:
        bring(lane, AGROUND, RESCUED, RATES, ANGER)
        ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
        assert _carried(lane, ferry) == 2
        copied = replace(AGROUND[1], guid="m-1", link="https://www.meridian.example/9")
        assert poll(lane, copied, feed=outlet("meridian"), at=NOW + HOUR) == ["copy"]
        assert _carried(lane, ferry) == 3
        moved = replace(copied, link="https://coast.example/9")
        assert poll(lane, moved, feed=outlet("meridian"), at=NOW + 2 * HOUR) == ["seen"]
        assert _carried(lane, ferry) == 2
        assert _carried(lane, regrouping.merge(lane, [ferry, rates], WORD).id) == 4
        stays, leaves = regrouping.split(lane, ferry, [of(lane, RATES).id], WORD)
        assert (_carried(lane, stays.id), _carried(lane, leaves.id)) == (3, 1)
        rows = [ids.story_row(of(lane, one).id) for one in (RATES, ANGER)]
        merging.merge(lane, rows, Cause("person", "", NOW))
        assert counted(lane)


def test_a_source_is_the_outlet_of_what_has_no_link(store: Store) -> None:
    """Two feeds whose items lead nowhere are two outlets until they get one title."""
    with store.write() as lane:
        items = [(feed, replace(item, link=None)) for feed, item in (AGROUND, RESCUED)]
        bring(lane, *items)
        rows = [sources.source_row(lane, "press", feed) for feed, _ in items]
        ferry = event_of(lane, AGROUND)
        assert _carried(lane, ferry) == 2
        with outlets.renaming(lane, rows):
            lane.execute(sa.update(source).where(source.c.id.in_(rows)).values(title="The Harbour"))
        assert _carried(lane, ferry) == 1


def test_an_older_store_is_counted(nothing: str) -> None:
    """Events of a store from before there was a count have it once it is brought up."""
    store = open_store(nothing)
    migrate.upgrade(store._dialect, "0009")
    then = "'2026-03-02 09:00:00'"
    with store.write() as lane:
        lane.execute(sa.text("INSERT INTO source (id, kind, name, title) VALUES (1, 'press', 'x', '')"))
        lane.execute(
            sa.text(
                "INSERT INTO event (id, headline_id, stories, checked, pinned, changed_at)"
                f" VALUES (9, 1, 3, 3, false, {then})"
            )
        )
        for row, domain in ((1, "'a.example'"), (2, "'b.example'"), (3, "NULL"), (4, "NULL")):
            for table, names, values in (
                ("wording", "title, summary, text, hash, seen_at", f"'T', '', '', 'h', {then}"),
                ("story", "source_id, wording_id, first_seen, at, news, seed, event_id",
                 f"1, {row}, {then}, {then}, true, false, 9"),
                ("copy", "story_id, source_id, wording_id, first_seen, rule, score, evidence, domain",
                 f"{row}, 1, {row}, {then}, 'first', 1.0, '', {domain}"),
            ):  # fmt: skip
                lane.execute(sa.text(f"INSERT INTO {table} (id, {names}) VALUES ({row}, {values})"))
    store.migrate()
    with store.read() as connection:
        assert connection.scalar(sa.select(event.c.outlets)) == 3
        assert connection.scalar(sa.select(sa.func.count()).select_from(story)) == 4
    store.close()
