"""Discovery where a server cannot be had on loopback: other origins, other schemes, no answer."""

from dataclasses import dataclass, field

import pytest

from monitor.fetch import Answer, Request
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, Reason
from monitor.pipeline.discovering import discover
from tests.builders import FEED, NOW, document, entry

SITE = "https://harbour.example/"
BODY = document(entry("Ferry resumes")).body
OPTIONS = FeedOptions("desk", "hush", (("X-Key", "hush"),), "Desk/1")


@dataclass
class Web:
    """Answers what a test says, by address, and remembers how it was asked."""

    answers: dict[str, Answer | Failed]
    asked: dict[str, FeedOptions] = field(default_factory=dict)

    async def ask(self, request: Request) -> Answer | Failed:
        """Answer a request; nothing else is there."""
        self.asked[request.url] = request.options
        return self.answers.get(request.url, Answer(request.url, 404))


def linking(*urls: str) -> Answer:
    """Return a page that links to feeds."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in urls)
    return Answer(SITE, 200, (("content-type", "text/html"),), f"<html>{links}</html>".encode())


async def test_a_move_to_plain_http_is_not_followed_for_good() -> None:
    """FAILURES 4: what was asked securely is not subscribed to in the clear because a server says so."""
    clear = FEED.replace("https", "http")
    web = Web({FEED: Answer(clear, 200, body=BODY, moved_to=clear)})
    (found,) = (await discover(web, FEED, NOW)).feeds
    assert (found.url, found.final) == (FEED, clear)


async def test_only_the_origin_that_was_named_gets_the_login() -> None:
    """FAILURES 8: another host, port or scheme that a page links to gets the user agent, nothing secret."""
    others = ("https://feeds.example/a", "http://harbour.example/b", "https://harbour.example:8443/c")
    own = SITE + "d"
    web = Web({SITE: linking(*others, own)})
    await discover(web, SITE, NOW, OPTIONS)
    assert web.asked[SITE] == web.asked[own] == OPTIONS
    assert {web.asked[url] for url in others} == {FeedOptions(user_agent="Desk/1")}


@pytest.mark.parametrize(
    ("answer", "unanswered"),
    [
        (Failed(Reason.BLOCKED, "Not public."), False),
        (Failed(Reason.UNREACHABLE, "No address."), True),
        (Failed(Reason.TIMEOUT, "No answer."), True),
        (Answer(SITE, 403), True),
        (Answer(SITE, 503), True),
        (Answer(SITE, 404), False),
        (Answer(SITE, 410), False),
    ],
)
async def test_no_answer_is_told_from_an_answer_that_says_no(
    answer: Answer | Failed, unanswered: bool
) -> None:
    """Where nothing is known of an address it may be subscribed to; where it is known to be none, not."""
    found = await discover(Web({SITE: answer}), SITE, NOW)
    assert (found.feeds, found.unanswered, found.trouble is not None) == ((), unanswered, True)


async def test_one_feed_that_a_page_names_twice_is_found_once() -> None:
    """Two addresses that end at one are one feed; one without entries stands behind one with some."""
    empty = document().body
    web = Web(
        {
            SITE: linking("/empty", "/a", "/b"),
            SITE + "empty": Answer(SITE + "empty", 200, body=empty),
            SITE + "a": Answer(FEED, 200, body=BODY),
            SITE + "b": Answer(FEED, 200, body=BODY),
        }
    )
    found = await discover(web, SITE, NOW)
    assert [feed.url for feed in found.feeds] == [SITE + "a", SITE + "empty"]
