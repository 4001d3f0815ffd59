"""The shipped topics on news that is about their story, and on news that is not.

RUWA's items of 2022 come from a search for the war and were sorted by people into events: how many of each
get a topic says what the queries reach, not what they should (most events are none of the topics'). BBC's of
2004-05 and the New York Times' of 2020-21 are other news: a topic there is a false alarm. Beside the words'
forms the same is measured without them.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from monitor.config.tables import Found, Place
from monitor.config.topics import read_aliases
from monitor.forms import DEFAULT, Forms
from monitor.model.entries import Words
from monitor.model.topics import Topic
from monitor.tag import Matcher, Tagger, no_forms
from monitor.tag.aliases import Forms as Inflect
from tests.quality.figures import Figure, records

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "topics.toml"
_POSITIVE = "ruwa-ukrinform-censor.jsonl.gz"
_NEGATIVE = ("bbc-odd.jsonl.gz", "nyt-2020-21.jsonl.gz")
_FALSE_ALARMS = 0.005


def measure() -> Iterator[Figure]:
    """Yield recall by event and false alarms by collection, with forms and without."""
    for name, forms in (("forms", Forms(DEFAULT)), ("no forms", no_forms)):
        tagger = shipped(forms)
        yield from _reached(tagger, name)
        for collection in _NEGATIVE:
            yield _false_alarms(tagger, collection, name)


def shipped(forms: Inflect) -> Matcher:
    """Return the shipped topics, compiled."""
    written = tomllib.loads(_CONFIG.read_text("utf-8"))
    place = Place(str(_CONFIG), "aliases", _CONFIG.parent)
    rows = {name: Found(value, place) for name, value in written["aliases"].items()}
    topics = [Topic(one["name"], one["title"], one["query"]) for one in written["topics"]]
    return Tagger(topics, read_aliases(rows, []), forms)


def _reached(tagger: Matcher, name: str) -> Iterator[Figure]:
    items, tagged, topics = Counter[str](), Counter[str](), Counter[str]()
    for one in records("topics", _POSITIVE):
        tags = tagger(Words(one["title"], one["summary"], one["text"]))
        topics.update(tag.topic for tag in tags)
        for event in ("all", *one["topics"]):
            items[event] += 1
            tagged[event] += bool(tags)
    for event, count in items.most_common():
        yield Figure(
            f"shipped topics, {name}", f"tagged of {event}", tagged[event] / count, detail=f"of {count}"
        )
    for topic, count in topics.most_common():
        yield Figure(f"shipped topics, {name}", topic, count / items["all"], detail=f"{count} items")


def _false_alarms(tagger: Matcher, collection: str, name: str) -> Figure:
    found = [
        tagger(Words(one["title"], one["summary"], one["text"])) for one in records("topics", collection)
    ]
    share = sum(map(bool, found)) / len(found)
    by_topic = Counter(tag.topic for tags in found for tag in tags)
    return Figure(
        f"shipped topics, {name}",
        f"false alarms in {collection.partition('.')[0]}",
        share,
        _FALSE_ALARMS,
        least=False,
        detail=", ".join(f"{topic} {count}" for topic, count in by_topic.most_common()),
    )
