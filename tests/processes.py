"""What tests let other processes do: small functions that a fork server has ready."""

import multiprocessing
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

from monitor.store import open_store
from tests.builders import entry
from tests.polls import poll

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.processes"])


def migrate(address: str) -> None:
    """Bring a store up to date."""
    store = open_store(address)
    store.migrate()
    store.close()


def bring(address: str, feeds: Sequence[str]) -> list[str]:
    """Let each feed bring one and the same story; return what it was for each."""
    store = open_store(address)
    kinds = []
    for feed in feeds:
        with store.write() as lane:
            kinds += poll(lane, entry("Harbour ferry resumes after a long storm"), feed=feed)
    store.close()
    return kinds


def hold(address: str, lock: str, taken: Event) -> None:
    """Hold a lock until somebody kills this process."""
    store = open_store(address)
    with store.hold(lock):
        taken.set()
        threading.Event().wait()


@contextmanager
def holding(address: str, lock: str) -> Iterator[BaseProcess]:
    """Run a process that holds a lock; it is killed when the block ends, if not before."""
    taken = PROCESSES.Event()
    process = PROCESSES.Process(target=hold, args=(address, lock, taken))
    process.start()
    try:
        assert taken.wait(60), "the other process did not take the lock"
        yield process
    finally:
        process.kill()
        process.join()
        process.close()
