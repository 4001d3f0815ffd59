"""Which stories an appearance makes one: decided from values alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.dedupe import judge, mark, mark_archived
from monitor.model.stories import Appearance, Batch, Bridge, Known, KnownStory, StoryKey
from tests.builders import NOW, entry

HOUR = timedelta(hours=1)
TEXT = "The first ferry in three days left the harbour this morning with sixty passengers on board."
(BOTH,) = mark([entry("Ferry resumes", guid="1", link="https://a.example/1", text=TEXT, published=NOW)])
LINK, WORDING = BOTH.keys


def known(*stories: KnownStory, apart: Iterable[frozenset[int]] = (), **keys: tuple[int, ...]) -> Known:
    """Return what is known: stories, and which of them carry the link and the wording."""
    carriers = {key: keys[key.rule] for key in (LINK, WORDING) if key.rule in keys}
    return Known({}, carriers, {one.id: one for one in stories}, apart=frozenset(apart))


def told(row: int, at: timedelta = timedelta()) -> KnownStory:
    """Return a story of another source that came so long after the appearance."""
    return KnownStory(row, NOW + at, frozenset({9}))


def bridges(given: Known, *appearances: Appearance) -> list[tuple[int | None, list[int | None]]]:
    """Return the story of each appearance, and those that it bridges."""
    verdicts = judge(Batch(1, appearances or (BOTH,), NOW), given)
    return [(one.story_id, [bridge.story_id for bridge in one.bridges]) for one in verdicts]


def test_two_sure_keys_bridge() -> None:
    """The surest key says whose copy it is; the other key's story is bridged, with what it is bridged by."""
    (verdict,) = judge(Batch(1, (BOTH,), NOW), known(told(5), told(3), link=(5,), wording=(3,)))
    assert (verdict.kind, verdict.story_id, verdict.rule) == ("copy", 5, "link")
    assert verdict.bridges == (Bridge("wording", "Ferry resumes", 3),)


@pytest.mark.parametrize(
    "given",
    [
        known(told(3), link=(3,), wording=(3,)),
        known(told(3), told(5), link=(3,), wording=(3, 5)),
        known(told(3), told(5, -80 * HOUR), link=(3,), wording=(5,)),
        known(told(3, -50 * HOUR), told(5, 50 * HOUR), link=(3,), wording=(5,)),
        known(told(3), told(5), link=(3,), wording=(5,), apart=[frozenset({3, 5})]),
        known(told(3), link=(3,)),
    ],
    ids=["one story", "the key names it too", "out of window", "too far apart", "kept apart", "one key"],
)
def test_what_bridges_nothing(given: Known) -> None:
    """Stories that one key or time tells apart, or a person, stay two."""
    assert bridges(given) == [(3, [])]


def test_a_bare_title_bridges_nothing() -> None:
    """A key that only counts between sources is not sure enough."""
    title = "Harbour ferry resumes after the long storm"
    (bare,) = mark([entry(title, guid="1", link="https://a.example/1", published=NOW)])
    link, wording = bare.keys
    assert wording.other_source
    given = Known({}, {link: (3,), wording: (5,)}, {3: told(3), 5: told(5)})
    assert bridges(given, bare) == [(3, [])]


def test_only_exact_rungs_bridge() -> None:
    """A likeness, however strong, joins a copy to a story and no two stories."""
    alike = StoryKey("alike", "x")
    likeness = Appearance(BOTH.entry, BOTH.folded, "h", ("guid:1",), keys=(LINK, alike))
    given = Known({}, {LINK: (3,), alike: (5,)}, {3: told(3), 5: told(5)})
    assert bridges(given, likeness) == [(3, [])]


def test_a_batch_goes_on_with_what_has_become_one() -> None:
    """What comes later in a batch finds the one story by either's keys, kept apart from what either was."""
    more = mark_archived(entry("Ferry resumes", guid="2", text=TEXT, published=NOW))
    given = known(told(3), told(5), link=(3,), wording=(5,))
    assert bridges(given, BOTH, more) == [(3, [5]), (3, [])]
    third = mark_archived(
        entry("Third", guid="3", link="https://a.example/1", text=f"{TEXT} Third.", published=NOW)
    )
    carriers = {**given.carriers, third.keys[1]: (7,)}
    stories = {**given.stories, 7: told(7)}
    apart = {frozenset({5, 7})}
    assert bridges(Known({}, carriers, stories), BOTH, third) == [(3, [5]), (3, [7])]
    assert bridges(Known({}, carriers, stories, apart=apart), BOTH, third) == [(3, [5]), (3, [])]


def test_stories_of_one_batch_are_bridged() -> None:
    """Stories that a batch itself creates are named by the verdicts that create them."""
    one = mark_archived(entry("Boats", guid="1", link="https://a.example/1", published=NOW))
    two = mark_archived(entry("Ferry resumes", guid="2", text=TEXT, published=NOW))
    both = mark_archived(replace(BOTH.entry, guid="3"))
    *_, last = judge(Batch(1, (one, two, both), NOW, imported=True), Known({}, {}, {}))
    assert (last.kind, last.twin, [bridge.twin for bridge in last.bridges]) == ("copy", 0, [1])
