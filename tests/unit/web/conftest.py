"""Fixtures for tests of the page."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from monitor.app import App
from tests.builders import StoppedClock
from tests.unit.web.newsroom import open_newsroom, open_page


@pytest.fixture
def room(sqlite_database: str, tmp_path: Path) -> Path:
    """Return the folder of a newsroom, with an empty store in it."""
    assert sqlite_database.endswith(f"{tmp_path}/monitor.db")
    return tmp_path


@pytest.fixture
def newsroom(room: Path, clock: StoppedClock) -> Iterator[App]:
    """Open a newsroom without stories."""
    with open_newsroom(room, clock) as app:
        yield app


@pytest.fixture
async def page(newsroom: App) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the newsroom's page."""
    async with open_page(newsroom) as client:
        yield client
