"""What the store owes on every database: its schema, its ids, its locks, one judge at a time."""

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from monitor.errors import Busy, StoreError, UsageError
from monitor.model.views import StoryView
from monitor.store import Store, ids, open_store, stories, subscriptions
from monitor.store import migrate as migrate_store
from monitor.store.schema import copy, metadata, state
from tests.builders import NOW, entry
from tests.polls import everything, poll
from tests.processes import PROCESSES, bring, holding, migrate
from tests.servers.postgres import Postgres


def test_the_migrations_make_what_the_tables_say(nothing: str) -> None:
    """From an empty database the migrations lead to exactly the schema that the program uses."""
    store = open_store(nothing)
    store.migrate()
    with store.read() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    assert store.problems() == []
    store.close()


def test_feeds_of_an_older_store_get_their_keys(nothing: str) -> None:
    """FAILURES 27: a store of the first schema knows its feeds under other addresses once brought up."""
    store = open_store(nothing)
    migrate_store.upgrade(store._dialect, "0001")
    with store.write() as lane:
        lane.execute(sa.text("INSERT INTO source (id, kind, name) VALUES (1, 'press', 'x')"))
        names = "id, source_id, url, host, origin, paused, removed, added_at, polls, entries, failures"
        then, url = "2026-03-02 09:00:00", "https://www.anchor.example/feed/"
        row = f"2, 1, '{url}', 'h', 'user', false, false, '{then}', 0, 0, 0, '{then}'"
        lane.execute(sa.text(f"INSERT INTO feed ({names}, next_poll_at) VALUES ({row})"))
    store.migrate()
    with store.read() as connection:
        there = subscriptions.subscribed_as(connection, ["http://anchor.example/feed"])
    assert there == {"http://anchor.example/feed": "https://www.anchor.example/feed/"}
    store.close()


def test_copies_of_an_older_store_are_news_where_their_story_is(nothing: str) -> None:
    """A copy that was there before knows, once brought up, what it would be as a story of its own."""
    store = open_store(nothing)
    migrate_store.upgrade(store._dialect, "0002")
    then = "'2026-03-02 09:00:00'"
    with store.write() as lane:
        lane.execute(sa.text("INSERT INTO source (id, kind, name) VALUES (1, 'press', 'x')"))
        for row, news in ((10, "true"), (20, "false")):
            words = f"{row}, 'T', '', '', 'h', {then}"
            lane.execute(
                sa.text(f"INSERT INTO wording (id, title, summary, text, hash, seen_at) VALUES ({words})")
            )
            told = f"{row}, 1, {row}, {then}, {then}, {news}, false"
            names = "id, source_id, wording_id, first_seen, at, news, seed"
            lane.execute(sa.text(f"INSERT INTO story ({names}) VALUES ({told})"))
            names = "id, story_id, source_id, wording_id, first_seen, rule, score, evidence"
            copied = f"{row}, {row}, 1, {row}, {then}, 'first', 1.0, ''"
            lane.execute(sa.text(f"INSERT INTO copy ({names}) VALUES ({copied})"))
    store.migrate()
    with store.read() as connection:
        assert dict(connection.execute(sa.select(copy.c.id, copy.c.news)).all()) == {10: True, 20: False}
    store.close()


def test_processes_that_start_together_take_turns(nothing: str) -> None:
    """Four processes that meet an empty database migrate it once, and none of them fails."""
    with ProcessPoolExecutor(4, PROCESSES) as pool:
        list(pool.map(migrate, [nothing] * 4))
    store = open_store(nothing)
    with store.write() as lane:
        assert ids.allocate(lane, 1) == range(1, 2)
    store.close()


def test_an_open_lane_keeps_no_command_from_starting(store: Store) -> None:
    """A schema that is up to date is seen while another judges."""
    with store.write(), ThreadPoolExecutor(1) as pool:
        pool.submit(store.migrate).result(timeout=20)


def test_a_newer_schema_is_refused(store: Store) -> None:
    """A store that a newer program made is left alone, with a sentence that says so."""
    with store.write() as lane:
        lane.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer monitor"):
        store.migrate()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/monitor", "x"])
def test_what_cannot_be_a_store_is_refused(address: str) -> None:
    """An address that names no store is an error with a sentence."""
    with pytest.raises(StoreError, match=r"store\.url"):
        open_store(address)


def test_a_store_that_does_not_open_is_named(tmp_path: Path) -> None:
    """A file that is no database is an error that says which, and no password of an address is told."""
    (tmp_path / "monitor.db").write_bytes(b"not a database, but long enough to have a header " * 40)
    for address, named in [
        (f"sqlite:///{tmp_path}/monitor.db", "monitor.db"),
        (f"postgresql://monitor:secret@localhost/monitor?host={tmp_path}", r"\*\*\*"),
    ]:
        store = open_store(address)
        with pytest.raises(StoreError, match=named) as refused:
            store.migrate()
        assert "secret" not in str(refused.value)
        store.close()


def test_ids_grow_and_are_never_used_again(store: Store) -> None:
    """Ids of a transaction that was undone may be lost, but none is given out twice."""
    given: list[int] = []
    for count in (1, 3, 0, 2):
        with store.write() as lane:
            given += ids.allocate(lane, count)
    with store.write() as lane:
        lane.execute(sa.delete(state))
        given += ids.allocate(lane, 1)
    assert given == sorted(set(given))
    assert len(given) == 7


@pytest.mark.parametrize("written", ["", "s", "1", "e1", "s-1", "s1.5", "s" + "9" * 30, "S1"])
def test_what_is_no_id_is_refused(written: str) -> None:
    """What cannot be a story's id is answered with a sentence, not looked for."""
    with pytest.raises(UsageError, match="not a story's id"):
        ids.story_row(written)


def test_a_lane_that_fails_leaves_nothing(store: Store) -> None:
    """Nothing of a transaction that ended in an error is kept."""

    def judge() -> None:
        with store.write() as lane:
            poll(lane, entry(guid="1"))
            raise LookupError

    with pytest.raises(LookupError):
        judge()
    with store.read() as connection:
        assert everything(connection) == []


def test_a_reader_sees_one_state_and_changes_nothing(store: Store) -> None:
    """What is committed while somebody reads is not half seen; a reader cannot write."""
    with store.read() as connection:
        assert stories.count(connection, stories.Wanted()) == 0
        with store.write() as lane:
            poll(lane, entry(guid="1"))
        assert stories.count(connection, stories.Wanted()) == 0
    with store.read() as connection:
        assert stories.count(connection, stories.Wanted()) == 1
        with pytest.raises(sa.exc.DBAPIError), connection.begin_nested():
            connection.execute(sa.insert(state).values(name="a", value="b"))


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """A naive time is a bug, and it does not reach the database."""
    naive = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises((ValueError, sa.exc.StatementError), match="without a zone"), store.write() as lane:
        poll(lane, entry(guid="1", published=None), at=naive)


# ---------------------------------------------------------------- many at once


def _whole(found: list[StoryView]) -> tuple[int, int]:
    return len(found), sum(len(story.copies) for story in found)


def test_twenty_feeds_with_one_story_in_four_processes(database: str, store: Store) -> None:
    """However many processes judge at once, one story is stored once, with nineteen copies."""
    parts = [[f"https://feed{n}.example/" for n in range(start, 20, 4)] for start in range(4)]
    with ProcessPoolExecutor(4, PROCESSES) as pool:
        kinds = [kind for part in pool.map(bring, [database] * 4, parts) for kind in part]
    assert sorted(kinds) == ["copy"] * 19 + ["new"]
    with store.read() as connection:
        assert _whole(everything(connection)) == (1, 20)


def test_threads_take_turns(store: Store) -> None:
    """Threads that judge one feed's document at once store it once."""
    entries = [entry(f"Item number {n} of the day", guid=f"{n}") for n in range(10)]

    def judge(_: int) -> list[str]:
        with store.write() as lane:
            return poll(lane, *entries)

    with ThreadPoolExecutor(4) as pool:
        kinds = [kind for part in pool.map(judge, range(8)) for kind in part]
    assert (kinds.count("new"), kinds.count("seen")) == (10, 70)


def test_a_lock_dies_with_its_holder(database: str, store: Store) -> None:
    """A lock that another process holds is refused; SIGKILL of the holder frees it for who waits."""
    with holding(database, "outbox") as process:
        with pytest.raises(Busy, match="outbox"), store.hold("outbox", wait=False):
            pass
        with store.hold("daemon", wait=False), store.write():
            pass
        process.kill()
        with store.hold("outbox", wait=True):
            pass


def test_a_lock_is_given_back(store: Store) -> None:
    """A lock is free after its block, also when the block failed."""
    with pytest.raises(LookupError), store.hold("daemon", wait=False):
        raise LookupError
    with store.hold("daemon", wait=False), pytest.raises(Busy), store.hold("daemon", wait=False):
        pass


# ---------------------------------------------------------------- backup


@pytest.fixture
def with_programs(database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put PostgreSQL's client programs where the store looks for them."""
    if database.startswith("postgresql"):
        server: Postgres = request.getfixturevalue("postgres")
        if not (server.programs / "pg_dump").exists():
            pytest.skip("this PostgreSQL comes without pg_dump")
        monkeypatch.setenv("PATH", str(server.programs), prepend=":")


@pytest.mark.usefixtures("with_programs")
def test_a_backup_brings_everything_back(store: Store, tmp_path: Path) -> None:
    """A backup made while others write is whole, and takes the place of what came after it."""
    file, stop = tmp_path / "backup", threading.Event()
    with store.write() as lane:
        poll(
            lane, *(entry(f"Item number {n} of the day", guid=f"{n}", text="words " * 500) for n in range(50))
        )

    def go_on() -> None:
        for n in range(10_000):
            if stop.is_set():
                return
            with store.write() as lane:
                poll(lane, entry(f"Later item number {n}", guid=f"later {n}"), at=NOW)

    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(go_on)
        store.backup(file)
        stop.set()
        later.result()
    with store.read() as connection:
        before = everything(connection)
    store.restore(file)
    with store.read() as connection:
        after = everything(connection)
    assert len(after) >= 50
    assert after == before[: len(after)]
    assert store.problems() == []
    with store.write() as lane:
        assert poll(lane, entry("Afterwards", guid="afterwards")) == ["new"]


@pytest.mark.usefixtures("with_programs")
def test_what_is_no_backup_is_refused(store: Store, tmp_path: Path) -> None:
    """A file that is no backup, or is not there, is refused and changes nothing."""
    with store.write() as lane:
        poll(lane, entry(guid="1"))
    (tmp_path / "letter").write_text("Dear desk, " * 500)
    for name in ("letter", "nowhere"):
        with pytest.raises(StoreError, match=name):
            store.restore(tmp_path / name)
    with store.read() as connection:
        assert len(everything(connection)) == 1


@pytest.mark.usefixtures("with_programs")
def test_nothing_is_restored_under_a_daemon(store: Store, tmp_path: Path) -> None:
    """While a daemon runs its store is not replaced."""
    store.backup(tmp_path / "backup")
    with store.hold("daemon"), pytest.raises(Busy, match="daemon"):
        store.restore(tmp_path / "backup")


def test_threads_take_turns_in_the_lane(store: Store) -> None:
    """Who writes page after page lets another thread in between, instead of having the lane to the end."""
    order: list[str] = []
    waits, pages = threading.Event(), 50

    def write(name: str) -> None:
        with store.write():
            order.append(name)
            sleep(0.002)

    def other() -> None:
        waits.set()
        write("other")

    thread = threading.Thread(target=other)
    with store.write():
        thread.start()
        waits.wait()
        sleep(0.05)
    for _ in range(pages):
        write("page")
    thread.join()
    assert order.index("other") < pages // 2
