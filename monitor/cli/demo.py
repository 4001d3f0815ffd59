"""The demo: a publisher of sample feeds and a daemon on it, in a folder that goes when it ends."""

import socket
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor import clock, daemon
from monitor.app import open_app
from monitor.cli.shared import note
from monitor.config import load
from monitor.demo import DemoPublisher
from monitor.logs import configure

_PACKAGE = Path(__file__).parent.parent
_SETTINGS = """\
include = ["{topics}"]

[store]
url = "sqlite:///{folder}/demo.db"

[seeds]
path = "{seeds}"

[fetch]
allow_private = ["127.0.0.0/8"]
per_host = 8
per_host_delay = "0s"

[daemon]
tick = "1s"
drain_timeout = "2s"

[web]
listen = "127.0.0.1:{port}"

[[digests]]
name = "demo"
title = "The demo's digest"
schedule = "0 7 * * *"
"""
_FEED = """
[[feeds]]
url = "{url}"
title = "{title}"
every = "5s"
"""


def shipped(name: str) -> Path:
    """Return a folder that comes with the program, from the installed package or the checkout."""
    installed = _PACKAGE / "shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


async def run_demo() -> None:
    """Run until told to stop; the page's address goes to stdout."""
    with TemporaryDirectory(prefix="monitor-demo-") as folder:
        async with DemoPublisher(clock.now()) as publisher:
            file = Path(folder) / "monitor.toml"
            port = _free_port()
            file.write_text(_settings(folder, port, publisher.feeds), "utf-8")
            settings = load(file, {})
            configure("warning", "auto")
            with open_app(settings) as app:
                print(f"http://127.0.0.1:{port}/", flush=True)
                note("the page shows the sample story in a few seconds; one feed is broken on purpose")
                await daemon.run(app, lambda: load(file, {}))


def _settings(folder: str, port: int, feeds: tuple[tuple[str, str], ...]) -> str:
    top = _SETTINGS.format(
        topics=shipped("config") / "topics.toml", seeds=shipped("seeds"), folder=folder, port=port
    )
    return top + "".join(_FEED.format(url=url, title=title) for title, url in feeds)


def _free_port() -> int:
    """Return 8000 where it is free, else a port that is."""
    for port in (8000, 0):
        with closing(socket.socket()) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise OSError("no port is free")
