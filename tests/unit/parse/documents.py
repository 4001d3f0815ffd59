"""Documents as publishers might send them, drawn at random: clean, odd, broken, in several encodings."""

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:x="urn:x" '
    'xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)
_FORMATS = {
    "rss": (f'<rss version="2.0" {_NAMESPACES} %s><channel>%s', "item", "%s</channel></rss>"),
    "loose": (f"<rss {_NAMESPACES} %s><channel>%s</channel>", "item", "%s</rss>"),
    "atom": (f'<feed xmlns="http://www.w3.org/2005/Atom" {_NAMESPACES} %s>%s', "entry", "%s</feed>"),
    "rdf": (
        (
            f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {_NAMESPACES} %s><channel rdf:about="c">%s'
            "<items><rdf:Seq><rdf:li/></rdf:Seq></items></channel>"
        ),
        "item",
        "%s</rdf:RDF>",
    ),
}
_TEXTS = (
    "Ferry sails",
    "Łódź – “Kraków”",
    "AT&amp;amp;T &lt;b&gt;bold&lt;/b&gt;",
    "<![CDATA[<p>One</p><item>not one</item>]]>",
    "a <!-- <item> --> b",
    "2 &lt; 3 &#8217; &#146;",
    "Ã©tÃ©",
    "  two\n lines\u00a0here ",
    "",
)
_BREAKS = ("a &nbsp; b", "a & b", "<![CDATA[ never closed", "<!-- never closed", "<b>open", "\x0b", "a]]>b")
_FIELDS = (
    *(
        f"<{name}>%s</{name.split()[0]}>"
        for name in (
            "title",
            "description",
            "content:encoded",
            "media:title",
            "media:description",
            "itunes:summary",
            "dc:title",
            "dc:description",
            "summary",
            'summary type="html"',
            'content type="html"',
            'title type="html"',
            'title type="text"',
            "x:note",
            'x:note kind="y"',
            "category",
            "dc:creator",
            "dc:language",
            "rights",
            "feedburner:origLink",
        )
    ),
    '<description xml:lang="pl">%s</description>',
    "<media:group><media:title>%s</media:title></media:group>",
    '<media:content url="u"><media:description>%s</media:description></media:content>',
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">%s</div></content>',
    "<description><p>%s</p><title>inner</title></description>",
    "<source><title>%s</title><id>s</id></source>",
    '<source url="http://s.example/">%s</source>',
    "<image><title>%s</title><link>http://i.example/</link></image>",
    "<author><name>%s</name><uri>http://a.example/</uri></author>",
    "<author>ann@a.example (%s)</author>",
    "<author>%s</author>",
    "<author><email>bo@b.example</email><name>%s</name></author>",
    "<author>%s<name>Di</name></author>",
    "<author><name>Ed</name>%s</author>",
    "<author><x:note>%s</x:note><name><b>Flo</b></name></author>",
    "<author><author><name>%s</name></author></author>",
    "<author><x:deep><dc:creator>%s</dc:creator></x:deep></author>",
    "<x:deep><dc:creator>%s</dc:creator></x:deep>",
    "<contributor><name>%s</name></contributor>",
    "<itunes:author>%s</itunes:author>",
    '<y:title xmlns:y="http://purl.org/dc/elements/1.1/">%s</y:title>',
    '<media:title xmlns:media="urn:other">%s</media:title>',
    '<note xmlns="urn:x">%s</note>',
    '<summary xml:base="http://base.example/x/">%s</summary>',
)
_PLAIN = (
    "<author><email>cy@c.example</email></author>",
    "<link>/a?b=1&amp;c=2</link>",
    "<link>http:///a.example/b</link>",
    '<link rel="alternate" href="one"/>',
    '<link rel="enclosure" type="audio/mpeg" href="http://a.example/x.mp3"/>',
    '<atom:link rel="self" href="http://a.example/self"/>',
    '<link href="two" x:rel="self"/>',
    "<link/>",
    "<guid>http://a.example/g</guid>",
    '<guid isPermaLink="false">g-1</guid>',
    '<guid isPermaLink="FALSE">g-2</guid>',
    "<id>urn:id:1</id>",
    "<id>x</id><guid/>",
    '<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>',
    "<pubDate>Mon, 05 Feb 2024 10:30:00 EST</pubDate>",
    "<dc:date>2024-02-05T10:30:00Z</dc:date>",
    "<published>2024-02-05T10:30:00+01:00</published><updated>2024-02-06T10:30:00Z</updated>",
    "<image/>",
    "<x:empty/>",
    "<ttl>60</ttl>",
    "<item/>",
)
_HEADS = (
    "<title>Gazette</title>",
    "<language>en_GB</language>",
    "<dc:language>uk</dc:language>",
    "<link>http://site.example/</link>",
    '<link href="http://site.example/"/>',
    "<image><url>u</url><title>Picture</title><link>http://i.example/</link></image>",
    "<itunes:summary>Sum</itunes:summary><description>Des</description>",
    '<atom:link rel="hub" href="http://hub.example/"/>',
    "<skipHours><hour>1</hour><hour>2</hour></skipHours><ttl>30</ttl>",
    '<atom10:link xmlns:atom10="http://www.w3.org/2005/Atom" rel="self" href="http://s.example/"/>',
    "<lastBuildDate>Mon, 05 Feb 2024 10:30:00 GMT</lastBuildDate>",
)
_ATTRIBUTES = ("", "", "", 'xml:lang="pl-PL"', 'lang="de"', 'xml:base="http://base.example/"')
_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1251")
_PROLOGS = (
    "",
    "",
    "<!-- made by us -->",
    '<!DOCTYPE rss [<!ENTITY who "us">]>',
    "<?xml-stylesheet href='x'?>",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a document is made of."""

    format: str
    items: tuple[str, ...]
    head: str = ""
    tail: str = ""
    attributes: str = ""
    prolog: str = ""
    encoding: str = "utf-8"
    cut_at: float = 1.0

    @property
    def body(self) -> bytes:
        """Return the bytes; what an encoding does not have becomes a reference."""
        opening, name, closing = _FORMATS[self.format]
        said = "".join(f"<{name}>{item}</{name}>\n" for item in self.items)
        declared = "" if self.encoding == "utf-8-sig" else f'<?xml version="1.0" encoding="{self.encoding}"?>'
        text = declared + self.prolog + opening % (self.attributes, self.head) + said + closing % self.tail
        whole = text.encode(self.encoding, "xmlcharrefreplace")
        return whole[: int(len(whole) * self.cut_at)]


_TEXT = st.one_of(st.sampled_from(_TEXTS), st.sampled_from(_TEXTS), st.sampled_from(_TEXTS + _BREAKS))
_FIELD = st.one_of(
    st.sampled_from(_PLAIN), st.builds(lambda field, said: field % said, st.sampled_from(_FIELDS), _TEXT)
)
_ITEM = st.lists(_FIELD, max_size=5).map("".join)
_SIMPLE = [
    f"<title>{text}</title><{key}>n-{number}</{key}>"
    for number, (text, key) in enumerate(product(_TEXTS[:6], ("guid", "id")))
]
ITEM = st.one_of(_ITEM, st.sampled_from(_SIMPLE), st.sampled_from(_SIMPLE))
_HEAD = st.lists(st.sampled_from(_HEADS), max_size=3).map("".join)


def documents(items: st.SearchStrategy[str] = ITEM) -> st.SearchStrategy[Drawn]:
    """Draw a document of these items."""
    return st.builds(
        Drawn,
        format=st.sampled_from(sorted(_FORMATS)),
        items=st.lists(items, max_size=6).map(tuple),
        head=_HEAD,
        tail=st.sampled_from(("", "", "", "<title>Late</title>", "<language>fr</language>")),
        attributes=st.sampled_from(_ATTRIBUTES),
        prolog=st.sampled_from(_PROLOGS),
        encoding=st.sampled_from(_ENCODINGS),
        cut_at=st.sampled_from((1.0, 1.0, 1.0, 1.0, 0.9, 0.6)),
    )
