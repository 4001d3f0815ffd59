"""The page: what is known, shown to people, without a line of script.

    guard      who may ask: names of the page, login, headers of every answer
    events     what belongs together: a list, and one event with its timeline
    stories    lists, search, one story and why it was shown
    topics     a topic: its trend, another query tried in its place, what people say of its stories
    feeds      how the feeds are; pause, resume, poll now
    digests    what readers get, and what they got
    readers    where links in mails lead: leave a digest, confirm one
    health     what machines ask
    websub     where hubs deliver
    shown      stories as pages show them: outlets, marked words, passages
    site       what every page needs, and how it is rendered
    server     uvicorn in the daemon's event loop

Endpoints are plain functions, which FastAPI runs in threads, since the store blocks.
"""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from asgi_cross_origin_protection import CrossOriginProtection
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from monitor.app import App
from monitor.errors import StoreError, UsageError
from monitor.metrics import Metrics
from monitor.pipeline.pushing import Pushing
from monitor.web import digests, events, feeds, health, readers, stories, topics
from monitor.web.guard import SAFE, KnownHost, Login, SafeHeaders
from monitor.web.server import serve
from monitor.web.site import Pulse, Site, sentence_page
from monitor.web.websub import Callbacks

__all__ = ["create_app", "serve"]

_FROM_ELSEWHERE = "Another site asked for this change, so nothing was changed. Ask for it on the page itself."
_NOT_HERE = "There is no such page. The menu leads to those there are."
_NOT_READABLE = "The address or the form holds a value that cannot be read."
_OUR_FAULT = "This program failed on that request. The log says how; please report it."


def create_app(
    app: App, *, pulse: Pulse, metrics: Metrics, pushing: Callable[[], Pushing | None] = lambda: None
) -> FastAPI:
    """Put the page together; pulse gives None while polls complete, else a sentence on what is stuck.

    pushing gives what takes hubs' deliveries while hubs are asked. The settings that say who may ask ([web],
    public_url) are read here, once.
    """
    application = FastAPI(title="monitor", openapi_url=None, docs_url=None, redoc_url=None)
    application.state.site = Site(app, pulse, metrics)
    for part in (stories, topics, events, feeds, digests, readers, health):
        application.include_router(part.router)
    application.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    _guard(application, app)
    application.add_middleware(Callbacks, pushing=pushing, monitor=app)
    application.add_middleware(SafeHeaders)
    application.add_exception_handler(HTTPException, _refused)
    application.add_exception_handler(RequestValidationError, _unreadable)
    application.add_exception_handler(UsageError, _unknown)
    application.add_exception_handler(StoreError, _stopped)
    application.add_exception_handler(Exception, _failed)
    return application


def _guard(application: FastAPI, app: App) -> None:
    """Put the guards before the pages; the one added last is asked first."""
    public = urlsplit(app.settings.public_url or "")
    application.add_middleware(
        CrossOriginProtection,
        allowed_origins=[f"{public.scheme}://{public.netloc}"] if public.netloc else [],
        deny_app=sentence_page(HTTPStatus.FORBIDDEN, _FROM_ELSEWHERE),
    )
    application.add_middleware(Login, settings=app.settings)
    application.add_middleware(KnownHost, settings=app.settings)


async def _refused(_request: Request, error: Exception) -> HTMLResponse:
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND)
    return sentence_page(status, _NOT_HERE if status is HTTPStatus.NOT_FOUND else f"{status.description}.")


async def _unreadable(_request: Request, _error: Exception) -> HTMLResponse:
    return sentence_page(HTTPStatus.BAD_REQUEST, _NOT_READABLE)


async def _unknown(request: Request, error: Exception) -> HTMLResponse:
    status = HTTPStatus.NOT_FOUND if request.method == "GET" else HTTPStatus.CONFLICT
    return sentence_page(status, f"{error}.")


async def _stopped(_request: Request, error: Exception) -> HTMLResponse:
    return sentence_page(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}.")


async def _failed(_request: Request, _error: Exception) -> HTMLResponse:
    return sentence_page(HTTPStatus.INTERNAL_SERVER_ERROR, _OUR_FAULT, SAFE)
