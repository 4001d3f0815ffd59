"""The test suites of feedparser, gofeed, feed-rs and miniflux, read as cases."""

import ast
import calendar
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from monitor.model.fetching import Document
from tests.contract.conformance import ADDRESS, Case, Check

# ---------------------------------------------------------------- feedparser: Expect: and Header: lines

_ENCODINGS = (
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0<", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\xfe\xff", "utf-16"),
    (b"\xff\xfe", "utf-16"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(r"^Header:\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
_OURS = {
    "title": "title",
    "summary": "summary",
    "description": "summary",
    "content": "content",
    "id": "guid",
    "guid": "guid",
    "link": "link",
    "language": "language",
    "published_parsed": "published",
    "issued_parsed": "published",
    "updated_parsed": "published",
    "modified_parsed": "published",
    "date_parsed": "published",
    "created_parsed": "published",
}
_OF_FEED = {"title": "title", "link": "site", "language": "language"}


def feedparser(folder: Path) -> Iterator[Case]:
    """Give every file of a folder of feedparser's suite."""
    for path in sorted(folder.rglob("*.*")):
        body = path.read_bytes()
        head = body.decode(
            next((name for mark, name in _ENCODINGS if body.startswith(mark)), "latin-1"), "replace"
        )
        expression = _EXPECT.search(head)
        headers = {name.lower(): value for name, value in _HEADER.findall(head)}
        document = Document(
            _joined(headers.get("content-location")), body, headers.get("content-type", "application/xml")
        )
        checks = tuple(_expectations(expression[1])) if expression else ()
        yield Case(f"{path.parent.name}/{path.name}", document, checks)


def _joined(location: str | None) -> str:
    absolute = urljoin(ADDRESS, location or "")
    return absolute if absolute.startswith("http") else ADDRESS


def _expectations(expression: str) -> Iterator[Check]:
    try:
        tree = ast.parse(" ".join(expression.split()), mode="eval").body
    except SyntaxError:
        return
    for term in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if isinstance(term, ast.Compare) and isinstance(term.ops[0], ast.Eq):
            yield from _compared(term.left, term.comparators[0])


def _compared(left: ast.expr, right: ast.expr) -> Iterator[Check]:
    try:
        expected = ast.literal_eval(right)
    except ValueError:
        return
    counted = isinstance(left, ast.Call) and ast.unparse(left) == "len(entries)"
    if counted:
        yield Check("count", None, expected)
    elif path := _path(left):
        yield from _check(path, expected)


def _path(node: ast.expr) -> list[Any] | None:
    """Return entries[0]['title'] as ["entries", 0, "title"]."""
    steps: list[Any] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            steps.append(node.slice.value)
        else:
            return None
        node = node.value
    return [node.id, *reversed(steps)]


def _check(path: list[Any], expected: Any) -> Iterator[Check]:
    match path:
        case ["entries", int(item), "content", _, "value"]:
            yield Check("content", item, expected)
        case ["entries", int(item), str(name)] if name in _OURS:
            ours = _OURS[name]
            yield Check(ours, item, _moment(expected) if ours == "published" else expected)
        case ["entries", int(item), "title_detail" | "summary_detail" as name, "value"]:
            yield Check(name.removesuffix("_detail"), item, expected)
        case ["entries", int(item), "title_detail" | "summary_detail", "language"]:
            yield Check("language", item, expected and expected.lower())
        case ["feed", str(name)] if name in _OF_FEED:
            yield Check(
                _OF_FEED[name], None, expected.lower() if name == "language" and expected else expected
            )
        case ["feed", "title_detail", "value"]:
            yield Check("title", None, expected)


def _moment(parsed: Any) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


# ---------------------------------------------------------------- gofeed: an input beside its expectation


def gofeed(folder: Path) -> Iterator[Case]:
    """Give every input of a folder of gofeed's suite, with its expectation where it has one."""
    for path in sorted(folder.rglob("*.xml")):
        expected = path.with_suffix(".json")
        yield _gofeed_case(path, json.loads(expected.read_text()) if expected.exists() else {})
    for path in sorted((folder / "parser" / "json").glob("*.json")):
        expected = path.with_name(f"{path.stem}_expected.json")
        if not path.stem.endswith("_expected"):
            yield _gofeed_case(path, json.loads(expected.read_text()) if expected.exists() else {})


def _gofeed_case(path: Path, feed: dict[str, Any]) -> Case:
    found = feed.get("items", feed.get("entries"))
    checks = [Check("count", None, len(found))] if found is not None else []
    checks += [Check("title", None, feed["title"])] if feed.get("title") else []
    checks += [Check("site", None, feed["link"])] if isinstance(feed.get("link"), str) else []
    checks += [Check("language", None, feed["language"].lower())] if feed.get("language") else []
    for number, item in enumerate(found or ()):
        checks += _gofeed_item(number, item)
    return Case(f"{path.parent.name}/{path.name}", _document(path), tuple(checks))


def _gofeed_item(number: int, item: dict[str, Any]) -> Iterator[Check]:
    dates = ("publishedParsed", "pubDateParsed", "date_published", "updatedParsed", "date_modified")
    when = next((item[name] for name in dates if item.get(name)), None)
    values = {
        "title": item.get("title"),
        "summary": item.get("summary") or item.get("description"),
        "content": _inner(
            item.get("content") or item.get("content_html") or item.get("content_text"), "value"
        ),
        "guid": _inner(item.get("guid") or item.get("id"), "value"),
        "link": item.get("link") or item.get("url"),
        "published": when and _whole_seconds(when),
    }
    return (Check(name, number, value) for name, value in values.items() if value)


def _inner(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else value


def _document(path: Path, url: str = ADDRESS) -> Document:
    kind = "application/feed+json" if path.suffix == ".json" else "application/xml"
    return Document(url, path.read_bytes(), kind)


# ---------------------------------------------------------------- feed-rs: x.xml or x.json and x.serde.json


def feed_rs(folder: Path) -> Iterator[Case]:
    """Give every input of feed-rs' suite; ids that it made up itself are not expected."""
    for path in sorted(folder.rglob("*.*")):
        if path.suffix in {".xml", ".json"} and not path.name.endswith(".serde.json"):
            expected = path.with_suffix(".serde.json")
            feed = json.loads(expected.read_text()) if expected.exists() else None
            document = _document(path)
            yield Case(path.name, document, tuple(_feed_rs_checks(feed, document.body)) if feed else ())


def _feed_rs_checks(feed: dict[str, Any], body: bytes) -> Iterator[Check]:
    yield Check("count", None, len(feed["entries"]))
    yield Check("title", None, _inner(feed["title"], "content"))
    if feed["language"]:
        yield Check("language", None, feed["language"].lower())
    for number, item in enumerate(feed["entries"]):
        values = {
            "title": _inner(item["title"], "content"),
            "summary": _inner(item["summary"], "content"),
            "content": _inner(item["content"], "body"),
            "guid": item["id"] if item["id"].encode() in body else None,
            "link": next(
                (link["href"] for link in item["links"] if link["rel"] in {None, "alternate"}), None
            ),
            "published": (when := item["published"] or item["updated"]) and _whole_seconds(when),
        }
        yield from (Check(name, number, value) for name, value in values.items() if value)


def _whole_seconds(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(microsecond=0)


# ---------------------------------------------------------------- miniflux: one line a case, and plain feeds

_MINIFLUX = re.compile(r"Entries\[(\d+)\]\.(Title|URL|Content|Language)")
_MINIFLUX_OURS = {
    "Title": "title",
    "URL": "link",
    "Content": "content",
    "Language": "language",
    "SiteURL": "site",
    "len(Entries)": "count",
}


def miniflux(folder: Path) -> Iterator[Case]:
    """Give miniflux's inline cases and the feeds in its other folders."""
    for number, row in enumerate((folder / "inline-cases.jsonl").read_text().splitlines(), start=1):
        case = json.loads(row)
        document = Document(case.get("feed_url") or ADDRESS, case["input"].encode("utf-8", "surrogatepass"))
        yield Case(
            f"{number} {case['test']}", document, tuple(_miniflux_checks(case["expect"])), case["must_fail"]
        )
    for path in sorted(folder.rglob("*.xml")):
        yield Case(path.name, _document(path))


def _miniflux_checks(expected: list[list[Any]]) -> Iterator[Check]:
    for path, value in expected:
        if found := _MINIFLUX.fullmatch(path):
            name = _MINIFLUX_OURS[found[2]]
            yield Check(name, int(found[1]), value.lower() if name == "language" else value)
        elif path in _MINIFLUX_OURS:
            yield Check(_MINIFLUX_OURS[path], None, value)
        elif path == "Language":
            yield Check("language", None, value.lower())
