"""The HTTP server: uvicorn in the caller's event loop, whose signals stay the caller's."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from monitor.config.addresses import Listen
from monitor.errors import MonitorError

_LEAVE = 5
"""How many seconds a request that is under way may take when the server stops."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: they belong to the daemon."""
        yield


@asynccontextmanager
async def serve(application: ASGIApp, listen: Listen) -> AsyncIterator[str]:
    """Serve until the block ends; gives the page's address, port 0 letting the system choose one.

    Who asks before the server has started waits for it: the socket is open already. Raises
    MonitorError with a sentence when the address cannot be had.
    """
    bound = _bind(listen)
    server = _Server(_config(application))
    running = asyncio.create_task(server.serve([bound]), name="web")
    try:
        yield f"http://{Listen(*bound.getsockname()[:2])}"
    finally:
        server.should_exit = True
        await running


def _config(application: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_LEAVE,
    )


def _bind(listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        return socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        why = error.strerror or error
        raise MonitorError(
            f"the page cannot listen on {listen}: {why}; set another address as web.listen"
        ) from error
