"""The sample feeds as a client sees them, over a real socket."""

import asyncio
import calendar
import html
import io
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import httpx
import pytest

from monitor.demo import DemoPublisher

_NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
_NO_TLS = ssl.SSLContext(
    ssl.PROTOCOL_TLS_CLIENT
)  # certificates would be loaded for every client, and none is needed


@pytest.fixture
async def publisher() -> AsyncIterator[DemoPublisher]:
    """Open a publisher of its own for each test."""
    async with DemoPublisher(_NOW) as opened:
        yield opened


async def _get(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=_NO_TLS, trust_env=False) as client:
        return await client.get(
            url, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


def _address(publisher: DemoPublisher, title: str) -> str:
    return dict(publisher.feeds)[title]


async def _parsed(publisher: DemoPublisher, title: str) -> Any:
    answer = await _get(_address(publisher, title))
    stream = io.BytesIO(answer.content)
    return feedparser.parse(stream, response_headers=dict(answer.headers))  # noqa: TID251 - the oracle here


async def test_every_feed_is_well_formed_but_the_broken_one(publisher: DemoPublisher) -> None:
    """Feedparser has nothing to say against any feed, and finds no item in the broken one."""
    bozo = {title for title, _ in publisher.feeds if (await _parsed(publisher, title)).bozo}
    assert bozo <= {"Old Mill Observer"}
    assert len(publisher.feeds) == 7
    assert (await _parsed(publisher, "Old Mill Observer")).version == ""
    assert (await _parsed(publisher, "The Vistula Post")).version == "atom10"
    assert (await _parsed(publisher, "Степова хроніка")).feed.language == "uk"


async def test_items_are_dated_back_from_the_moment_given(publisher: DemoPublisher) -> None:
    """Every item of every feed lies in the two days before the publisher's now."""
    for title, _ in publisher.feeds:
        for item in (await _parsed(publisher, title)).entries:
            published = datetime.fromtimestamp(calendar.timegm(item.published_parsed), UTC)
            assert _NOW - timedelta(days=2) < published < _NOW


async def test_guids_and_links_are_unique_in_each_feed(publisher: DemoPublisher) -> None:
    """Each item can be told from the others of its feed by its guid and by its link."""
    for title, _ in publisher.feeds:
        entries = (await _parsed(publisher, title)).entries
        assert len({item.id for item in entries}) == len({item.link for item in entries}) == len(entries)


async def test_the_retitled_story_keeps_its_guid(publisher: DemoPublisher) -> None:
    """The second answer differs from the first in the wording of one item under the same guid."""
    before, after = [
        {item.id: (item.title, item.summary) for item in (await _parsed(publisher, "Dnipro Courier")).entries}
        for _ in range(2)
    ]
    assert before.keys() == after.keys()
    (changed,) = [guid for guid in before if before[guid] != after[guid]]
    assert "air defence at work" in before[changed][0]
    assert "shot down" in after[changed][0]


async def test_what_is_known_is_answered_with_304(publisher: DemoPublisher) -> None:
    """A request with the last entity tag gets 304 without a body, strong, weak or in a list."""
    url = _address(publisher, "Harbour Wire")
    etag = (await _get(url)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await _get(url, if_none_match=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await _get(url, if_none_match='"other"')).status_code == 200


async def test_a_changed_feed_is_sent_in_spite_of_an_old_tag(publisher: DemoPublisher) -> None:
    """The tag of the first answer does not hide the retitled story; the new tag then gives 304."""
    url = _address(publisher, "Dnipro Courier")
    first = await _get(url)
    second = await _get(url, if_none_match=first.headers["etag"])
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert (await _get(url, if_none_match=second.headers["etag"])).status_code == 304


async def test_links_lead_to_pages(publisher: DemoPublisher) -> None:
    """Every link is a page, and but for the borrowed one a page with the item's latest title."""
    for title, url in publisher.feeds:
        await _get(url)
        for item in (await _parsed(publisher, title)).entries:
            link = httpx.URL(item.link)
            assert link.host.endswith(".localhost")
            page = await _get(str(link.copy_with(host="127.0.0.1")))
            assert page.status_code == 200
            assert link.query or f"<h1>{item.title}</h1>" in html.unescape(page.text)


async def test_the_index_links_every_feed(publisher: DemoPublisher) -> None:
    """The publisher's front page names all feeds with their addresses."""
    page = (await _get(f"{publisher.url}/")).text
    assert all(f'<a href="{url}">' in page for _, url in publisher.feeds)


async def test_other_requests_are_refused(publisher: DemoPublisher) -> None:
    """An unknown page is 404, another method 405, and HEAD answers without a body or a change of edition."""
    url = _address(publisher, "Dnipro Courier")
    async with httpx.AsyncClient(verify=_NO_TLS, trust_env=False) as client:
        assert (await client.get(f"{publisher.url}/nothing")).status_code == 404
        assert (await client.post(url)).status_code == 405
        head = await client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert (await _get(url)).headers["etag"] == head.headers["etag"]


async def test_it_closes_although_a_client_hangs_on() -> None:
    """Leaving the block ends connections that never asked for anything, and frees the port."""
    async with DemoPublisher(_NOW) as publisher:
        url = httpx.URL(publisher.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        await _get(publisher.feeds[0][1])
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(httpx.ConnectError):
        await _get(publisher.url)


async def test_garbage_does_no_harm(publisher: DemoPublisher) -> None:
    """A request that is no HTTP, endless or cut short, leaves the server answering others."""
    url = httpx.URL(publisher.url)
    for garbage in (b"\x00\xff\r\n\r\n", b"GET " + b"x" * 200_000, b""):
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(garbage)
        writer.write_eof()
        writer.close()
    assert (await _get(publisher.feeds[0][1])).status_code == 200
