"""Whether terms stand near one another: the rule of model.Near, over folded words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from monitor.model.topics import Field, Near, Term
from monitor.words import FoldedWords

FIELDS: tuple[Field, ...] = get_args(Field)


def stands(near: Near, words: FoldedWords) -> bool:
    """Tell whether the terms stand in one field, each in a place of its own, as near as is asked."""
    return any(
        _in_field(near, name, said.split())
        for name in FIELDS
        if (said := getattr(words, name)) and all(_is_there(term, name, f" {said} ") for term in near.terms)
    )


def _is_there(term: Term, name: Field, said: str) -> bool:
    """Tell whether a term stands in a field at all, before its places are looked for."""
    end = "" if term.prefix else " "
    asked = not term.fields or name in term.fields
    return asked and any(f" {' '.join(words)}{end}" in said for words in term.spellings)


def _in_field(near: Near, name: Field, words: Sequence[str]) -> bool:
    if len(near.terms) == 1:
        return True
    starts: defaultdict[str, list[int]] = defaultdict(list)
    for start, word in enumerate(words):
        starts[word].append(start)
    places = sorted(
        (start, end, 1 << number)
        for number, term in enumerate(near.terms)
        if not term.fields or name in term.fields
        for start, end in _places(term, words, starts)
    )
    return _reached(places, (1 << len(near.terms)) - 1, near.distance)


def _places(
    term: Term, words: Sequence[str], starts: Mapping[str, Sequence[int]]
) -> Iterator[tuple[int, int]]:
    for *whole, last in term.spellings:
        ends = {word for word in starts if word.startswith(last)} if term.prefix else {last}
        firsts = (
            starts.get(whole[0], ()) if whole else [start for word in ends for start in starts.get(word, ())]
        )
        for start in firsts:
            end = start + len(whole)
            if end < len(words) and words[end] in ends and words[start:end] == whole:
                yield start, end + 1


def _reached(places: Sequence[tuple[int, int, int]], wanted: int, distance: int) -> bool:
    """Walk the places in order; least tells of each set of terms, by where it ends, the words between."""
    least: dict[tuple[int, int], int] = {}
    for start, end, term in places:
        least = {key: others for key, others in least.items() if others + start - key[1] <= distance}
        grown = [((term, end), 0)]
        grown += (
            ((terms | term, end), others + start - stop)
            for (terms, stop), others in least.items()
            if stop <= start and not terms & term
        )
        for key, others in grown:
            least[key] = min(others, least.get(key, others))
        if (wanted, end) in least:
            return True
    return False
