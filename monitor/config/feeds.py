"""The feeds of the configuration: [[feeds]] and OPML lists -> subscriptions, each feed once."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from monitor import opml
from monitor.config.addresses import web_url
from monitor.config.checks import login_problems, with_password
from monitor.config.entries import read_all
from monitor.config.readers import Wrong, shown
from monitor.config.secret import SecretStr, without_password
from monitor.config.sections import FeedEntry
from monitor.config.tables import Entry, Place
from monitor.errors import Problem
from monitor.hosts import feed_key
from monitor.model.feeds import FeedOptions, Subscription


def read_feeds(
    entries: list[Entry], lists: Iterable[Path], place: Place, problems: list[Problem], warnings: list[str]
) -> tuple[Subscription, ...]:
    """Read the feeds of the files and of the OPML lists; what a file says of a feed wins.

    Of addresses that mean one feed the first counts; a warning names both.
    """
    feeds: dict[str, Subscription] = {}
    for written, item in read_all(FeedEntry, entries, lambda feed: feed.url, problems):
        found = _subscription(with_password(written, item, problems))
        problems += login_problems(written, item)
        first = feeds.setdefault(feed_key(found.url), found)
        if first.url != found.url:
            warnings.append(f"{item.place.file}: {item.place.key}: {same_feed(found.url, first.url)}")
    for path in lists:
        _add_list(feeds, path, place, problems, warnings)
    return tuple(feeds.values())


def same_feed(url: str, first: str) -> str:
    """Say that an address means a feed that is there under another one."""
    return f"{without_password(url)} is the same feed as {without_password(first)}, which counts"


def _add_list(
    feeds: dict[str, Subscription], path: Path, place: Place, problems: list[Problem], warnings: list[str]
) -> None:
    listed: set[str] = set()
    for outline in _listed(path, place, problems):
        key = feed_key(outline.url)
        known = feeds.get(key)
        if known and known.url != outline.url:
            warnings.append(f"{path}: line {outline.line}: {same_feed(outline.url, known.url)}")
        elif key in listed:
            warnings.append(f"{path}: line {outline.line} lists {shown(outline.url)} again")
        if key not in listed:
            feeds[key] = _joined(known, outline)
        listed.add(key)


def _subscription(written: FeedEntry) -> Subscription:
    options = FeedOptions(
        username=written.username,
        password=written.password.get_secret_value() if written.password else None,
        headers=tuple((name, value.get_secret_value()) for name, value in written.headers or ()),
        user_agent=written.user_agent,
        proxy=written.proxy,
        full_text=bool(written.full_text),
        dedupe_off=written.dedupe_off or (),
    )
    return Subscription(
        written.url, written.title, written.every, written.folder, {}, options, written.paused
    )


def as_written(feed: Subscription) -> FeedEntry:
    """Return a subscription as it would be written in the configuration, its secrets wrapped."""
    options = feed.options
    return FeedEntry(
        url=feed.url,
        title=feed.title,
        every=feed.every,
        paused=feed.paused,
        folder=feed.folder,
        username=options.username,
        password=SecretStr(options.password) if options.password else None,
        headers=tuple((name, SecretStr(value)) for name, value in options.headers) or None,
        user_agent=options.user_agent,
        proxy=options.proxy,
        full_text=options.full_text or None,
        dedupe_off=options.dedupe_off or None,
    )


def _joined(known: Subscription | None, outline: opml.Outline) -> Subscription:
    """Return what the files and a list say of one feed, the files first and earlier lists next."""
    known = known or Subscription(outline.url)
    return Subscription(
        url=known.url,
        title=known.title or outline.title,
        every=known.every,
        folder=known.folder or opml.folder_name(outline.folder),
        attributes=known.attributes or outline.attributes,
        options=known.options,
        paused=known.paused,
        site=known.site or outline.site,
    )


def _listed(path: Path, place: Place, problems: list[Problem]) -> Iterator[opml.Outline]:
    try:
        outlines = opml.read(path.read_bytes())
    except OSError as error:
        problems.append(place.problem(f"{path} cannot be read: {error.strerror}", "the path of an OPML file"))
        return
    problems += [Problem(str(path), "", problem) for problem in outlines.problems]
    for outline in outlines.feeds:
        try:
            web_url(outline.url)
        except Wrong as error:
            where = f"line {outline.line}, outline {shown(outline.title or '')}"
            problems.append(Problem(str(path), where, error.wrong, error.right))
        else:
            yield outline
