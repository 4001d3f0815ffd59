"""What words mean: static vectors of 256 dimensions, from the files that the wordllama wheel carries.

wordllama's own loader looks for its tokenizer on the network, so the two files are opened directly.
"""

import json
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vector = NDArray[np.float32]


def meaning(text: str) -> Vector:
    """Return the sum of the vectors of a text's pieces: the longer the more they tell and agree."""
    pieces = _tokenizer().encode(text, add_special_tokens=False).ids
    vector: Vector = _weights()[pieces].astype(np.float32).sum(axis=0)
    return vector


@lru_cache(1 << 16)
def weight(word: str) -> float:
    """Return how much a word tells by itself: 2 for "of", 6 for "said", 20 and more for names."""
    return float(np.linalg.norm(meaning(word)))


def _folder() -> Path:
    spec = find_spec("wordllama")
    assert spec is not None and spec.origin is not None, "wordllama is a dependency"  # noqa: S101, PT018
    return Path(spec.origin).parent


@cache
def _tokenizer() -> Any:
    return Tokenizer.from_file(str(_folder() / "tokenizers" / "l2_supercat_tokenizer_config.json"))


@cache
def _weights() -> NDArray[np.float16]:
    """Map the table of vectors into memory; safetensors: a length, a header of JSON, the numbers."""
    path = _folder() / "weights" / "l2_supercat_256.safetensors"
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        shape = json.loads(file.read(length))["embedding.weight"]["shape"]
    return np.asarray(np.memmap(path, np.float16, "r", 8 + length, tuple(shape)))
