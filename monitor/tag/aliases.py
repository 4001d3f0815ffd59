"""The alias table: which spellings of a name or word stand for one another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from monitor.model import Term
from monitor.words import folded

Spelling = tuple[str, ...]


class AliasTable:
    """Rows of spellings, folded once, that turn a word or phrase of a query into its term."""

    __slots__ = ("_names", "_rows")

    def __init__(self, rows: Mapping[str, Sequence[str]]) -> None:
        self._rows = {name: tuple(filter(None, map(folded, spellings))) for name, spellings in rows.items()}
        self._names: dict[Spelling, list[str]] = defaultdict(list)
        for name, spellings in self._rows.items():
            for spelling in dict.fromkeys(spellings):
                self._names[spelling].append(name)

    def term(self, text: str) -> Term:
        """Return the text as a term; one that stands in several rows stands for all of theirs."""
        own = folded(text)
        names = self._names.get(own, ())
        others = (spelling for name in names for spelling in self._rows[name])
        spellings = tuple(dict.fromkeys((own, *others)))
        return Term(text, spellings, ", ".join(names) if len(spellings) > 1 else None)
