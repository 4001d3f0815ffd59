"""What a word of a query stands for: its own spelling, its forms, its row of the alias table.

A row may ask for company: where others bear the name too, one of some words must be there, or none may.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.model.topics import Alias, And, Not, Or, Query, Term
from monitor.tag.transliteration import transliterations
from monitor.words import folded

Spelling = tuple[str, ...]
Forms = Callable[[str], tuple[str, ...]]
"""The inflected forms of a folded word in every language in which it is one, folded, the word left out."""

Aliases = Mapping[str, Alias | Sequence[str]]
Kind = Literal["bare", "phrase", "exact"]

TRANSLITERATED = "transliteration"
"""What stands where the row's name would, when a spelling was made by transliterating."""


def no_forms(_word: str) -> tuple[str, ...]:
    """Know no forms of any word."""
    return ()


@dataclass(frozen=True, slots=True)
class Named:
    """A term, and what must hold beside it for the name to be meant."""

    term: Term
    company: tuple[Query, ...] = ()


class AliasTable:
    """Rows of spellings, folded once, that turn a word or phrase of a query into its term."""

    __slots__ = ("_forms", "_made", "_names", "_rows", "_spellings")

    def __init__(self, rows: Aliases, forms: Forms = no_forms) -> None:
        self._forms = forms
        self._rows = {
            name: row if isinstance(row, Alias) else Alias(tuple(row)) for name, row in rows.items()
        }
        self._spellings = {
            name: tuple(dict.fromkeys(filter(None, map(folded, row.spellings))))
            for name, row in self._rows.items()
        }
        self._names: dict[Spelling, list[str]] = defaultdict(list)
        for name, spellings in self._spellings.items():
            for spelling in spellings:
                self._names[spelling].append(name)
        self._made: dict[tuple[str, Kind, bool], Named | None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the rows."""
        return tuple(self._rows)

    def word(self, text: str, kind: Kind, inflected: bool = True) -> Named | None:
        """Return what a word or phrase stands for, or None where nothing of it is a letter or digit.

        A bare word stands for its forms and those of its row, where it is inflected; a phrase for the
        spellings of its row, as they are there; what is exact for itself. One that stands in several
        rows stands for all of theirs.
        """
        key = text, kind, inflected
        if key not in self._made:
            own = folded(text)
            self._made[key] = self._word(text, own, kind, inflected) if own else None
        return self._made[key]

    def named(self, name: str, inflected: bool = True) -> Named | None:
        """Return what a row stands for, or None where it has no spelling."""
        spellings = self._row(name, inflected)
        return Named(Term(f"@{name}", spellings, name, own=0), self._company([name])) if spellings else None

    def _word(self, text: str, own: Spelling, kind: Kind, inflected: bool) -> Named:
        inflected = inflected and kind == "bare"
        written = f'"{text}"' if kind == "phrase" else f"={text}" if kind == "exact" else text
        if kind == "exact":
            return Named(Term(written, (own,)))
        own_forms = self._inflected(own) if inflected else (own,)
        names = self._bearers(own, own_forms)
        if names:
            others = [spelling for name in names for spelling in self._row(name, inflected)]
            alias = ", ".join(names)
        else:
            others, alias = list(transliterations(text)), TRANSLITERATED
        spellings = tuple(dict.fromkeys((*own_forms, *others))) if others else own_forms
        alias_made = alias if len(spellings) > len(own_forms) else None
        return Named(Term(written, spellings, alias_made, own=len(own_forms)), self._company(names))

    def _bearers(self, own: Spelling, forms: Sequence[Spelling]) -> list[str]:
        """Return the rows in which a spelling stands, else those in which one of its forms does."""
        known = self._names
        names = known.get(own) or [name for form in forms if form in known for name in known[form]]
        return list(dict.fromkeys(names)) if len(names) > 1 else names

    def _row(self, name: str, inflected: bool) -> tuple[Spelling, ...]:
        spellings = self._spellings[name]
        if not inflected:
            return spellings
        return tuple(dict.fromkeys(form for one in spellings for form in self._inflected(one)))

    def _inflected(self, spelling: Spelling) -> tuple[Spelling, ...]:
        forms = self._forms(" ".join(spelling))
        return (
            tuple(dict.fromkeys((spelling, *(tuple(form.split()) for form in forms))))
            if forms
            else (spelling,)
        )

    def _company(self, names: Sequence[str]) -> tuple[Query, ...]:
        return tuple(asked for name in names for asked in self._asked(self._rows[name])) if names else ()

    def _asked(self, row: Alias) -> tuple[Query, ...]:
        company, excluded = self._any(row.company), self._any(row.excluded)
        return (*((company,) if company else ()), *((Not(excluded),) if excluded else ()))

    def _any(self, words: Sequence[str]) -> Query | None:
        made = (self.word(word, "phrase" if len(word.split()) > 1 else "bare") for word in words)
        return either([one.term for one in made if one])


def both(parts: Sequence[Query]) -> Query:
    """Join parts by AND, flat and each once."""
    if And in map(type, parts):
        parts = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else And(once)


def either(parts: Sequence[Query]) -> Query | None:
    """Join parts by OR, flat and each once; None where there are none."""
    if Or in map(type, parts):
        parts = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Or(once) if once else None
