"""A title as it is compared: without the section before it and the outlet after it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from monitor.hosts import site_of
from monitor.words import folded, is_unparted

_LABEL = re.compile(
    r"""\s*\W{0,2}(?:
        (?: live | live\ (?:updates?|blog|now) | watch | listen | video | photos? | in\ pictures | gallery
          | audio | podcast | opinion | comment | editorial | analysis | explainer | explained | exclusive
          | breaking(?:\ news)? | just\ in | update[ds]? | developing | interview | review | factbox
          | timeline | fact\ check | correct(?:ed|ion)
          | відео | фото | інтерв.ю | оновлено | думка | наживо | видео | интервью | обновлено | мнение
          | срочно | wideo | zdjęcia | na\ żywo | pilne | opinia | wywiad
          | en\ direct | vidéo | en\ vivo | última\ hora | eilmeldung )
        \s*(?:[:|/]|\s[-—–]\s)
      | (?: update | wrapup | refile | rpt | corrected | exclusive | breakingviews | analysis | factbox
          | timeline | focus )\ ?\d{0,2}-
      | [^|:]{3,30}\s\|
    )\s*(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
"""What stands before a title: the desk's own labels, an agency's running numbers, a section before a bar."""

_MARKED = re.compile(r"[:|/–—-]")  # dashes
_LONGEST_LABEL = 40

_TAIL = re.compile(r"\s+(?:[-—–|·]|::)\s+([^|·]{2,40}?)\s*$")
_AGGREGATORS = frozenset({"news.google.com"})
"""Hosts whose every title ends in the outlet that the item comes from."""
_LONGEST_NAME = 6
_LEAST_LEFT = 3
"""A label or an outlet is taken off a title only where so many words are left of it."""
_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def plain_title(title: str, link: str | None = None, outlet: str = "") -> str | None:
    """Return the folded title without a label before it and the outlet after it; None where it has neither.

    outlet is what the feed calls itself; an outlet is recognised by that or by the host of the link.
    """
    bare = title
    if _MARKED.search(title, 0, _LONGEST_LABEL):
        left = _LABEL.sub("", title, count=1)
        bare = left if _weight(left) >= _LEAST_LEFT else title
    while (left := _without_outlet(bare, link, outlet)) != bare:
        bare = left
    return None if bare is title else " ".join(folded(bare))


def _without_outlet(title: str, link: str | None, outlet: str) -> str:
    found = _TAIL.search(title)
    if found is None:
        return title
    tail = folded(found[1])
    if not 0 < _said(tail) <= _LONGEST_NAME or _weight(title[: found.start()]) < _LEAST_LEFT:
        return title
    host = _host(link or "")
    if host in _AGGREGATORS or _names("".join(tail).removeprefix("the"), host, outlet):
        return title[: found.start()]
    return title


@lru_cache(maxsize=1 << 12)
def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def _names(tail: str, host: str, outlet: str) -> bool:
    """Tell whether letters name an outlet: part of what it calls itself, or what its host abbreviates."""
    if len(tail) < 2:
        return False
    if tail in "".join(folded(outlet)):
        return True
    label = site_of(host).partition(".")[0].replace("-", "").removeprefix("the")
    return len(label) > 2 and label[0] == tail[0] and (label.startswith(tail) or _abbreviates(label, tail))


def _abbreviates(label: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in label)


def is_telling(title: str) -> bool:
    """Tell whether a folded title says enough to be nobody else's."""
    return _said(title.split()) >= 5


def _said(words: Sequence[str]) -> int:
    """Count folded words; two letters make one in scripts that do not part their words."""
    unparted = [word for word in words if is_unparted(word)]
    pairs = sum(len(word) == 2 for word in unparted)
    return len(words) - len(unparted) + (pairs + 1) // 2


def _weight(text: str) -> int:
    """Count words; two characters make one in scripts that do not part their words."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text)) // 2
    return text.count(" ") + 1 + wide if text else 0
