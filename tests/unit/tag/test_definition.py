"""What a topic's definition is: what has its archive looked through again, and what has not."""

from dataclasses import replace

from monitor.model.topics import Alias, Topic
from monitor.tag.definition import Definitions

ASKED = Topic("asked", "Asked", "ferry")
ASKING = Topic("asking", "Asking", "harbour AND tag:asked")
LIKING = Topic("liking", "Liking", "harbour AND like:call")


def digests(*topics: Topic, aliases: dict[str, Alias] | None = None, **seeds: str) -> dict[str, str]:
    """Return the digests of some topics; seeds are digests of their words by their files' stems."""
    named = {f"{name}.md": words for name, words in seeds.items()}
    return dict(Definitions(topics, aliases or {}).digests(named))


def test_a_topic_changes_with_the_topics_whose_tags_it_asks_for() -> None:
    """Where one is widened, what hangs on its tags is looked through again, after it."""
    before, after = digests(ASKING, ASKED), digests(ASKING, replace(ASKED, query="ferry OR boat"))
    assert before["asking"] != after["asking"]
    assert list(after) == ["asked", "asking"]


def test_a_topic_changes_with_the_words_of_the_seeds_that_it_asks_for() -> None:
    """Also where the query names the seed without its ending."""
    assert digests(LIKING, call="1")["liking"] != digests(LIKING, call="2")["liking"]
    assert digests(ASKED, call="1") == digests(ASKED, call="2")


def test_title_and_order_are_no_part_of_it_and_spellings_are() -> None:
    """A new alias of one of its words makes it another topic, one of another word does not."""
    boat, storm = {"ferry": Alias(("ferry", "boat"))}, {"storm": Alias(("storm", "gale"))}
    assert digests(replace(ASKED, title="New"), ASKING)["asked"] == digests(ASKING, ASKED)["asked"]
    assert digests(ASKED)["asked"] == digests(ASKED, aliases=storm)["asked"]
    assert digests(ASKED)["asked"] != digests(ASKED, aliases=boat)["asked"]
