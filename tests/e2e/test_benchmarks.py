"""The benchmarks run: with few feeds and no peers, so that they are there when somebody wants to know."""

import gzip
import http.client
import re
import sys
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from monitor import clock
from tests.benchmarks import fleet, peers, polling
from tests.benchmarks.documents import item
from tests.benchmarks.measuring import Cost, run
from tests.benchmarks.server import Plan, Stage, serving
from tests.e2e.program import CEILING

pytestmark = pytest.mark.processes


def test_a_poll_is_measured_and_its_stories_counted() -> None:
    """Every poll of our own costs something, and the table and the memory's bar come out of it."""
    costs = peers.measure(feeds=4, items=3, names=["monitor"])
    assert {poll for _, poll in costs} == set(peers.POLLS)
    assert all(cost.wall > 0 and cost.cpu > 0 and cost.memory > 0 for cost in costs.values())
    assert len(list(peers.table(peers.medians([costs]), ["monitor"]))) == 2 + len(peers.POLLS)
    assert next(iter(peers.verdicts(costs, ["monitor"]))).startswith("memory: ")


def test_a_bar_is_met_or_not() -> None:
    """Each bar whose peer was measured is judged by the wall time."""
    costs = {
        (name, poll): Cost(wall, 1.0, 1)
        for name, wall in (("monitor", 0.4), ("reader", 1.0))
        for poll in peers.POLLS
    }
    said = list(peers.verdicts(costs, ["monitor", "reader"]))
    assert [line.partition(" of ")[0] for line in said[:3]] == [
        "first: 0.400",
        "304: 0.400",
        "one new: 0.400",
    ]
    assert [line.rpartition(": ")[2] for line in said] == ["met", "met", "NOT MET", "met"]


def test_a_command_that_fails_is_not_measured() -> None:
    """A contender that dies is no quick contender."""
    with pytest.raises(RuntimeError, match="out of order"):
        run([sys.executable, "-c", "raise SystemExit('out of order')"])


_ORPHAN = """
import subprocess, sys
busy = "import time\\nwhile time.process_time() < 0.5: pass\\nprint(flush=True)\\ntime.sleep(1)"
print(subprocess.Popen([sys.executable, "-c", busy], stdout=subprocess.PIPE).stdout.readline())
__import__("time").sleep(0.5)
"""


def test_the_work_of_every_process_counts() -> None:
    """A process that nobody waits for has its CPU in the cost."""
    assert run([sys.executable, "-c", _ORPHAN]).cpu >= 0.5


def test_every_kind_of_poll_has_its_stages(capsys: pytest.CaptureFixture[str]) -> None:
    """The table has a row for each kind, with the share of each stage."""
    polling.main(2, 3)
    table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert [line.split("|")[1].strip() for line in table[1:]] == list(polling.KINDS)
    assert all(len(re.findall(r"\d+%", line)) == len(polling.STAGES) for line in table[1:])


def test_a_fleet_is_watched() -> None:
    """Every due poll is counted as made or missed, and the lag of the daemon's loop is known."""
    seen = fleet.sail(fleet.Fleet(feeds=2, hosts=2, every=1, seconds=4, kept=3, lead=timedelta()))
    assert len(seen.late) + seen.missed == 2
    assert 0 <= seen.lag["p50"] <= seen.lag["p99"] <= seen.lag["max"]


def _ask(url: str, **headers: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=CEILING)) as connection:
        connection.request("GET", parts.path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_the_server_shows_what_it_is_told() -> None:
    """Validators that still hold get 304 but where there is none; a new stage is another document."""
    held = {"If-None-Match": '"1-0"'}
    with serving(Plan(feeds=2, items=2, prepared=(Stage.OLD,))) as server:
        url = server.urls[1]
        status, old = _ask(url)
        assert (status, old.count(b"<entry>")) == (200, 2)
        assert gzip.decompress(_ask(url, **{"Accept-Encoding": "gzip"})[1]) == old
        assert _ask(url, **held) == (304, b"")
        server.show(Stage.NEW)
        assert _ask(url, **held)[0] == 200
        server.show(Stage.SAME)
        status, new = _ask(url, **{"If-None-Match": '"1-1"'})
        assert (status, new != old) == (200, True)


def test_no_two_items_are_alike() -> None:
    """Feeds and items of any number have titles and bodies of their own, the same in every run."""
    start = clock.now()
    items = [item(feed, number, start) for feed in range(4) for number in range(30)]
    assert len({re.sub(r"\d+", "", one) for one in items}) == len(items)
    assert item(3, 7, start) == items[3 * 30 + 7]
