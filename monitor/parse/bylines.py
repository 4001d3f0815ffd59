"""Who wrote an item, read as feedparser reads it: a text, or an element with a name in it.

feedparser takes addresses of mail out of a text, and of several authors lets one lend its name to the next.
"""

from monitor.parse.authority import Byline
from monitor.parse.elements import OF_AUTHORS, Attributes, mended
from monitor.parse.machine import End, Machine
from monitor.parse.names import NotMine


class BylineMachine(Machine):
    """The machine, with the authors of items: authors are theirs in order, each with its name."""

    _in_author = False
    _nested = False

    def author(self, _key: str, _attributes: Attributes) -> End | None:
        """Read an author; that of a feed is nobody's byline."""
        if not self._in_entry:
            return None
        if self._in_author:
            raise NotMine
        self._in_author, self._nested = True, False
        self._context.setdefault("authors", []).append({})
        return self._opened(self._end_author)

    def _within(self) -> None:
        """Let an author be an element with others in it, as long as it has no text of its own."""
        if not self._in_author or self._nested or self._closed():
            raise NotMine
        self._nested = True

    def _end_author(self) -> None:
        said = self._closed()
        if self._nested and said:
            raise NotMine
        self._in_author = False
        self._store("author", mended(said))
        Byline(self._context).settle()

    def detail(self, key: str, _attributes: Attributes) -> End | None:
        """Read a part of an author."""
        if not self._in_author:
            return None
        return self._opened(self._end_detail, OF_AUTHORS[key])

    def _end_detail(self, name: str) -> None:
        said = self._closed()
        self._text.clear()
        Byline(self._context).save(name, said)
