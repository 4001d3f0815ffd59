"""robots.txt (RFC 9309): what a site lets programs read, asked for through the same choke point as all else.

Feeds are published to be polled and are not asked about; article pages are. The only owner of protego.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.fetch import Asker, Request
from monitor.model.fetching import Failed

if TYPE_CHECKING:
    from protego import Protego

_BYTES = 512_000  # a crawler must read 500 KiB of it and may leave the rest (section 2.5)
_KEPT = timedelta(hours=24)  # the longest that it should be kept (section 2.4)
_KEPT_FAILURE = timedelta(minutes=30)
_MOST = 2_000  # sites; rules take a few kB each


@dataclass(slots=True)
class Robots:
    """What sites allow one program; their rules are kept for a day."""

    asker: Asker
    agent: str
    _known: "dict[str, tuple[datetime, Protego | None]]" = field(default_factory=dict)

    async def allows(self, url: str, now: datetime) -> bool | None:
        """Tell whether a page may be asked for; None where its site cannot say so now, and so nobody may.

        A robots.txt that is not there (4xx) allows everything, one that cannot be had (5xx, no answer)
        nothing for now (section 2.3.1).
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        until, rules = self._known.get(site, (now, None))
        if until <= now:
            rules = await self._ask(site)
            self._keep(site, now + (_KEPT if rules else _KEPT_FAILURE), rules)
        return rules.can_fetch(url, self.agent) if rules else None

    async def _ask(self, site: str) -> "Protego | None":
        from protego import Protego

        answer = await self.asker.ask(
            Request(f"{site}/robots.txt", limit=_BYTES, accept="text/plain, */*;q=0.8")
        )
        if isinstance(answer, Failed) or answer.status >= 500:
            return None
        return Protego.parse(answer.body.decode("utf-8", "replace") if answer.ok else "")

    def _keep(self, site: str, until: datetime, rules: "Protego | None") -> None:
        self._known.pop(site, None)
        if len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[site] = until, rules
