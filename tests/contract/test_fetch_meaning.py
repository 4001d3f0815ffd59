"""What an answer says beside its document: where it moved, how long it is fresh, which hubs push it."""

from datetime import timedelta

import pytest

from monitor.fetch import Fetch
from monitor.model.fetching import NotModified
from tests.contract.fetching import RSS, document, job
from tests.servers.publisher import Answer, Publisher


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308), True),
        ((302,), False),
        ((301, 302), False),
        ((307, 301), False),
    ],
)
async def test_moved_for_good(
    publisher: Publisher, fetch: Fetch, statuses: tuple[int, ...], moved: bool
) -> None:
    """An address is replaced only where every redirect on the way says that it is for good."""
    final = publisher.serve("/0", RSS, etag='"1"')
    for hop, status in enumerate(statuses):
        publisher.redirect(f"/{hop + 1}", f"/{hop}", status=status)
    url = publisher.url(f"/{len(statuses)}")
    assert document(await fetch(job(url))).moved_to == (final if moved else None)
    again = await fetch(job(url, '"1"'))
    assert isinstance(again, NotModified)
    assert again.moved_to == (final if moved else None)


async def test_nothing_moved(publisher: Publisher, fetch: Fetch) -> None:
    """Without a redirect nothing moved."""
    assert document(await fetch(job(publisher.serve("/feed", RSS)))).moved_to is None


async def test_freshness_is_kept(publisher: Publisher, fetch: Fetch) -> None:
    """How long an answer is fresh comes with the document and with its 304."""
    headers = {"Cache-Control": "public, max-age=900", "Age": "60"}
    url = publisher.serve("/feed", RSS, headers=headers)
    assert document(await fetch(job(url))).fresh_for == timedelta(minutes=14)
    publisher.script("/feed", lambda _: Answer(status=304, content_type=None, headers=headers))
    again = await fetch(job(url, '"1"'))
    assert isinstance(again, NotModified)
    assert again.fresh_for == timedelta(minutes=14)


async def test_hubs_are_named_by_headers(publisher: Publisher, fetch: Fetch) -> None:
    """The hubs and the topic of a document's Link headers are whole addresses."""
    link = '<https://hub.example/>; rel="hub", </feed>; rel=self, <https://two.example/>; rel=hub'
    got = document(await fetch(job(publisher.serve("/feed", RSS, headers={"Link": link}))))
    assert got.hubs == ("https://hub.example/", "https://two.example/")
    assert got.topic == publisher.url("/feed")
