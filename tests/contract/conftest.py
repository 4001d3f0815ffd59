"""A server to be told what to answer, and a fetcher that may ask it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from monitor.fetch import Fetch, open_fetch
from tests.contract.fetching import OPTIONS
from tests.servers.postgres import Postgres
from tests.servers.publisher import Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Bring up a server to tell what to answer."""
    with Publisher() as server:
        yield server


@pytest.fixture
async def fetch() -> AsyncIterator[Fetch]:
    """Open a fetcher that may ask the server."""
    async with open_fetch(OPTIONS) as fetcher:
        yield fetcher


@pytest.fixture(params=["sqlite", "postgres"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/deep/monitor.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        yield address
