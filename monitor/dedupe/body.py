"""What an item says under its title, as it is compared: the longer of its fields, without a dateline."""

import re

from monitor.model.entries import Words
from monitor.words import FoldedWords, folded

_DATELINE = re.compile(r"\s*([^\n!?]{2,80}?)\s*(?:[—–]|(?<=\s)-{1,2}(?=\s)|--)\s*")  # dashes
_DASH = re.compile("[—–-]")  # dashes
_LONGEST = 90
_CREDIT = re.compile(r"\([^()]{2,30}\)$")
_MORE = 5
"""A body that is the title and no more words than these (an outlet's name) says nothing of its own."""


def raw_body(words: Words) -> str:
    """Return the longer of an item's text and summary, as it stands."""
    return words.text if len(words.text) >= len(words.summary) else words.summary


def body_of(words: Words, said: FoldedWords, most: int) -> list[str]:
    """Return the first folded words of an item's body; none where it only repeats the title."""
    longer = len(words.text) >= len(words.summary)
    found = (said.text if longer else said.summary).split(maxsplit=most)[:most]
    title = said.title.split()
    if found[: len(title)] == title and len(found) - len(title) <= _MORE:
        return []
    return found[dateline(raw_body(words)) :]


def dateline(raw: str) -> int:
    """Return how many folded words of a dateline a text begins with: "KYIV, Dec 19 (Reuters) - ".

    It ends in a dash and either begins with a place in capitals or ends in an agency in brackets.
    """
    found = _DATELINE.match(raw) if _DASH.search(raw, 0, _LONGEST) else None
    if found is None:
        return 0
    place = found[1].split(maxsplit=1)[0].strip(",")
    if (len(place) > 2 and place.isupper()) or _CREDIT.search(found[1]):
        return len(folded(found[1]))
    return 0
