"""A small world for these tests: a configuration, and feeds in our own words on a loopback publisher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor import clock
from monitor.model.entries import Entry
from monitor.store import open_store
from tests.builders import document, entry
from tests.e2e.program import Ran, call
from tests.servers.mailbox import Mailbox
from tests.servers.publisher import Publisher

TOPIC = '\n[[topics]]\nname = "ferries"\ntitle = "Ferries"\nquery = "ferry OR ferries"\n'
DIGEST = """
[[digests]]
name = "morning"
to = ["reader@example.org"]
topics = ["ferries"]
schedule = "0 7 * * *"
timezone = "Europe/Kyiv"
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A folder with a configuration and a store."""

    folder: Path

    @property
    def config(self) -> Path:
        """The configuration's path."""
        return self.folder / "monitor.toml"

    def configure(self, feeds: Sequence[str] = (), more: str = "") -> Path:
        """Write a configuration with these feeds that may be polled on loopback, and more tables.

        Where there is no store yet it begins with one that is empty and up to date: to migrate takes longer
        than most commands.
        """
        self.config.write_text(
            '[store]\nurl = "sqlite:///monitor.db"\n'
            '[fetch]\nallow_private = ["127.0.0.0/8"]\nper_host = 20\nper_host_delay = "0s"\n'
            + "".join(f'[[feeds]]\nurl = "{url}"\n' for url in feeds)
            + more,
            "utf-8",
        )
        if not (self.folder / "monitor.db").exists():
            (self.folder / "monitor.db").write_bytes(_empty())
        return self.config

    def monitor(self, *arguments: str | Path) -> Ran:
        """Run one command on this configuration in this process."""
        return call("--config", self.config, *arguments)

    def titles(self) -> list[str]:
        """Return the titles of the stories, seeds apart, in alphabetical order."""
        return sorted(record["title"] for record in self.monitor("export").records if not record["seed"])


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "monitor.db"
        store = open_store(f"sqlite:///{file}")
        store.migrate()
        store.close()
        return file.read_bytes()


def item(number: int, title: str, *, hours_ago: float = 1, outlet: str = "harbour") -> Entry:
    """Return an item with a guid and a page of its own."""
    link = f"https://{outlet}.example/{number}"
    published = clock.now() - timedelta(hours=hours_ago)
    text = f"Item {number} of {outlet} has these words."
    return entry(title, guid=f"{outlet}-{number}", link=link, summary=text, published=published)


def publish(publisher: Publisher, path: str, *entries: Entry, delay: float = 0) -> str:
    """Publish items at a path from now on; return its address."""
    title = path.strip("/").capitalize()
    return publisher.serve(path, document(*entries, title=title).body, delay=delay)


def email(mailbox: Mailbox) -> str:
    """Return the configuration of an e-mail channel to a mailbox."""
    return (
        f'\n[channels.email]\nhost = "127.0.0.1"\nport = {mailbox.port}\ntls = "none"\n'
        'sender = "Monitor <monitor@example.org>"\ntimeout = "20s"\n'
    )


def part(message: EmailMessage, kind: str) -> str:
    """Return a mail's text of a kind, plain or html."""
    found = message.get_body((kind,))
    assert found
    return str(found.get_content())
