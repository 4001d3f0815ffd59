"""One language's families of words in one file: a word and its forms, found by the letters they begin with.

simplemma's dictionary gives for every form the word that it is a form of, in the order of the forms. Read
through once, its forms come in runs that begin alike, and so, mostly, does their word: each run is a block of
the file. A form that begins otherwise than its word (went, go) has its family in its own block too.
"""

import json
import struct
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from weakref import WeakValueDictionary

from monitor.words import fold

Families = Callable[[str], Sequence[Sequence[str]]]
"""The families in which a folded word stands, each with the word that the others are forms of first."""

SPACE = "_"
"""What stands in a block for a sign that parts words: об'єкт is two words to us."""

_HEAD = 4
"""How many letters a block has in common: with three, the largest take four times as long to read."""

_FORMAT = 1
_TRAILER = struct.Struct(">Q")
_KEPT, _BATCH = 256, 500
"""Blocks that stay unpacked; runs that are folded at a time, half a megabyte or so."""


def nothing_known(_word: str) -> Sequence[Sequence[str]]:
    """Know no families."""
    return ()


def file_of(language: str, folder: Path) -> Path:
    """Return where a language's file is, for the version of the dictionaries that is installed."""
    return folder / f"forms-{language}-{version('simplemma')}-{_FORMAT}"


def opened(language: str, folder: Path, say: Callable[[str], None]) -> Families:
    """Open a language's file, made now where it is missing; OSError, ValueError where that cannot be done."""
    path = file_of(language, folder)
    with suppress(OSError, ValueError, struct.error, zlib.error):  # missing, or damaged
        return _reader(path)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        with suppress(OSError, ValueError, struct.error, zlib.error):  # another process was first
            return _reader(path)
        say(f"collecting the forms of words of {language!r}, once, into {path}")
        pack(path, _records(language))
    return _reader(path)


# ---------------------------------------------------------------- reading


def _reader(path: Path) -> Families:
    """Return what reads a file, the same for the same file as long as somebody has it.

    To unpack its contents takes 0.05 s; who has made its queries wants their ten megabytes no more.
    """
    found = path.stat()
    which = (path, found.st_ino, found.st_mtime_ns, found.st_size)
    reader = _READERS.get(which)
    if reader is None:
        reader = _READERS[which] = _read(path)
    return reader


_READERS: WeakValueDictionary[tuple[Path, int, int, int], Families] = WeakValueDictionary()


def _read(path: Path) -> Families:
    data = path.read_bytes()
    (size,) = _TRAILER.unpack(data[-_TRAILER.size :])
    contents: Mapping[str, tuple[int, int]] = json.loads(
        zlib.decompress(data[-_TRAILER.size - size : -_TRAILER.size])
    )

    @lru_cache(maxsize=_KEPT)
    def block(head: str) -> str:
        start, end = contents.get(head, (0, 0))
        return zlib.decompress(data[start:end]).decode() if end else ""

    def families(word: str) -> Sequence[Sequence[str]]:
        lines, wanted = block(word[:_HEAD]), f" {word} "
        found, at = [], lines.find(wanted)
        while at >= 0:
            start, end = lines.rfind("\n", 0, at + 1) + 1, lines.index("\n", at + 1)
            found.append(lines[start:end].split())
            at = lines.find(wanted, end)
        return found

    return families


# ---------------------------------------------------------------- making


def _records(language: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the forms of a language in their order, each with its word; ValueError where it has none."""
    from simplemma.strategies.dictionaries.dictionary_factory import _read_decompressed
    from simplemma.strategies.dictionaries.frontcode import _iter_records, _read_header

    data = _read_decompressed(language)
    _, _, begin = _read_header(data)
    return ((form, word) for _, form, word in _iter_records(data, begin))


def pack(path: Path, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Write the file of a language whose forms, in their order, each come with their word."""
    _write(path, _blocks(records))


def _blocks(records: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the lines of every block: the word, its forms, with a space before each and at the end."""
    blocks: defaultdict[str, list[str]] = defaultdict(list)
    strays: list[tuple[str, str]] = []
    runs = _lines(_runs(records), strays)
    while some := list(islice(runs, _BATCH)):
        heads = _fold_letters("\0".join(begun for begun, _ in some)).split("\0")
        lines = _fold_letters("\0".join(text for _, text in some)).split("\0")
        for head, text in zip(heads, lines, strict=True):
            blocks[head[:_HEAD]].append(text)
    return _with_strays({head: "".join(texts) for head, texts in blocks.items()}, strays)


def _lines(
    runs: Iterable[tuple[bytes, Mapping[bytes, list[bytes]]]], strays: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield the families of each run as lines; what begins otherwise than its word goes to the strays."""
    for begun, families in runs:
        lines = []
        for word, forms in families.items():
            if word.startswith(begun):
                lines.append(b" %b %b \n" % (word, b" ".join(forms)))
            else:
                strays += [(form.decode(), word.decode()) for form in forms]
        yield begun.decode(), b"".join(lines).decode()


def _runs(records: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, Mapping[bytes, list[bytes]]]]:
    """Yield forms that begin with the same letters, by their words."""
    begun, families = b"", defaultdict[bytes, list[bytes]](list)
    whole = False
    for form, word in records:
        if not (whole and form.startswith(begun)):
            if families:
                yield begun, families
            begun = form.decode()[:_HEAD].encode()
            whole = len(form.decode()) >= _HEAD
            families = defaultdict(list)
        families[word].append(form)
    yield begun, families


def _fold_letters(text: str) -> str:
    """Fold letter by letter, which for a whole dictionary takes a tenth of folding its words."""
    text = text.lower()
    for letter in set(text) - set("\0\n "):
        if (plain := fold(letter) if letter.isalnum() else SPACE) != letter:
            text = text.replace(letter, plain)
    return text


def _with_strays(blocks: dict[str, str], strays: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Add forms that begin otherwise than their word to its family, and all of that to their own blocks."""
    folded = _fold_letters("\n".join(map("\0".join, strays)))
    pairs = [line.split("\0") for line in folded.split("\n") if line]
    by_block: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for form, word in pairs:
        by_block[word[:_HEAD]][word].append(form)
    visitors: defaultdict[str, list[str]] = defaultdict(list)
    for head, words in by_block.items():
        families = {line.split(" ", 2)[1]: line for line in blocks.get(head, "").split("\n") if line}
        for word, forms in words.items():
            families[word] = f"{families.get(word, f' {word} ')}{' '.join(forms)} "
            for elsewhere in {form[:_HEAD] for form in forms} - {head}:
                visitors[elsewhere].append(families[word])
        blocks[head] = "".join(f"{line}\n" for line in families.values())
    for head, lines in visitors.items():
        blocks[head] = blocks.get(head, "") + "".join(f"{line}\n" for line in lines)
    return blocks


def _write(path: Path, blocks: Mapping[str, str]) -> None:
    """Write a file whole or not at all: the blocks, where each stands, how long that is."""
    contents, at = {}, 0
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        try:
            for head, lines in blocks.items():
                size = file.write(zlib.compress(lines.encode(), 1))
                contents[head] = at, at + size
                at += size
            size = file.write(zlib.compress(json.dumps(contents).encode()))
            file.write(_TRAILER.pack(size))
            file.close()
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let other processes wait that want to make the same file."""
    import fcntl

    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
