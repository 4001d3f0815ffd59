"""How fast a digest reaches its readers: `python -m tests.benchmarks.sending [READERS]`, 10,000 by default.

A digest of fifty stories goes to so many readers over two connections to a mail server in another process
that takes everything. Printed are the seconds of composing with reserving and of sending, and the memory.
"""

import asyncio
import multiprocessing
import resource
import socketserver
import sys
import tempfile
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from monitor.digest import CHANNELS, EmailOptions
from monitor.model.digests import DigestPlan, Recipient
from monitor.model.topics import Tag
from monitor.pipeline.sending import Sender
from monitor.store import corpus, open_store, readers
from tests.builders import NOW, StoppedClock, entry, topic
from tests.polls import poll

_STORIES = 50
_TEXT = "The ferry line sails again after the long storm, its owners said on Monday at the north pier. " * 3


class _Taking(socketserver.StreamRequestHandler):
    """Says yes to everything."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


def _serve(told: Connection) -> None:
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Taking) as server:
        told.send(server.server_address[1])
        server.serve_forever()


async def _measure(folder: Path, port: int, count: int) -> None:
    store, clock = open_store(f"sqlite:///{folder}/monitor.db"), StoppedClock(NOW)
    store.migrate()
    to = tuple(Recipient(f"reader{number}@example.org") for number in range(count))
    plan = DigestPlan("morning", "Morning", ("ferries",), "0 10 * * *", "UTC", to)
    with store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
        readers.enrol(lane, [("morning", one) for one in to], NOW - timedelta(days=2), NOW)
        entries = [entry(f"Ferry number {n} sails", guid=f"{n}", summary=_TEXT) for n in range(_STORIES)]
        poll(lane, *entries, at=NOW, tagger=lambda _words: (Tag("ferries", 1.0),))
    clock.advance(timedelta(hours=2))
    options = EmailOptions(host="127.0.0.1", port=port, tls="none", sender="m@example.org")
    sender = Sender(
        store=store,
        plans=(plan,),
        titles={"ferries": "Ferries"},
        clock=clock,
        sender="m@example.org",
        channel=lambda: CHANNELS["email"](options),
        public_url="https://news.example.org",
    )
    before, began, first = _memory(), perf_counter(), 0.0

    def going() -> bool:
        nonlocal first
        first = first or perf_counter()
        return True

    sent = await sender.send_due(going)
    ended = perf_counter()
    assert {one.status for one in sent} == {"sent"}
    print(f"{len(sent)} mails: composed and reserved in {first - began:.1f} s, sent in {ended - first:.1f} s")
    print(f"{len(sent) / (ended - first):.0f} mails a second; {before} MB before, {_memory()} MB at the peak")
    store.close()


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(count: int) -> None:
    """Bring up the mail server and send."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), ours.recv(), count))
    server.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
