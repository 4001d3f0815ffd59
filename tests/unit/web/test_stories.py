"""Topics, lists, search, and one story with why it was shown."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from monitor.app import App, open_app
from monitor.config import load
from monitor.pipeline import correcting
from monitor.pipeline.correcting import Word
from monitor.store import corpus, stories
from tests.builders import NOW, StoppedClock, entry, seed
from tests.unit.web.newsroom import COAST, judged, open_newsroom, open_page

_LINK = "https://harbour.example/1"
_PROBE = "<img src=x onerror=alert(1)>"


async def test_front_page(newsroom: App, page: httpx.AsyncClient) -> None:
    """The front page shows each topic's newest stories with source, time, copies and matched words."""
    judged(newsroom, entry("The ferry sails", link=_LINK, published=NOW - timedelta(hours=2)))
    judged(newsroom, entry("Ferry leaves port", link=_LINK, published=NOW), feed=COAST)
    text = (await page.get("/")).text
    assert "Ferries &amp; storms" in text
    assert "The ferry sails" in text
    assert "Harbour Post" in text
    assert 'datetime="2026-03-02T07:00:00+00:00" title="Monday, 2 March 2026, 07:00 (UTC)">07:00<' in text
    assert "also in 1: <bdi>Coast Daily</bdi>" in text
    assert "matched <q><bdi>ferry</bdi></q>" in text
    assert "1 in the last 24 h" in text
    assert "Nothing yet on" in text
    assert "Bridges" in text


async def test_front_page_shows_five_of_many(newsroom: App, page: httpx.AsyncClient) -> None:
    """A topic with many stories shows the newest and leads to the rest."""
    judged(newsroom, *(entry(f"Ferry trip {number}", guid=f"g{number}") for number in range(7)))
    text = (await page.get("/")).text
    assert text.count("<article>") == 5
    assert "All 7 on Ferries &amp; storms" in text


async def test_front_page_without_topics(tmp_path: Path, clock: StoppedClock) -> None:
    """A monitor that tracks nothing shows the newest stories, and says what is missing."""
    file = tmp_path / "monitor.toml"
    file.write_text(f'[store]\nurl = "sqlite:///monitor.db"\n[[feeds]]\nurl = "{COAST}"\n', "utf-8")
    with open_app(load(file, {}), clock) as app:
        judged(app, entry("Tide tables", link=_LINK), feed=COAST)
        async with open_page(app) as page:
            text = (await page.get("/")).text
    assert "[[topics]]" in text
    assert "Tide tables" in text


async def test_stuck_polls_are_said(newsroom: App) -> None:
    """While polls do not complete, the page says so where people look first."""
    async with open_page(newsroom, pulse=lambda: "no poll has completed for an hour") as page:
        assert "no poll has completed for an hour" in (await page.get("/")).text


async def test_search(newsroom: App, page: httpx.AsyncClient) -> None:
    """A search reads the query language with its aliases, and marks the words where they stand."""
    judged(newsroom, entry("Вночі паром став", guid="1"), entry("The train runs", guid="2"))
    text = (await page.get("/", params={"q": "ferry NOT train"})).text
    assert "1 story matches" in text
    assert "Вночі <mark>паром</mark> став" in text
    assert "The train runs" not in text


async def test_search_finds_seeds(newsroom: App, page: httpx.AsyncClient) -> None:
    """A search looks into the seed corpus too and tells its documents from news."""
    with newsroom.store.write() as lane:
        corpus.put_seed(lane, seed(), newsroom.tagger, NOW)
    assert '<span class="badge">seed</span>' in (await page.get("/?q=ferry")).text
    assert "seed</span>" not in (await page.get("/")).text


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("storm AND", "storm <mark>A</mark>ND"),
        ("a (b", "a <mark>(</mark>b"),
        ('"<b>', "<mark>&#34;</mark>&lt;b&gt;"),
        ("x" * 2001, f"{'x' * 2000}<mark>x</mark>"),
    ],
)
async def test_wrong_query(page: httpx.AsyncClient, query: str, marked: str) -> None:
    """A query that cannot be read is answered with a sentence, and its column is marked."""
    answer = await page.get("/", params={"q": query})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert marked in answer.text


async def test_paging(newsroom: App, page: httpx.AsyncClient) -> None:
    """Lists go on over pages, newest first, and their links keep the query."""
    at = [NOW - timedelta(minutes=number) for number in range(51)]
    judged(newsroom, *(entry(f"Ferry {n:02}", guid=f"g{n}", published=when) for n, when in enumerate(at)))
    first = (await page.get("/?q=ferry")).text
    assert first.index("Ferry 00") < first.index("Ferry 49")
    assert 'rel="next" href="?q=ferry&amp;page=2"' in first
    for path in ("/?q=ferry&page=2", "/topics/ferries?page=2", "/stories?page=2"):
        second = (await page.get(path)).text
        assert "Ferry 50" in second
        assert "Ferry 49" not in second
        assert 'rel="prev"' in second
        assert 'rel="next"' not in second


async def test_topic_page(newsroom: App, page: httpx.AsyncClient) -> None:
    """A topic's page lists its stories only, and shows what is looked for."""
    judged(newsroom, entry("Ferry news", guid="1"), entry("A bridge opens", guid="2"))
    text = (await page.get("/topics/ferries")).text
    assert "Ferry news" in text
    assert "A bridge opens" not in text
    assert "ferry AND NOT museum" in text


async def test_story(newsroom: App, page: httpx.AsyncClient) -> None:
    """A story's page answers why it was shown: text, tags with marked words, copies, earlier wording."""
    judged(newsroom, entry("Old ferry title", guid="g", link=_LINK, text="The паром waits."))
    judged(newsroom, entry("New ferry title", guid="g", link=_LINK, text="The паром waits."))
    judged(newsroom, entry("The same elsewhere", guid="c", link=_LINK), feed=COAST)
    text = (await page.get(await _first(page))).text
    assert "New <mark>ferry</mark> title" in text
    assert "The <mark>паром</mark> waits." in text
    assert "<q><bdi>паром</bdi></q> (for <bdi>ferry</bdi>)" in text
    assert "score 1.00" in text
    assert "the first appearance" in text
    assert "the same link" in text
    assert "The same elsewhere" in text
    assert "Old ferry title" in text


async def test_tag_of_another_wording(newsroom: App, page: httpx.AsyncClient) -> None:
    """A tag that a copy's words earned is shown in those words, and says that they are others."""
    judged(newsroom, entry("Nothing of the kind", guid="1", link=_LINK))
    judged(newsroom, entry("A bridge after all", guid="2", link=_LINK), feed=COAST)
    text = (await page.get("/")).text
    assert "Nothing of the kind" in text
    story = (await page.get(await _first(page))).text
    assert "A <mark>bridge</mark> after all" in story
    assert "in another wording than the present one" in story


async def test_topic_no_longer_tracked(room: Path, clock: StoppedClock) -> None:
    """A tag outlives its topic: the story says that it is no longer tracked."""
    more = '[[topics]]\nname = "tides"\nquery = "tide"\n'
    with open_newsroom(room, clock, more=more) as app:
        judged(app, entry("The tide turns", guid="1"))
    with open_newsroom(room, clock) as app:
        async with open_page(app) as page:
            text = (await page.get(await _first(page))).text
    assert "no longer tracked" in text
    assert "/topics/tides" not in text


async def test_publishers_text_is_harmless(newsroom: App, page: httpx.AsyncClient) -> None:
    """Markup in a headline stays text on every page, and only web addresses become links."""
    title = f"Ferry {_PROBE}"
    judged(newsroom, entry(title, guid=_PROBE, link="javascript:alert(1)", summary=_PROBE, text=_PROBE * 2))
    judged(newsroom, entry(f"{title} again", guid=_PROBE, link="javascript:alert(2)", language='"><b>'))
    story = await _first(page)
    for path in ("/", "/?q=ferry", "/?q=%3Cimg%20src%3Dx", "/topics/ferries", "/stories", story):
        text = (await page.get(path)).text
        assert "<img" not in text, path
        assert 'href="javascript' not in text, path
        assert "<b>" not in text, path
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


async def test_links_outwards(newsroom: App, page: httpx.AsyncClient) -> None:
    """A link to a publisher tells it nothing of us and lends it nothing."""
    judged(newsroom, entry("Ferry", guid="1", link=f'{_LINK}?"><script>'))
    text = (await page.get("/")).text
    assert 'href="https://harbour.example/1?%22%3E%3Cscript%3E" rel="noopener noreferrer nofollow"' in text


async def test_wrong_addresses(page: httpx.AsyncClient) -> None:
    """What is not there is a page with a sentence, not a traceback."""
    statuses = {
        "/stories/s999": 404,
        "/stories/x": 404,
        "/stories/s" + "9" * 40: 404,
        "/topics/none": 404,
        "/nope": 404,
        "/docs": 404,
        "/openapi.json": 404,
        "/stories?page=0": 400,
        "/stories?page=99999999999999999999": 400,
        "/static/../__init__.py": 404,
        "/static/%2e%2e/__init__.py": 404,
    }
    for path, status in statuses.items():
        answer = await page.get(path)
        assert (path, answer.status_code) == (path, status)
        assert '<p class="sentence">' in answer.text
        assert "Traceback" not in answer.text


async def test_wrong_method(page: httpx.AsyncClient) -> None:
    """A method that means nothing here is refused in a sentence."""
    answer = await page.request("DELETE", "/feeds")
    assert answer.status_code == 405
    assert '<p class="sentence">' in answer.text


async def _first(page: httpx.AsyncClient) -> str:
    text = (await page.get("/stories")).text
    return "/stories/s" + text.partition('<a href="/stories/s')[2].partition('"')[0]


async def test_an_id_that_was_merged_away_leads_to_the_story(newsroom: App, page: httpx.AsyncClient) -> None:
    """The page of a story that was merged away leads to the one that it is now, which tells of it."""
    judged(newsroom, entry("Ferry sails", guid="1"))
    judged(newsroom, entry("Bridge opens", guid="2"), feed=COAST)
    with newsroom.store.write() as lane:
        named = [one.id for one in stories.newest(lane, stories.Wanted(), 2)]
        made = correcting.merge(lane, named, Word("Anna", NOW, "<one> ship"))
        (gone,) = {*named} - {made.id}
    led = await page.get(f"/stories/{gone}")
    assert (led.status_code, led.headers["location"]) == (308, f"/stories/{made.id}")
    text = (await page.get(led.headers["location"])).text
    said = "Anna said so on 2026-03-02 09:00 (&lt;one&gt; ship)."
    assert f"{gone} was merged into it: {said}" in text
    assert "until a person merged the two" in text
