"""The topics as they are tracked, beyond the words of an item: what is late, the archive, searches.

Made of the configuration's topics once; what is heavy is loaded and compiled where it is first asked for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.clock import Clock
from monitor.model import Member, Topic
from monitor.store import Asked, Lane, Store, corpus, retagging
from monitor.tag.aliases import Aliases, Forms
from monitor.tag.definition import Definitions, may_be_late, seeds_asked

if TYPE_CHECKING:  # the model of words is for those who score stories
    from monitor.pipeline.likings import Likings
    from monitor.pipeline.placing import Late
    from monitor.pipeline.retagging import Reached, Retagger


@dataclass
class Tracking:
    """Topics on a store."""

    topics: Sequence[Topic]
    aliases: Aliases
    forms: Forms
    store: Store
    clock: Clock

    @cached_property
    def late(self) -> "Late | None":
        """What tags stories that have their events; None where topics ask for words and facts only."""
        asks = any(topic.seeds or may_be_late(topic.query or "") for topic in self.topics)
        return self._tag_late if asks else None

    def _tag_late(
        self, lane: Lane, stories: Sequence[Member], around: Collection[int], now: datetime
    ) -> None:
        self._late(lane, stories, around, now)

    @cached_property
    def _late(self) -> "Late":
        from monitor.pipeline.tagging import LateTagging

        return LateTagging({topic.name: topic for topic in self.topics}, self.likings)

    @cached_property
    def likings(self) -> "Likings":
        """What makes the profiles of topics that have seeds."""
        from monitor.pipeline.likings import Likings

        return Likings(self.topics, seeds_asked(self.topics, self.aliases))

    @cached_property
    def definitions(self) -> Definitions:
        """The topics as they are defined today, each by itself."""
        return Definitions(self.topics, self.aliases, self.forms)

    @cached_property
    def retagger(self) -> "Retagger":
        """What applies topics to the archive."""
        from monitor.pipeline.retagging import Retagger

        return Retagger(self.definitions, self.likings, self.store)

    def adopt(self, lane: Lane) -> None:
        """Note that topics are applied where there is nothing yet to apply them to."""
        if retagging.is_empty(lane):
            for name, digest in self.definitions.digests(retagging.seed_digests(lane)).items():
                retagging.finish(lane, name, digest)

    def retag(self) -> "Reached | None":
        """Apply a topic whose definition has changed to a page of the archive; None where there is none."""
        with self.store.read() as connection:
            due = self.retagger.due(connection)
        return self.retagger.step(due[0], self.clock) if due else None

    def asked(self, connection: Lane, query: str, topic: str | None = None) -> Asked:
        """Read a query, with the forms and the threshold of a topic where one is named; raises QueryError."""
        own = self.definitions[topic] if topic else Topic("search", "search")
        tree = self.definitions.search(replace(own, query=query), self.clock(), corpus.seed_rows(connection))
        return self.store.containing(tree, self.likings.of_seed(connection, own.threshold))
