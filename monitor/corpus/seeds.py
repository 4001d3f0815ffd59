"""Read the seed corpus: Markdown with front matter, or plain text as it was saved."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from monitor.errors import Problem
from monitor.model.documents import SeedDocument
from monitor.model.entries import Words
from monitor.parse.text import tidy

SUFFIXES = (".md", ".markdown", ".txt")


def read(folder: Path) -> Iterator[SeedDocument | Problem]:
    """Yield every document of a folder by name, or what is wrong with the file."""
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        wrong = f"cannot be read as a folder: {error.strerror}"
        yield Problem(str(folder), "", wrong, "set seeds.path to the folder of the seed corpus")
        return
    for file in files:
        if file.suffix.lower() in SUFFIXES and not file.name.startswith("."):
            yield _read_one(file)


def fingerprint(folder: Path) -> str:
    """Return what changes when a file of the folder does, without reading any."""
    try:
        files = [(file.name, file.stat()) for file in sorted(folder.iterdir())]
    except OSError:
        return ""
    about = repr([(name, found.st_size, found.st_mtime_ns) for name, found in files])
    return blake2b(about.encode(), digest_size=12).hexdigest()


def _read_one(file: Path) -> SeedDocument | Problem:
    try:
        written = file.read_text("utf-8-sig")
        return document(file.name, written)
    except (OSError, ValueError) as error:
        return Problem(
            str(file), "", f"cannot be read as a seed: {error}", "a seed is UTF-8 text with a title"
        )


def document(name: str, written: str) -> SeedDocument:
    """Read one document: front matter (title, publisher, date, url, language), then the text.

    Without a title in the front matter the first line is it. Raises ValueError with a sentence.
    """
    matter, body = _front_matter(written)
    title, text = _titled(matter.get("title"), body)
    if not title:
        raise ValueError("it has neither a title nor a first line")
    return SeedDocument(
        name=name,
        words=Words(title=title, text=text),
        url=tidy(matter.get("url", "")) or None,
        source=tidy(matter.get("publisher", "")) or None,
        language=tidy(matter.get("language", "")) or None,
        published=_date(matter.get("date")),
    )


def _front_matter(written: str) -> tuple[dict[str, str], str]:
    lines = written.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != "---":
        return {}, written
    if "---" not in (ends := [line.strip() for line in lines[1:]]):
        raise ValueError("its front matter starts with --- and does not end with one")
    end = ends.index("---") + 1
    pairs = (line.partition(":") for line in lines[1:end] if ":" in line)
    matter = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return matter, "\n".join(lines[end + 1 :])


def _titled(title: str | None, body: str) -> tuple[str, str]:
    first, _, rest = body.strip().partition("\n")
    heading = tidy(first.lstrip("#"))
    if not title:
        return heading, tidy(rest)
    return tidy(title), tidy(rest if heading == tidy(title) else body)


def _date(written: str | None) -> datetime | None:
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"its date {written!r} is not of the form 2025-09-23") from error
