"""The grammar of query.lark, read by hand at a tenth of what a parser made of it takes for each query.

It gives the same tree of the same tokens (a property test says so), or none at all where a text is no query:
then the parser made of the grammar tells what it stumbled over.
"""

import re
from collections.abc import Sequence

from lark import Token, Tree

Node = Token | Tree[Token]

_DEEPEST = 50
"""How deep parentheses and NOT are read here, so that no text fills the stack."""

_QUOTE = '"“”„‟«»'
_PLAIN = rf"[^\s(){_QUOTE}]"
_CUT = re.compile(
    rf"""\s*(?:
    (?P<NEAR>NEAR(?:/{_PLAIN}*)?(?!{_PLAIN}))
    |(?P<FIELD>[^\W\d]\w*:(?=[{_QUOTE}(]))
    |(?P<FIELDED>\w+:{_PLAIN}*)
    |(?P<MINUS>-(?=[^\s-]))
    |(?P<PHRASE>[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}](?:~{_PLAIN}*)?)
    |(?P<AND>AND(?!{_PLAIN}))|(?P<OR>OR(?!{_PLAIN}))|(?P<NOT>NOT(?!{_PLAIN}))
    |(?P<WORD>{_PLAIN}+)
    |(?P<LPAR>\()
    |(?P<RPAR>\))
    |(?P<ELSE>.))""",
    re.VERBOSE | re.DOTALL,
)
_OPERANDS = frozenset({"WORD", "PHRASE", "FIELDED"})
_AFTER_AND = frozenset({"OR", "RPAR", ""})
"""What ends parts that are joined by AND; nothing stands at the end."""


class _NotRead(Exception):
    """The text is no query, or one that is too deep."""


def tree(text: str) -> Node | None:
    """Return the tree of a query, None where the text is none or lies too deep."""
    try:
        return _Reader(list(_CUT.finditer(text.rstrip()))).whole()
    except _NotRead:
        return None


class _Reader:
    """Where in the tokens of one query the reading is: one method for each rule of the grammar."""

    __slots__ = ("_at", "_deep", "_found", "_kinds")

    def __init__(self, found: Sequence[re.Match[str]]) -> None:
        self._found = found
        self._kinds = [one.lastgroup or "" for one in found] + [""]
        self._at = 0
        self._deep = 0

    def whole(self) -> Node:
        node = self._or()
        if self._kinds[self._at]:
            raise _NotRead
        return node

    def _or(self) -> Node:
        first = self._and()
        if self._kinds[self._at] != "OR":
            return first
        parts = [first]
        while self._kinds[self._at] == "OR":
            self._at += 1
            parts.append(self._and())
        return Tree("or", parts)

    def _and(self) -> Node:
        first = self._not()
        if self._kinds[self._at] in _AFTER_AND:
            return first
        parts = [first]
        while (kind := self._kinds[self._at]) not in _AFTER_AND:
            self._at += kind == "AND"
            parts.append(self._not())
        return Tree("and", parts)

    def _not(self) -> Node:
        if self._kinds[self._at] not in {"NOT", "MINUS"}:
            return self._near()
        sign = self._token()
        self._deeper()
        part = self._not()
        self._deep -= 1
        return Tree("not", [sign, part])

    def _near(self) -> Node:
        first = self._operand()
        if self._kinds[self._at] != "NEAR":
            return first
        parts = [first]
        while self._kinds[self._at] == "NEAR":
            parts += self._token(), self._operand()
        return Tree("near", parts)

    def _operand(self) -> Node:
        kind = self._kinds[self._at]
        if kind in _OPERANDS:
            return self._token()
        if kind == "FIELD":
            opening = self._token()
            phrase = self._kinds[self._at] == "PHRASE"
            return Tree("field", [opening, self._token() if phrase else self._inside()])
        return self._inside()

    def _inside(self) -> Node:
        """Read what stands in parentheses."""
        self._skip("LPAR")
        self._deeper()
        node = self._or()
        self._deep -= 1
        self._skip("RPAR")
        return node

    def _skip(self, kind: str) -> None:
        if self._kinds[self._at] != kind:
            raise _NotRead
        self._at += 1

    def _deeper(self) -> None:
        self._deep += 1
        if self._deep > _DEEPEST:
            raise _NotRead

    def _token(self) -> Token:
        found, kind = self._found[self._at], self._kinds[self._at]
        self._at += 1
        return Token(kind, found[kind], found.start(kind))
