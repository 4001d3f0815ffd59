"""An HTTP/1.1 answer as it comes off the wire (RFC 9112): its head, and the pieces of its body.

One connection serves one request, so that all there is to know of a body is where it ends.
"""

import re
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

HEAD_BYTES = 1 << 16  # twice what the largest servers send; nginx and Apache take 8 to 32 kB themselves
HEAD_LINES = 500  # http.client stops at 100, which real sites exceed
_PIECE = 1 << 16
_INTERIM = 10  # answers before the answer (1xx)
_CHUNK_LINE = 1024
_STATUS = re.compile(rb"HTTP/1\.[01] +([1-9][0-9][0-9])(?: .*|)\r?\n", re.DOTALL)
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:[ \t]*([\t -~\x80-\xff]*?)[ \t]*\r?\n")
_FOLDED = re.compile(rb"[ \t]+([\t -~\x80-\xff]*?)[ \t]*\r?\n")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*|)\r?\n", re.DOTALL)
_BODILESS = {204, 304}


class BigHeadError(httpx.RemoteProtocolError):
    """An answer whose head is over its bounds."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and header fields, names in lower case and values as they came."""

    status: int
    fields: list[tuple[bytes, bytes]]

    def values(self, name: bytes) -> list[bytes]:
        """Return every value of a field, by its name in lower case."""
        return [value for key, value in self.fields if key == name]


async def read_head(reader: StreamReader) -> Head:
    """Read the head of the final answer, past those before it; httpx.RemoteProtocolError if there is none."""
    for _ in range(_INTERIM):
        head = await _read_one(reader)
        if head.status >= 200:
            return head
    raise httpx.RemoteProtocolError("interim answers without end")


async def _read_one(reader: StreamReader) -> Head:
    line = await _line(reader)
    if not (match := _STATUS.fullmatch(line)):
        raise httpx.RemoteProtocolError("no status line")
    fields: list[tuple[bytes, bytes]] = []
    size = 0
    while (line := await _line(reader)) not in {b"\r\n", b"\n"}:
        size += len(line)
        if size > HEAD_BYTES or len(fields) >= HEAD_LINES:
            raise BigHeadError("too many headers")
        _take(fields, line)
    return Head(int(match[1]), fields)


def _take(fields: list[tuple[bytes, bytes]], line: bytes) -> None:
    if match := _FIELD.fullmatch(line):
        fields.append((match[1].lower(), match[2]))
    elif fields and (match := _FOLDED.fullmatch(line)):
        name, value = fields[-1]
        fields[-1] = (name, value + b" " + match[1])
    else:
        raise httpx.RemoteProtocolError("a line that is no header")


async def _line(reader: StreamReader) -> bytes:
    """Read one line; the reader's own limit is that of the head."""
    try:
        return await reader.readuntil(b"\n")
    except LimitOverrunError as error:
        raise BigHeadError("a line without end") from error
    except IncompleteReadError as error:
        raise httpx.RemoteProtocolError("the connection ends in the middle") from error
    except OSError as error:
        raise httpx.ReadError("the connection broke off") from error


async def _some(reader: StreamReader, most: int) -> bytes:
    try:
        return await reader.read(most)
    except OSError as error:
        raise httpx.ReadError("the connection broke off") from error


def pieces(reader: StreamReader, head: Head) -> AsyncIterator[bytes]:
    """Return the body's bytes as they come, freed of their chunks (section 6.3 says where a body ends)."""
    if head.status in _BODILESS:
        return _counted(reader, 0)
    if codings := head.values(b"transfer-encoding"):
        if [coding.strip().lower() for coding in codings] != [b"chunked"]:
            raise httpx.RemoteProtocolError("a transfer coding that nobody asked for")
        return _chunks(reader)
    lengths = set(head.values(b"content-length"))
    if not lengths:
        return _rest(reader)
    if len(lengths) > 1 or not (length := lengths.pop()).isdigit() or len(length) > 18:
        raise httpx.RemoteProtocolError("no length")
    return _counted(reader, int(length))


async def _counted(reader: StreamReader, left: int) -> AsyncIterator[bytes]:
    while left:
        piece = await _some(reader, min(left, _PIECE))
        if not piece:
            raise httpx.RemoteProtocolError("the body ends early")
        left -= len(piece)
        yield piece


async def _rest(reader: StreamReader) -> AsyncIterator[bytes]:
    while piece := await _some(reader, _PIECE):
        yield piece


async def _chunks(reader: StreamReader) -> AsyncIterator[bytes]:
    while size := await _chunk_size(reader):
        async for piece in _counted(reader, size):
            yield piece
        if await _line(reader) not in {b"\r\n", b"\n"}:
            raise httpx.RemoteProtocolError("a chunk longer than it says")


async def _chunk_size(reader: StreamReader) -> int:
    line = await _line(reader)
    if len(line) > _CHUNK_LINE or not (match := _SIZE.fullmatch(line)):
        raise httpx.RemoteProtocolError("no size of a chunk")
    return int(match[1], 16)
