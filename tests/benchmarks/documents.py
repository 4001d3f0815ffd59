"""Feeds of our own wording: the same for the same numbers, large as real ones, no two items alike.

Half are RSS 2.0 with `content:encoded` in CDATA, half Atom with escaped HTML. Words are drawn with the
frequencies of a natural language (Zipf's law), so that search, topics and gzip meet what they meet in life.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import accumulate, islice, product

_SYLLABLES = (
    "ba", "ko", "ri", "tun", "mel", "sho", "ver", "dal", "pin", "gra", "lex", "ort", "um", "zet", "ni", "fa"
)  # fmt: skip
APART = timedelta(minutes=20)
_RARE_FROM = 1_000


def _vocabulary() -> Iterator[str]:
    """Yield words, the frequent first: they are the short ones."""
    for length in (1, 2, 3, 4):
        yield from map("".join, product(_SYLLABLES, repeat=length))


WORDS = tuple(islice(_vocabulary(), 8_000))
_CUMULATED = tuple(accumulate(1 / (rank + 2.7) ** 1.45 for rank in range(len(WORDS))))
"""Zipf's law as Mandelbrot mended it; the exponent gives documents of about 13 kB after gzip."""


def item(feed: int, number: int, start: datetime) -> str:
    """Return one item of a feed, published APART after the one before it."""
    at = start + APART * number
    title, lead, body = _wording(feed, number)
    return (_ENTRY if feed % 2 else _ITEM).format(
        feed=feed,
        number=number,
        at=at.isoformat() if feed % 2 else format_datetime(at),
        title=escape(title),
        lead=escape(lead),
        body=escape(body, quote=False) if feed % 2 else f"<![CDATA[{body}]]>",
    )


def document(feed: int, items: Sequence[str], at: datetime) -> bytes:
    """Return a feed's document of these items, given oldest first and shown newest first."""
    shown = "".join(reversed(items))
    written = at.isoformat() if feed % 2 else format_datetime(at)
    return (_ATOM if feed % 2 else _RSS).format(feed=feed, at=written, items=shown).encode()


def _wording(feed: int, number: int) -> tuple[str, str, str]:
    """Return an item's title, lead and body of one to three kilobytes of text in HTML."""
    draw = random.Random(feed * 1_000_003 + number)
    words = iter(draw.choices(WORDS, cum_weights=_CUMULATED, k=26 + 40 * 10))
    told = draw.choices(WORDS[_RARE_FROM:], k=3)
    title = " ".join((*islice(words, 6), *told)).capitalize()
    lead = f"{_sentence(words, 20)} {told[0].upper()} & {told[1]}."
    count = draw.randint(4, 10)
    paragraphs = "".join(
        (_linked if not at else _quoted if at == 2 else _plain)(words, feed) for at in range(count)
    )
    return title, lead, f"<p><strong>{escape(lead)}</strong></p>\n{paragraphs}"


def _plain(words: Iterator[str], _feed: int) -> str:
    return f"<p>{_sentence(words, 20)} &#8212; {_sentence(words, 20)}</p>\n"


def _linked(words: Iterator[str], feed: int) -> str:
    start, linked, end = (_sentence(words, count) for count in (20, 3, 17))
    target = f"https://feed{feed}.example/topic/{linked.split()[0]}?from=feed&amp;to=1"
    return f'<p>{start} <a href="{target}">{linked}</a> {end}</p>\n'


def _quoted(words: Iterator[str], _feed: int) -> str:
    return f"<p>&#8220;{_sentence(words, 30)}&#8221; <em>{_sentence(words, 10)}</em></p>\n"


def _sentence(words: Iterator[str], count: int) -> str:
    return " ".join(islice(words, count)).capitalize()


_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Feed {feed}</title><link>https://feed{feed}.example/</link><description>News of {feed}</description>
<atom:link href="https://feed{feed}.example/rss" rel="self" type="application/rss+xml"/>
<language>en</language><lastBuildDate>{at}</lastBuildDate>
{items}</channel></rss>
"""
_ITEM = """<item>
<title>{title}</title>
<link>https://feed{feed}.example/news/{number}?utm_source=rss&amp;utm_medium=feed</link>
<dc:creator><![CDATA[Desk {feed}]]></dc:creator>
<pubDate>{at}</pubDate>
<category><![CDATA[News]]></category>
<guid isPermaLink="false">https://feed{feed}.example/?p={number}</guid>
<description>{lead}</description>
<content:encoded>{body}</content:encoded>
</item>
"""
_ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Feed {feed}</title><id>https://feed{feed}.example/</id><updated>{at}</updated>
<link href="https://feed{feed}.example/"/><link rel="self" href="https://feed{feed}.example/atom"/>
{items}</feed>
"""
_ENTRY = """<entry>
<title>{title}</title>
<link rel="alternate" type="text/html" href="https://feed{feed}.example/news/{number}"/>
<id>tag:feed{feed}.example,2026:{number}</id>
<published>{at}</published><updated>{at}</updated>
<author><name>Desk {feed}</name></author>
<category term="news"/>
<summary>{lead}</summary>
<content type="html">{body}</content>
</entry>
"""
