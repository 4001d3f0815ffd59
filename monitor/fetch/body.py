"""A body off the wire: collected within a bound, unpacked within a bound.

A small packed body can unfold to anything (a decompression bomb), so that every unpacker here gives out
little at a time and stops at the limit, and a body packed more than once is refused.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

import brotli
from backports import zstd

from monitor.model.fetching import Failed, Reason

ACCEPT_ENCODING = b"gzip, deflate, br, zstd"

_STEP = 1 << 16
_AT_ONCE = 1 << 18  # bytes; take 1 ms, and of brotli, which unpacks a whole window first, 20 at most
_RATIO = 100  # the most over 400 real feeds is 13, a bomb has 1,000 and more
_UNSUSPECTED = 1 << 20  # bytes; below it a body may be as repetitive as it likes
_MEMBERS = 64  # one body may be several packed ones in a row; each costs a copy of the rest
_ZSTD_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}  # RFC 9659: at most 8 MB


class BadPackingError(Exception):
    """Packed bytes that are not what they say, or end early."""


async def collect(pieces: AsyncIterator[bytes], limit: int) -> bytes | Failed:
    """Return the pieces in one, or that they are more than limit bytes."""
    wire = bytearray()
    async for piece in pieces:
        wire += piece
        if len(wire) > limit:
            return too_big(limit)
    return bytes(wire)


def unpack(wire: bytes, content_encoding: str, limit: int) -> bytes | Failed:
    """Return the body that a Content-Encoding header says is packed in wire, at most limit bytes."""
    names = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in _PLAIN]
    if not names or not wire:
        return wire
    if len(names) > 1:
        return Failed(Reason.ENCODING, "The body is packed more than once, which is not unpacked.")
    if names[0] not in _UNPACKERS:
        return Failed(Reason.ENCODING, "The body is packed in a way that was not asked for.")
    try:
        return _bounded(_UNPACKERS[names[0]](wire), limit, max(_UNSUSPECTED, _RATIO * len(wire)))
    except (BadPackingError, zlib.error, brotli.error, zstd.ZstdError):
        return Failed(Reason.ENCODING, f"The body is not whole {names[0]}, although the server says so.")


async def unpack_aside(wire: bytes, content_encoding: str, limit: int) -> bytes | Failed:
    """Unpack a little at once and a lot in a thread, so that the event loop never waits for it."""
    little = min(limit, _AT_ONCE)
    body = unpack(wire, content_encoding, little)
    if little == limit or not isinstance(body, Failed) or body.reason is not Reason.TOO_BIG:
        return body
    return await asyncio.to_thread(unpack, wire, content_encoding, limit)


def too_big(limit: int) -> Failed:
    """Return the failure of a body that is over the limit, in bytes."""
    return Failed(Reason.TOO_BIG, f"The document is larger than {limit} bytes.")


def _bounded(pieces: Iterator[bytes], limit: int, credible: int) -> bytes | Failed:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            return too_big(limit)
        if len(body) > credible:
            return Failed(Reason.TOO_BIG, f"The body unfolds to more than {_RATIO} times its size.")
    return bytes(body)


def _gunzip(wire: bytes) -> Iterator[bytes]:
    """Unpack the members one after another; what follows the last (padding, as a rule) is ignored."""
    for number in range(_MEMBERS):
        if not wire.startswith(b"\x1f\x8b"):
            if number:
                return
            break
        member = zlib.decompressobj(31)
        yield from _inflate(member, wire)
        wire = member.unused_data
    raise BadPackingError


def _deflate(wire: bytes) -> Iterator[bytes]:
    """Unpack zlib, or the bare deflate that some servers send in its place."""
    wrapped = wire[0] & 15 == 8 and int.from_bytes(wire[:2]) % 31 == 0
    return _inflate(zlib.decompressobj(15 if wrapped else -15), wire)


def _inflate(unpacker: "zlib._Decompress", wire: bytes) -> Iterator[bytes]:
    while not unpacker.eof:
        piece = unpacker.decompress(wire, _STEP)
        wire = unpacker.unconsumed_tail
        yield _progress(piece, done=unpacker.eof)


def _unbrotli(wire: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    while not unpacker.is_finished():
        piece = unpacker.process(wire, output_buffer_limit=_STEP)
        wire = b""
        yield _progress(piece, done=unpacker.is_finished())


def _unzstd(wire: bytes) -> Iterator[bytes]:
    for _ in range(_MEMBERS):
        frame = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
        while not frame.eof:
            piece = frame.decompress(wire, _STEP)
            wire = b""
            yield _progress(piece, done=frame.eof)
        if not (wire := frame.unused_data):
            return
    raise BadPackingError


def _progress(piece: bytes, *, done: bool) -> bytes:
    """Return the piece; an unpacker that had all there is and gives nothing was cut short."""
    if not piece and not done:
        raise BadPackingError
    return piece


_PLAIN = {"", "identity"}
_UNPACKERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
