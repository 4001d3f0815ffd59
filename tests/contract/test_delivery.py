"""Digests arrive, whatever happens on the way: random histories on every database, by a real mail server.

MONITOR_EXAMPLES=1000 looks at so many histories instead of a few.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from monitor.corpus import importing
from monitor.dedupe import mark
from monitor.model.stories import Batch
from monitor.pipeline.judging import judge_batches
from monitor.store import sources
from tests.builders import entry
from tests.delivering import DeadlyClock, in_a_process
from tests.promises import Account, Story, word
from tests.servers.mailbox import DROP, HOLD
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.processes

_EXAMPLES = int(os.environ.get("MONITOR_EXAMPLES", "0"))
_HOUR = timedelta(hours=1)


class Deliveries(Account):
    """Histories: what feeds bring, what goes wrong, who sends."""

    # ------------------------------------------------------------------ what feeds bring

    @rule(
        topics=st.sets(st.sampled_from(["ferries", "ports", "snow"]), min_size=1).map(frozenset),
        kind=st.sampled_from(["dated", "undated", "dated", "old", "first poll", "imported"]),
        feed=st.sampled_from("ab"),
        killed=st.booleans(),
    )
    def bring(self, topics: frozenset[str], kind: str, feed: str, killed: bool) -> None:
        """Let a feed, or an archive, bring a story; who takes it in may die, and does it again."""
        ages = {"dated": _HOUR, "old": 5 * 24 * _HOUR, "imported": _HOUR}
        published = self.clock() - ages[kind] if kind in ages else None
        story = Story(next(self.numbers), feed, topics, kind, published)
        self.stories[story.code] = story
        if killed and kind != "imported":
            assert in_a_process(lambda: self._poll(story, story.title, feed, dying=True))
        if kind == "imported":
            self._import(story)
        else:
            self._poll(story, story.title, feed)
        self._owe(story)

    @precondition(lambda self: self.stories)
    @rule(data=st.data(), more=st.sampled_from(["", "ferries", "ports"]))
    def revise(self, data: st.DataObject, more: str) -> None:
        """Let a feed say a story otherwise, which may put it on another topic."""
        story = data.draw(st.sampled_from(list(self.stories.values())))
        if story.kind != "imported":
            story.topics |= {more} - {""}
            story.more = word(10_000 + next(self.numbers))
            self._poll(story, story.title, story.feed)
            self._owe(story)

    @precondition(lambda self: self.stories)
    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        """Let another feed carry a story too."""
        story = data.draw(st.sampled_from(list(self.stories.values())))
        if story.kind != "imported":
            self._poll(story, story.title, "c")

    def _poll(self, story: Story, title: str, feed: str, *, dying: bool = False) -> None:
        brought = entry(title, guid=story.code, published=story.published)
        with self._app() as app, app.store.write() as lane:
            now = app.clock()
            batch = Batch(
                sources.source_row(lane, "press", f"https://{feed}.example/feed"),
                mark([brought]),
                now,
                news_since=now - app.settings.news.max_age,
                undated_is_news=story.kind != "first poll",
            )
            judge_batches(lane, [batch], lambda one: self.tagger(one.entry.words))
            if dying:
                DeadlyClock(now, 0)()

    def _import(self, story: Story) -> None:
        at = story.published
        assert at
        line = f'{{"id": "{story.code}", "title": "{story.title}", "published": "{at.isoformat()}"}}'
        with self._app() as app:
            for _ in importing.take_in(app.store, [line.encode()], self.tagger, self.clock):
                pass

    def _owe(self, story: Story) -> None:
        for reader in self.readers:
            if story.news and story.topics & reader.topics and story.code not in reader.told:
                reader.owed.add(story.code)

    # ------------------------------------------------------------------ what clocks and mail servers do

    @rule(quarters=st.sampled_from([1, 2, 4, 6, 12, 24, 48, 96, 97, 200, 500]))
    def advance(self, quarters: int) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(minutes=15) * quarters + timedelta(seconds=1))

    @rule(minutes=st.sampled_from([1, 45, 70, 600, 3000]))
    def set_back(self, minutes: int) -> None:
        """Set the clock of the machine back."""
        self.clock.advance(timedelta(minutes=-minutes))

    @rule(
        command=st.sampled_from(["CONNECT", "EHLO", "MAIL", "RCPT TO:<a", "RCPT", "DATA", ".", "NOOP"]),
        reply=st.sampled_from(
            [DROP, "421 4.3.2 going down", "451 4.7.1 later", "550 5.1.1 never", "554 5.0.0 no"]
        ),
        times=st.integers(1, 3),
    )
    def fail(self, command: str, reply: str, times: int) -> None:
        """Have the mail server fail at its next client."""
        self.mailbox.answer(command, reply, times=times)
        self.unsure |= (command, reply) == (".", DROP)

    # ------------------------------------------------------------------ how digests are sent

    @rule(how=st.sampled_from(["by one", "by one", "by two", "to nobody", "in a hurry"]))
    def send(self, how: str) -> None:
        """Send what is due: by one process or two at once, to a server that is away, or too slow."""
        email = self.settings.channels.email
        assert email
        given = self.settings
        if how == "to nobody":
            away = replace(email, port=self.deaf.getsockname()[1])
            given = replace(given, channels=replace(given.channels, email=away))
        if how == "in a hurry":
            self.mailbox.answer(".", HOLD, times=1)
            hasty = replace(email, timeout=timedelta(seconds=0.2))
            given = replace(given, channels=replace(given.channels, email=hasty))
        with self._step(sure=how != "in a hurry"):
            self._send(given, 2 if how == "by two" else 1)

    @rule(moment=st.sampled_from(["CONNECT", "MAIL", "RCPT", "DATA", ".", "QUIT"]), spared=st.integers(0, 2))
    def be_killed_by_the_server(self, moment: str, spared: int) -> None:
        """Send, and die at a command of SMTP."""
        with self._step(sure=False) as step:
            step.died = self.mailbox.kill_at(moment, spared, lambda: self._send(self.settings))

    @rule(spared=st.integers(0, 16))
    def be_killed_by_the_clock(self, spared: int) -> None:
        """Send, and die between two steps or in the middle of a transaction."""
        with self._step(sure=False) as step:
            dying = DeadlyClock(self.clock(), spared)
            step.died = in_a_process(lambda: self._send(self.settings, clock=dying))

    @rule(name=st.sampled_from(["night", "ports"]))
    def send_by_hand(self, name: str) -> None:
        """Send a digest at a person's word."""
        self.clock.advance(timedelta(seconds=1))
        with self._step(by_hand=name), self._app() as app:
            asyncio.run(app.sender().send_now(name))


@pytest.fixture
def fresh_sqlite(migrated_sqlite: Path, tmp_path: Path) -> Callable[[], AbstractContextManager[str]]:
    """Return what makes an empty SQLite store, as often as wanted."""
    numbers = count()

    @contextmanager
    def fresh() -> Iterator[str]:
        file = tmp_path / f"{next(numbers)}.db"
        shutil.copyfile(migrated_sqlite, file)
        yield f"sqlite:///{file}"

    return fresh


@pytest.fixture
def fresh_postgres(postgres: Postgres, migrated_postgres: str) -> Callable[[], AbstractContextManager[str]]:
    """Return what makes an empty PostgreSQL store, as often as wanted."""
    return lambda: postgres.database(migrated_postgres)


def _prove(fresh: Callable[[], AbstractContextManager[str]], examples: int) -> None:
    machine = type("Deliveries", (Deliveries,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=_EXAMPLES or examples,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a history small takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_digest_arrives(fresh_sqlite: Callable[[], AbstractContextManager[str]]) -> None:
    """On SQLite all that is new is told, once, on time; a mail is repeated only where no answer was noted."""
    _prove(fresh_sqlite, 12)


def test_every_digest_arrives_from_postgresql(
    fresh_postgres: Callable[[], AbstractContextManager[str]],
) -> None:
    """On PostgreSQL too."""
    _prove(fresh_postgres, 3)
