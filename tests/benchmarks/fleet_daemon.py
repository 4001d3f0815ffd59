"""The daemon, and beside it on its event loop somebody who looks at the clock.

python -m tests.benchmarks.fleet_daemon CONFIG SECONDS
"""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor import clock, daemon
from monitor.app import App, open_app
from monitor.config import load

_EVERY = 0.01


async def _late(lags: list[float]) -> None:
    """Wake a hundred times a second and note how late that was, in seconds."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _EVERY
        await asyncio.sleep(_EVERY)
        lags.append(loop.time() - due)


async def _run(app: App, file: Path, seconds: float) -> list[float]:
    """Run the daemon for some seconds, then stop it as a person would."""
    lags: list[float] = []
    watching = asyncio.create_task(_late(lags))
    asyncio.get_running_loop().call_later(seconds, signal.raise_signal, signal.SIGTERM)
    await daemon.run(app, lambda: load(file, {}))
    watching.cancel()
    return lags


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main(config: str, seconds: str) -> None:
    """Run, and print the loop's lag as JSON."""
    file = Path(config)
    with open_app(load(file, {}), clock.now) as app:
        lags = asyncio.run(_run(app, file, float(seconds)))
    print(json.dumps({"p50": quantile(lags, 0.5), "p99": quantile(lags, 0.99), "max": max(lags)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
