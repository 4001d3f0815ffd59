"""An event loop whose time passes only in sleep, so that waits are measured exactly and at once."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _Jumping(selectors.SelectSelector):
    """A selector that moves the time on instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Pass the time at once, but wait where only a thread or a socket can go on."""
        self.now += timeout or 0.0
        return super().select(timeout if timeout is None else 0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = _Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run on a loop whose time starts at 0 and passes only in sleep."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(work)
