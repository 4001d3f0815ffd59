"""What feedparser calls an element: its own prefix for a known namespace, the document's for another."""

from monitor.parse.authority import PREFIXES

_XLINK = "http://www.w3.org/1999/xlink"
_USERLAND = "backend.userland.com/rss"
_VERSIONS = {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}
_RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"


class NotMine(Exception):
    """Something that only feedparser itself can be trusted with."""


class Names:
    """The namespaces of one document as feedparser keeps them: none ever goes out of scope.

    declared maps prefixes to namespaces, a known one under feedparser's prefix; version is the format
    that a namespace gave away before any element did; grew tells of a declaration that changed the names
    of what comes after it.
    """

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        self.version = ""
        self.grew = False
        self._standard: dict[str | None, str] = {}
        self._keys: dict[str, str] = {}

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take in a declaration."""
        if not uri:
            return
        lower = uri.lower()
        if uri == _XLINK or (prefix == "rdf" and PREFIXES.get(lower) != "rdf"):
            raise NotMine
        if not self.version:
            rss090 = prefix is None and lower == _RSS_090
            self.version = "rss090" if rss090 else _VERSIONS.get(lower, "")
        if _USERLAND in lower:
            uri = lower = f"http://{_USERLAND}"
        known = PREFIXES.get(lower)
        name = (prefix or "") if known is None else known
        self.grew = self.grew or bool(name and self.declared.get(name) != uri)
        self.declared[name] = uri
        if known is not None:
            self.grew = self.grew or bool(prefix and self._standard.get(prefix) != known)
            self._standard[prefix] = known
        self._keys.clear()

    def key(self, name: str) -> str:
        """Return prefix_name, in lower case, for a name as expat gives it: namespace, blank, name."""
        if (key := self._keys.get(name)) is None:
            key = self._keys[name] = self._key(name)
        return key

    def _key(self, name: str) -> str:
        uri, _, local = name.rpartition(" ")
        prefix = self._prefix(uri).lower()
        prefix = self._standard.get(prefix, prefix)
        return f"{prefix}_{local.lower()}" if prefix else local.lower()

    def _prefix(self, uri: str) -> str:
        lower = f"http://{_USERLAND}" if _USERLAND in uri.lower() else uri.lower()
        if known := PREFIXES.get(lower):
            return known
        declared = self.declared.items() if uri else ()
        return next((prefix for prefix, other in declared if prefix and other == uri), "")
