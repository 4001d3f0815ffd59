"""The query language: words, "phrases", AND OR NOT and parentheses -> a tree of terms.

The grammar is in query.lark. Words are matched whole, without regard to case and accents, and a
term of the alias table stands for every spelling of its row. A sign to which other search boxes
give a meaning (a star, a leading minus, a field's name) is refused, not read as something else.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from monitor.model import And, Not, Or, Query, Term
from monitor.tag.aliases import AliasTable
from monitor.tag.mistakes import query_error, syntax_error

Node = Token | Tree[Token]

_DEEPEST = 20
"""How many levels AND, OR and NOT may lie deep; search indexes read a little more."""

_MOST_TERMS = 500
_QUOTES = '"“”„‟«»'
_NO_ALIASES: Mapping[str, Sequence[str]] = {}
_INSTEAD = {"&": "AND", "&&": "AND", "|": "OR", "||": "OR", "!": "NOT", "-": "NOT"}
_FOREIGN = (
    (re.compile(r"[-!](\w.*)"), "a word is excluded by NOT; write NOT {0}"),
    (re.compile(r"\+(\w.*)"), "every word is required unless OR stands between; write {0}"),
    (re.compile(r"(.*\w)\*+.*"), 'only whole words are matched; write the forms, as in ({0} OR "…")'),
    (re.compile(r"(~\d+)"), "how near words stand cannot be asked; leave {0} out"),
    (re.compile(r"\w+:(.*)"), "every field is searched; leave the name before the colon out, or use quotes"),
)


def parse_query(text: str, aliases: Mapping[str, Sequence[str]] = _NO_ALIASES) -> Query:
    """Read a query; QueryError says in which column (from 1) what stands and what was expected."""
    return read_query(text, AliasTable(aliases))


def read_query(text: str, aliases: AliasTable) -> Query:
    """Read a query as `parse_query` does, with an alias table that is folded already."""
    if not text.strip():
        raise query_error("", 0, "the query is empty; write at least one word.")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise syntax_error(text, error, _parser()) from None
    query = _build(tree, text, aliases)
    if len(words := _words(tree)) > _MOST_TERMS:
        sentence = (
            f"the query has more than {_MOST_TERMS} words and phrases, of which this is the first too many."
        )
        raise query_error(text, words[_MOST_TERMS].start_pos or 0, sentence)
    if (boundless := _boundless(tree)) is not None:
        sentence = (
            f"with this {boundless} the query matches stories that have none of its words, so nearly all;"
            ' join it by AND with a word or "phrase" that must be there.'
        )
        raise query_error(text, boundless.start_pos or 0, sentence)
    return query


@cache
def _parser() -> Lark:
    grammar = files("monitor.tag").joinpath("query.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic")


def _build(node: Node, text: str, aliases: AliasTable, depth: int = 0) -> Query:
    if isinstance(node, Token):
        return _term(node, text, aliases)
    if depth == _DEEPEST:
        raise query_error(text, 0, f"AND, OR and NOT lie more than {_DEEPEST} levels deep; write it flatter.")
    if node.data == "not":
        part = _build(node.children[1], text, aliases, depth + 1)
        return part.part if isinstance(part, Not) else Not(part)
    parts = tuple(_build(child, text, aliases, depth + 1) for child in node.children)
    return And(parts) if node.data == "and" else Or(parts)


def _words(node: Node) -> list[Token]:
    """Return the words and phrases in the order of the text."""
    if isinstance(node, Token):
        return [] if node.type == "NOT" else [node]
    return [word for child in node.children for word in _words(child)]


def _term(token: Token, text: str, aliases: AliasTable) -> Term:
    foreign = None if token.type == "PHRASE" else _foreign(str(token))
    if foreign:
        raise query_error(text, token.start_pos or 0, f"{token}: {foreign}.")
    term = aliases.term(" ".join(token.strip(_QUOTES).split()))
    if not term.spellings[0]:
        raise query_error(
            text, token.start_pos or 0, f"{token} has no letter or digit to look for{_instead(token)}."
        )
    return term


def _foreign(word: str) -> str | None:
    found = ((pattern.fullmatch(word), advice) for pattern, advice in _FOREIGN)
    return next((advice.format(*match.groups()) for match, advice in found if match), None)


def _instead(token: str) -> str:
    return f"; write {_INSTEAD[token]} instead" if token in _INSTEAD else "; leave it out"


def _boundless(node: Node) -> Token | None:
    """Return a NOT by which a text without any of the words would match, or None where none does."""
    if isinstance(node, Token):
        return None
    if node.data == "not":
        word, part = node.children
        return word if isinstance(word, Token) and _boundless(part) is None else None
    found = [_boundless(child) for child in node.children]
    if node.data == "and" and None in found:
        return None
    return next(filter(None, found), None)
