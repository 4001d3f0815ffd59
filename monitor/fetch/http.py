"""A question to the web: its turn, its redirects, its deadline, and the answer; a feed's conditional GET."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus

import httpx

from monitor.errors import MonitorError
from monitor.fetch import Answer, FetchOptions, Request, Turns
from monitor.fetch.body import ACCEPT_ENCODING, collect, too_big, unpack_aside
from monitor.fetch.gate import Gate, ShutError
from monitor.fetch.guard import Guard
from monitor.fetch.hops import Fields, Hop, first_hop, next_hop
from monitor.fetch.meaning import fresh_for, links, refusal, validators
from monitor.fetch.names import Names
from monitor.fetch.troubles import TROUBLES, trouble
from monitor.fetch.wire import PROXY, Wire
from monitor.hosts import site_of
from monitor.model.fetching import Document, Failed, Fetched, Job, NotModified, Reason, Validators

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
_REFUSAL = 1 << 16  # bytes of the body of an answer without success; nobody reads more of an excuse
_CLOSED = Failed(Reason.REFUSED, "The host asked for a pause, for which this address was not asked.")


@asynccontextmanager
async def open_http(options: FetchOptions) -> AsyncIterator["HttpFetch"]:
    """Return what fetches, which neither proxies nor logins of the environment reach.

    SSL_CERT_FILE and SSL_CERT_DIR name certificates to trust in the place of certifi's. Connecting gets a
    third of a fetch's time; the rest has no bounds of its own, only the deadline.
    """
    trusted = await asyncio.to_thread(_trusted)
    names = Names()
    guard = Guard(names, options.allow_private)
    try:
        async with Wire(guard, trusted, options.timeout.total_seconds() / 3) as wire:
            yield HttpFetch(wire, options)
    finally:
        names.close()


def _trusted() -> ssl.SSLContext:
    """Return what certificates are checked by, which takes a tenth of a second to make."""
    try:
        context = httpx.create_ssl_context()
    except OSError as error:
        raise MonitorError(f"The certificates that SSL_CERT_FILE names cannot be read: {error}.") from error
    context.set_alpn_protocols(["http/1.1"])
    return context


@dataclass(frozen=True, slots=True)
class _Question:
    """What is the same on every hop; excuses says whether bodies of answers without success are read."""

    common: Fields
    limit: int
    excuses: bool


class HttpFetch:
    """Asks over HTTP: waits for the host's turn, then asks with one deadline for all of it."""

    def __init__(self, transport: httpx.AsyncBaseTransport, options: FetchOptions) -> None:
        self._transport = transport
        self._options = options
        self._seconds = options.timeout.total_seconds()
        turns = Turns(options.per_host, options.per_host_delay)
        self._gate = Gate(turns, options.hosts, concurrency=options.concurrency)

    async def __call__(self, job: Job) -> Fetched:
        """Return the feed's document, that it has not changed, or why there is none."""
        request = Request(job.asked, options=job.options, accept=_ACCEPT)
        question = self._question(request, _conditions(job.validators), excuses=False)
        answer = await self._asked(request, question)
        return answer if isinstance(answer, Failed) else _polled(answer, job.validators)

    async def ask(self, request: Request) -> Answer | Failed:
        """Return the answer to a request, or why there is none."""
        return await self._asked(request, self._question(request, (), excuses=True))

    def _question(self, request: Request, conditions: Fields, *, excuses: bool) -> _Question:
        agent = request.options.user_agent or self._options.user_agent
        common = (
            (b"user-agent", agent.encode()),
            (b"accept", request.accept.encode()),
            (b"accept-encoding", ACCEPT_ENCODING),
            (b"connection", b"close"),
            *conditions,
        )
        most = self._options.max_bytes
        return _Question(common, most if request.limit is None else min(request.limit, most), excuses)

    async def _asked(self, request: Request, question: _Question) -> Answer | Failed:
        """Go from host to host, each at its turn; the waits do not count into the deadline."""
        clock = asyncio.get_running_loop().time
        step: Hop | Answer | Failed = first_hop(request)
        left = self._seconds
        while isinstance(step, Hop):
            try:
                async with self._gate.enter(site_of(step.url.host)):
                    began = clock()
                    step = await self._in_time(step, question, left)
                    left -= clock() - began
            except ShutError as error:
                return replace(_CLOSED, postponed=error.left)
        return step

    async def _in_time(self, hop: Hop, question: _Question, left: float) -> Hop | Answer | Failed:
        try:
            async with asyncio.timeout(left):
                return await self._at_one_site(hop, question)
        except TimeoutError:
            return Failed(Reason.TIMEOUT, f"No whole answer came within {self._seconds:g} seconds.")
        except TROUBLES as error:
            return trouble(error)

    async def _at_one_site(self, hop: Hop, question: _Question) -> Hop | Answer | Failed:
        """Follow the redirects that stay with the host whose turn it is."""
        site = site_of(hop.url.host)
        step: Hop | Answer | Failed = hop
        while isinstance(step, Hop) and site_of(step.url.host) == site:
            step = await self._step(step, question)
        if isinstance(step, Answer) and step.status in _PAUSES and (wait := refusal(step).retry_after):
            self._gate.shut(site, wait)
        return step

    async def _step(self, hop: Hop, question: _Question) -> Hop | Answer | Failed:
        response = await self._transport.handle_async_request(_written(hop, question))
        try:
            answer = _bodiless(hop, response)
            onward = next_hop(hop, answer.status, answer.header("location"))
            return await self._whole(answer, response, question) if onward is None else onward
        finally:
            await response.aclose()

    async def _whole(self, answer: Answer, response: httpx.Response, question: _Question) -> Answer | Failed:
        if answer.status == HTTPStatus.NOT_MODIFIED or not (answer.ok or question.excuses):
            return answer
        body = await _body(answer, response, question.limit if answer.ok else min(question.limit, _REFUSAL))
        if isinstance(body, Failed):
            return replace(body, http=answer.status) if answer.ok else answer
        return replace(answer, body=body)


_PAUSES = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def _written(hop: Hop, question: _Question) -> httpx.Request:
    """Return a hop's whole request: given a stream, httpx does not go through the headers again."""
    fields = {b"host": hop.url.netloc, **dict(question.common), **dict(hop.private)}
    if hop.method == "POST":
        fields[b"content-length"] = b"%d" % len(hop.body)
    return httpx.Request(
        hop.method,
        hop.url,
        headers=list(fields.items()),
        stream=httpx.ByteStream(hop.body),
        extensions={PROXY: hop.proxy} if hop.proxy else {},
    )


def _bodiless(hop: Hop, response: httpx.Response) -> Answer:
    """Return the head of an answer; a success or 304 at the end of permanent redirects moves the address."""
    status = response.status_code
    fields = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw
    )
    moved_to = hop.moved_to if response.is_success or status == HTTPStatus.NOT_MODIFIED else None
    return Answer(str(hop.url), status, fields, moved_to=moved_to, withheld=hop.withheld)


async def _body(answer: Answer, response: httpx.Response, limit: int) -> bytes | Failed:
    length = answer.header("content-length") or ""
    if length.isdecimal() and len(length) <= 18 and int(length) > limit:
        return too_big(limit)
    wire = await collect(response.aiter_raw(), limit)
    if isinstance(wire, Failed):
        return wire
    packing = ",".join(value for name, value in answer.headers if name == "content-encoding")
    return await unpack_aside(wire, packing, limit)


def _polled(answer: Answer, held: Validators) -> Fetched:
    """Return what an answer to a conditional request means; a 304 keeps what it does not repeat."""
    given = validators(answer)
    if answer.status == HTTPStatus.NOT_MODIFIED and held != Validators():
        kept = Validators(given.etag or held.etag, given.last_modified or held.last_modified)
        return NotModified(kept, fresh_for=fresh_for(answer), moved_to=answer.moved_to)
    if not answer.ok:
        return refusal(answer)
    if not answer.body:
        return Failed(Reason.EMPTY, "The answer is empty.", answer.status)
    return Document(
        url=answer.url,
        body=answer.body,
        content_type=answer.header("content-type"),
        validators=given,
        http=answer.status,
        fresh_for=fresh_for(answer),
        moved_to=answer.moved_to,
        hubs=links(answer, "hub"),
        topic=next(iter(links(answer, "self")), None),
    )


def _conditions(held: Validators) -> Fields:
    pairs = ((b"if-none-match", held.etag), (b"if-modified-since", held.last_modified))
    return tuple((name, value.encode("latin-1", "replace")) for name, value in pairs if value)
