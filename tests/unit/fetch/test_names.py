"""Names are looked up once for all who ask, remembered for a minute and forgotten in time."""

import asyncio
import threading

import pytest

from monitor.fetch import names as module
from monitor.fetch.names import Names
from tests.jumping import run


class Told:
    """A look-up that says what a test tells it and counts how often it was asked."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> tuple[str, ...]:
        """Give the next answer."""
        self.asked.append(host)
        return self.answers.pop(0)


@pytest.mark.parametrize("host", ["192.0.2.1", "::1", "2001:db8::1"])
async def test_an_address_needs_no_look_up(host: str) -> None:
    """An address stands for itself, without a thread."""
    told = Told()
    names = Names(told)
    assert await names.addresses(host) == (host,)
    assert not told.asked
    names.close()


async def test_all_who_ask_at_once_share_a_look_up() -> None:
    """A hundred feeds of one host ask the name server once."""
    told = Told(("192.0.2.1",))
    names = Names(told)
    assert set(await asyncio.gather(*(names.addresses("a.example") for _ in range(100)))) == {("192.0.2.1",)}
    assert told.asked == ["a.example"]
    names.close()


async def test_whoever_gives_up_takes_the_answer_from_nobody() -> None:
    """Of two who wait for one look-up, the second has the answer although the first was cancelled."""
    go = threading.Event()

    def slow(_: str) -> tuple[str, ...]:
        go.wait(10)
        return ("192.0.2.1",)

    names = Names(slow)
    first = asyncio.create_task(names.addresses("a.example"))
    second = asyncio.create_task(names.addresses("a.example"))
    await asyncio.sleep(0)
    first.cancel()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == ("192.0.2.1",)
    names.close()


def test_answers_are_kept_for_a_minute_and_failures_for_a_moment() -> None:
    """An address is asked for again after 60 seconds, a name without one after 5."""

    async def work() -> None:
        told = Told(("192.0.2.1",), ("192.0.2.2",), (), ("192.0.2.3",))
        names = Names(told)
        for seconds, expected in ((59, "192.0.2.1"), (2, "192.0.2.1"), (0, "192.0.2.2")):
            assert await names.addresses("a.example") == (expected,)
            await asyncio.sleep(seconds)
        assert await names.addresses("b.example") == ()
        await asyncio.sleep(4)
        assert await names.addresses("b.example") == ()
        await asyncio.sleep(2)
        assert await names.addresses("b.example") == ("192.0.2.3",)
        names.close()

    run(work())


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more names than are kept the oldest go."""
    monkeypatch.setattr(module, "_MOST", 3)
    names = Names(lambda host: (host,))
    for number in range(9):
        await names.addresses(f"{number}.example")
    assert list(names._held) == ["6.example", "7.example", "8.example"]
    names.close()
