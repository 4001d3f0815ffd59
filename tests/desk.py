"""A desk that tracks topics: stories come in, are tagged at once and late, and the archive is tagged anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.digests import Recipient
from monitor.model.documents import SeedDocument
from monitor.model.entries import Entry
from monitor.model.topics import Tag, Topic
from monitor.model.views import StoryView
from monitor.pipeline.likings import Likings
from monitor.pipeline.retagging import Retagger
from monitor.pipeline.tagging import LateTagging
from monitor.pipeline.tracking import Tracking
from monitor.store import Store, corpus, outbox, readers
from monitor.store.schema import tag as tags
from monitor.tag import Tagger, no_forms
from monitor.tag.definition import Definitions, seeds_asked
from tests.builders import NOW, StoppedClock
from tests.polls import MAX_AGE, everything, poll

READER = ("morning", "me@example.org")


@dataclass
class Desk:
    """Topics on a store, as they are defined now."""

    store: Store
    topics: Sequence[Topic]
    seeds: Sequence[SeedDocument] = ()
    clock: StoppedClock = field(default_factory=StoppedClock)

    def __post_init__(self) -> None:
        self.tagger = Tagger(self.topics, {})
        self.definitions = Definitions(self.topics, {})
        self.likings = Likings(self.topics, seeds_asked(self.topics, {}))
        self.late = LateTagging({topic.name: topic for topic in self.topics}, self.likings)
        self.retagger = Retagger(self.definitions, self.likings, self.store)
        with self.store.write() as lane:
            corpus.declare_topics(lane, self.topics)
            readers.enrol(lane, [(READER[0], Recipient(READER[1]))], NOW - MAX_AGE, NOW)
            for seed in self.seeds:
                corpus.put_seed(lane, seed, self.tagger, NOW)
            Tracking(self.topics, {}, no_forms, self.store, self.clock).adopt(lane)

    def bring(self, *entries: Entry, feed: str = "https://a.example/feed", at: datetime = NOW) -> list[str]:
        """Let a feed bring items; return what they were."""
        with self.store.write() as lane:
            return poll(lane, *entries, feed=feed, at=at, tagger=self.tagger, late=self.late)

    def stories(self) -> list[StoryView]:
        """Return all stories but seeds, as they came."""
        with self.store.read() as connection:
            return [one for one in everything(connection) if not one.seed]

    def on(self, topic: str) -> dict[str, Tag]:
        """Return the tags of a topic by the titles of the stories that bear them."""
        return {
            story.words.title: tag for story in self.stories() for tag in story.tags if tag.topic == topic
        }

    def untold(self) -> set[str]:
        """Return the titles that a reader of all topics is owed."""
        with self.store.read() as connection:
            mark = readers.one(connection, *READER)
            assert mark
            names = [topic.name for topic in self.topics]
            return {one.words.title for one in outbox.untold(connection, mark, names)[0]}

    def ids(self) -> dict[tuple[int, str], int]:
        """Return the ids of all tags."""
        with self.store.read() as connection:
            rows = connection.execute(tags.select())
            return {(row.story_id, row.topic): row.id for row in rows}

    def retag(self, name: str) -> None:
        """Apply a topic to the whole archive."""
        with self.store.write() as lane:
            self.retagger.begin(lane, name)
        while self.retagger.step(name, self.clock).share < 1:
            pass
