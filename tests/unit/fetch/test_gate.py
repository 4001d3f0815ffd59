"""The gate holds its three bounds; measured on a clock that jumps, so exactly and at once."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch import Turns
from monitor.fetch.gate import LONGEST_SHUT, Gate, ShutError
from tests.jumping import run


class Visits:
    """Goes through a gate and notes when each visit began and ended."""

    def __init__(
        self,
        *,
        per_host: int = 2,
        delay: float = 0,
        concurrency: int = 100,
        own: Mapping[str, Turns] | None = None,
    ) -> None:
        self.gate = Gate(Turns(per_host, timedelta(seconds=delay)), own or {}, concurrency=concurrency)
        self.seen: list[tuple[str, float, float]] = []

    async def visit(self, host: str, seconds: float) -> None:
        """Stay for so many seconds."""
        clock = asyncio.get_running_loop().time
        async with self.gate.enter(host):
            start = clock()
            await asyncio.sleep(seconds)
            self.seen.append((host, start, clock()))

    def most_at_once(self, host: str | None = None) -> int:
        """Return how many visits overlapped at most, of a host or in all."""
        visits = [(start, end) for name, start, end in self.seen if host in {None, name}]
        return max(sum(start <= at < end for start, end in visits) for at, _ in visits)

    def starts(self, host: str) -> list[float]:
        """Return when the visits of a host began."""
        return sorted(start for name, start, _ in self.seen if name == host)


def test_starts_of_a_host_are_apart() -> None:
    """Requests of one host start a delay apart, however short they are."""

    async def work() -> None:
        visits = Visits(delay=5)
        await asyncio.gather(*(visits.visit("a", 0.1) for _ in range(4)))
        assert visits.starts("a") == [0, 5, 10, 15]

    run(work())


def test_hosts_do_not_wait_for_each_other() -> None:
    """Ten slow hosts take the time of one."""

    async def work() -> None:
        visits = Visits(delay=5)
        await asyncio.gather(*(visits.visit(f"host {number}", 1) for number in range(10)))
        assert asyncio.get_running_loop().time() == 1

    run(work())


def test_a_waiting_host_holds_no_place() -> None:
    """With a single place, a second host goes while the first waits for its delay."""

    async def work() -> None:
        visits = Visits(delay=100, concurrency=1)
        await asyncio.gather(visits.visit("a", 1), visits.visit("a", 1), visits.visit("b", 1))
        assert visits.starts("b") == [1]
        assert visits.starts("a") == [0, 100]

    run(work())


def test_the_delay_counts_from_the_start_itself() -> None:
    """Who waits for a place has not started: the next of that host still keeps the delay."""

    async def work() -> None:
        visits = Visits(delay=5, concurrency=1)
        await asyncio.gather(visits.visit("a", 20), visits.visit("b", 1), visits.visit("b", 1))
        assert visits.starts("b") == [20, 25]

    run(work())


def test_a_cancelled_wait_leaves_no_trace() -> None:
    """Whoever gives up, waiting or under way, gives back what it held."""

    async def work() -> None:
        visits = Visits(per_host=1, delay=5, concurrency=1)
        tasks = [asyncio.create_task(visits.visit("a", 50)) for _ in range(3)]
        await asyncio.sleep(1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await visits.visit("a", 1)
        assert visits.starts("a") == [5]

    run(work())


def test_hosts_are_forgotten() -> None:
    """A host takes up memory only until its delay is over."""

    async def work() -> None:
        visits = Visits(delay=5)
        await asyncio.gather(*(visits.visit(f"host {number}", 1) for number in range(50)))
        assert len(visits.gate._hosts) == 50
        await asyncio.sleep(5)
        assert not visits.gate._hosts

    run(work())


def test_a_host_may_have_turns_of_its_own() -> None:
    """What is said of one host holds for it and for no other."""

    async def work() -> None:
        visits = Visits(per_host=1, delay=5, own={"a": Turns(3, timedelta(seconds=1))})
        await asyncio.gather(*(visits.visit(host, 60) for host in "aaaabb"))
        assert visits.starts("a") == [0, 1, 2, 60]
        assert visits.starts("b") == [0, 60]

    run(work())


def test_a_shut_host_lets_nobody_in() -> None:
    """Who waits and who comes while a host is shut is turned away at once, and told for how long."""

    async def work() -> None:
        visits = Visits(per_host=1, delay=5)
        await visits.visit("a", 1)
        waiting = [asyncio.create_task(visits.visit("a", 1)) for _ in range(3)]
        await asyncio.sleep(0)
        visits.gate.shut("a", timedelta(minutes=10))
        turned_away = await asyncio.gather(*waiting, return_exceptions=True)
        assert [error.left.total_seconds() for error in turned_away if isinstance(error, ShutError)] == [
            596.0
        ] * 3
        with pytest.raises(ShutError):
            await visits.visit("a", 1)
        await visits.visit("b", 1)
        await asyncio.sleep(600)
        await visits.visit("a", 1)
        assert len(visits.starts("a")) == 2

    run(work())


def test_a_host_is_shut_for_an_hour_at_most() -> None:
    """One feed's answer keeps the others of its host away for an hour, and a shorter one opens nothing."""

    async def work() -> None:
        visits = Visits()
        visits.gate.shut("a", timedelta(days=1))
        visits.gate.shut("a", timedelta(seconds=1))
        with pytest.raises(ShutError) as turned_away:
            await visits.visit("a", 1)
        assert turned_away.value.left == LONGEST_SHUT
        await asyncio.sleep(3600)
        assert not visits.gate._hosts

    run(work())


@given(
    plans=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), min_size=1, max_size=25),
    per_host=st.integers(1, 3),
    delay=st.integers(0, 4),
    concurrency=st.integers(1, 5),
)
def test_bounds_hold(plans: list[tuple[str, int]], per_host: int, delay: int, concurrency: int) -> None:
    """Whatever comes, all are let in and none of the three bounds is broken."""

    async def work() -> None:
        visits = Visits(per_host=per_host, delay=delay, concurrency=concurrency)
        await asyncio.gather(*(visits.visit(host, seconds) for host, seconds in plans))
        assert len(visits.seen) == len(plans)
        assert visits.most_at_once() <= concurrency
        for host, _ in plans:
            assert visits.most_at_once(host) <= per_host
            assert all(later - earlier >= delay for earlier, later in pairwise(visits.starts(host)))

    run(work())
