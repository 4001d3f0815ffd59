"""What is the same, as a person meets it: corrections, sites that move, rules that are off, and why."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.entries import Entry, Words
from tests.e2e.scene import DIGEST, TOPIC, Scene, email, item, publish
from tests.servers.mailbox import Mailbox
from tests.servers.publisher import Publisher

TITLES = ("Ferry stays in port", "Ferry sails again", "Ferry is late", "Bakery opens at dawn today")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Give a publisher of one's own."""
    with Publisher() as server:
        yield server


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a folder for a configuration."""
    return Scene(tmp_path)


def said(one: Entry, title: str, summary: str) -> Entry:
    """Return an item in other words."""
    return replace(one, words=Words(title, summary))


def test_a_correction_is_seen_and_tagged_again(scene: Scene, publisher: Publisher) -> None:
    """Changed numbers and a changed headline are shown beside what was said before, and reach their topic."""
    first = item(1, "Accident in the harbour: 3 hurt")
    feed = publish(publisher, "/harbour", first)
    scene.configure([feed], TOPIC + DIGEST)
    assert scene.monitor("poll", "--all").code == 0
    assert not scene.monitor("stories", "--topic", "ferries", "--json").records
    publish(publisher, "/harbour", said(first, "Ferry accident in the harbour: 30 hurt", "Thirty people."))
    (polled, _) = scene.monitor("poll", "--all", "--json").records
    assert (polled["new"], polled["copies"], polled["revisions"]) == (0, 0, 1)
    (story,) = scene.monitor("stories", "--topic", "ferries", "--json").records
    assert story["title"] == "Ferry accident in the harbour: 30 hurt"
    shown = scene.monitor("show", story["id"]).out
    assert "Earlier wording" in shown
    assert "Accident in the harbour: 3 hurt" in shown
    assert "changed 1 time" in scene.monitor("why", story["id"]).out
    assert "30 hurt" in scene.monitor("digest", "preview", "morning").out


def test_a_site_that_moves_tells_nothing_again(scene: Scene, publisher: Publisher, tmp_path: Path) -> None:
    """FAILURES 19: after every guid and link has changed a reader is told what is new, and only that."""
    items = [item(n, title) for n, title in enumerate(TITLES)]
    moved = [replace(one, guid=f"new-{n}", link=f"https://new.example/{n}") for n, one in enumerate(items)]
    with Mailbox() as mailbox:
        feed = publish(publisher, "/harbour", *items)
        scene.configure([feed], TOPIC + DIGEST + email(mailbox))
        send = ("digest", "send", "morning", "--json")
        scene.monitor("poll", "--all")
        assert [one["status"] for one in scene.monitor(*send).records] == ["sent"]
        publish(publisher, "/harbour", *moved)
        (polled, _) = scene.monitor("poll", "--all", "--json").records
        assert (polled["new"], polled["copies"], polled["revisions"]) == (0, 0, 0)
        assert [one["status"] for one in scene.monitor(*send).records] == ["nothing-new"]
        publish(publisher, "/harbour", item(9, "Ferry breaks down"), *moved)
        (polled, _) = scene.monitor("poll", "--all", "--json").records
        assert polled["new"] == 1
    assert len(scene.titles()) == len(TITLES) + 1


@pytest.mark.parametrize(
    ("more", "stories"), [("", 1), ('[dedupe]\noff = ["link"]\n', 2), ('[dedupe]\noff = ["wording"]\n', 1)]
)
def test_a_rule_that_is_off_joins_nothing(
    scene: Scene, publisher: Publisher, more: str, stories: int
) -> None:
    """Two feeds with one link and other words are one story by the link rule, and two where it is off."""
    one = item(1, "Ferry stays in port")
    feeds = [
        publish(publisher, "/one", one),
        publish(publisher, "/two", said(one, "No boats today", "Not one sails.")),
    ]
    scene.configure(feeds, more)
    assert scene.monitor("poll", "--all").code == 0
    assert len(scene.titles()) == stories


@pytest.mark.parametrize("by", ["file", "add", "set"])
@pytest.mark.parametrize("first", ["/one", "/two"])
def test_a_rule_is_off_for_one_feed(scene: Scene, publisher: Publisher, by: str, first: str) -> None:
    """A feed with the rule off neither becomes a copy nor draws one, whichever comes first; others do."""
    story = item(1, "Ferry stays in port")
    one, two, three = (publish(publisher, path, story) for path in ("/one", "/two", "/three"))
    own = f'[[feeds]]\nurl = "{one}"\ndedupe_off = ["link", "wording"]\n'
    scene.configure([two, three], own if by == "file" else "")
    off = ("--dedupe-off", "link", "--dedupe-off", "wording")
    if by == "add":
        assert scene.monitor("feeds", "add", one, *off).code == 0
    elif by == "set":
        assert scene.monitor("feeds", "add", one).code == 0
        assert scene.monitor("feeds", "set", one, *off).code == 0
    assert scene.monitor("poll", one if first == "/one" else two).code == 0
    assert scene.monitor("poll", "--all").code == 0
    assert sorted(len(story["copies"]) for story in scene.monitor("export").records) == [1, 2]


def test_an_unknown_rule_is_told_with_the_nearest(scene: Scene, publisher: Publisher) -> None:
    """What is no rule of deduplication is refused in a sentence, in the file and on the command line."""
    feed = publish(publisher, "/one", item(1, "Ferry stays in port"))
    scene.configure([], '[dedupe]\noff = ["wordings"]\n')
    ran = scene.monitor("config", "check")
    assert ran.code == 2
    assert '"wordings" is no rule of deduplication' in ran.err
    assert 'did you mean "wording"?' in ran.err
    scene.configure()
    ran = scene.monitor("feeds", "add", feed, "--dedupe-off", "lnk")
    assert ran.code == 2
    assert '--dedupe-off: "lnk" is no rule of deduplication (did you mean "link"?)' in ran.err


def test_a_rule_is_put_on_again(scene: Scene, publisher: Publisher) -> None:
    """An empty text takes the exception away, as with any option of a feed."""
    story = item(1, "Ferry stays in port")
    one, two = (publish(publisher, path, story) for path in ("/one", "/two"))
    scene.configure([two])
    scene.monitor("feeds", "add", one, "--dedupe-off", "link")
    assert scene.monitor("feeds", "set", one, "--dedupe-off", "").code == 0
    scene.monitor("poll", "--all")
    assert len(scene.titles()) == 1


def test_why_a_copy_is_one(scene: Scene, publisher: Publisher) -> None:
    """Rule, score, what agrees and the time between are told of every appearance, in sentences."""
    one = item(1, "Ferry stays in port")
    text = "No boat leaves before Monday, the harbour master told whoever asked him about it."
    first = replace(one, words=Words(one.words.title, text))
    again = replace(first, guid="c", link="https://coast.example/7")
    linked = replace(
        said(one, "No boats", "Not one."), guid="m", link="https://m.harbour.example/1?utm_source=x"
    )
    feeds = [publish(publisher, f"/{n}", it) for n, it in enumerate((first, again, linked))]
    scene.configure(feeds)
    for feed in feeds:
        assert scene.monitor("poll", feed).code == 0
    (story,) = scene.monitor("stories", "--json").records
    why = scene.monitor("why", story["id"]).out
    assert "It is the first appearance." in why
    assert "It is a copy by the same title and text (rule wording, score 1.00)." in why
    assert "What agrees: Ferry stays in port. They were published within an hour." in why
    assert "It is a copy by the same link (rule link, score 1.00)." in why
    assert "Both lead to harbour.example/1, as does https://harbour.example/1." in why
    (told,) = scene.monitor("why", story["id"], "--json").records
    assert all(copy["because"] in why for copy in told["copies"])
