"""What every matcher must hold, and what the shipped topics find in real news."""

import gzip
import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.tables import Found, Place
from monitor.config.topics import read_aliases
from monitor.errors import Problem
from monitor.forms import DEFAULT, Forms
from monitor.model.entries import Words
from monitor.model.topics import Alias, Topic
from monitor.tag import MATCHERS, Matcher, Tagger
from monitor.words import folded
from tests.shared_data import shared

ROOT = Path(__file__).resolve().parents[2]
TOPICS = [Topic("kyiv", "Kyiv", "kiev OR sky"), Topic("shield", "Shield", '"air defence" NOT toy')]
ALIASES = {"kyiv": ["Kyiv", "Kiev"]}
TEXTS = st.lists(st.sampled_from(["Kyiv", "sky", "air-defence", "toy", "Łódź", "\n"]), max_size=6).map(
    " ".join
)


@pytest.mark.parametrize("name", MATCHERS)
@given(words=st.builds(Words, TEXTS, TEXTS, TEXTS) | st.builds(Words, st.text(), st.text(), st.text()))
def test_every_judgement_can_be_pointed_at(name: str, words: Words) -> None:
    """A matcher gives at most one tag a topic, a score in (0, 1], and evidence that is in the text."""
    tags = MATCHERS[name](TOPICS, ALIASES)(words)
    assert len({tag.topic for tag in tags}) == len(tags)
    for tag in tags:
        assert 0 < tag.score <= 1
        assert tag.evidence
        assert all(getattr(words, s.field)[s.start : s.end] == s.matched != "" for s in tag.evidence)


@cache
def _config() -> dict[str, Any]:
    return tomllib.loads((ROOT / "config" / "topics.toml").read_text("utf-8"))


@cache
def _shipped() -> Matcher:
    topics = [Topic(t["name"], t["title"], t.get("query"), tuple(t["seeds"])) for t in _config()["topics"]]
    return Tagger(topics, _aliases(), Forms(DEFAULT))


@cache
def _aliases() -> dict[str, Alias]:
    problems: list[Problem] = []
    place = Place("topics.toml", "aliases", ROOT)
    rows = read_aliases({name: Found(row, place) for name, row in _config()["aliases"].items()}, problems)
    assert not problems
    return rows


def _named(words: Words) -> set[str]:
    return {tag.topic for tag in _shipped()(words)}


def _wording(text: str) -> Words:
    title, _, rest = text.partition("\n")
    return Words(title, text=rest)


def _seed(path: Path) -> Words:
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    return Words(facts["title"], text=body)


ABOUT = {
    "000_eab0bf1cf40f166c.txt": {"joint-air-defence", "nato-airspace", "peace-talks"},
    "001_660400e849c5a052.txt": {"joint-air-defence", "nato-training-logistics", "israel-precedent"},
    "002_a756ebb544484e00.txt": {"joint-air-defence", "energy-strikes", "peace-talks"},
}


@pytest.mark.parametrize(("name", "topics"), ABOUT.items())
def test_each_original_gets_the_topics_it_is_about(name: str, topics: set[str]) -> None:
    """The user's three documents are tagged with their subjects and nothing else."""
    assert _named(_wording(shared("seeds", name).read_text("utf-8"))) == topics


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.md")), ids=lambda path: path.stem)
def test_each_seed_gets_the_topics_of_its_original(path: Path) -> None:
    """A seed in our own wording is about the same as the document it follows."""
    source = next(line for line in path.read_text("utf-8").splitlines() if line.startswith("source: "))
    assert _named(_seed(path)) == ABOUT[source.removeprefix("source: ")]


def test_topics_name_the_seeds_that_are_about_them() -> None:
    """The seeds a topic lists are exactly those of the corpus that it matches."""
    matched: dict[str, set[str]] = {topic["name"]: set() for topic in _config()["topics"]}
    for path in (ROOT / "seeds").glob("*.md"):
        for name in _named(_seed(path)):
            matched[name].add(path.name)
    assert matched == {topic["name"]: set(topic["seeds"]) for topic in _config()["topics"]}


def test_no_alias_spelling_stands_in_two_rows() -> None:
    """The shipped alias table is unambiguous and has a letter or digit in every spelling."""
    rows: dict[tuple[str, ...], str] = {}
    for name, row in _aliases().items():
        for spelling in row.spellings:
            assert folded(spelling), spelling
            assert rows.setdefault(folded(spelling), name) == name, spelling


IN_OTHER_LANGUAGES = [
    ("Зеленський закликав союзників закрити небо над Україною", {"joint-air-defence"}),
    ("Zełenski apeluje o zamknięcie nieba nad Ukrainą", {"joint-air-defence"}),
    ("Зеленский просит страны Запада закрыть небо над Украиной", {"joint-air-defence"}),
    ("Rosyjskie drony naruszyły przestrzeń powietrzną Polski", {"nato-airspace"}),
    ("Російський літак порушив повітряний простір Естонії", {"nato-airspace"}),
    ("Атака на енергетичну інфраструктуру: Київ без світла", {"energy-strikes"}),
    ("Rosyjski atak na Charków, tysiące domów bez prądu", {"energy-strikes"}),
    ("Переговоры о прекращении войны: Путин и Зеленский обсуждают перемирие", {"peace-talks"}),
    ("Rozmowy pokojowe: Rosja i Ukraina bez porozumienia", {"peace-talks"}),
    ("Інструктори НАТО навчатимуть військових в Україні", {"nato-training-logistics"}),
]


@pytest.mark.parametrize(("title", "topics"), IN_OTHER_LANGUAGES)
def test_topics_read_ukrainian_polish_and_russian(title: str, topics: set[str]) -> None:
    """The core words of each subject are found in the neighbours' languages too."""
    assert _named(Words(title)) == topics


ELSEWHERE = [
    "Air defences down 41 Ukrainian drones over Russian regions overnight",
    "South Korea scrambles jets as Chinese and Russian warplanes enter its air defence zone",
    "Burkina Faso says a Nigerian plane violated its airspace",
    "Storm leaves 90,000 homes without power in Estonia",
    "Gaza truce talks resume in Cairo as Israel strikes Rafah",
    "Ukraine and the EU agree on a loan of 90 billion euros",
    "Patriots beat Buffalo on a late field goal",
]


@pytest.mark.parametrize("title", ELSEWHERE)
def test_neighbouring_news_gets_no_topic(title: str) -> None:
    """News that shares a topic's words but not its subject is left alone."""
    assert _named(Words(title)) == set()


def _collection(name: str) -> Iterator[Words]:
    with gzip.open(shared("topics", name), "rt", encoding="utf-8") as lines:
        for document in map(json.loads, lines):
            yield Words(document["title"], document["summary"], document["text"])


@pytest.mark.parametrize("name", ["bbc-odd.jsonl.gz", "nyt-2020-21.jsonl.gz"])
def test_unrelated_news_gives_hardly_a_false_alarm(name: str) -> None:
    """Of news of other years and subjects, at most one item in two hundred gets a topic."""
    found = [bool(_named(words)) for words in _collection(name)]
    assert len(found) > 1000
    assert sum(found) <= 0.005 * len(found)
