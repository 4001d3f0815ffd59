"""The feeds of a configuration: each once, with all that is its own, and nothing secret in sight."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import masked
from monitor.model.feeds import FeedOptions
from tests.unit.config.written import load_text, problems_of

FULL = """
    [[feeds]]
    url = "https://a.test/f"
    every = "15m"
    paused = true
    folder = "World / Baltic"
    username = "desk"
    password_file = "a.password"
    headers = { "X-Api-Key" = "hush-key" }
    user_agent = "Desk/1"
    proxy = "http://me:hush-proxy@proxy.test:3128"
    full_text = true
    """


def test_a_feed_has_all_that_is_its_own(tmp_path: Path) -> None:
    """Login, headers, user agent, proxy, interval, pause and full text stand beside the address."""
    (tmp_path / "a.password").write_text("hush\n", "utf-8")
    (feed,) = load_text(tmp_path, FULL).feeds
    proxy = "http://me:hush-proxy@proxy.test:3128"
    assert feed.options == FeedOptions("desk", "hush", (("X-Api-Key", "hush-key"),), "Desk/1", proxy, True)
    assert (feed.every, feed.paused, feed.folder) == (timedelta(minutes=15), True, "World / Baltic")


def test_what_a_feed_logs_in_with_is_never_shown(tmp_path: Path) -> None:
    """Neither the password nor a header's value nor a proxy's login is printed, nor in the settings' repr."""
    (tmp_path / "a.password").write_text("hush\n", "utf-8")
    settings = load_text(tmp_path, FULL)
    assert "hush" not in masked(settings)
    assert 'headers = { X-Api-Key = "•••" }' in masked(settings)
    assert 'proxy = "http://me:•••@proxy.test:3128"' in masked(settings)
    assert "hush" not in repr(settings)


def test_what_is_shown_of_a_feed_loads_again(tmp_path: Path) -> None:
    """The print is a configuration; a feed without options shows none."""
    (tmp_path / "a.password").write_text("hush\n", "utf-8")
    settings = load_text(tmp_path, FULL + '[[feeds]]\nurl = "https://b.test/"'.replace("\n", "\n    "))
    printed = masked(settings).replace("•••", "secret")
    again = load_text(tmp_path, printed)
    assert [(one.url, one.every, one.paused, one.folder) for one in again.feeds] == [
        (one.url, one.every, one.paused, one.folder) for one in settings.feeds
    ]
    assert printed.rpartition("[[feeds]]")[2].split() == ["url", "=", '"https://b.test/"']


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('username = "desk"', "feeds[0].username: has no password"),
        ('password = "p"', "feeds[0].password: has no user name"),
        ('headers = "X: 1"', "feeds[0].headers: is text, not a table"),
        ('headers = { "X Y" = "1" }', '"X Y" is not the name of a header'),
        ('headers = { Host = "x" }', "the header Host is set by the program itself"),
        ('headers = { User-Agent = "x" }', "user_agent has a key of its own"),
        ('headers = { X = "a\\nb" }', "the value of the header X holds a line break"),
        ('proxy = "file:///etc/passwd"', "is not an http or https address"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_place(tmp_path: Path, lines: str, said: str) -> None:
    """Half a login, a header that is none or ours, and a proxy that is no address are problems."""
    (problem,) = problems_of(tmp_path, f'[[feeds]]\nurl = "https://a.test/f"\n{lines}')
    assert said in problem


def test_one_feed_under_two_addresses_counts_once_with_a_warning(tmp_path: Path) -> None:
    """FAILURES 27: both addresses are named, and the first counts, in the file and in its lists alike."""
    (tmp_path / "list.opml").write_text(
        '<opml version="2.0"><body><outline text="A" xmlUrl="http://www.a.test/f/"/>'
        '<outline text="B" xmlUrl="https://b.test/"/>\n<outline text="B" xmlUrl="http://b.test#x"/></body></opml>',
        "utf-8",
    )
    settings = load_text(
        tmp_path,
        """
        [subscriptions]
        opml = ["list.opml"]
        [[feeds]]
        url = "https://a.test/f"
        [[feeds]]
        url = "http://a.test/f"
        """,
    )
    assert [(feed.url, feed.title) for feed in settings.feeds] == [
        ("https://a.test/f", "A"),
        ("https://b.test/", "B"),
    ]
    where = [warning.replace(f"{tmp_path}/", "") for warning in settings.warnings]
    assert where == [
        "monitor.toml: feeds[1]: http://a.test/f is the same feed as https://a.test/f, which counts",
        "list.opml: line 1: http://www.a.test/f/ is the same feed as https://a.test/f, which counts",
        "list.opml: line 2: http://b.test#x is the same feed as https://b.test/, which counts",
    ]
