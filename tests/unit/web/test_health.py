"""What machines ask: alive, ready, and the counters."""

import logging
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.app import App
from monitor.metrics import Metrics
from monitor.model.fetching import Document
from monitor.model.polls import Outcome, Polled
from monitor.schedule import next_state
from monitor.store import polls, settling, subscriptions
from tests.builders import NOW
from tests.unit.web.newsroom import COAST, HARBOUR, open_page


async def test_ready(page: httpx.AsyncClient) -> None:
    """While the store answers and polls complete, the page is ready."""
    answer = await page.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "problems": []}


async def test_stuck(newsroom: App) -> None:
    """While polls do not complete it is alive, but not ready, and says why."""
    async with open_page(newsroom, pulse=lambda: "no poll has completed for an hour") as page:
        answer = await page.get("/readyz")
        alive = await page.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "problems": ["no poll has completed for an hour"]}
    assert (alive.status_code, alive.text) == (200, "alive\n")


async def test_silent_store(
    newsroom: App, page: httpx.AsyncClient, room: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without its database the page is not ready; why stands in the log and not in the answer."""
    newsroom.store.close()
    (room / "monitor.db").rename(room / "moved.db")
    (room / "monitor.db").mkdir()
    with caplog.at_level(logging.ERROR):
        answer = await page.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "problems": ["the store does not answer; the log says why"],
    }
    assert "unable to open database file" in caplog.text
    assert (await page.get("/healthz")).status_code == 200


async def test_head(page: httpx.AsyncClient) -> None:
    """Probes that ask for the head only get the same answer without a body."""
    for path in ("/healthz", "/readyz"):
        answer = await page.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_metrics(newsroom: App) -> None:
    """The counters are in Prometheus' format; the feeds are counted when they are asked for."""
    metrics = Metrics()
    metrics.polled(Polled(COAST, "new", 200, bytes=10, new=2), NOW)
    with newsroom.store.write() as lane:
        subscriptions.pause(lane, COAST, paused=True, now=NOW)
        (job,) = polls.lease_named(lane, [HARBOUR], NOW)
        job = replace(job, polls=1)
        state = next_state(job, Document(HARBOUR, b""), Outcome(9), NOW)
        settling.settle(lane, [settling.Settled(job, state)], NOW)
    async with open_page(newsroom, metrics=metrics) as page:
        answer = await page.get("/metrics")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert samples["monitor_polls_total", "new"] == 1
    assert samples["monitor_items_total", "new"] == 2
    counted = {state: samples["monitor_feeds", state] for state in ("ok", "gap", "new", "paused", "due")}
    assert counted == {"ok": 0, "gap": 1, "new": 0, "paused": 1, "due": 0}
    assert (samples["monitor_feed_gaps",], samples["monitor_feed_incidents", "gap"]) == (1, 1)
