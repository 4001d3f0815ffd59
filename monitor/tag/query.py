"""The query language: a text -> its tree, or a QueryError that says where and what would be right.

The grammar is in query.lark; `building` makes the tree, `atoms` reads what fields say, `aliases` what a
word stands for. Words are matched whole, without regard to case and accents. A sign to which other search
boxes give a meaning is either in the language or refused, never read as something else.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files

from lark import Lark, Token
from lark.exceptions import UnexpectedInput

from monitor.model.topics import Query
from monitor.tag import reading
from monitor.tag.aliases import Aliases, AliasTable, Forms, no_forms
from monitor.tag.atoms import UNBOUND, Asked
from monitor.tag.building import Builder, Node
from monitor.tag.mistakes import query_error, syntax_error

_MOST_TERMS = 500
_MAY_BE_FREE = re.compile(rf"NOT|-|(?:{'|'.join(UNBOUND)}):", re.IGNORECASE)
_NO_ALIASES: Aliases = {}
_SPOKEN = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR"}


def parse_query(
    text: str,
    aliases: Aliases = _NO_ALIASES,
    *,
    forms: Forms = no_forms,
    now: datetime | None = None,
    seeds: Collection[str] | None = None,
    topics: Collection[str] | None = None,
) -> Query:
    """Read a query; QueryError says in which column (from 1) what stands and what was expected.

    now is the moment of a search, None for a topic, which knows dates only. seeds and topics are the
    names that may be asked for, None where they are not known.
    """
    return read_query(text, AliasTable(aliases, forms), Asked(text, now, seeds, topics))


def parse_rest(text: str) -> Query:
    """Read the rest of a topic's query, as `Tag.rest` has it, which need not ask for any word."""
    return read_query(text, AliasTable(_NO_ALIASES), Asked(text, rest=True), bound=False)


def read_query(
    text: str, aliases: AliasTable, asked: Asked, *, inflected: bool = True, bound: bool = True
) -> Query:
    """Read a query as `parse_query` does, with an alias table that is folded already.

    inflected: words stand for their forms; bound: what would match without any of its words is refused.
    """
    if not text.strip():
        raise query_error("", 0, "the query is empty; write at least one word.")
    tree = reading.tree(text) or _tree(text)
    query = Builder(asked, aliases, inflected).build(tree)
    if len(text) > _MOST_TERMS and len(leaves := list(_leaves(tree))) > _MOST_TERMS:
        sentence = (
            f"the query has more than {_MOST_TERMS} words and phrases, of which this is the first too many."
        )
        raise query_error(text, leaves[_MOST_TERMS].start_pos or 0, sentence)
    if bound and _MAY_BE_FREE.search(text) and (free := _free(tree, True)) is not None:
        sentence = (
            f"with this {free} the query matches stories that have none of its words, so nearly all;"
            ' join it by AND with a word or "phrase" that must be there.'
        )
        raise query_error(text, free.start_pos or 0, sentence)
    return query


def warnings(text: str) -> tuple[str, ...]:
    """Return what may be meant otherwise in a query that can be read: operators in lower case."""
    tokens = list(grammar().lex(text))
    found = (
        f"{token} is looked for as a word here; write {_SPOKEN[token]} in capitals to join words by it"
        for token in tokens[1:-1]
        if token.type == "WORD" and token in _SPOKEN
    )
    return tuple(dict.fromkeys(found))


def _tree(text: str) -> Node:
    """Return the tree as the grammar has it; QueryError where there is none."""
    try:
        return grammar().parse(text)
    except UnexpectedInput as error:
        raise syntax_error(text, error, grammar()) from None


@cache
def grammar() -> Lark:
    """Return the parser made of the grammar."""
    written = files("monitor.tag").joinpath("query.lark").read_text(encoding="utf-8")
    return Lark(written, parser="lalr", lexer="basic")


def _leaves(node: Node) -> Iterator[Token]:
    """Yield the words, phrases and fields with their values, in the order of the text."""
    if isinstance(node, Token):
        if node.type in {"WORD", "PHRASE", "FIELDED"}:
            yield node
        return
    for child in node.children:
        yield from _leaves(child)


def _free(node: Node, wanted: bool) -> Token | None:
    """Return why a story of which no word and no fact is there may come out as wanted, None where none may.

    Of when it is from, nothing follows: before:2026-01-01 holds of nearly all stories, or of nearly none.
    """
    if isinstance(node, Token):
        return node if not wanted or node.partition(":")[0].lower() in UNBOUND else None
    if node.data == "not":
        sign, part = node.children
        return sign if isinstance(sign, Token) and _free(part, not wanted) is not None else None
    if node.data == "field":
        return _free(node.children[1], wanted)
    found = [_free(child, wanted) for child in node.children if not _is_near(child)]
    if wanted is (node.data != "or") and None in found:
        return None
    return next(filter(None, found), None)


def _is_near(node: Node) -> bool:
    return isinstance(node, Token) and node.type == "NEAR"
