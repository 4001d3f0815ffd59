"""What must come of histories of deliveries: who is owed what, told when, by which mails."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import count
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from monitor.app import App, open_app
from monitor.config import Settings, load
from monitor.errors import Busy
from monitor.model.digests import MessageView
from monitor.store import outbox, readers
from monitor.tag import MATCHERS
from tests.builders import StoppedClock
from tests.delivering import DeadlyMailbox, last_due

_HOUR = timedelta(hours=1)
_TRIED = timedelta(days=4)
_STARTS = [datetime(2026, *day, tzinfo=UTC) for day in ((3, 8, 6), (3, 29, 0), (6, 9, 9), (10, 25, 0))]
"""Before clocks go forward in New York and in Kyiv, a common day, before they go back in Kyiv."""

_CONFIGURATION = """
[store]
url = "{store}"

[[topics]]
name = "ferries"
query = 'ferry'

[[topics]]
name = "ports"
query = 'port'

[[digests]]
name = "night"
to = ["a@example.org", {{ address = "b@example.org", timezone = "America/New_York", language = "uk" }}]
topics = ["ferries", "ports"]
schedule = "30 2,3 * * *"
timezone = "Europe/Kyiv"

[[digests]]
name = "ports"
to = ["a@example.org"]
topics = ["ports"]
schedule = "0 7 * * *"
timezone = "Europe/Kyiv"
send_empty = true

[channels.email]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "desk@example.org"
"""


@dataclass
class Story:
    """Something that a feed brought; told of readers who were told it."""

    number: int
    feed: str
    topics: frozenset[str]
    kind: str
    published: datetime | None
    more: str = ""

    @property
    def code(self) -> str:
        """Return the word that no other story has."""
        return word(self.number)

    @property
    def title(self) -> str:
        """Return it as its feed says it now."""
        named = {"ferries": "ferry", "ports": "port", "snow": "snow"}
        words = " ".join(word(100_000 + self.number * 9 + more) for more in range(6))
        return " ".join([*(named[one] for one in sorted(self.topics)), self.code, words, self.more])

    @property
    def news(self) -> bool:
        """Tell whether digests may call it new."""
        return self.kind in {"dated", "undated"}


@dataclass
class Promise:
    """A reader of a digest, when they are due, and what we know of what they got."""

    digest: str
    address: str
    zone: ZoneInfo
    times: tuple[str, ...]
    topics: frozenset[str]
    until: datetime
    owed: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)


def _promised(start: datetime) -> list[Promise]:
    """Return the readers of the configuration, all due from its start on."""
    both, ports = frozenset({"ferries", "ports"}), frozenset({"ports"})
    kyiv, york = ZoneInfo("Europe/Kyiv"), ZoneInfo("America/New_York")
    return [
        Promise("night", "a@example.org", kyiv, ("02:30", "03:30"), both, start),
        Promise("night", "b@example.org", york, ("02:30", "03:30"), both, start),
        Promise("ports", "a@example.org", kyiv, ("07:00",), ports, start),
    ]


def _message_id(data: bytes) -> str:
    """Return the Message-ID of a mail."""
    found = re.search(rb"^Message-ID: (\S+)", data, re.MULTILINE | re.IGNORECASE)
    assert found
    return found[1].decode()


def word(number: int) -> str:
    """Return a word that no other number has, and that no language knows."""
    letters = blake2b(b"%d" % number, digest_size=5).digest()
    return "".join("bdfgklmnprstvzhj"[one >> 4] + "aeiouyao"[one & 7] for one in letters)


@dataclass
class Step:
    """One try to send; died tells that its process did not end by itself."""

    by_hand: str
    died: bool = False


class Account(RuleBasedStateMachine):
    """A store, processes that open it anew at every step, and a mail server; and what must come of it."""

    fresh: Callable[[], AbstractContextManager[str]]

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.stories: dict[str, Story] = {}
        self.numbers = count()
        self.read = 0
        self.unsure = False
        self.known: set[str] = set()
        self.settled: set[str] = set()
        self.mails: dict[str, bytes] = {}
        self.texts: dict[str, str] = {}

    @initialize(start=st.sampled_from(_STARTS))
    def begin(self, start: datetime) -> None:
        """Set everything up on some day."""
        self.clock = StoppedClock(start)
        self.mailbox = self.open.enter_context(DeadlyMailbox())
        self.store = self.open.enter_context(type(self).fresh())
        self.deaf = self.open.enter_context(socket())
        self.deaf.bind(("127.0.0.1", 0))
        file = Path(self.open.enter_context(TemporaryDirectory())) / "monitor.toml"
        file.write_text(_CONFIGURATION.format(store=self.store, port=self.mailbox.port), encoding="utf-8")
        self.settings = load(file, {})
        self.tagger = MATCHERS["query"](self.settings.topics, self.settings.aliases)
        self.readers = _promised(start)
        with self._app():
            pass

    def _app(self, given: Settings | None = None) -> AbstractContextManager[App]:
        return open_app(given or self.settings, self.clock)

    def _send(self, given: Settings, processes: int = 1, clock: Callable[[], datetime] | None = None) -> None:
        with ExitStack() as opened:
            apps = [opened.enter_context(open_app(given, clock or self.clock)) for _ in range(processes)]
            asyncio.run(_at_once(apps))

    @contextmanager
    def _step(self, *, sure: bool = True, by_hand: str = "") -> Iterator[Step]:
        step = Step(by_hand)
        yield step
        with self._app() as app, app.store.read() as connection:
            views = outbox.latest(connection, limit=10_000)
            marks = {(one.digest, one.recipient): one.settled_until for one in readers.everybody(connection)}
        self._check_mails(views, sure=sure and not self.unsure)
        for reader in self.readers:
            made = [
                view
                for view in views
                if view.message_id not in self.known
                and (view.digest, view.recipient) == (reader.digest, reader.address)
            ]
            self._check_told(reader, made, marks[reader.digest, reader.address], step)
        self.known = {view.message_id for view in views}
        self.settled = {view.message_id for view in views if view.status in {"sent", "failed"}}
        self.unsure = False
        self.mailbox.calm()

    def _check_mails(self, views: tuple[MessageView, ...], *, sure: bool) -> None:
        """Check that a mail is repeated only where its answer was not noted, and then byte for byte."""
        sent = {view.message_id: view.recipient for view in views if view.status == "sent"}
        brought = self.mailbox.messages[self.read :]
        self.read += len(brought)
        for mail in brought:
            known_by = _message_id(mail.data)
            assert known_by not in self.settled
            assert self.mails.setdefault(known_by, mail.data) == mail.data
            if sure:
                assert mail.recipients == (sent[known_by],)
        if sure:
            assert len({_message_id(mail.data) for mail in brought}) == len(brought)
        assert sent.keys() <= self.mails.keys()

    def _check_told(self, reader: Promise, made: list[MessageView], until: datetime, step: Step) -> None:
        """Check that a reader is told at the due moment, once, all that they are owed.

        Beside it they are told of nothing but what they were told before and its feed has said otherwise.
        """
        due = last_due(reader.times, reader.zone, reader.until, self.clock())
        moved = until != reader.until
        if step.by_hand:
            assert not moved
            expected = step.by_hand == reader.digest
        else:
            assert moved == bool(due) or step.died
            assert not moved or until == due
            expected = moved
        wanted = expected and (reader.owed or reader.digest == "ports")
        assert len(made) == bool(wanted)
        for view in made:
            shown = {code for code in self.stories if code in view.text}
            revised = {code for code in reader.told if self.stories[code].more}
            assert shown <= reader.owed | revised, f"{shown - reader.owed - revised}\n{view.text}"
            assert view.stories == len(reader.owed)
            assert reader.owed <= shown or re.search(r"and \d+ more|ще \d+", view.text)
            assert step.by_hand or (due and view.period == f"{due.astimezone(reader.zone):%Y-%m-%dT%H:%M}")
        if expected:
            reader.told |= reader.owed
            reader.owed.clear()
        reader.until = until

    def teardown(self) -> None:
        """In the end, with nobody in the way, everything arrives."""
        with self.open:
            if hasattr(self, "readers"):
                self._end()

    def _end(self) -> None:
        self.clock.at = max(self.clock(), *(reader.until for reader in self.readers)) + 30 * _HOUR
        for _ in range(5):
            with self._step():
                self._send(self.settings)
            self.clock.advance(1.1 * _HOUR)
        with self._app() as app, app.store.read() as connection:
            views = outbox.latest(connection, limit=10_000)
        for view in views:
            tried = (view.settled_at or view.reserved_at) - view.reserved_at
            refused = re.search(r"refused the (recipient|message): 5", view.detail)
            assert view.status == "sent" or (view.status == "failed" and (refused or tried > _TRIED))
        for reader in self.readers:
            due = {one.code for one in self.stories.values() if one.news and one.topics & reader.topics}
            assert reader.told == due


async def _at_once(apps: list[App]) -> None:
    """Send what is due, by every app at the same time; one at least gets its turn."""
    while True:
        made = await asyncio.gather(*(app.sender().send_due() for app in apps), return_exceptions=True)
        for error in made:
            if isinstance(error, BaseException) and not isinstance(error, Busy):
                raise error
        if not all(isinstance(one, Busy) for one in made):
            return
