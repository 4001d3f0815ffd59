"""A topic's page, and a person's word on the page."""

import re

import httpx

from monitor.app import App
from tests.builders import NOW, entry
from tests.unit.web.newsroom import judged


async def test_a_topic_is_shown_with_its_query_and_trend(newsroom: App, page: httpx.AsyncClient) -> None:
    """The page has the query to be changed, how much came by day, and the stories."""
    judged(newsroom, entry("The ferry sails", published=NOW))
    text = (await page.get("/topics/ferries")).text
    assert "What is looked for" in text
    assert "Stories by day, the last 30" in text
    assert "<title>1 March: 1</title>" in text
    assert "The ferry sails" in text


async def test_another_query_is_tried_on_the_page(newsroom: App, page: httpx.AsyncClient) -> None:
    """It says what the query would add and drop, with the words marked, and changes nothing."""
    judged(newsroom, entry("The ferry sails", guid="1"), entry("The harbour sleeps", guid="2"))
    text = (await page.get("/topics/ferries", params={"q": "harbour"})).text
    assert "It matches 1 story" in text
    assert "1 would be added" in text
    assert "The <mark>harbour</mark> sleeps" in text
    assert "1 would be dropped" in text
    assert "The <mark>ferry</mark> sails" in text
    wrong = (await page.get("/topics/ferries", params={"q": "harbour AND"})).text
    assert "Column 9" in wrong


async def test_a_person_says_so_on_the_page(newsroom: App, page: httpx.AsyncClient) -> None:
    """A button takes a story off its topic, another takes that back; what nobody knows is refused."""
    judged(newsroom, entry("The ferry sails", published=NOW))
    story = re.search(r"/stories/(s\d+)", (await page.get("/topics/ferries")).text)
    assert story

    async def say(says: str, topic: str = "ferries") -> httpx.Response:
        form = {"story": story[1], "says": says}
        return await page.post(f"/topics/{topic}/mark", data=form)

    assert (await say("off")).status_code == 303
    text = (await page.get(f"/stories/{story[1]}")).text
    assert "It is off ferries for good" in text
    assert "Take it back" in text
    assert "The ferry sails" in (await page.get("/topics/ferries")).text.split("What people said")[1]
    assert (await say("undo")).status_code == 303
    assert "by its query" in (await page.get(f"/stories/{story[1]}")).text
    assert (await say("on", "none")).status_code == 409
    assert (await say("undo")).status_code == 409
    assert (await say("perhaps")).status_code == 400


async def test_a_change_that_another_site_asks_for_is_refused(newsroom: App, page: httpx.AsyncClient) -> None:
    """A mark is a change, so it is checked where it comes from."""
    judged(newsroom, entry("The ferry sails", published=NOW))
    form = {"story": "s1", "says": "off"}
    answer = await page.post("/topics/ferries/mark", data=form, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
