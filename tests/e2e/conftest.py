"""A browser for the tests that look at pages; skipped where there is none, unless one is required."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

_REQUIRED = os.environ.get("MONITOR_REQUIRE_BROWSER") == "1"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def _chromium(installed: str) -> str:
    """Return the browser to use: one on the PATH, else the one that Playwright was told to install."""
    found = next(filter(None, map(shutil.which, (*_NAMES, installed))), None)
    if found:
        return found
    if _REQUIRED:
        pytest.fail("MONITOR_REQUIRE_BROWSER=1 asks for a Chromium, and there is none")
    pytest.skip("there is no Chromium, which tests in a browser need")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Start a browser that asks nobody anything by itself."""
    async with async_playwright() as playwright:
        executable = _chromium(playwright.chromium.executable_path)
        started = await playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield started
        await started.close()
