"""Numbers that stand for words: the same in every process, short enough for an index."""

from hashlib import blake2b


def hashed(rule: str, said: bytes) -> int:
    """Return a signed 64-bit number for what a rung looks for."""
    digest = blake2b(said, digest_size=8, person=rule.encode()).digest()
    return int.from_bytes(digest, "big", signed=True)
