"""Ask a hub (WebSub section 5.1): one form, posted by the one way out."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode, urljoin

from monitor.fetch import Answer, Asker, Request
from monitor.model.fetching import Failed

_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_LIMIT = 100_000
"""How many bytes a hub may answer with; of its words we need none."""

_REDIRECTS = 3
_AGAIN = {HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT}


async def ask_hub(asker: Asker, hub: str, form: Mapping[str, str]) -> str | None:
    """Send a request for a subscription or its end; return why no hub took it, in a sentence.

    A hub may send us on to another one (307, 308), which then gets the form; not from https to http, where
    the secret would be in the open.
    """
    request = Request(hub, "POST", (_FORM,), urlencode(form).encode(), limit=_LIMIT)
    for _ in range(_REDIRECTS + 1):
        answer = await asker.ask(request)
        if isinstance(answer, Failed):
            return answer.detail
        if not (onward := _onward(answer)):
            return None if answer.ok else f"The hub answered {answer.status}."
        if answer.url.startswith("https:") and not onward.startswith("https:"):
            return "The hub redirects from https to http."
        request = replace(request, url=onward)
    return f"There are more than {_REDIRECTS} redirects from hub to hub."


def _onward(answer: Answer) -> str | None:
    location = answer.header("location")
    try:
        return urljoin(answer.url, location) if location and answer.status in _AGAIN else None
    except ValueError:
        return None
