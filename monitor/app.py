"""The one place where the parts are put together: settings in, a working monitor out."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import clock as wall
from monitor.clock import Clock
from monitor.config import Fetch, Settings
from monitor.errors import Problem
from monitor.fetch import Fetcher, FetchOptions, Turns, open_fetch
from monitor.forms import Forms
from monitor.model.digests import DigestPlan
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Job
from monitor.pipeline.polling import Lease, Poller, Rules
from monitor.pipeline.pushing import Pushing
from monitor.pipeline.reading import Reading, in_processes
from monitor.pipeline.tracking import Tracking
from monitor.store import Store, alerts, corpus, open_store, placing, polls, readers, subscriptions
from monitor.tag import MATCHERS, Matcher

if TYPE_CHECKING:  # what sends mail loads much that polling does not need
    from monitor.digest import Channel
    from monitor.pipeline.alerting import Alerter
    from monitor.pipeline.articles import Articles
    from monitor.pipeline.sending import Sender
    from monitor.pipeline.subscribing import Subscribing

_NO_SENDER = "monitor@localhost"
_READERS = max(1, min(4, os.cpu_count() or 1))
_PATIENCE = timedelta(seconds=30)
"""How many processes read documents, and how long one document may take."""


@dataclass
class App:
    """A monitor: its settings, its store and what works on them."""

    settings: Settings
    store: Store
    clock: Clock = wall.now

    def use(self, settings: Settings) -> None:
        """Go on with other settings, on the same store."""
        self.settings = settings
        for made in ("tagger", "titles", "plans", "forms", "tracking", "alerter"):
            self.__dict__.pop(made, None)

    @cached_property
    def tagger(self) -> Matcher:
        """The topics, compiled."""
        return MATCHERS["query"](self.settings.topics, self.settings.aliases, self.forms)

    @cached_property
    def forms(self) -> Forms:
        """The inflected forms of words in the languages of the settings."""
        return Forms(self.settings.languages)

    @cached_property
    def tracking(self) -> Tracking:
        """The topics beyond the words of an item: likeness, the archive, searches."""
        return Tracking(self.settings.topics, self.settings.aliases, self.forms, self.store, self.clock)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The topics' titles by name."""
        return {topic.name: topic.title for topic in self.settings.topics}

    @cached_property
    def plans(self) -> tuple[DigestPlan, ...]:
        """The digests; one that names no topics is about all of them."""
        return tuple(
            replace(plan, topics=plan.topics or tuple(self.titles)) for plan in self.settings.digests
        )

    @asynccontextmanager
    async def poller(self) -> AsyncIterator[Poller]:
        """Open what polls feeds."""
        async with self.fetcher() as fetcher, self.reading() as reading:
            yield self.poller_on(fetcher, reading)

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        """Open what reads documents."""
        return in_processes(self.tagger, _READERS, _PATIENCE)

    def poller_on(self, fetcher: Fetcher, reading: Reading) -> Poller:
        """Return what polls feeds by asking the web in a way that is open already."""
        fetch, off = self.settings.fetch, self.settings.dedupe.off
        rules = Rules(self.settings.news.max_age, fetch.min_interval, fetch.max_interval, off)
        return Poller(self.store, fetcher, reading, self.clock, rules, late=self.tracking.late)

    def pushing_on(self, poller: Poller, fetcher: Fetcher) -> Pushing | None:
        """Return what asks the hubs of the feeds that are polled, where hubs can reach us."""
        url = self.settings.push_url
        return Pushing(poller, fetcher, url) if url else None

    def articles_on(self, fetcher: Fetcher) -> "Articles":
        """Return what fetches article pages in the same way and at the same turns as feeds."""
        from monitor.fetch.robots import Robots
        from monitor.pipeline.articles import Articles

        robots = Robots(fetcher, _fetch_options(self.settings.fetch).user_agent)
        return Articles(self.store, fetcher, robots, self.clock, self.settings.news.max_age)

    def fetcher(self) -> AbstractAsyncContextManager[Fetcher]:
        """Open what asks the web."""
        return open_fetch(_fetch_options(self.settings.fetch))

    @property
    def room(self) -> int:
        """How many feeds are taken up at a time: some wait for their hosts while others are fetched."""
        return 2 * self.settings.fetch.concurrency

    def due(self) -> Lease:
        """Return what hands out the feeds that are due at this moment, as there is room for them."""
        started = self.clock()

        def lease(room: int) -> tuple[Job, ...]:
            with self.store.write() as lane:
                return polls.lease_due(lane, self.clock(), room, started)

        return lease

    def sender(self) -> "Sender":
        """Return what sends digests; without an e-mail channel it composes and keeps them."""
        from monitor.pipeline.sending import Sender

        email = self.settings.channels.email
        return Sender(
            store=self.store,
            plans=self.plans,
            titles=self.titles,
            clock=self.clock,
            sender=email.sender if email else _NO_SENDER,
            channel=self._channel if email else None,
            public_url=self.settings.public_url,
            per_minute=email.per_minute if email else None,
        )

    @cached_property
    def alerter(self) -> "Alerter":
        """Return what watches for alerts and sends them."""
        from monitor.config.alerting import key_of, rule_of
        from monitor.digest.notify import Service
        from monitor.digest.webhook import Webhook
        from monitor.pipeline.alerting import Alerter, Ways

        settings, email = self.settings, self.settings.channels.email
        keys = {hook.name: (hook.url, hook.secret and key_of(hook.secret)) for hook in settings.webhooks}
        ways = Ways(
            sender=email.sender if email else _NO_SENDER,
            mail=self._channel if email else None,
            webhooks={name: Webhook(url, key) for name, (url, key) in keys.items() if key},
            services={one.name: Service(one.url.get_secret_value()) for one in settings.services if one.url},
        )
        rules = tuple(rule_of(one, self.titles) for one in settings.alerts)
        return Alerter(self.store, rules, self.titles, self.clock, ways, settings.public_url)

    @property
    def subscribing(self) -> "Subscribing":
        """Return what adds readers to digests."""
        from monitor.pipeline.subscribing import Subscribing

        email, back = self.settings.channels.email, self.settings.news.max_age
        return Subscribing(self.plans, back, email.sender if email else None, self.settings.public_url)

    def _channel(self) -> "Channel":
        from monitor.digest import CHANNELS, EmailOptions

        email = self.settings.channels.email
        assert email  # noqa: S101  # only asked for where it is configured
        return CHANNELS["email"](
            EmailOptions(
                host=email.host,
                port=email.port,
                tls=email.tls,
                username=email.username,
                password=email.password.get_secret_value() if email.password else None,
                sender=email.sender,
                timeout=email.timeout.total_seconds(),
            )
        )

    def take_in(self) -> None:
        """Take in what the configuration declares, where it is not the one taken in last."""
        declared = self._fingerprint()
        with self.store.read() as connection:
            if corpus.taken_in(connection) == declared:
                return
        from monitor.pipeline.owing import to

        now = self.clock()
        with self.store.write() as lane:
            subscriptions.declare(lane, self.settings.feeds, now)
            corpus.declare_topics(lane, self.settings.topics)
            self.tracking.adopt(lane)
            named = [(plan.name, recipient) for plan in self.plans for recipient in to(plan)]
            readers.enrol(lane, named, now - self.settings.news.max_age, now)
            alerts.enrol(lane, [rule.name for rule in self.settings.alerts])
            corpus.take_in(lane, declared)

    def place_waiting(self) -> int:
        """Give stories that have no event theirs, those of one turn; return how many."""
        with self.store.read() as connection:
            if not placing.any_waiting(connection):
                return 0
        from monitor.pipeline.placing import place_waiting

        with self.store.write() as lane:
            return place_waiting(lane, self.clock(), self.tracking.late)

    def retag(self) -> bool:
        """Apply a topic that was edited to a page of the archive; tell whether there was any."""
        return self.tracking.retag() is not None

    def _fingerprint(self) -> str:
        hidden = [
            (feed.url, feed.options.password, feed.options.headers, feed.options.proxy)
            for feed in self.settings.feeds
            if feed.options != FeedOptions()
        ]
        watching = [rule.name for rule in self.settings.alerts]
        declared = repr((self.settings.feeds, hidden, self.settings.topics, self.plans, watching))
        return hashlib.blake2b(declared.encode(), digest_size=16).hexdigest()

    def learn_seeds(self) -> None:
        """Load the seed corpus where a topic asks for likeness and a file of it has changed since."""
        folder = self.settings.seeds.path
        if folder is None or self.tracking.late is None:
            return
        from monitor.corpus import seeds

        written = seeds.fingerprint(Path(folder))
        with self.store.read() as connection:
            if corpus.learnt(connection) == written:
                return
        for _ in self.sync_seeds():
            pass
        with self.store.write() as lane:
            corpus.learn(lane, written)

    def sync_seeds(self) -> Iterator[tuple[str, str] | Problem]:
        """Load the seed corpus; yield each seed's name and what became of it, or the file's problem."""
        from monitor.corpus import seeds

        if self.settings.seeds.path is None:
            return
        for found in seeds.read(Path(self.settings.seeds.path)):
            if isinstance(found, Problem):
                yield found
                continue
            with self.store.write() as lane:
                change = corpus.put_seed(lane, found, self.tagger, self.clock())
                if change != "unchanged":
                    self.tracking.adopt(lane)
            yield found.name, change


def _fetch_options(fetch: Fetch) -> FetchOptions:
    own = {
        host.host: Turns(
            host.per_host or fetch.per_host,
            fetch.per_host_delay if host.per_host_delay is None else host.per_host_delay,
        )
        for host in fetch.hosts or ()
    }
    return FetchOptions(
        per_host=fetch.per_host,
        per_host_delay=fetch.per_host_delay,
        timeout=fetch.timeout,
        max_bytes=fetch.max_bytes,
        allow_private=tuple(map(ip_network, fetch.allow_private)),
        concurrency=fetch.concurrency,
        hosts=own,
        **({"user_agent": fetch.user_agent} if fetch.user_agent else {}),
    )


@contextmanager
def open_app(settings: Settings, clock: Clock = wall.now) -> Iterator[App]:
    """Open a monitor: the store migrated, the configuration taken in."""
    store = open_store(settings.store.url)
    try:
        store.migrate()
        app = App(settings, store, clock)
        app.take_in()
        yield app
    finally:
        store.close()
