"""What every page needs: the monitor it shows, whether polls complete, and how a page is rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.app import App
from monitor.digest.address import language_tag, web_link
from monitor.digest.language import speak
from monitor.metrics import Metrics

Pulse = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Site:
    """The monitor behind the pages; pulse gives None while polls complete, else what is stuck."""

    app: App
    pulse: Pulse
    metrics: Metrics

    def page(self, template: str, /, **shown: Any) -> HTMLResponse:
        """Return a page at the present time."""
        return page(template, now=self.app.clock(), **shown)


async def _site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


Here = Annotated[Site, Depends(_site)]
"""The parameter by which an endpoint is given its site."""


def page(
    template: str, /, status: int = 200, headers: Mapping[str, str] | None = None, **shown: Any
) -> HTMLResponse:
    """Render a template; everything in it is escaped unless it is the template's own markup."""
    return HTMLResponse(_environment().get_template(template).render(shown), status, headers)


def sentence_page(
    status: HTTPStatus, sentence: str, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return a page that says one sentence, for everything that did not work out."""
    return page("sentence.html", status, headers, title=status.phrase, sentence=sentence)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"brief": _brief, "full": speak().moment, "link": web_link, "lang": language_tag}
    return environment


def _brief(when: datetime, now: datetime) -> str:
    return speak().time(when, now.date())
