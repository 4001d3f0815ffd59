"""`monitor demo` shows what the program is for, without a network, and leaves nothing behind."""

import http.client
import re
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor.forms import cache_folder
from tests.e2e.program import CEILING, ended, started, until

pytestmark = pytest.mark.processes

NO_NETWORK = {f"{scheme}_proxy": "http://127.0.0.1:1" for scheme in ("http", "https", "all")}


def _page(address: str, path: str) -> str:
    """Return a page of the demo as text without markup, or nothing while it is not there."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=CEILING)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode()
    except OSError:
        return ""
    finally:
        connection.close()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)) if answer.status == 200 else ""


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_the_demo_shows_the_story(tmp_path: Path, number: signal.Signals) -> None:
    """The page comes to show tags, a story with its sources, a digest and one failing feed; then it ends."""
    here = {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "MONITOR_CACHE": str(cache_folder())}
    environ = {**here, **NO_NETWORK}
    with started("demo", environ=environ, folder=tmp_path) as process:
        address = _address(process)
        assert address.startswith("http://127.0.0.1:")
        until(lambda: "also in 1: Harbour Wire" in _page(address, "/"), "a story with several sources")
        assert "matched" in _page(address, "/")
        until(lambda: " not-a-feed " in _page(address, "/feeds"), "the failing feed")
        preview = _page(address, "/digests/demo/preview.html")
        assert "missiles" in preview
        assert "Also in" in preview
        ran = ended(process, number)
    assert ran.code == 0
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []
    assert _page(address, "/") == ""
