"""Which story stands where in a digest, and what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.compose import compose
from monitor.digest.naming import LEAD
from monitor.model.digests import Changed, Digest, DigestPlan, Item, Past
from monitor.model.entries import Words
from monitor.model.topics import Span, Tag
from monitor.model.views import CopyView, StoryView

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
PLAN = DigestPlan("morning", "Morning", ("air", "grain", "energy"), "0 7 * * *", "Europe/Kyiv", ())
TITLES = {"air": "Air defence", "grain": "Grain & ports"}


def tag(topic: str, score: float, *words: str) -> Tag:
    """Return a tag with these words as its evidence."""
    return Tag(topic, score, tuple(Span(word.lower(), word, "text", 0, len(word)) for word in words))


def copy(source: str, title: str | None, url: str | None) -> CopyView:
    """Return an appearance of a story."""
    return CopyView(source, title, None, url, "…", None, NOON, "words", 1.0)


def story(
    name: str = "s1",
    *tags: Tag,
    words: Words | None = None,
    age: int = 1,
    dated: bool = True,
    copies: tuple[CopyView, ...] = (),
    event: str | None = None,
) -> StoryView:
    """Return a story of The Harbour Post, so many hours old."""
    at = NOON - timedelta(hours=age)
    return StoryView(
        id=name,
        words=words or Words("Radar pictures shared"),
        url="https://harbour.example/1",
        source="https://harbour.example/feed",
        source_title="The Harbour Post",
        language="en",
        published=at if dated else None,
        first_seen=at,
        seed=False,
        news=True,
        tags=tags or (tag("air", 0.9),),
        copies=copies,
        event=event,
    )


def composed(*stories: StoryView) -> Digest:
    """Return the digest of some stories."""
    return compose(PLAN, TITLES, stories, NOON)


def only(*stories: StoryView) -> Item:
    """Return the one item of the digest of some stories."""
    (section,) = composed(*stories).sections
    (item,) = section.items
    return item


def layout(digest: Digest) -> list[tuple[str, list[str]]]:
    """Return the topics of a digest with the stories under each."""
    return [(section.topic, [item.story_id for item in section.items]) for section in digest.sections]


def test_a_story_stands_under_its_best_topic_and_names_the_others() -> None:
    """The highest score wins, whatever the order of tags; the rest are named by their titles."""
    tags = (tag("energy", 0.4), tag("air", 0.5), tag("grain", 0.8), tag("elsewhere", 1.0))
    digest = composed(story("s1", *tags))
    assert layout(digest) == [("grain", ["s1"])]
    assert digest.sections[0].items[0].also_topics == ("Air defence", "energy")


def test_equal_scores_go_by_the_plan() -> None:
    """Of two topics that match alike, the one the plan names first gets the story."""
    assert layout(composed(story("s1", tag("grain", 0.5), tag("air", 0.5)))) == [("air", ["s1"])]


def test_topics_keep_the_order_of_the_plan_and_stories_are_newest_first() -> None:
    """Sections follow the plan; stories follow time, and the order given where times are equal."""
    digest = composed(
        story("s1", tag("grain", 1.0), age=1),
        story("s2", age=5),
        story("s3", age=2, dated=False),
        story("s4", age=2),
        story("s5", age=3),
    )
    assert layout(digest) == [("air", ["s3", "s4", "s5", "s2"]), ("grain", ["s1"])]


def test_quiet_topics_are_those_that_nothing_matched() -> None:
    """A topic whose only story stands elsewhere is not quiet, one without any is."""
    assert composed(story("s1", tag("air", 0.9), tag("grain", 0.2))).quiet == ("energy",)
    assert composed().quiet == ("Air defence", "Grain & ports", "energy")


def test_a_story_of_no_topic_of_the_plan_is_left_out() -> None:
    """What only matches other topics is not this digest's news."""
    assert not composed(story("s1", tag("elsewhere", 1.0))).sections


def test_a_story_given_twice_stands_once() -> None:
    """Whatever the look-up brings, a reader reads a story once."""
    assert layout(composed(story("s1"), story("s1"))) == [("air", ["s1"])]


NORTH = copy("https://wire.example/a", "North Wire", "https://wire.example/1")
COAST = copy("https://coast.example/rss", "The Coast", None)


def test_an_event_stands_once_with_its_stories() -> None:
    """FAILURES 42: headed by the story that most outlets carry; its others follow, the newest first."""
    heads = story("s2", age=3, copies=(NORTH,), event="e1")
    item = only(story("s1", age=1, event="e1"), heads, story("s3", age=2, event="e1"))
    assert (item.story_id, item.stories, item.event) == ("s2", 3, "e1")
    assert [report.source for report in item.further] == ["The Harbour Post"] * 2
    assert only(*(story(name, age=age, event="e1") for name, age in (("s1", 1), ("s2", 3)))).story_id == "s2"


def test_an_event_stands_under_the_best_topic_of_any_of_its_stories() -> None:
    """The topics of all its stories count, and the words are those of the best."""
    first, second = story("s1", tag("air", 0.4, "radar"), event="e1"), story("s2", tag("grain", 0.9, "wheat"))
    digest = composed(first, replace(second, event="e1"))
    (item,) = digest.sections[0].items
    assert digest.sections[0].topic == "grain"
    assert (item.also_topics, item.matched) == (("Air defence",), ("wheat",))
    assert digest.quiet == ("energy",)


def test_what_most_outlets_carry_comes_first() -> None:
    """Outlets are counted over all stories of an event, each once; of equals the newest is first."""
    digest = composed(
        story("s1", age=1),
        story("s2", age=9, copies=(NORTH, COAST)),
        story("s3", age=5, copies=(NORTH,), event="e1"),
        story("s4", age=4, copies=(NORTH,), event="e1"),
        story("s5", age=2),
    )
    assert layout(digest) == [("air", ["s2", "s3", "s1", "s5"])]


def test_an_event_told_before_says_so() -> None:
    """Readers can tell what goes on from what is new."""
    stories = [story("s1", event="e1"), story("s2", age=2, event="e2"), story("s3", age=3)]
    digest = compose(PLAN, TITLES, stories, NOON, past=Past(known=frozenset({"e2", "s3"})))
    assert [item.known for item in digest.sections[0].items] == [False, True, False]


def test_plan_period_and_note_are_carried() -> None:
    """The digest says whose it is, for when, and what else its readers should know."""
    digest = compose(PLAN, TITLES, (), NOON, note="A feed is silent.")
    assert (digest.plan, digest.period, digest.note) == (PLAN, NOON, "A feed is silent.")


def test_every_other_outlet_is_named_once() -> None:
    """Outlets go by title, else host; the own outlet and its other feeds are not among them."""
    copies = (
        copy("https://harbour.example/feed", "The Harbour Post", "https://harbour.example/1"),
        copy("https://harbour.example/world", "The Harbour Post", "https://harbour.example/2"),
        copy("https://wire.example/a", "North Wire", None),
        copy("https://wire.example/b", "NORTH WIRE", "https://wire.example/2"),
        copy("https://www.coast.example/rss", None, "https://coast.example/1"),
        copy("our-archive", None, None),
        copy("http://[broken", " ", None),
    )
    assert only(story(copies=copies)).also_in == (
        ("North Wire", "https://wire.example/2"),
        ("coast.example", "https://coast.example/1"),
        ("our-archive", None),
        ("http://[broken", None),
    )


def test_matched_words_are_told_as_they_stand() -> None:
    """Words of the best topic in their order, one of those that differ only in case, on one line."""
    tags = (tag("air", 0.9, "Radar", "early\nwarning", "radar"), tag("grain", 0.1, "wheat"))
    assert only(story("s1", *tags)).matched == ("Radar", "early warning")


FIRST = "The ministers signed on Saturday after a week of talks that nobody had expected to end."
LONG = "Data from twelve stations " * 12


@pytest.mark.parametrize(
    ("words", "lead"),
    [
        (Words("T", "A short summary", "The text."), "A short summary"),
        (Words("T", "", "The text."), "The text."),
        (Words("T", "", ""), ""),
        (Words("The same, twice", "The same – twice.", "The text."), "The text."),
        (Words("T", f"{FIRST}\n\n {FIRST} {LONG}."), f"{FIRST} {FIRST}"),
        (Words("T", f"{FIRST} By the U.S. {LONG}."), FIRST),
        (Words("T", "“Never!” " * 30 + LONG), ("“Never!” " * 30).strip()),
        (Words("T", "雨。" * 200), "雨。" * 140),
        (Words("T", "x" * 1000), "x" * 279 + "…"),
    ],
)
def test_a_lead_is_the_opening_sentences(words: Words, lead: str) -> None:
    """Summary before text, never the title again, whole sentences where some fit."""
    assert only(story(words=words)).lead == lead


def test_a_long_sentence_is_cut_between_words() -> None:
    """A first sentence that does not fit ends at a word, and says that it goes on."""
    lead = only(story(words=Words("T", LONG * 2))).lead
    assert lead.endswith("…")
    assert len(lead) <= LEAD
    assert LONG.startswith(f"{lead[:-1]} ")


def test_a_story_without_a_title_is_headed_by_its_lead() -> None:
    """An untitled story shows its first words as headline, and does not say them twice."""
    short = only(story(words=Words("", "Fire in the old port.")))
    long = only(story(words=Words(" ", FIRST)))
    assert (short.title, short.lead) == ("Fire in the old port.", "")
    assert long.title.endswith("…")
    assert long.lead == FIRST


@given(st.text(), st.text(), st.text())
def test_whatever_a_publisher_writes_fits_on_its_lines(title: str, summary: str, text: str) -> None:
    """Headline and lead are single lines within bounds, without control characters."""
    item = only(story(words=Words(title, summary, text)))
    assert len(item.lead) <= LEAD
    assert len((item.title + item.lead).splitlines()) <= 1
    assert "\x00" not in item.title + item.lead


def appearance(number: int, source: str, url: str | None = None) -> CopyView:
    """Return the nth appearance of a story, in an outlet."""
    return replace(copy(source, source.title(), url), id=number)


def test_what_changed_of_an_event_goes_with_its_new_story() -> None:
    """Outlets that joined and the headline as it was are told where the event is told again."""
    told = story(
        "s1", event="e1", copies=(appearance(1, "post"), appearance(7, "wire", "https://w.example/1"))
    )
    later = story("s2", event="e1", words=Words("Radar pictures shared by two more"))
    changed = (Changed(told, "Radar pictures to be shared", 5),)
    digest = compose(PLAN, TITLES, (later,), NOON, past=Past(known=frozenset({"e1"}), changed=changed))
    ((item,),) = (section.items for section in digest.sections)
    assert item.change
    assert item.change.headlines == (("Radar pictures to be shared", "Radar pictures shared"),)
    assert item.change.outlets == (("Wire", "https://w.example/1"),)
    assert digest.sections[0].retold == ()


def test_a_revised_headline_is_retold_on_a_line() -> None:
    """It comes without a new story, with the outlets that joined; outlets alone bring nothing up again."""
    joined = story("s1", event="e1", copies=(appearance(1, "post"), appearance(7, "wire")))
    copies = (appearance(2, "post"), appearance(8, "wire"), appearance(9, "sun"))
    revised = story("s2", tag("grain", 0.9), words=Words("Nine ships sail"), copies=copies)
    changed = (Changed(joined, "Radar pictures shared", 5), Changed(revised, "Ten ships sail", 5))
    digest = compose(PLAN, TITLES, (), NOON, past=Past(changed=changed, volumes={"grain": (1, 2)}))
    (section,) = digest.sections
    assert (section.topic, section.items, section.volume) == ("grain", (), (1, 2))
    (retold,) = section.retold
    assert retold.report.title == "Nine ships sail"
    assert retold.change.headlines == (("Ten ships sail", "Nine ships sail"),)
    assert retold.change.outlets == (("Wire", None), ("Sun", None))
    assert digest.quiet == ("Air defence", "energy")


def test_of_an_event_only_what_was_revised_is_retold() -> None:
    """A story of the same event that most outlets carry, and that reads as it did, is not told again."""
    large = story("s1", event="e1", copies=(appearance(1, "post"), appearance(2, "wire")))
    small = story("s2", event="e1", words=Words("Nine ships sail"), copies=(appearance(3, "sun"),))
    changed = (Changed(large, "Radar pictures shared", 5), Changed(small, "Ten ships sail", 5))
    digest = compose(PLAN, TITLES, (), NOON, past=Past(known=frozenset({"e1"}), changed=changed))
    assert [one.report.title for section in digest.sections for one in section.retold] == ["Nine ships sail"]


def test_what_says_the_same_is_no_change() -> None:
    """Another comma or capital is not another headline, and an outlet's second copy no other outlet."""
    one = story(
        "s1", words=Words("Radar pictures, shared"), copies=(appearance(1, "post"), appearance(9, "post"))
    )
    digest = compose(PLAN, TITLES, (), NOON, past=Past(changed=(Changed(one, "RADAR pictures shared", 5),)))
    assert digest.sections == ()
    assert digest.quiet == ("Air defence", "Grain & ports", "energy")
