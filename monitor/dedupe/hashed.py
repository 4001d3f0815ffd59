"""Numbers that stand for words: the same in every process, short enough for an index."""

from functools import cache
from hashlib import blake2b
from typing import Any


def hashed(rule: str, said: bytes) -> int:
    """Return a signed 64-bit number for what a rung looks for."""
    hasher = _hasher(rule).copy()
    hasher.update(said)
    return int.from_bytes(hasher.digest(), "big", signed=True)


@cache
def _hasher(rule: str) -> Any:
    return blake2b(digest_size=8, person=rule.encode())
