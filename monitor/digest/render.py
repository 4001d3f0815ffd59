"""A digest as a message: composed once for all who see it alike, and made each reader's own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import escape

from monitor.digest.address import web_link
from monitor.digest.excerpt import one_line, shorten
from monitor.digest.language import Language
from monitor.digest.mail import list_headers
from monitor.digest.plain import plain, wrapped
from monitor.digest.showing import LEAVE, Room, events, headlines, name, show
from monitor.digest.shown import Page, Shown
from monitor.model.digests import OWN, Bodies, Digest, Message, Recipient

LARGEST = 100_000
"""How large a page may be, in bytes: Gmail cuts off what is over 102 kB."""

_OWN = 4_000
"""Room for what is a reader's own: an address and a link, escaped."""

_MOST = 400
"""More events than this never fit into a page."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest as all see it who have its topics, language, clock and past in common.

    Its bodies have OWN where each reader's own stands.
    """

    digest: str
    title: str
    sender: str
    subject: str
    bodies: Bodies
    say: Language
    page: Page

    def own(self, address: str, token: str) -> Bodies:
        """Return what is one reader's own; without a token there is no link to unsubscribe."""
        leave = self._leave(token)
        why = self.say.why(self.title, one_line(address))
        last = wrapped(why) + (f"\n{self.say.unsubscribe}: {leave}" if leave else "")
        link = (
            f' <a href="{escape(leave)}" style="color: #12437c">{self.say.unsubscribe}</a>.' if leave else ""
        )
        return Bodies(last, f"{escape(why)}{link}")

    def _leave(self, token: str) -> str | None:
        return self.page.at(f"{LEAVE}/{token}") if token else None

    def mail(self, address: str, token: str, *, message_id: str, date: datetime) -> Message:
        """Return it as the mail of one reader."""
        bodies = self.bodies.filled(self.own(address, token))
        return Message(
            message_id=message_id,
            sender=one_line(self.sender),
            to=one_line(address),
            subject=self.subject,
            text=bodies.text,
            html=bodies.html,
            date=date,
            headers=list_headers(self.digest, message_id, self.sender, self._leave(token)),
        )


def edition(digest: Digest, reader: Recipient, *, sender: str, public_url: str | None) -> Edition:
    """Return a digest in a reader's language and on their clock, small enough for every mail program."""
    rooms = _rooms(digest)
    page = Page(web_link(public_url))
    shown, html = _try(digest, reader, next(rooms), page)
    while len(html.encode()) >= LARGEST - _OWN and (room := next(rooms, None)) is not None:
        shown, html = _try(digest, reader, room, page)
    subject, text = _subject(digest, shown.say), plain(shown)
    return Edition(digest.plan.name, name(digest), sender, subject, Bodies(text, html), shown.say, page)


def render(
    digest: Digest,
    reader: Recipient,
    *,
    sender: str,
    message_id: str,
    date: datetime,
    public_url: str | None,
    token: str = "",
) -> Message:
    """Return the mail of a digest for one reader; by the token links know them."""
    made = edition(digest, reader, sender=sender, public_url=public_url)
    return made.mail(reader.address, token, message_id=message_id, date=date)


def _rooms(digest: Digest) -> Iterator[Room]:
    """Yield how much a topic may show, to be tried until the page is small enough."""
    rooms = (
        Room(15, 60, 12),
        Room(15, 25),
        Room(10, 25),
        Room(6, 12),
        Room(3, 8),
        Room(1, 4),
        Room(0, 3),
        Room(0, 1),
    )
    yield from (room for room in rooms if events(digest, room) <= _MOST)
    yield Room(0)


def _try(digest: Digest, recipient: Recipient, room: Room, page: Page) -> tuple[Shown, str]:
    shown = replace(show(digest, recipient, room, page), why=OWN)
    return shown, _page(digest, shown)


def _subject(digest: Digest, say: Language) -> str:
    first = next((shorten(title, 100) for title in headlines(digest, say, 1)), None)
    return say.subject(name(digest), first, events(digest) - 1)


def _page(digest: Digest, shown: Shown) -> str:
    preview = " · ".join(headlines(digest, shown.say, 4)[1:]) or shown.total
    html = _template().render(shown=shown, preview=shorten(preview, 200), say=shown.say)
    return CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(html)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("monitor", "digest/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("digest.html")
