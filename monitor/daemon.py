"""Around the clock: APScheduler wakes us; what is due stands in the store.

A few jobs, each short: poll due feeds, send due digests and alerts, ask hubs, fetch article pages, place
stories that have no event, apply edited topics to the archive.
The daemon is ready while polls complete, not while its process lives.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from time import monotonic
from typing import Any, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import web
from monitor.app import App
from monitor.config import Settings
from monitor.config.secret import without_password
from monitor.errors import Busy, ConfigurationError, MonitorError, Problem
from monitor.metrics import Metrics
from monitor.model.fetching import Job
from monitor.model.polls import Polled
from monitor.pipeline import articles
from monitor.pipeline.polling import Poller
from monitor.pipeline.pushing import Pushing
from monitor.store import polls

log = logging.getLogger(__name__)

_STUCK = timedelta(minutes=10)
_DIGEST_TICK = timedelta(seconds=15)
_STEP_TICK = timedelta(seconds=5)
_ALERT_TICK = timedelta(seconds=10)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_T = TypeVar("_T")


@dataclass
class Daemon:
    """A monitor at work: what is in flight, and when something last came of it."""

    app: App
    reload: Callable[[], Settings]
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self._stack = AsyncExitStack()
        self._poller: Poller | None = None
        self._pushing: Pushing | None = None
        self._articles: articles.Articles | None = None
        self._opened = AsyncExitStack()
        self._changing = asyncio.Lock()
        self._in_flight: dict[asyncio.Task[None], int] = {}
        self._asking: set[asyncio.Task[Any]] = set()
        self._sending: asyncio.Task[None] | None = None
        self._progress = monotonic()
        self._reload_asked = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, then drain."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload_asked.set)
        async with self._stack:
            await self._open()
            await asyncio.to_thread(sync_seeds, self.app)
            await self._serve()
        log.info("stopped")

    async def _serve(self) -> None:
        """Show the page and follow the schedule until told to stop."""
        application = web.create_app(
            self.app, pulse=self.stuck, metrics=self.metrics, pushing=lambda: self._pushing
        )
        async with web.serve(application, self.app.settings.web.listen) as address:
            log.info("running", extra={"page": address, "feeds": len(self.app.settings.feeds)})
            scheduler = self._schedule()
            reloading = asyncio.create_task(self._reload_when_asked())
            await self._stopping.wait()
            scheduler.pause()
            reloading.cancel()
            await self._drain()
            scheduler.shutdown(wait=False)

    async def _open(self) -> None:
        """Open what the settings ask for: a way to the web, processes that read, and who uses them."""
        opened = AsyncExitStack()
        self._stack.push_async_callback(opened.aclose)
        fetcher = await opened.enter_async_context(self.app.fetcher())
        reading = await opened.enter_async_context(self.app.reading())
        poller = self.app.poller_on(fetcher, reading)
        self._poller = replace(poller, outages=self._poller.outages) if self._poller else poller
        self._pushing = self.app.pushing_on(self._poller, fetcher)
        self._articles = self.app.articles_on(fetcher)
        self._opened = opened

    def _schedule(self) -> AsyncIOScheduler:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        now = self.app.clock()
        tick = self.app.settings.daemon.tick.total_seconds()
        scheduler.add_job(self._tick, "interval", seconds=tick, next_run_time=now)
        scheduler.add_job(self._digests, "interval", seconds=_DIGEST_TICK.total_seconds(), next_run_time=now)
        for step in (self.app.place_waiting, self.app.retag):
            every = _STEP_TICK.total_seconds()
            scheduler.add_job(self._in_turns, "interval", [step], seconds=every, next_run_time=now)
        scheduler.add_job(self._alerts, "interval", seconds=_ALERT_TICK.total_seconds(), next_run_time=now)
        scheduler.add_job(self._hubs, "interval", seconds=tick, next_run_time=now)
        if articles.READABLE:
            every = articles.TICK.total_seconds()
            scheduler.add_job(self._fetch_articles, "interval", seconds=every, next_run_time=now)
        scheduler.start()
        return scheduler

    async def _tick(self) -> None:
        """Start polling what is due, as far as there is room, and return."""
        room = self.app.room - sum(self._in_flight.values())
        if room <= 0 or self._poller is None:
            return
        async with self._changing:
            if jobs := await asyncio.to_thread(self._lease, room):
                task = asyncio.create_task(self._poll(self._poller, jobs))
                self._in_flight[task] = len(jobs)
                task.add_done_callback(self._landed)
        if not self._in_flight:
            self._progress = monotonic()

    def _lease(self, room: int) -> tuple[Job, ...]:
        with self.app.store.write() as lane:
            return polls.lease_due(lane, self.app.clock(), room)

    async def _poll(self, poller: Poller, jobs: tuple[Job, ...]) -> None:
        await poller.poll(jobs, self._report)

    def _landed(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        if not task.cancelled() and (error := task.exception()):
            log.error("a round of polls failed", exc_info=error)

    def _report(self, polled: Polled) -> None:
        """Count a poll that landed; its place is free for another before its whole round has landed."""
        round_ = asyncio.current_task()
        if round_ in self._in_flight:
            self._in_flight[round_] -= 1
        self._progress = monotonic()
        self.metrics.polled(polled, self.app.clock())
        level = logging.WARNING if polled.error else logging.INFO if polled.status == "new" else logging.DEBUG
        told = ("status", "error", "new", "copies", "revisions")
        extra = {"feed": without_password(polled.feed)} | {name: getattr(polled, name) for name in told}
        log.log(level, "polled", extra=extra)

    async def _fetch_articles(self) -> None:
        """Fetch the article pages that are wanted."""
        assert self._articles  # noqa: S101  # opened before the schedule starts
        for article in await self._landing(self._articles.fetch()):
            log.debug("article", extra={"status": article.status, "detail": article.detail})

    async def _digests(self) -> None:
        """Send digests in a task of their own, which draining waits for."""
        self._sending = asyncio.create_task(self._send())
        await asyncio.shield(self._sending)

    async def _send(self) -> None:
        try:
            sent = await self.app.sender().send_due(lambda: not self._stopping.is_set())
        except Busy:
            return
        for one in sent:
            self.metrics.messages.labels(one.status).inc()
            log.info("digest", extra={"digest": one.digest, "status": one.status, "stories": one.stories})

    async def _alerts(self) -> None:
        """Make the alerts that rules see, and send what is due."""
        if self.app.settings.alerts:
            await self._landing(self.app.alerter.work())

    async def _in_turns(self, step: Callable[[], object]) -> None:
        """Do all there is to do, a step at a time; between steps polls have the lane for as long."""
        busy = True
        while busy and not self._stopping.is_set():
            began = monotonic()
            busy = bool(await asyncio.to_thread(step))
            await asyncio.sleep(monotonic() - began)

    async def _hubs(self) -> None:
        """Ask hubs for what is due; what is asked for stands in the store, so draining need not wait."""
        if self._pushing:
            await self._landing(self._pushing.ask_due())

    async def _landing(self, asking: Coroutine[Any, Any, _T]) -> _T:
        """Ask the web for something else than feeds; a reload waits for it before it closes the way there."""
        task = asyncio.create_task(asking)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return await task

    def stuck(self) -> str | None:
        """Return what keeps polls from completing, or None."""
        if self._poller and (outage := self._poller.outages.sentence()):
            return outage
        since = timedelta(seconds=int(monotonic() - self._progress))
        return None if since < _STUCK else f"no poll has completed for {since}"

    async def _reload_when_asked(self) -> None:
        while True:
            await self._reload_asked.wait()
            self._reload_asked.clear()
            try:
                await self._reload()
            except MonitorError:
                log.exception("the configuration was not taken in")

    async def _reload(self) -> None:
        """Take in the configuration anew; a wrong one changes nothing.

        Meanwhile no feed is handed out: a new one is read with the new topics. What was opened for the
        configuration before is closed when all that goes through it has landed.
        """
        try:
            settings = await asyncio.to_thread(self.reload)
        except ConfigurationError as error:
            for problem in error.problems:
                log.error("the configuration is wrong and was not taken in: %s", problem)  # noqa: TRY400  # no bug of ours
            return
        self._warn_of_restart(settings)
        async with self._changing:
            await asyncio.to_thread(App(settings, self.app.store, self.app.clock).take_in)
            self.app.use(settings)
            await asyncio.to_thread(sync_seeds, self.app)
            before = self._opened
            await self._open()
            under_way = {*self._in_flight, *self._asking}
        log.info("reloaded", extra={"feeds": len(settings.feeds), "topics": len(settings.topics)})
        if under_way:
            await asyncio.wait(under_way)
        await before.aclose()

    def _warn_of_restart(self, settings: Settings) -> None:
        old = self.app.settings
        for name in ("store", "web", "daemon", "logs", "public_url"):
            if getattr(old, name) != getattr(settings, name):
                log.warning("a change of %s takes effect at the next start", name)

    async def _drain(self) -> None:
        """Let what is in flight land within the deadline; the rest is given back, unpolled and unsent."""
        tasks = [*self._in_flight, *self._asking, *([self._sending] if self._sending else [])]
        if tasks:
            patience = self.app.settings.daemon.drain_timeout.total_seconds()
            _, late = await asyncio.wait(tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def sync_seeds(app: App) -> None:
    """Load the seed corpus, logging what could not be read."""
    for found in app.sync_seeds():
        if isinstance(found, Problem):
            log.error("a seed could not be read: %s", found)
        elif found[1] != "unchanged":
            log.info("seed", extra={"seed": found[0], "status": found[1]})


async def run(app: App, reload: Callable[[], Settings]) -> None:
    """Run the daemon; raises Busy where another one runs on the same store."""
    with app.store.hold("daemon", wait=False):
        with app.store.write() as lane:
            polls.release_all(lane)
        await Daemon(app, reload).run()


async def run_once(app: App) -> int:
    """Poll what is due and send what is due; return the exit code."""
    polled_feeds = failed = 0

    def report(polled: Polled) -> None:
        nonlocal polled_feeds, failed
        polled_feeds += 1
        failed += polled.status == "failed"
        if polled.error:
            log.warning("poll failed", extra={"feed": without_password(polled.feed), "error": polled.error})

    sync_seeds(app)
    async with app.poller() as poller:
        await poller.poll_all(app.due(), app.room, report)
    while app.place_waiting():
        log.info("placed stories that had no event")
    if app.settings.alerts:
        await app.alerter.work()
    sent = await app.sender().send_due()
    unsent = sum(one.status in {"failed", "reserved"} for one in sent)
    log.info("done", extra={"feeds": polled_feeds, "failed": failed, "messages": len(sent), "unsent": unsent})
    return 1 if failed or unsent else 0
