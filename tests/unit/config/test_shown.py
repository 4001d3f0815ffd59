"""The settings as `monitor config show` prints them."""

import tomllib
from pathlib import Path

from monitor.config import load, masked
from tests.unit.config.written import load_text

_TEXT = """
    public_url = "https://m.example.org"
    [store]
    url = "postgresql://me:hush@db/m"
    [fetch]
    per_host_delay = "90s"
    max_bytes = "500kB"
    allow_private = ["127.0.0.0/8"]
    [aliases]
    "new york" = ["New York", "NYC"]
    [web]
    username = "desk"
    password = "hush"
    [[feeds]]
    url = "https://me:hush@a.test/f"
    every = "15m"
    [[topics]]
    name = "t"
    query = 'a "b c"'
    [[digests]]
    name = "d"
    schedule = "0 7 * * *"
    to = ["a@example.org", { address = "b@example.org", language = "pl" }]
    [channels.email]
    host = "mail"
    sender = "m@example.org"
    username = "u"
    password = "hush"
    """


def test_secrets_are_masked_everywhere(tmp_path: Path) -> None:
    """Neither passwords nor those inside addresses are printed, nor in the settings' own repr."""
    settings = load_text(tmp_path, _TEXT)
    assert "hush" not in masked(settings)
    assert 'password = "•••"' in masked(settings)
    assert 'url = "postgresql://me:•••@db/m"' in masked(settings)
    assert "hush" not in repr(settings.channels.email)
    assert settings.channels.email
    assert settings.channels.email.password
    assert settings.channels.email.password.get_secret_value() == "hush"
    assert len({settings.channels.email, settings.channels.email}) == 1


def test_every_value_says_where_it_comes_from(tmp_path: Path) -> None:
    """Defaults, the file and variables can be told apart."""
    lines = masked(load_text(tmp_path, _TEXT, {"MONITOR_FETCH__TIMEOUT": "60s"})).splitlines()
    assert f'max_bytes = "500kB"  # {tmp_path}/monitor.toml' in lines
    assert 'timeout = "1m"  # MONITOR_FETCH__TIMEOUT' in lines
    assert "per_host = 2  # default" in lines
    assert "port = 587  # default" in lines


def test_what_is_shown_is_a_configuration(tmp_path: Path) -> None:
    """The print is TOML, and loaded again it gives the same settings but for the secrets."""
    settings = load_text(tmp_path, _TEXT)
    again = tmp_path / "again.toml"
    again.write_text(masked(settings).replace("•••", "hush"), encoding="utf-8")
    copy = load(again, {})
    for name in ("public_url", "store", "fetch", "web", "channels", "topics", "aliases", "digests"):
        assert getattr(copy, name) == getattr(settings, name), name
    assert [(feed.url, feed.every) for feed in copy.feeds] == [
        (feed.url, feed.every) for feed in settings.feeds
    ]


def test_an_empty_configuration_shows_its_defaults(tmp_path: Path) -> None:
    """Sections without a channel, seeds or lists are simply not there."""
    shown = tomllib.loads(masked(load_text(tmp_path, "")))
    assert shown["news"] == {"max_age": "2d"}
    assert "channels" not in shown
    assert "topics" not in shown
