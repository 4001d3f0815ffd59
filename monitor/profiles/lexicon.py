"""What words mean: static vectors of 256 dimensions, from the files that the wordllama wheel carries.

wordllama's own loader looks for its tokenizer on the network, so the two files are opened directly.
"""

import json
import math
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vector = NDArray[np.float32]

DIMENSIONS = 256


def meaning(words: Iterable[str]) -> Vector:
    """Return the sum of the vectors of words' pieces: the longer the more they tell and agree."""
    pieces = list(chain.from_iterable(map(_pieces, words)))
    vector: Vector = np.add.reduce(_weights().take(pieces, axis=0), axis=0) if pieces else _nothing()
    return vector


def _nothing() -> Vector:
    return np.zeros(_weights().shape[1], np.float32)


@lru_cache(1 << 17)
def _pieces(word: str) -> tuple[int, ...]:
    """Return the pieces of a word; none reaches over a space, so that a text's are those of its words."""
    return tuple(_tokenizer().encode(word, add_special_tokens=False).ids)


def weight(word: str) -> float:
    """Return how much a word tells by itself: 2 for "of", 6 for "said", 20 and more for names.

    One of several pieces is none of the words that stand everywhere.
    """
    piece = _tokenizer().token_to_id(f"▁{word}")
    return math.inf if piece is None else float(_lengths()[piece])


@cache
def _lengths() -> Vector:
    lengths: Vector = np.linalg.norm(_weights(), axis=1)
    return lengths


def _folder() -> Path:
    spec = find_spec("wordllama")
    assert spec is not None and spec.origin is not None, "wordllama is a dependency"  # noqa: S101, PT018
    return Path(spec.origin).parent


@cache
def _tokenizer() -> Any:
    return Tokenizer.from_file(str(_folder() / "tokenizers" / "l2_supercat_tokenizer_config.json"))


@cache
def _weights() -> Vector:
    """Read the table of vectors; safetensors: a length, a header of JSON, the numbers.

    It is kept as what is added up, 33 MB, since to widen the numbers each time takes longer than to add them.
    """
    path = _folder() / "weights" / "l2_supercat_256.safetensors"
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        shape = json.loads(file.read(length))["embedding.weight"]["shape"]
    return np.fromfile(path, np.float16, offset=8 + length).reshape(shape).astype(np.float32)
