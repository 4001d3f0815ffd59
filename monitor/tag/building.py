"""The tree of a query, made of what the grammar found in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from lark import Token, Tree

from monitor.model.topics import Field, Near, Not, Query, Term
from monitor.tag.aliases import AliasTable, Kind, Named, both, either
from monitor.tag.atoms import WORD_FIELDS, Asked, fact_of, field_named
from monitor.tag.mistakes import instead
from monitor.words import folded

Node = Token | Tree[Token]

_DEEPEST = 20
"""How many levels AND, OR and NOT may lie deep; search indexes read a little more."""

_BEGUN = 3
"""How many letters of a word a prefix has at least: `r*` would be a tenth of all words."""

_NEAR, _FARTHEST = 10, 100
_MOST_NEAR = 10
"""How many words or phrases may be near each other: what is looked through doubles with each."""
_QUOTES = '"“”„‟«»'
_FOREIGN = frozenset("!+*~")
_INSTEAD = {"&": "AND", "&&": "AND", "|": "OR", "||": "OR", "!": "NOT", "-": "NOT"}


class _Where(NamedTuple):
    """Around a part of the query: the field it is asked of, whether under NOT, and how deep."""

    field: str | None = None
    negated: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the tree of one query; inflected says whether its words stand for their forms."""

    asked: Asked
    aliases: AliasTable
    inflected: bool = True

    def build(self, node: Node) -> Query:
        """Return the tree; raises QueryError."""
        return self._build(node, _Where())

    def _build(self, node: Node, where: _Where) -> Query:
        if isinstance(node, Token):
            return self._leaf(node, where)
        if node.data == "near":
            return self._near(node.children, where)
        if node.data == "field":
            return self._fielded(node, where)
        if where.depth == _DEEPEST:
            sentence = f"AND, OR and NOT lie more than {_DEEPEST} levels deep; write it flatter."
            raise self.asked.error(0, sentence)
        inner = _Where(where.field, where.negated is not (node.data == "not"), where.depth + 1)
        if node.data == "not":
            part = self._build(node.children[1], inner)
            return part.part if isinstance(part, Not) else Not(part)
        parts = [self._build(child, inner) for child in node.children]
        return both(parts) if node.data == "and" else either(parts) or parts[0]

    # ------------------------------------------------------------ leaves

    def _leaf(self, token: Token, where: _Where) -> Query:
        if token.type == "FIELDED":
            name, _, value = token.partition(":")
            field = self._field(name, token, where)
            return self._valued(
                value, token, (token.start_pos or 0) + len(name) + 1, where._replace(field=field)
            )
        return self._valued(str(token), token, token.start_pos or 0, where)

    def _field(self, name: str, token: Token, where: _Where) -> str:
        if where.field is not None:
            sentence = f"{name}: stands within {where.field}: already; write it outside the parentheses."
            raise self.asked.error(token.start_pos or 0, sentence)
        return field_named(name, token, self.asked)

    def _fielded(self, node: Tree[Token], where: _Where) -> Query:
        opening, part = node.children
        assert isinstance(opening, Token)  # noqa: S101  # by the grammar
        field = self._field(opening[:-1], opening, where)
        return self._build(part, where._replace(field=field))

    def _valued(self, value: str, token: Token, place: int, where: _Where) -> Query:
        if where.field is None or where.field in WORD_FIELDS:
            return self._words(value, place, where)
        if not value:
            sentence = f"{token} is followed by nothing; write what you look for right after the colon."
            raise self.asked.error(token.start_pos or 0, sentence)
        text = _unquoted(value) if value[0] in _QUOTES else value
        return fact_of(where.field, text, place, self.asked, negated=where.negated)

    def _words(self, value: str, place: int, where: _Where) -> Query:
        if value[:1] in _QUOTES and value:
            closing = max(map(value.rfind, _QUOTES))
            if closing + 1 < len(value):
                return self._close_together(value, closing, place, where)
        named = self._named(value, place, where)
        return both((named.term, *named.company)) if named.company else named.term

    def _close_together(self, value: str, closing: int, place: int, where: _Where) -> Near:
        distance = self._distance(value[closing + 2 :], value[closing + 1 :], place + closing + 1)
        words = folded(value[: closing + 1])
        if len(words) < 2:
            sentence = (
                "~ asks how near the words of a phrase stand, and this has less than two; leave it out."
            )
            raise self.asked.error(place + closing + 1, sentence)
        self._count_near(len(words), place)
        return Near(tuple(Term(f"={word}", ((word,),), fields=_fields(where)) for word in words), distance)

    def _count_near(self, many: int, place: int) -> None:
        if many > _MOST_NEAR:
            sentence = f"{many} words are asked to be near each other; write at most {_MOST_NEAR}."
            raise self.asked.error(place, sentence)

    def _distance(self, digits: str, sign: str, place: int) -> int:
        if not (digits.isascii() and digits.isdecimal() and int(digits[:9]) <= _FARTHEST):
            sentence = (
                f"{sign} is no distance; write how many other words may stand between, "
                f"from 0 to {_FARTHEST}, as in {sign[0] if sign[0] == '~' else 'NEAR/'}5."
            )
            raise self.asked.error(place, sentence)
        return int(digits)

    # ------------------------------------------------------------ words

    def _named(self, value: str, place: int, where: _Where) -> Named:
        named = self._read(value, place)
        return replace(named, term=replace(named.term, fields=_fields(where))) if where.field else named

    def _read(self, value: str, place: int) -> Named:
        if not value:
            raise self.asked.error(
                place - 1, "no word follows this colon; write it right after, without a space."
            )
        if value[0] in _QUOTES:
            return self._known(_unquoted(value), "phrase", value, place)
        if value[0] == "@" and len(value) > 1:
            return self._row(value[1:], place)
        if value[0] == "=" and len(value) > 1:
            return self._known(value[1:], "exact", value, place)
        if not _FOREIGN.isdisjoint(value):
            self._refuse_foreign(value, place)
        if value.endswith("*") and len(value) > 1:
            return self._prefix(value, place)
        return self._known(value, "bare", value, place)

    def _known(self, text: str, kind: Kind, value: str, place: int) -> Named:
        if named := self.aliases.word(text, kind, self.inflected):
            return named
        advice = f"write {_INSTEAD[value]} instead" if value in _INSTEAD else "leave it out"
        raise self.asked.error(place, f"{value} has no letter or digit to look for; {advice}.")

    def _row(self, name: str, place: int) -> Named:
        if name not in self.aliases.names:
            sentence = f"there is no alias {name}; {instead(name, self.aliases.names, '@')}"
            raise self.asked.error(place, sentence)
        if named := self.aliases.named(name, self.inflected):
            return named
        raise self.asked.error(place, f"the alias {name} has no spelling to look for; give it one.")

    def _prefix(self, value: str, place: int) -> Named:
        begun = folded(value[:-1])
        if not begun or len(begun[-1]) < _BEGUN:
            sentence = f"{value} would find too much; write at least {_BEGUN} letters before the star."
            raise self.asked.error(place, sentence)
        return Named(Term(value, (begun,), prefix=True))

    def _refuse_foreign(self, word: str, place: int) -> None:
        if word[0] == "!" and folded(word):
            self._refuse(word, place, f"a word is excluded by NOT; write NOT {word[1:]}, or -{word[1:]}")
        if word[0] == "+" and folded(word):
            self._refuse(word, place, f"every word is required unless OR stands between; write {word[1:]}")
        if "*" in word[:-1] and folded(word):
            begun = word[: word.index("*")]
            advice = (
                f"write {begun}*" if len(begun) >= _BEGUN else "write the words, as in (ferry OR ferries)"
            )
            self._refuse(word, place, f"a star stands only at the end of what a word begins with; {advice}")
        before, wave, after = word.rpartition("~")
        if wave and (not after or after.isdecimal()):
            said = (
                f'write them in quotes: "{before} …"~{after or 5}' if before else f'as in "two words"{word}'
            )
            self._refuse(
                word, place, f"~ stands right after the quotes of words that are near each other; {said}"
            )

    def _refuse(self, word: str, place: int, sentence: str) -> None:
        raise self.asked.error(place, f"{word}: {sentence}.")

    # ------------------------------------------------------------ NEAR

    def _near(self, children: Sequence[Node], where: _Where) -> Query:
        signs = [child for child in children[1::2] if isinstance(child, Token)]
        self._count_near(len(children[::2]), signs[0].start_pos or 0)
        named = [self._near_term(child, signs[0], where) for child in children[::2]]
        distances = {self._near_distance(sign) for sign in signs}
        if len(distances) > 1:
            sentence = f"{signs[1]} differs from the {signs[0]} before it; write the same distance for all."
            raise self.asked.error(signs[1].start_pos or 0, sentence)
        terms = tuple(one.term for one in named)
        if all(term.fields for term in terms) and not set.intersection(*(set(term.fields) for term in terms)):
            sentence = "the words around NEAR must stand in one field, and these are asked of different ones."
            raise self.asked.error(signs[0].start_pos or 0, sentence)
        company = chain.from_iterable(one.company for one in named)
        return both((Near(terms, distances.pop()), *company))

    def _near_distance(self, sign: Token) -> int:
        _, slash, digits = sign.partition("/")
        return self._distance(digits, str(sign), sign.start_pos or 0) if slash else _NEAR

    def _near_term(self, node: Node, sign: Token, where: _Where) -> Named:
        if isinstance(node, Tree) and node.data == "field":
            opening, part = node.children
            field = self._field(str(opening)[:-1], opening, where) if isinstance(opening, Token) else None
            return self._near_term(part, sign, where._replace(field=field))
        if isinstance(node, Token) and node.type == "FIELDED":
            name, _, value = node.partition(":")
            where = where._replace(field=self._field(name, node, where))
            node = Token("WORD", value, (node.start_pos or 0) + len(name) + 1)
        if not isinstance(node, Token) or (where.field or "title") not in WORD_FIELDS or "~" in node[-4:]:
            sentence = (
                f'{sign} joins words and "phrases" only; '
                f"write (a {sign} c) OR (b {sign} c) where one of several words is near another."
            )
            raise self.asked.error(sign.start_pos or 0, sentence)
        return self._named(str(node), node.start_pos or 0, where)


def _fields(where: _Where) -> tuple[Field, ...]:
    return WORD_FIELDS[where.field] if where.field else ()


def _unquoted(value: str) -> str:
    return " ".join(value.strip(_QUOTES).split())
