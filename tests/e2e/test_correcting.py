"""`monitor story merge`, `split`, `rulings`: what a person types, and what every command says afterwards."""

from pathlib import Path

import pytest

from tests.e2e.scene import TOPIC, Scene, item, publish
from tests.servers.publisher import Publisher


@pytest.fixture
def polled(tmp_path: Path) -> Scene:
    """Return a store after one poll of two feeds with a story each."""
    scene = Scene(tmp_path)
    with Publisher() as publisher:
        harbour = publish(publisher, "/harbour", item(1, "Ferry resumes after storm"))
        meridian = publish(publisher, "/meridian", item(2, "Boats sail again", outlet="meridian"))
        scene.configure([harbour, meridian], TOPIC)
        assert [scene.monitor("poll", feed).code for feed in (harbour, meridian)] == [0, 0]
    return scene


def ids(scene: Scene) -> list[str]:
    """Return the ids of the stories, in order."""
    return sorted((record["id"] for record in scene.monitor("export").records), key=lambda one: int(one[1:]))


def test_stories_are_merged_and_parted_again(polled: Scene) -> None:
    """A merge, its account under either id, and the split that it tells how to take back."""
    first, second = ids(polled)
    merged = polled.monitor("story", "merge", first, second, "--by", "Anna", "--note", "one ship")
    assert (merged.code, merged.out.splitlines()[0]) == (
        0,
        f"{second}: now part of {first}, which has 2 copies.",
    )
    for command in ("show", "why"):
        assert polled.monitor(command, second, "--json").records[0]["id"] == first
    why = polled.monitor("why", second).out
    assert f"{second} was merged into it: Anna said so on " in why
    assert "(one ship)" in why
    assert "\n2. " in why
    (listed,) = polled.monitor("story", "rulings", "--json").records
    assert (listed["kind"], listed["stories"], listed["note"]) == ("same", [first], "one ship")

    parted = polled.monitor("story", "split", first, "--copy", "2", "--by", "Anna")
    third = ids(polled)[1]
    assert parted.out == f"{third}: split off {first}. `monitor story merge {first} {third}` takes it back.\n"
    assert third not in {first, second}
    (account,) = polled.monitor("why", third, "--json").records
    assert [change["kind"] for change in account["changes"]] == ["merge", "split"]
    assert [ruling["stories"] for ruling in account["rulings"]] == [[first, third]]
    assert f"{first}, Ferry resumes after storm, is not {third}, Boats sail again: Anna, " in (
        polled.monitor("story", "rulings").out
    )


def test_corrections_give_records(polled: Scene) -> None:
    """With --json both write the stories that came of it, as an export has them."""
    first, second = ids(polled)
    (made,) = polled.monitor("story", "merge", second, first, "--json").records
    assert (made["id"], [copy["rule"] for copy in made["copies"]]) == (first, ["first", "person"])
    halves = polled.monitor("story", "split", first, "--copy", made["copies"][1]["url"], "--json").records
    assert [half["id"] for half in halves] == ids(polled)
    assert "one story" not in polled.monitor("story", "rulings").out


def test_what_cannot_be_done_ends_with_two(polled: Scene) -> None:
    """Wrong ids and copies are wrong use, each with a sentence."""
    first, _ = ids(polled)
    for words, sentence in {
        ("merge", first, "s99"): "there is no story s99",
        ("merge", first): "name two stories or more",
        ("split", first, "--copy", "1"): "has only one copy",
        ("split", first, "--copy", "7"): "has no copy 7",
    }.items():
        ran = polled.monitor("story", *words)
        assert (ran.code, ran.out) == (2, "")
        assert sentence in ran.err
