"""One story in twenty feeds, polled by four processes at once: one story and nineteen copies."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.builders import entry
from tests.e2e.program import ended, started
from tests.e2e.scene import Scene, publish
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.processes

FEEDS, PROCESSES = 20, 4
TITLE = "Ferry leaves Northport after three stormy days"
TEXT = (
    "The first ferry in three days left Northport this morning with sixty passengers on board, the "
    "harbour master "
    "Anna Lind said, after the storm that had closed the strait since Monday. Two more crossings are "
    "planned for the "
    "afternoon if the wind does not rise again. The islands had been cut off from the mainland, and "
    "shops in Karlsby "
    "had begun to run out of bread."
)
SAID = (
    (TITLE, TEXT),
    (f"UPDATE 1-{TITLE}", f"NORTHPORT, March 2 (Agency) - {TEXT}"),
    (
        "First ferry reaches the islands",
        f"{TEXT} Sign up for our newsletter to get more of this every morning.",
    ),
    (f"{TITLE} | The Outlet", TEXT),
    (f"WATCH: {TITLE}", TEXT[: len(TEXT) * 3 // 4]),
)


def test_four_processes_make_one_story_of_twenty_feeds(tmp_path: Path, database: str) -> None:
    """Each feed brings the story as its outlet edited it; whoever judges first, the others' are copies."""
    scene = Scene(tmp_path)
    with Publisher() as publisher, ExitStack() as stack:
        feeds = []
        for number in range(FEEDS):
            title, text = SAID[number % len(SAID)]
            link = f"https://outlet{number}.example/{number}"
            one = entry(title, guid=f"{number}", link=link, text=text)
            feeds.append(publish(publisher, f"/{number}", one))
        scene.configure(feeds)
        environ = {"MONITOR_STORE__URL": database}
        running = [
            stack.enter_context(
                started(
                    "--config", scene.config, "poll", *feeds[number::PROCESSES], "--json", environ=environ
                )
            )
            for number in range(PROCESSES)
        ]
        ran = [ended(process) for process in running]
        with started("--config", scene.config, "export", environ=environ) as process:
            stories = [one for one in ended(process).records if not one["seed"]]
    summaries = [one.records[-1]["summary"] for one in ran]
    assert [one.code for one in ran] == [0] * PROCESSES, [one.err for one in ran]
    assert (sum(one["new"] for one in summaries), sum(one["copies"] for one in summaries)) == (1, FEEDS - 1)
    assert [len(one["copies"]) for one in stories] == [FEEDS]
