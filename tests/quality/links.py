"""Tell whether the addresses of one page are one, and those of different pages different."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from monitor.dedupe.link import canonical
from tests.quality.figures import Figure, records

_OF = "links"


def measure() -> Iterator[Figure]:
    """Yield how many variants of one address have one key, and how many different pages share none."""
    same: defaultdict[str, list[bool]] = defaultdict(list)
    different: defaultdict[str, list[bool]] = defaultdict(list)
    for pair in records("pairs", "url-variants.jsonl.gz"):
        one, other = canonical(pair["a"]), canonical(pair["b"])
        if pair["same"]:
            same[_varied(pair)].append(one == other)
        else:
            different[pair["kind"]].append(one != other)
    joined = [said for kind in same.values() for said in kind]
    apart = [said for kind in different.values() for said in kind]
    yield Figure(_OF, "recall of variants", _share(joined), 0.97, detail=_count(joined))
    wrong = apart.count(False)
    precision = joined.count(True) / max(joined.count(True) + wrong, 1)
    yield Figure(_OF, "precision (joined pairs)", precision, detail=f"{wrong} different pairs joined")
    yield Figure(_OF, "different pages kept apart", _share(apart), 0.999, detail=_count(apart))
    for kind, said in sorted(same.items()):
        yield Figure(_OF, f"recall, other {kind}", _share(said), detail=_count(said))
    for kind, said in sorted(different.items()):
        yield Figure(_OF, f"kept apart, other {kind}", _share(said), detail=_count(said))


def _varied(pair: dict[str, Any]) -> str:
    """Return in what the two addresses differ."""
    one, other = urlsplit(pair["a"]), urlsplit(pair["b"])
    parts = {
        "host": one.netloc != other.netloc,
        "path": one.path != other.path,
        "query": one.query != other.query,
    }
    return " and ".join(name for name, differs in parts.items() if differs) or "form"


def _share(said: list[bool]) -> float:
    return said.count(True) / len(said) if said else 1.0


def _count(said: list[bool]) -> str:
    return f"{said.count(True)} of {len(said)}"
