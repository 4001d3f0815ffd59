"""Ask a hub (WebSub section 5.1): one form, posted by the one way out."""

from collections.abc import Mapping
from urllib.parse import urlencode

from monitor.fetch import Asker, Request
from monitor.model import Failed

_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_LIMIT = 100_000
"""How many bytes a hub may answer with; of its words we need none."""


async def ask_hub(asker: Asker, hub: str, form: Mapping[str, str]) -> str | None:
    """Send a request for a subscription or its end; return why the hub did not take it, in a sentence."""
    request = Request(hub, "POST", (_FORM,), urlencode(form).encode(), limit=_LIMIT)
    answer = await asker.ask(request)
    if isinstance(answer, Failed):
        return answer.detail
    return None if answer.ok else f"The hub answered {answer.status}."
