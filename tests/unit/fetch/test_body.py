"""Bodies are unpacked whole or not at all, and never beyond their bound."""

import asyncio
import gzip
import random
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.body import ACCEPT_ENCODING, collect, unpack, unpack_aside
from monitor.model.fetching import Failed, Reason
from tests.servers.publisher import bomb


def bare_deflate(body: bytes) -> bytes:
    """Pack without the zlib wrapping, as some servers do."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate, identity": bare_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
LIMIT = 100_000


@pytest.mark.parametrize("encoding", PACKERS)
@given(body=st.binary(min_size=1, max_size=2000))
def test_unpacks_what_was_packed(encoding: str, body: bytes) -> None:
    """Every encoding that is offered gives back the body, up to exactly the limit."""
    assert unpack(PACKERS[encoding](body), encoding, len(body)) == body


@pytest.mark.parametrize("encoding", PACKERS)
@given(body=st.binary(min_size=1, max_size=2000), share=st.floats(0, 1, exclude_max=True))
def test_cut_short_is_a_failure(encoding: str, body: bytes, share: float) -> None:
    """A packed body that ends early is refused, not taken for a shorter document."""
    packed = PACKERS[encoding](body)
    wire = packed[: max(1, int(len(packed) * share))]
    assert isinstance(unpack(wire, encoding, LIMIT), Failed)


@pytest.mark.parametrize("encoding", PACKERS)
@given(wire=st.binary(min_size=1, max_size=500))
def test_any_bytes_are_survived(encoding: str, wire: bytes) -> None:
    """Nonsense gives a value, not an exception."""
    assert isinstance(unpack(wire, encoding, LIMIT), bytes | Failed)


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("gzip", bomb(50_000_000)),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("br", brotli.compress(bytes(50_000_000), quality=1)),
        ("zstd", zstd.compress(bytes(50_000_000))),
    ],
)
def test_a_bomb_stays_folded(encoding: str, wire: bytes) -> None:
    """A bomb is too big, and finding out takes a few megabytes at most."""
    tracemalloc.start()
    try:
        failed = unpack(wire, encoding, LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.TOO_BIG
    assert peak < 8_000_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_what_unfolds_beyond_belief_is_refused(encoding: str) -> None:
    """Within any limit, a body over a megabyte that unfolds a thousandfold is a bomb and not a document."""
    failed = unpack(PACKERS[encoding](bytes(5_000_000)), encoding, 10_000_000)
    assert isinstance(failed, Failed)
    assert (failed.reason, "100 times" in failed.detail) == (Reason.TOO_BIG, True)
    assert unpack(PACKERS[encoding](bytes(1_000_000)), encoding, 10_000_000) == bytes(1_000_000)


@pytest.mark.parametrize("size", [1000, 2_000_000])
async def test_much_is_unpacked_in_a_thread(size: int) -> None:
    """Unpacked beside the event loop or on it, a body is the same and its bound holds."""
    body = random.Random(1).randbytes(size // 20) * 20
    assert await unpack_aside(gzip.compress(body), "gzip", size) == body
    failed = await unpack_aside(gzip.compress(body), "gzip", size - 1)
    assert isinstance(failed, Failed)
    assert failed.detail == f"The document is larger than {size - 1} bytes."


async def test_a_large_body_does_not_hold_up_the_loop() -> None:
    """While ten megabytes are unpacked the event loop goes on."""
    wire = gzip.compress(random.Random(1).randbytes(100_000) * 100)
    unpacking = asyncio.create_task(unpack_aside(wire, "gzip", 10_000_000))
    turns = 0
    while not unpacking.done():
        await asyncio.sleep(0)
        turns += 1
    assert isinstance(unpacking.result(), bytes)
    assert turns > 10


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br,gzip", "compress", "gzip;q=1", "aws-chunked"])
def test_unknown_and_stacked_are_refused(encoding: str) -> None:
    """A body packed twice, or in a way nobody asked for, is refused unopened."""
    failed = unpack(gzip.compress(gzip.compress(b"<rss/>")), encoding, LIMIT)
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.ENCODING


@pytest.mark.parametrize("encoding", ["", "identity", " , identity"])
def test_plain_is_plain(encoding: str) -> None:
    """Without an encoding the bytes are the body."""
    assert unpack(b"<rss/>", encoding, LIMIT) == b"<rss/>"


def test_members_and_padding() -> None:
    """Several gzip members or zstd frames are one body; padding after the last gzip member is ignored."""
    assert (
        unpack(gzip.compress(b"<rss>") + gzip.compress(b"</rss>") + bytes(9), "gzip", LIMIT) == b"<rss></rss>"
    )
    assert unpack(zstd.compress(b"<rss>") + zstd.compress(b"</rss>"), "zstd", LIMIT) == b"<rss></rss>"


@pytest.mark.parametrize(
    ("encoding", "member"), [("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstd.compress(b""))]
)
def test_endless_members_are_refused(encoding: str, member: bytes) -> None:
    """Thousands of empty members, which would cost time and give nothing, are refused."""
    failed = unpack(member * 10_000, encoding, LIMIT)
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.ENCODING


def test_a_wide_zstd_window_is_refused() -> None:
    """A frame that asks for more memory than RFC 9659 grants is refused."""
    wide = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options={int(key): value for key, value in wide.items()})
    failed = unpack(packer.compress(b"<rss/>") + packer.flush(), "zstd", LIMIT)
    assert isinstance(failed, Failed)


async def test_collects_up_to_the_limit() -> None:
    """Pieces are joined up to exactly the limit, and one byte more is too big."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"abc"
        yield b"def"

    assert await collect(pieces(), 6) == b"abcdef"
    failed = await collect(pieces(), 5)
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.TOO_BIG


def test_only_what_can_be_bounded_is_offered() -> None:
    """The encodings that servers are told of are those that are unpacked here."""
    assert {name.strip() for name in ACCEPT_ENCODING.decode().split(",")} == {"gzip", "deflate", "br", "zstd"}
