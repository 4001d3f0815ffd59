"""What machines ask: alive, ready, and the counters for Prometheus."""

import logging
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from monitor.store import Store, corpus, halts, health
from monitor.web.site import Here

log = logging.getLogger(__name__)
router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> PlainTextResponse:
    """Say that the process answers."""
    return PlainTextResponse("alive\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
def readyz(site: Here) -> JSONResponse:
    """Say whether the store answers and polls complete."""
    problems = [problem for problem in (_silence(site.app.store), site.pulse()) if problem]
    status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
    return JSONResponse({"ready": not problems, "problems": problems}, status)


def _silence(store: Store) -> str | None:
    try:
        with store.read() as connection:
            corpus.taken_in(connection)
    except Exception:  # whatever keeps the database from answering, the answer is the same
        log.exception("the store does not answer")
        return "the store does not answer; the log says why"
    return None


@router.get("/metrics")
def metrics(site: Here) -> Response:
    """Give the counters, with feeds and incidents counted now; due feeds are counted in their state too."""
    with site.app.store.read() as connection:
        states = health.states(connection, site.app.clock())
        incidents = health.totals(connection)
        site.metrics.stopped.set(halts.standing(connection) is not None)
        site.metrics.gaps.set(health.gaps(connection))
    for kind, count in incidents.items():
        site.metrics.incidents.labels(kind).set(count)
    for state, count in states.items():
        site.metrics.feeds.labels(state).set(count)
    return Response(site.metrics.text(), media_type=CONTENT_TYPE_LATEST)
