"""Politeness across requests: a host's own turns, redirects that take turns, pauses that a host asks for."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.fetch import Fetch, Turns, open_fetch
from monitor.model.fetching import Reason
from tests.contract.fetching import OPTIONS, RSS, document, failure, job
from tests.servers.publisher import Answer, Publisher

ONE_AT_A_TIME = replace(OPTIONS, per_host=1)


@pytest.fixture
def other() -> Iterator[Publisher]:
    """Bring up a second server, on another address and so another host."""
    with Publisher(host="127.0.0.2") as server:
        yield server


async def test_redirects_take_the_other_hosts_turn(publisher: Publisher, other: Publisher) -> None:
    """Feeds of many hosts that lead to one host come there one at a time, as its own feeds do."""
    target = other.serve("/feed", RSS, delay=0.02)
    urls = [publisher.redirect(f"/{number}", target) for number in range(4)] + [target] * 2
    options = replace(OPTIONS, hosts={"127.0.0.2": Turns(1, timedelta())})
    async with open_fetch(options) as fetcher:
        fetched = await asyncio.gather(*(fetcher(job(url)) for url in urls))
    assert [document(one).body for one in fetched] == [RSS] * 6
    assert other.peak == 1


async def test_redirects_to_and_fro_do_not_lock(publisher: Publisher, other: Publisher) -> None:
    """Two hosts with one turn each that send us to each other are both asked to the end."""
    publisher.serve("/end", RSS)
    other.serve("/end", RSS)
    here = [publisher.redirect(f"/{number}", other.url("/end")) for number in range(5)]
    there = [other.redirect(f"/{number}", publisher.url("/end")) for number in range(5)]
    async with open_fetch(ONE_AT_A_TIME) as fetcher:
        fetched = await asyncio.gather(*(fetcher(job(url)) for url in here + there))
    assert [document(one).body for one in fetched] == [RSS] * 10


async def test_a_redirect_within_a_host_is_one_turn(publisher: Publisher) -> None:
    """A feed that is redirected on its own host does not wait for itself."""
    publisher.serve("/feed", RSS)
    options = replace(ONE_AT_A_TIME, per_host_delay=timedelta(hours=1))
    async with open_fetch(options) as fetcher:
        assert document(await fetcher(job(publisher.redirect("/old", "/feed")))).body == RSS


async def test_waiting_for_a_redirects_turn_is_not_the_servers_fault(
    publisher: Publisher, other: Publisher
) -> None:
    """The wait for the turn at the second host, longer than the timeout here, does not count into it."""
    target = other.serve("/feed", RSS)
    options = replace(
        OPTIONS, timeout=timedelta(seconds=1), hosts={"127.0.0.2": Turns(1, timedelta(seconds=1.2))}
    )
    async with open_fetch(options) as fetcher:
        first = document(await fetcher(job(target)))
        second = document(await fetcher(job(publisher.redirect("/old", target))))
    assert first.body == second.body == RSS


@pytest.mark.parametrize("status", [429, 503])
async def test_a_pause_is_for_the_whole_host(publisher: Publisher, fetch: Fetch, status: int) -> None:
    """Once a host asks for a pause, its other feeds are not asked, and say until when."""
    busy = publisher.serve("/busy", status=status, headers={"Retry-After": "600"})
    assert failure(await fetch(job(busy))).http == status
    left = failure(await fetch(job(publisher.serve("/feed", RSS))))
    assert (left.reason, left.http) == (Reason.REFUSED, None)
    assert left.postponed
    assert timedelta(minutes=9) < left.postponed <= timedelta(minutes=10)
    assert not publisher.asked("/feed")


async def test_a_pause_without_an_end_is_nobodys(publisher: Publisher, fetch: Fetch) -> None:
    """A 429 that does not say for how long, and a pause with a 404, are matters of that feed alone."""
    publisher.script("/busy", lambda _: Answer(status=429))
    publisher.script("/gone", lambda _: Answer(status=404, headers={"Retry-After": "600"}))
    for path in ("/busy", "/gone"):
        failure(await fetch(job(publisher.url(path))))
    assert document(await fetch(job(publisher.serve("/feed", RSS)))).body == RSS
