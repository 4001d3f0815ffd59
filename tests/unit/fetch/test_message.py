"""Answers are read as RFC 9112 has them, forgiving what is harmless and refusing what is ambiguous."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.message import HEAD_BYTES, HEAD_LINES, BigHeadError, Head, pieces, read_head


def read(wire: bytes) -> tuple[Head, bytes]:
    """Read a whole answer off a wire that ends after these bytes."""

    async def work() -> tuple[Head, bytes]:
        reader = asyncio.StreamReader(limit=HEAD_BYTES)
        reader.feed_data(wire)
        reader.feed_eof()
        head = await read_head(reader)
        return head, b"".join([piece async for piece in pieces(reader, head)])

    return asyncio.run(work())


def test_a_plain_answer() -> None:
    """Status, fields in lower case with their values as they came, and the body up to its length."""
    head, body = read(b'HTTP/1.1 200 OK\r\nETag:\t"a  b" \r\nContent-Length: 3\r\n\r\nabcdef')
    assert head == Head(200, [(b"etag", b'"a  b"'), (b"content-length", b"3")])
    assert body == b"abc"


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"HTTP/1.0 200 OK", 200),
        (b"HTTP/1.1 200", 200),
        (b"HTTP/1.1 200 ", 200),
        (b"HTTP/1.1 999 N\xe9e", 999),
    ],
)
def test_status_lines(start: bytes, status: int) -> None:
    """HTTP/1.0, no phrase, an odd phrase and an odd status are read."""
    assert read(start + b"\r\n\r\n")[0].status == status


@pytest.mark.parametrize(
    "start",
    [b"", b"\r\n", b"ICY 200 OK", b"HTTP/2 200", b"HTTP/1.1 20", b"HTTP/1.1 2000", b"HTTP/1.1 OK", b"<rss/>"],
)
def test_other_beginnings_are_refused(start: bytes) -> None:
    """What does not begin as HTTP/1 is not an answer."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(start + b"\r\n\r\n")


def test_bare_line_feeds_and_folded_lines() -> None:
    """Lines may end in LF alone, and a value may go on in the next line (both obsolete, both seen)."""
    head, body = read(b"HTTP/1.1 200 OK\nLink: <a>;\n  rel=hub\nContent-Length: 1\n\nx")
    assert head.values(b"link") == [b"<a>; rel=hub"]
    assert body == b"x"


@pytest.mark.parametrize(
    "line",
    [b"no colon", b": no name", b"a b: c", b"a: b\x00c", b"a: b\rc", b"a: \x1b[1m", b"\x80: b", b" folded"],
)
def test_lines_that_are_no_header(line: bytes) -> None:
    """A line that is no field, or holds a control character, spoils the answer."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("headers", "fits"),
    [
        (b"a: b\r\n" * HEAD_LINES, True),
        (b"a: b\r\n" * (HEAD_LINES + 1), False),
        (b"a: " + b"b" * (HEAD_BYTES - 10) + b"\r\n", True),
        (b"a: " + b"b" * HEAD_BYTES + b"\r\n", False),
        ((b"a: " + b"b" * 1000 + b"\r\n") * 66, False),
    ],
)
def test_a_head_is_bounded(headers: bytes, fits: bool) -> None:
    """As many lines and bytes as are allowed are read, and one more is not."""
    wire = b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n"
    if fits:
        assert read(wire)[0].fields
    else:
        with pytest.raises(BigHeadError):
            read(wire)


def test_interim_answers_are_passed_over() -> None:
    """What comes before the answer (100, 103) is not the answer, and does not come for ever."""
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
    assert read(interim * 9 + b"HTTP/1.1 204 No Content\r\n\r\n")[0] == Head(204, [])
    with pytest.raises(httpx.RemoteProtocolError):
        read(interim * 10 + b"HTTP/1.1 204 No Content\r\n\r\n")


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=20), st.sampled_from([b"", b"; a=b", b" "]))
def test_chunks_are_joined(chunks: list[bytes], extension: bytes) -> None:
    """A body in chunks is the body, whatever stands beside their sizes and after the last."""
    packed = b"".join(b"%X%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + packed + b"0\r\nTrailer: x\r\n\r\n"
    assert read(wire)[1] == b"".join(chunks)


@pytest.mark.parametrize(
    "wire",
    [
        b"Content-Length: 3\r\n\r\nab",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 1, 1\r\n\r\na",
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"Content-Length: +1\r\n\r\na",
        b"Content-Length: 99999999999999999999\r\n\r\na",
        b"Content-Length: \xb2\r\n\r\na",
        b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nab",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 2000 + b"\r\na\r\n0\r\n\r\n",
    ],
)
def test_bodies_without_a_sure_end_are_refused(wire: bytes) -> None:
    """A body that ends early, or of which it is not certain where it ends, is no body."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(b"HTTP/1.1 200 OK\r\n" + wire)


def test_where_a_body_ends() -> None:
    """304 and 204 have none, chunks go before a length, and without either it is all that comes."""
    assert read(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")[1] == b""
    both = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    assert read(both)[1] == b"a"
    assert read(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 200_000)[1] == b"a" * 200_000
    assert read(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na")[1] == b"a"


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_survived(head: bytes, body: bytes) -> None:
    """Any bytes are an answer or none."""
    try:
        got, _ = read(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)
    except httpx.RemoteProtocolError:
        return
    assert got.status == 200
