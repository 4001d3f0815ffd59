"""What is wrong with a query, said so that a person can mend it: where, what stands, what would be right."""

import difflib
from collections.abc import Iterable, Sequence

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from monitor.errors import QueryError

_EXPECTED = 'where a word, a "phrase", a field, NOT or an opening parenthesis was expected'
_INCOMPLETE = ("AND", "OR", "NOT", "MINUS", "NEAR", "LPAR")


def query_error(text: str, position: int, sentence: str) -> QueryError:
    """Return the error at an offset (from 0); its sentence names the line too where there are several."""
    before = text[:position]
    column = position - before.rfind("\n")
    line = f"Line {before.count(chr(10)) + 1}, column" if "\n" in text else "Column"
    return QueryError(f"{line} {column}: {sentence}", position + 1)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name that looks most like a word, or nothing."""
    by_case = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.6)
    return by_case[close[0]] if close else ""


def instead(word: str, known: Iterable[str], sign: str = "") -> str:
    """Advise the nearest of the known names, or tell a few of them; sign stands before a name in a query."""
    names = sorted(known)
    if near := nearest(word, names):
        return f"the nearest is {sign}{near}."
    some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f"there are {some}." if names else "there are none."


def syntax_error(text: str, error: UnexpectedInput, parser: Lark) -> QueryError:
    """Say what the parser stumbled over."""
    match error:
        case UnexpectedCharacters(char=quote):
            sentence = f"the quote {quote} opened here is never closed; close it, or remove it."
            return query_error(text, text.rfind(quote), sentence)
        case UnexpectedToken(token=Token(end_pos=int(end), type=kind)) if kind != "$END":
            *before, found = parser.lex(text[:end])
            return _at_a_token(text, before, found)
        case _:
            return _at_the_end(text, list(parser.lex(text)))


def _at_the_end(text: str, tokens: Sequence[Token]) -> QueryError:
    last = tokens[-1]
    if last.type in _INCOMPLETE:
        sentence = (
            f"the query ends after this {last}, {_EXPECTED}; leave {last} out, or write what follows it."
        )
        return query_error(text, _start(last), sentence)
    return query_error(text, _unclosed(tokens)[-1], "this ( is never closed; add the missing ).")


def _at_a_token(text: str, before: Sequence[Token], found: Token) -> QueryError:
    place = _start(found)
    if found.type == "RPAR" and not _unclosed(before):
        return query_error(text, place, "this ) closes nothing; leave it out, or open a ( before it.")
    if not before:
        advice = f'leave it out, or write "{found}" in quotes to look for the word itself'
        return query_error(text, place, f"{found} stands at the start, {_EXPECTED}; {advice}.")
    last = before[-1]
    advice = f"leave {last} out, or write what follows it" if found.type == "RPAR" else "keep one of the two"
    if last.type == "LPAR":
        advice = "leave the parentheses out" if found.type == "RPAR" else f"leave {found} out"
    return query_error(text, place, f"{found} stands after {last}, {_EXPECTED}; {advice}.")


def _unclosed(tokens: Sequence[Token]) -> list[int]:
    opened: list[int] = []
    for token in tokens:
        if token.type == "LPAR":
            opened.append(_start(token))
        elif token.type == "RPAR":
            opened.pop()
    return opened


def _start(token: Token) -> int:
    return token.start_pos or 0
