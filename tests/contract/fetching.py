"""What the contract tests of fetching share: bounds, jobs and what an answer must be."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

from monitor.fetch import FetchOptions, open_fetch
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Document, Failed, Fetched, Job, Validators

_PLAIN = FeedOptions()
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Ours</title></channel></rss>'
LIMIT = 100_000
OPTIONS = FetchOptions(
    per_host=50,
    per_host_delay=timedelta(),
    timeout=timedelta(seconds=20),
    max_bytes=LIMIT,
    allow_private=(ip_network("127.0.0.0/8"),),
)
HASTY = replace(OPTIONS, timeout=timedelta(seconds=0.5))
SHUT = replace(OPTIONS, allow_private=())
NARROW = replace(OPTIONS, allow_private=(ip_network("127.0.0.1/32"),))


def job(url: str, etag: str | None = None, last_modified: str | None = None) -> Job:
    """Return a job with what an earlier poll left."""
    return Job(feed_id=1, url=url, validators=Validators(etag, last_modified))


def with_options(one: Job, options: FeedOptions) -> Job:
    """Return the job of a feed that is asked for in its own way."""
    return replace(one, options=options)


async def ask(url: str, options: FetchOptions = OPTIONS, own: FeedOptions = _PLAIN) -> Fetched:
    """Fetch once with options of one's own."""
    async with open_fetch(options) as fetcher:
        return await fetcher(with_options(job(url), own))


def failure(fetched: Fetched) -> Failed:
    """Return the failure, whose detail is always a sentence."""
    assert isinstance(fetched, Failed)
    assert fetched.detail.endswith(".")
    return fetched


def document(fetched: Fetched) -> Document:
    """Return the document that must have come."""
    assert isinstance(fetched, Document), fetched
    return fetched
