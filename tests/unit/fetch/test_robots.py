"""What sites let us read: asked once, kept, and never guessed in our favour."""

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.fetch import Answer, Request
from monitor.fetch.robots import Robots
from monitor.model.fetching import Failed, Reason
from tests.builders import NOW

PAGE = "https://harbour.example/sea/1"
AGENT = "monitor/1.0 (news feed reader)"
DAY = timedelta(days=1)


@dataclass
class Site:
    """Answers as a test says, and remembers what it was asked."""

    answer: Answer | Failed
    asked: list[str] = field(default_factory=list)

    async def ask(self, request: Request) -> Answer | Failed:
        """Answer a request."""
        self.asked.append(request.url)
        return self.answer


def said(text: str, status: int = 200) -> Answer:
    """Return an answer with these rules."""
    return Answer("https://harbour.example/robots.txt", status, body=text.encode())


async def test_a_sites_rules_are_kept_for_a_day() -> None:
    """One request serves all pages of a site until they are a day old."""
    site = Site(said("User-agent: *\nDisallow: /sea/"))
    robots = Robots(site, AGENT)
    assert await robots.allows(PAGE, NOW) is False
    assert await robots.allows("https://harbour.example/land/1", NOW + DAY / 2) is True
    assert site.asked == ["https://harbour.example/robots.txt"]
    site.answer = said("")
    assert await robots.allows(PAGE, NOW + DAY) is True


async def test_rules_for_us_win_over_rules_for_all() -> None:
    """The group that names this program counts for it (RFC 9309 section 2.2.1)."""
    robots = Robots(Site(said("User-agent: *\nDisallow: /\n\nUser-agent: monitor\nAllow: /")), AGENT)
    assert await robots.allows(PAGE, NOW) is True


async def test_a_missing_robots_txt_allows_and_an_unreachable_one_does_not() -> None:
    """4xx is no rules at all; 5xx or no answer is no for now, and is asked again soon."""
    for status in (404, 403, 410):
        assert await Robots(Site(said("User-agent: *\nDisallow: /", status)), AGENT).allows(PAGE, NOW) is True
    for answer in (said("", 503), Failed(Reason.TIMEOUT, "No answer.")):
        site = Site(answer)
        robots = Robots(site, AGENT)
        assert await robots.allows(PAGE, NOW) is None
        assert await robots.allows(PAGE, NOW) is None
        site.answer = said("")
        assert await robots.allows(PAGE, NOW + DAY / 24) is True
        assert len(site.asked) == 2


async def test_bytes_of_any_kind_are_rules_of_some_kind() -> None:
    """A robots.txt that is a picture forbids nothing and breaks nothing."""
    site = Site(Answer("https://harbour.example/robots.txt", 200, body=bytes(range(256)) * 100))
    assert await Robots(site, AGENT).allows(PAGE, NOW) is True


async def test_what_is_kept_is_bounded() -> None:
    """A crawl over very many sites forgets the oldest rules."""
    site = Site(said(""))
    robots = Robots(site, AGENT)
    for number in range(2_100):
        await robots.allows(f"https://h{number}.example/", NOW)
    await robots.allows("https://h2099.example/", NOW)
    assert len(site.asked) == 2_100
    await robots.allows("https://h0.example/", NOW)
    assert len(site.asked) == 2_101
