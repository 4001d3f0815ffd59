"""The topics as they are tracked, beyond the words of an item: what is late, the archive, searches.

Made of the configuration's topics once; what is heavy is loaded and compiled where it is first asked for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.clock import Clock
from monitor.model.events import Member
from monitor.model.topics import Topic
from monitor.store import Asked, Lane, Store, corpus, ids, retagging
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
    _known: dict[str, set[str | None]] = field(default_factory=dict, init=False)

    @cached_property
    def late(self) -> "Late | None":
        """What tags stories that have their events; None where topics ask for words and facts only."""
        asks = any(topic.seeds or may_be_late(topic.query or "") for topic in self.topics)
        return self._tag_late if asks else None

    def look_again(self, lane: Lane, story_id: str) -> None:
        """Look again at what waits in the event of a story, to which a person has brought outlets."""
        if self.late:
            self.late(lane, [], [ids.story_row(story_id)], self.clock())

    def _tag_late(
        self, lane: Lane, stories: Sequence[Member], around: Collection[int], now: datetime
    ) -> None:
        self._late(lane, stories, around, now)

    @cached_property
    def _late(self) -> "Late":
        from monitor.pipeline.tagging import LateTagging
        from monitor.tag.ordering import in_order

        named = {topic.name: topic for topic in self.topics}
        queries = {name: query for name in named if (query := self.definitions.query(name)) is not None}
        first = {name: topic for name, topic in named.items() if name not in queries}
        return LateTagging(first | {name: named[name] for name in in_order(queries)}, self.likings)

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
            today, states = self.retagger.digests(connection), retagging.states(connection)
            due = [
                name
                for name in self.retagger.due(connection)
                if self._is_ours(name, states[name], today[name])
            ]
        return self.retagger.step(due[0], self.clock) if due else None

    def _is_ours(self, name: str, state: retagging.Applied, today: str) -> bool:
        """Tell whether nobody with another definition has begun since we first looked: theirs is newer."""
        known = self._known.setdefault(name, {state.applied, state.applying, None})
        known.add(today)
        return {state.applied, state.applying} <= known

    def asked(self, connection: Lane, query: str, topic: str | None = None) -> Asked:
        """Read a query, with the forms and the threshold of a topic where one is named; raises QueryError."""
        own = self.definitions[topic] if topic else Topic("search", "search")
        tree = self.definitions.search(replace(own, query=query), self.clock(), corpus.seed_rows(connection))
        return self.store.containing(tree, self.likings.of_seed(connection, own.threshold))
