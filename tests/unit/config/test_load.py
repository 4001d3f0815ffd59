"""A right configuration becomes the settings it says, defaults included."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import SecretStr, load
from monitor.model.digests import DigestPlan, Recipient
from monitor.model.feeds import Subscription
from monitor.model.topics import Alias, Topic
from tests.unit.config.written import load_text


def test_store_and_feeds_alone_are_a_configuration(tmp_path: Path) -> None:
    """Every other section is optional, and without it there are no seeds, topics or digests."""
    settings = load_text(
        tmp_path,
        """
        [store]
        url = "sqlite:///data/m.db"
        [[feeds]]
        url = "http://127.0.0.1:8080/feed.xml"
        """,
    )
    assert settings.store.url == f"sqlite:///{tmp_path.resolve()}/data/m.db"
    assert settings.feeds == (Subscription("http://127.0.0.1:8080/feed.xml"),)
    assert (settings.seeds.path, settings.topics, settings.digests, settings.channels.email) == (
        None,
        (),
        (),
        None,
    )
    assert settings.warnings == ()


def test_an_empty_file_has_every_default(tmp_path: Path) -> None:
    """The defaults are polite, local and bounded."""
    settings = load_text(tmp_path, "")
    assert settings.store.url == f"sqlite:///{tmp_path.resolve()}/monitor.db"
    assert (settings.fetch.per_host, settings.fetch.per_host_delay) == (2, timedelta(seconds=5))
    assert (settings.fetch.timeout, settings.fetch.max_bytes) == (timedelta(seconds=30), 10_000_000)
    assert settings.fetch.allow_private == ()
    assert (str(settings.web.listen), settings.web.listen.loopback) == ("127.0.0.1:8000", True)
    assert (settings.news.max_age, settings.daemon.drain_timeout) == (
        timedelta(hours=48),
        timedelta(seconds=20),
    )
    assert (settings.logs.level, settings.logs.format) == ("info", "auto")


def test_every_section_is_read(tmp_path: Path) -> None:
    """Values arrive as what they are: durations, sizes, networks, hosts and ports."""
    settings = load_text(
        tmp_path,
        """
        public_url = "https://monitor.example.org/"
        [store]
        url = "postgresql://me:pw@db/monitor"
        [fetch]
        per_host = 4
        per_host_delay = "0s"
        max_bytes = "500kB"
        allow_private = ["127.0.0.0/8", "::1"]
        user_agent = "me"
        [web]
        listen = "[::]:0"
        username = "desk"
        password = "secret"
        allowed_hosts = ["monitor.example.org"]
        [logs]
        level = "debug"
        """,
    )
    assert settings.public_url == "https://monitor.example.org"
    assert settings.store.url == "postgresql://me:pw@db/monitor"
    assert (settings.fetch.per_host, settings.fetch.per_host_delay) == (4, timedelta(0))
    assert (settings.fetch.max_bytes, settings.fetch.allow_private) == (500_000, ("127.0.0.0/8", "::1/128"))
    assert (settings.web.listen.host, settings.web.listen.port) == ("::", 0)
    assert settings.web.password == SecretStr("secret")
    assert settings.logs.level == "debug"


def test_an_absolute_store_stays_where_it_is(tmp_path: Path) -> None:
    """Four slashes name a place of the whole machine."""
    assert (
        load_text(tmp_path, '[store]\nurl = "sqlite:////var/lib/m.db"').store.url == "sqlite:////var/lib/m.db"
    )


def test_topics_have_titles_queries_and_seeds(tmp_path: Path) -> None:
    """A topic without a title is called what its name says; a query may use the aliases."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "one.md").write_text("One")
    settings = load_text(
        tmp_path,
        """
        [seeds]
        path = "seeds"
        [aliases]
        kyiv = ["Kyiv", "Київ"]
        patriot = { spellings = ["Patriot"], with = ["missile", "battery"], without = ["party"] }
        [[topics]]
        name = "air-defence"
        query = '"air defence" AND Kyiv'
        forms = false
        [[topics]]
        name = "talks"
        title = "Peace talks"
        seeds = ["one.md"]
        threshold = 1
        """,
    )
    assert settings.seeds.path == (tmp_path / "seeds").resolve()
    assert settings.aliases == {
        "kyiv": Alias(("Kyiv", "Київ")),
        "patriot": Alias(("Patriot",), ("missile", "battery"), ("party",)),
    }
    assert settings.topics == (
        Topic("air-defence", "Air defence", '"air defence" AND Kyiv', forms=False),
        Topic("talks", "Peace talks", None, ("one.md",), 1.0),
    )
    assert list(settings.notes) == []


def test_digests_have_readers_in_their_own_zones(tmp_path: Path) -> None:
    """A reader is an address or a table; a digest that names no topics is about all of them."""
    settings = load_text(
        tmp_path,
        """
        [[topics]]
        name = "a"
        query = "a"
        [[topics]]
        name = "b"
        query = "b"
        [[digests]]
        name = "morning"
        to = ["a@example.org", { address = "b@example.org", timezone = "Europe/Warsaw", language = "pl" }]
        topics = ["b"]
        schedule = " 0  7 * * 1-5 "
        timezone = "Europe/Kyiv"
        [[digests]]
        name = "all"
        title = "Everything"
        schedule = "*/5 * * * *"
        send_empty = true
        """,
    )
    readers = (Recipient("a@example.org"), Recipient("b@example.org", "Europe/Warsaw", "pl"))
    assert settings.digests == (
        DigestPlan("morning", "Morning", ("b",), "0 7 * * 1-5", "Europe/Kyiv", readers),
        DigestPlan("all", "Everything", ("a", "b"), "*/5 * * * *", "UTC", (), send_empty=True),
    )
    assert settings.notes == (
        "there is no e-mail channel: digests are composed and kept for the page and for preview",
    )


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_of_mail_follows_its_encryption(tmp_path: Path, tls: str, port: int) -> None:
    """Who names no port gets the usual one."""
    (tmp_path / "pw").write_text("s3cret \n")
    settings = load_text(
        tmp_path,
        f"""
        [channels.email]
        host = "mail.example.org"
        tls = "{tls}"
        username = "me"
        password_file = "pw"
        sender = "Monitor <monitor@example.org>"
        """,
    )
    assert settings.channels.email
    assert settings.channels.email.port == port
    assert settings.channels.email.password == SecretStr("s3cret ")


def test_mail_without_a_public_address_is_warned_about(tmp_path: Path) -> None:
    """Mails can only carry links to a page whose address is known."""
    text = """
        {}
        [[digests]]
        name = "morning"
        schedule = "0 7 * * *"
        [channels.email]
        host = "localhost"
        port = 2525
        tls = "none"
        sender = "m@localhost"
        """
    assert load_text(tmp_path, text.format("")).notes == (
        "public_url is not set: mails lead to no page, and unsubscribing takes a mail to the sender",
    )
    assert load_text(tmp_path, text.format('public_url = "https://m.example.org"')).notes == ()


def test_a_language_that_digests_do_not_speak_is_warned_about(tmp_path: Path) -> None:
    """Its reader gets English, and whoever set it learns so; a region does not matter."""
    text = """
        [[digests]]
        name = "morning"
        schedule = "0 7 * * *"
        to = [
          { address = "a@example.org", language = "de" },
          { address = "b@example.org", language = "uk-UA" },
        ]
        """
    _, language = load_text(tmp_path, text).notes
    assert language == 'a@example.org asks for digests in "de", which get English: there are en, uk, pl'


def test_feeds_come_from_lists_too_and_the_file_knows_best(tmp_path: Path) -> None:
    """A feed of both has the file's title and interval and the list's folder; a repeat is warned about."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "feeds.opml").write_text(
        """<opml><body><outline text="Near"><outline text="Local">
        <outline text="A" xmlUrl="https://a.test/f" note="n"/><outline text="B" xmlUrl="https://b.test/f"/>
        </outline></outline>
        <outline text="A again" xmlUrl="https://a.test/f"/></body></opml>"""
    )
    settings = load_text(
        tmp_path,
        """
        [subscriptions]
        opml = ["lists/feeds.opml"]
        [[feeds]]
        url = "https://a.test/f"
        title = "My A"
        every = "15m"
        """,
    )
    assert settings.feeds == (
        Subscription("https://a.test/f", "My A", timedelta(minutes=15), "Near / Local", {"note": "n"}),
        Subscription("https://b.test/f", "B", None, "Near / Local"),
    )
    path = tmp_path.resolve() / "lists" / "feeds.opml"
    assert settings.warnings == (f'{path}: line 4 lists "https://a.test/f" again',)


def test_included_files_add_up_and_the_including_file_wins(tmp_path: Path) -> None:
    """Paths start at the folder of the file that says them, and a file reached twice counts once."""
    (tmp_path / "more" / "s").mkdir(parents=True)
    (tmp_path / "more" / "a.toml").write_text(
        'include = ["b.toml"]\n[seeds]\npath = "s"\n[fetch]\nper_host = 7\ntimeout = "9s"\n'
    )
    (tmp_path / "more" / "b.toml").write_text(
        '[fetch]\ntimeout = "8s"\n[[topics]]\nname = "b"\nquery = "b"\n'
    )
    settings = load_text(
        tmp_path,
        """
        include = ["more/a.toml", "more/b.toml"]
        [fetch]
        per_host = 1
        [[topics]]
        name = "own"
        query = "own"
        """,
    )
    assert settings.seeds.path == (tmp_path / "more" / "s").resolve()
    assert (settings.fetch.per_host, settings.fetch.timeout) == (1, timedelta(seconds=9))
    assert [topic.name for topic in settings.topics] == ["b", "own"]


def test_a_relative_path_to_the_configuration_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings hold absolute places, whatever folder the program is later in."""
    (tmp_path / "m.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    settings = load(Path("m.toml"), {})
    assert settings.path == tmp_path / "m.toml"
    assert settings.store.url == f"sqlite:///{tmp_path.resolve()}/monitor.db"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Editors of Windows put one in front of the first key."""
    (tmp_path / "m.toml").write_bytes(b'\xef\xbb\xbfpublic_url = "https://a.test"')
    assert load(tmp_path / "m.toml", {}).public_url == "https://a.test"
