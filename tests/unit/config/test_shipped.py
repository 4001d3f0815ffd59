"""The configuration that the project ships: complete, true and usable as it stands."""

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor import opml
from monitor.config import load
from monitor.config.sections import ENTRIES, SECTIONS, RecipientEntry
from monitor.config.tables import settings_of

_ROOT = Path(__file__).resolve().parents[3]
_SHIPPED = _ROOT / "config" / "monitor.toml"
_TABLE = re.compile(r"#?\[\[?([a-z.]+)\]\]?")
_KEY = re.compile(r"#?([a-z_]+) = ")


def _keys_in_the_file() -> set[str]:
    """Return every key, commented out or not, as section.key."""
    keys, section = set(), ""
    for line in _SHIPPED.read_text(encoding="utf-8").splitlines():
        if table := _TABLE.fullmatch(line):
            section = table[1]
        elif key := _KEY.match(line):
            keys.add(f"{section}.{key[1]}".removeprefix("."))
    return keys


def _keys_there_are() -> set[str]:
    tables = {**SECTIONS, **ENTRIES}
    keys = {
        f"{section}.{key}".removeprefix(".") for section, kind in tables.items() for key in settings_of(kind)
    }
    in_a_file = {
        "channels.email.password",
        "web.password",
        "feeds.password",
        "webhooks.secret",
        "services.url",
    }
    return keys - in_a_file


def test_every_setting_stands_in_the_file_and_the_file_has_no_other() -> None:
    """A key added to the program is added to the file, and one removed is removed."""
    assert {key for key in _keys_in_the_file() if not key.startswith("aliases.")} == _keys_there_are()


@pytest.mark.parametrize("key", ["password", "secret", "url", *settings_of(RecipientEntry)])
def test_what_cannot_stand_beside_another_key_is_explained(key: str) -> None:
    """A password in the file, and a reader as a table, are shown in the comments."""
    comments = "\n".join(
        line for line in _SHIPPED.read_text(encoding="utf-8").splitlines() if line.startswith("# ")
    )
    assert re.search(rf"\b{key} =", comments)


def test_the_shipped_configuration_is_right_as_it_stands() -> None:
    """It loads with the shipped topics, seeds and feeds, and says what is missing for mails."""
    settings = load(_SHIPPED, {})
    assert settings.store.url == f"sqlite:///{_ROOT}/data/monitor.db"
    assert settings.seeds.path == _ROOT / "seeds"
    assert {topic.name for topic in settings.topics} == {
        "joint-air-defence",
        "nato-airspace",
        "nato-training-logistics",
        "israel-precedent",
        "energy-strikes",
        "peace-talks",
    }
    (digest,) = settings.digests
    assert (digest.name, digest.to, digest.timezone) == ("morning", (), "Europe/Kyiv")
    assert set(digest.topics) == {topic.name for topic in settings.topics}
    assert settings.notes == (
        "there is no e-mail channel: digests are composed and kept for the page and for preview",
    )


def test_every_key_taken_out_of_its_comment_is_right_too(tmp_path: Path) -> None:
    """What the comments show can be used as it is."""
    shutil.copytree(_ROOT / "config", tmp_path / "config")
    shutil.copytree(_ROOT / "seeds", tmp_path / "seeds")
    config = tmp_path / "config" / "monitor.toml"
    config.write_text(
        re.sub(r"^#(?=[a-z\[])", "", config.read_text(encoding="utf-8"), flags=re.MULTILINE), "utf-8"
    )
    for name in ("email-password", "feed-password", "web-password", "newsroom-secret", "chat-address"):
        (tmp_path / "config" / name).write_text("a secret that is long enough\n")
    settings, shipped = load(config, {}), load(_SHIPPED, {})
    assert settings.warnings == settings.notes == ()
    assert settings.channels.email
    for section in ("news", "daemon", "logs", "subscriptions"):
        assert repr(getattr(settings, section)).replace(str(tmp_path), "") == repr(
            getattr(shipped, section)
        ).replace(str(_ROOT), "")


def test_the_shipped_feeds_are_a_list_of_publishers() -> None:
    """Enough feeds for the story, each with a title, a site and a folder, none twice."""
    read = opml.read((_ROOT / "config" / "feeds.opml").read_bytes())
    assert read.problems == ()
    assert 30 <= len(read.feeds) <= 60
    assert len({feed.url for feed in read.feeds}) == len(read.feeds)
    assert len({feed.title for feed in read.feeds}) == len(read.feeds)
    assert {feed.folder[0] for feed in read.feeds} >= {"World", "Ukraine", "Poland", "Baltics", "Defence"}
    assert all(feed.title and feed.site and urlsplit(feed.url).hostname for feed in read.feeds)
