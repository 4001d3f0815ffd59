"""Topics from the first try of a query to a person's last word, by the program as a person uses it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import clock
from monitor.corpus.exporting import written
from tests.e2e.program import started, until
from tests.e2e.scene import Scene

SEED = "# Ferry to the northern islands halted by storm\n\nThe ferry will not sail to the northern islands.\n"
TOPICS = """
[seeds]
path = "seeds"
[[topics]]
name = "ferries"
title = "Ferries"
query = "{query}"
[[topics]]
name = "sailing"
title = "Sailing"
seeds = ["ferry.md"]
"""
TITLES = (
    "Ferry to the northern islands resumes after the storm",
    "Council votes on the school budget for next year",
    "Harbour master retires after forty years of service",
)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Make a folder with a seed, two topics and three stories."""
    here = Scene(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "ferry.md").write_text(SEED, "utf-8")
    here.configure(more=TOPICS.format(query="ferry"))
    now = clock.now()
    records = (
        {
            "id": str(nth),
            "source": f"outlet{nth}",
            "title": title,
            "published": written(now - timedelta(hours=nth)),
        }
        for nth, title in enumerate(TITLES)
    )
    (tmp_path / "archive.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    assert here.monitor("import", tmp_path / "archive.jsonl").code == 0
    return here


def _on(scene: Scene, topic: str) -> dict[str, dict[str, object]]:
    return {
        story["title"]: tag
        for story in scene.monitor("export").records
        if not story["seed"]
        for tag in story["topics"]
        if tag["topic"] == topic
    }


def test_a_query_is_tried_before_it_is_trusted(scene: Scene) -> None:
    """It says how many match, which words, and what it would add to a topic and drop from it."""
    shown = scene.monitor("topics", "test", "council OR harbour", "--topic", "ferries")
    assert shown.code == 0
    assert "2 match" in shown.out
    assert "[Council] votes" in shown.out
    assert "2 would be added to ferries" in shown.out
    assert "1 would be dropped from ferries" in shown.out
    lines = scene.monitor("topics", "test", "council", "--json").records
    assert lines[0] == {"summary": {"match": 1, "more": False}}
    assert lines[1]["title"] == TITLES[1]
    assert [one["matched"] for one in lines[1]["matched"]] == ["Council"]
    assert lines[-1]["total"] == 1
    assert sum(day["stories"] for day in lines[-1]["days"]) == 1
    assert scene.monitor("topics", "test", "(council").code == 2


def test_seeds_tag_and_rank_every_story(scene: Scene) -> None:
    """An import tags by likeness too; every story has a rank, the one like the seed is first."""
    assert _on(scene, "sailing").keys() == {TITLES[0]}
    (given,) = _on(scene, "sailing").values()
    assert given["evidence"][0]["seed"] == "ferry.md"  # type: ignore[index]  # a record
    ranked = scene.monitor("topics", "rank", "sailing", "--json").records
    assert len(ranked) == len(TITLES)
    assert ranked[0]["title"] == TITLES[0]
    assert [one["score"] for one in ranked] == sorted((one["score"] for one in ranked), reverse=True)


def test_an_edited_topic_is_applied_by_a_command(scene: Scene) -> None:
    """The archive has the tags of the new query, back-applied, and the list says that it is done."""
    scene.configure(more=TOPICS.format(query="council"))
    before = {one["topic"]: one["applied"] for one in scene.monitor("topics", "list", "--json").records}
    assert before == {"ferries": 0.0, "sailing": 1.0}
    assert "so far" in scene.monitor("topics", "list").out
    done = scene.monitor("topics", "retag", "ferries", "--json")
    assert done.records == [{"topic": "ferries", "stories": 1}]
    assert "100%" in done.err
    (title,) = _on(scene, "ferries")
    assert title == TITLES[1]
    assert _on(scene, "ferries")[title]["back_applied"] is True
    assert all(one["applied"] == 1 for one in scene.monitor("topics", "list", "--json").records)
    assert "1 story bears its tag" in scene.monitor("topics", "retag").out


def test_a_person_has_the_last_word(scene: Scene) -> None:
    """Marked off, a story loses the tag; `why` and the list of marks say who said so; undone, it is back."""
    story = next(one["id"] for one in scene.monitor("stories", "--json").records if one["title"] == TITLES[0])
    assert (
        f"{story} is not on ferries"
        in scene.monitor("topics", "mark", "ferries", story, "--off", "--by", "ann").out
    )
    assert _on(scene, "ferries") == {}
    why = scene.monitor("why", story)
    assert "It is off ferries for good: ann said so" in why.out
    assert "Its likeness is" in why.out
    (mark,) = scene.monitor("topics", "marks", "ferries", "--json").records
    assert (mark["story"], mark["on"], mark["by"]) == (story, False, "ann")
    assert "ann" in scene.monitor("topics", "marks", "ferries").out
    (record,) = scene.monitor("topics", "mark", "ferries", story, "--undo", "--json").records
    assert {tag["topic"] for tag in record["topics"]} == {"ferries", "sailing"}
    refused = scene.monitor("topics", "mark", "ferries", story, "--on", "--off")
    assert (refused.code, "say one of" in refused.err) == (2, True)


def test_what_waits_is_told(scene: Scene) -> None:
    """`why` says for how many outlets a tag waits, and how many there are."""
    scene.configure(more=TOPICS.format(query="ferry sources:>=3"))
    scene.monitor("topics", "retag", "ferries")
    story = next(one["id"] for one in scene.monitor("stories", "--json").records if one["title"] == TITLES[0])
    assert (
        "It waits to be on ferries until 3 outlets carry its event; 1 does."
        in scene.monitor("why", story).out
    )
    (wait,) = scene.monitor("why", story, "--json").records[0]["waits"]
    assert (wait["rest"], wait["outlets"]) == ("sources:>=3", 1)


def test_a_trend_is_counted(scene: Scene) -> None:
    """The trend of a topic has its story, and no burst."""
    (record,) = scene.monitor("topics", "trend", "ferries", "--json").records
    assert sum(day["stories"] for day in record["days"]) == 1
    assert (len(record["hours"]), record["bursts"]) == (48, [])
    assert "Nothing is rising" in scene.monitor("topics", "trend", "ferries").out


@pytest.mark.processes
def test_the_daemon_applies_an_edited_topic_by_itself(scene: Scene) -> None:
    """Started with another query, it tags the archive anew without being asked."""
    scene.configure(more=TOPICS.format(query="council") + '[web]\nlisten = "127.0.0.1:0"\n')
    with started("--config", scene.config, "run"):
        assert until(lambda: _on(scene, "ferries").keys() == {TITLES[1]}, "the topic to be applied")
