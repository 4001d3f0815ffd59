"""Items that come back under new names: a site moved, or makes up its guids and links anew for every answer.

One item with a known title and a new guid is a new item, such as the next "Morning quiz". When most items
of a document are known by their titles and by nothing else, the names have changed and not the news.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from monitor.dedupe.wording import TELLING_TITLE
from monitor.model.stories import Appearance, Batch, KnownCopy
from monitor.words import folded

_ZONE = timedelta(hours=14)
"""A platform that loses the time zone moves a date by so much at most; serial items are a day apart."""


def returned(
    unknown: Mapping[int, Appearance], batch: Batch, recent: Iterable[KnownCopy]
) -> dict[int, KnownCopy]:
    """Match the appearances of a batch that nothing identifies with its feed's last copies, by their titles.

    The result is empty where these are not most of the document's items.
    """
    if not batch.is_most(len(unknown)):
        return {}
    by_title: defaultdict[str, list[KnownCopy]] = defaultdict(list)
    for copy in recent:
        by_title[" ".join(folded(copy.title))].append(copy)
    found: dict[int, KnownCopy] = {}
    taken: set[int] = set()
    for index, appearance in unknown.items():
        alike = by_title.get(appearance.folded.title, ())
        same = [copy for copy in alike if copy.id not in taken and _is(appearance, copy)]
        if len(same) == 1:
            found[index] = same[0]
            taken.add(same[0].id)
    return found if batch.is_most(len(found)) else {}


def _is(appearance: Appearance, copy: KnownCopy) -> bool:
    """Tell whether an item is a known one, given that their titles are equal."""
    entry, title = appearance.entry, appearance.folded.title
    same_words = appearance.words_hash == copy.words_hash
    if not title:
        return False
    if entry.published and entry.published == copy.published:
        return True
    if entry.published and copy.published and abs(entry.published - copy.published) > _ZONE:
        return same_words and bool(entry.words.summary or entry.words.text)
    return same_words or len(title.split()) >= TELLING_TITLE
