"""Publisher text made fit to be shown on a line: nothing invisible, nothing endless."""

import re
import unicodedata

# Marks that turn the direction of everything after them: a title must not reach beyond itself.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Ends of sentences; two letters before a full stop, so that "U.S." and initials are none.
_SENTENCE = re.compile(r"""(?:(?<=\w\w)\.|[!?…؟۔।]|\.\.\.)["'»”’)\]]*(?=\s)|[。！？]」?""")
_HIDDEN = frozenset({"Cc", "Cs"})


def one_line(text: str) -> str:
    """Return text as one line, without control characters, lone surrogates and turns of direction."""
    line = " ".join(text.translate(_TURNS).split())
    if line.isprintable():
        return line
    return " ".join("".join(map(_visible, line)).split())


def _visible(letter: str) -> str:
    return "" if unicodedata.category(letter) in _HIDDEN else letter


def shorten(text: str, limit: int) -> str:
    """Return at most limit characters of a line, cut between words where it has any, marked with …."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    words = head.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else head[:-1]).rstrip(" ,;:–-") + "…"


def clipped(text: str, limit: int) -> str:
    """Return text as one line of at most limit characters, at a cost that does not grow with text."""
    return shorten(one_line(text[: limit * 4]), limit)


def opening(text: str, limit: int) -> str:
    """Return the whole sentences that fit into limit, or the first one cut short when none does."""
    line = one_line(text[: limit * 20])
    if len(line) <= limit:
        return line
    ends = [match.end() for match in _SENTENCE.finditer(line, 0, limit + 1) if match.end() <= limit]
    return line[: ends[-1]] if ends and ends[-1] > limit // 4 else shorten(line, limit)
