"""A wrong configuration is answered with everything that is wrong, each with its place and a remedy."""

from pathlib import Path

import pytest

from monitor.config import load
from monitor.errors import ConfigurationError
from tests.unit.config.written import problems_of

_EMAIL = '[channels.email]\nhost = "h"\nsender = "a@b"\n'


def test_every_problem_is_reported_at_once_with_file_key_and_remedy(tmp_path: Path) -> None:
    """One wrong entry hides no other, in whichever file or section it stands."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "joint-defence.md").write_text("x")
    (tmp_path / "topics.toml").write_text(
        '[[topics]]\nname = "good"\nquery = "ok"\n'
        '[[topics]]\nname = "broken"\nquery = "(a AND"\nseeds = ["joint-defense.md"]\nthreshold = 2\n'
        '[[topics]]\ntitle = "No name"\n'
        '[[topics]]\nname = "good"\nquery = "again"\n'
    )
    problems = problems_of(
        tmp_path,
        """
        include = ["topics.toml"]
        public_ulr = "https://x.test"
        [seeds]
        path = "seeds"
        [fetch]
        per_hots = 3
        timeout = 30
        max_bytes = "10 megs"
        allow_private = ["10.0.0.1/8"]
        [[feeds]]
        url = "ftp://a.test/feed"
        [[feeds]]
        url = "https://a.test/feed"
        evry = "15m"
        [[feeds]]
        url = "https://a.test/feed"
        [[digests]]
        name = "morning"
        schedule = "0 25 * * 1-5"
        timezone = "Europe/Kiyv"
        topics = ["broken", "goood"]
        to = ["a@example.org", "nobody", { address = "b@example.org", timezone = "Kyiv" }, 3, "A@example.org"]
        [[digests]]
        name = "evening"
        schedule = "0 7 * * *"
        topics = ["goood"]
        """,
    )
    expected = [
        ("topics.toml: topics[1].query: Column 4: the query ends after this AND", 'in "broken"'),
        ('topics.toml: topics[1].seeds: there is no seed "joint-defense.md" in', 'mean "joint-defence.md"?'),
        ("topics.toml: topics[1].threshold: 2 is out of bounds", "above 0 and up to 1"),
        ("topics.toml: topics[2].name: is missing", ""),
        ("topics.toml: topics[2]: has neither a query nor seeds", "give one of them, or both"),
        ("topics.toml: topics[3]: is there twice: topics.toml: topics[0]", "keep one"),
        ("monitor.toml: public_ulr: is not a setting", 'did you mean "public_url"?'),
        ("monitor.toml: fetch.per_hots: is not a setting", 'did you mean "per_host"?'),
        ("monitor.toml: fetch.timeout: is a whole number, not text", 'such as "15m"'),
        ('monitor.toml: fetch.max_bytes: "10 megs" is not a size', 'such as "500kB" or "10MB"'),
        ('monitor.toml: fetch.allow_private: "10.0.0.1/8" is not an address range', 'mean "10.0.0.0/8"?'),
        ('monitor.toml: feeds[0].url: "ftp://a.test/feed" is not an http', 'such as "https://a.test/feed"'),
        ("monitor.toml: feeds[1].evry: is not a setting", 'in "https://a.test/feed" (did you mean "every"?)'),
        ("monitor.toml: feeds[2]: is there twice: monitor.toml: feeds[1]", "keep one"),
        ('monitor.toml: digests[0].schedule: the hour "25" of "0 25 * * 1-5" cannot be read', "(0-23)"),
        ('monitor.toml: digests[0].timezone: "Europe/Kiyv" is not a time zone', 'mean "Europe/Kyiv"?'),
        ('monitor.toml: digests[0].topics: there is no topic "goood"', 'in "morning" (did you mean "good"?)'),
        ('monitor.toml: digests[0].to[1]: "nobody" is not an e-mail address', 'such as "name@example.org"'),
        ('monitor.toml: digests[0].to[2].timezone: "Kyiv" is not a time zone', 'mean "Europe/Kyiv"?'),
        ("monitor.toml: digests[0].to[3]: is no recipient", "an address in quotes"),
        ("monitor.toml: digests[0].to[4]: is there twice: monitor.toml: digests[0].to[0]", "keep one"),
        ('monitor.toml: digests[1].topics: there is no topic "goood"', 'in "evening" (did you mean "good"?)'),
    ]
    for start, remedy in expected:
        assert [line for line in problems if line.startswith(start) and remedy in line], start
    assert len(problems) == len(expected)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        # the form of a file
        ("url =", "monitor.toml: line 1, column 6: this is not TOML: invalid value"),
        (
            "[store]\nurl = 1\nurl = 2",
            "monitor.toml: line 3, column 8: this is not TOML: cannot overwrite a value",
        ),
        ('[store]\nurl = "a', "monitor.toml: line 2, column 9: this is not TOML: unterminated string"),
        ("store = 1", "monitor.toml: store: is a whole number, not a table (a table: [store])"),
        ("channels = 1", "monitor.toml: channels: is a whole number, not a table"),
        ("[channels.emial]", 'monitor.toml: channels.emial: is not a setting (did you mean "email"?)'),
        ("[topics]\nname = 'a'", "monitor.toml: topics: is a table, not a list (one [[topics]] for each)"),
        ("feeds = ['https://a.test']", "monitor.toml: feeds: is text, not a table (one [[feeds]] for each)"),
        ("[sotre]", 'monitor.toml: sotre: is not a setting (did you mean "store"?)'),
        (
            "[xyzzy]",
            "monitor.toml: xyzzy: is not a setting (known here: alerts, aliases, channels.email,",
        ),
        ("include = 'a.toml'", "monitor.toml: include: is text, not a list"),
        ("include = ['a.toml']", "monitor.toml: include: there is no file a.toml"),
        ("include = ['monitor.toml']", "monitor.toml: include: monitor.toml is what includes this file"),
        # addresses
        ("public_url = 'm.example.org'", 'not an http or https address (such as "https://m.example.org")'),
        ("public_url = 'http://[::1'", 'monitor.toml: public_url: "http://[::1" is not an http'),
        (f"public_url = 'https://a.test/{'x' * 1986}'", 'xxx…" has 2001 characters (at most 2000)'),
        ("public_url = 'https://a b.test'", "is not an http or https address"),
        ("[store]\nurl = 'monitor.db'", 'monitor.toml: store.url: "monitor.db" is not a store ("sqlite:///'),
        ("[store]\nurl = 'sqlite://'", "is not a store"),
        ("[store]\nurl = 'sqlite:///:memory:'", "is not a store"),
        ("[store]\nurl = 'postgresql://'", "is not a store"),
        (
            "[web]\nlisten = '8000'",
            'monitor.toml: web.listen: "8000" is not a host and a port (such as "127.0.0.1:8000"',
        ),
        ("[web]\nlisten = 'a:70000'", "is not a host and a port"),
        (_EMAIL.replace("a@b", "a b@c"), 'channels.email.sender: "a b@c" is not a sender'),
        # values
        ("[logs]\nlevel = 'inof'", 'logs.level: "inof" is not one of its words (did you mean "info"?)'),
        ("[logs]\nformat = 'xml'", 'logs.format: "xml" is not one of its words (auto | json | console)'),
        ("[fetch]\nper_host = true", "fetch.per_host: is true or false, not a whole number"),
        ("[fetch]\nper_host = 0", "fetch.per_host: 0 is out of bounds (from 1 to 100)"),
        ("[fetch]\ntimeout = '0s'", 'fetch.timeout: "0s" is no time at all'),
        ("[fetch]\nmax_bytes = '0B'", 'fetch.max_bytes: "0B" lets nothing through'),
        ("[fetch]\nuser_agent = ''", "fetch.user_agent: is empty (leave the key out to have the default)"),
        ('[fetch]\nuser_agent = "a\\nb"', "fetch.user_agent: holds a line break"),
        ("[fetch]\nallow_private = ['home']", 'fetch.allow_private: "home" is not an address range (such as'),
        ("[fetch]\nmin_interval = '2d'", "fetch.min_interval: is longer than max_interval"),
        ("[fetch]\nmax_interval = '366d'", 'max_interval: "366d" is too long between two polls (up to 365d)'),
        ("[[feeds]]\nurl = 'https://a.test'\nevery = '24856d'", 'feeds[0].every: "24856d" is too long'),
        ("[news]\nmax_age = 2024-01-01", "news.max_age: is a date or time, not text"),
        ("[seeds]\npath = 'seeds'", "monitor.toml: seeds.path: there is no folder"),
        (f"[seeds]\npath = '{'x' * 300}'", "xxx cannot be read: File name too long"),
        ("[aliases]\nkyiv = 'Kyiv'", "monitor.toml: aliases.kyiv: is text, not a list"),
        (
            "[subscriptions]\nopml = ['none.opml']",
            "monitor.toml: subscriptions.opml: none.opml cannot be read: No such file",
        ),
        # topics
        (
            "[[topics]]\nname = 'air defence'\nquery = 'a'",
            '"air defence" is not a name, in "air defence" (letters,',
        ),
        (
            "[[topics]]\nname = 'a'\nseeds = ['b.md']",
            'topics[0].seeds: "b.md" is named but there is no seed corpus, in "a" (set [seeds] path)',
        ),
        ("[[topics]]\nname = 'a'\nquery = 5", 'topics[0].query: is a whole number, not text, in "a"'),
        # digests
        (
            "[[digests]]\nname = 'd'\nschedule = '@daily'",
            '"@daily" has 1 of the five fields, in "d" (minute hour',
        ),
        ("[[digests]]\nname = 'd'\nschedule = '0 0 7 * * 1'", "has 6 of the five fields"),
        (
            "[[digests]]\nname = 'd'\nschedule = '0 7 30 2 *'",
            'the day-of-month "30" of "0 7 30 2 *" cannot be read',
        ),
        (
            "[[digests]]\nname = 'd'\nschedule = '0 7 * * 8'",
            'the day-of-week "8" of "0 7 * * 8" cannot be read',
        ),
        ("[[digests]]\nname = 'd'\nschedule = '60 7 * * *'", 'the minute "60"'),
        ("[[digests]]\nname = 'd'\nschedule = '0 7 * 13 *'", 'the month "13"'),
        ("[[digests]]\nname = 'd'", 'digests[0].schedule: is missing, in "d"'),
        (
            "[[digests]]\nname = 'd'\nschedule = '0 7 * * *'\ntimezone = 'Europe'",
            '"Europe" is not a time zone',
        ),
        (
            "[[digests]]\nname = 'd'\nschedule = '0 7 * * *'\nsend_empty = 'no'",
            "send_empty: is text, not true or false",
        ),
        (
            "[[digests]]\nname = 'd'\nschedule = '0 7 * * *'\nto = [{address = 'a@b', language = 'Polish'}]",
            "not a language",
        ),
        (
            "[[digests]]\nname = 'd'\nschedule = '0 7 * * *'\ntopics = ['a']",
            'there is no topic "a", in "d" (topics: none)',
        ),
        # e-mail
        ("[channels.email]\nhost = 'h'", "channels.email.sender: is missing"),
        (
            f"{_EMAIL}username = 'me'",
            "channels.email.username: has no password (set password or password_file too)",
        ),
        (f"{_EMAIL}password = 'pw'", "channels.email.password: has no user name"),
        (f"{_EMAIL}username = 'me'\npassword = ''", "channels.email.password: is empty"),
        (f"{_EMAIL}username = 'me'\npassword_file = 'pw'", "channels.email.password_file:"),
        (
            f"{_EMAIL}username = 'me'\npassword = 'a'\npassword_file = 'pw'",
            "password_file: password is set too",
        ),
    ],
)
def test_each_mistake_has_its_sentence(tmp_path: Path, text: str, problem: str) -> None:
    """A single mistake gives a single problem that says where, what and what instead."""
    problems = problems_of(tmp_path, text)
    assert problem in problems[0]
    assert len(problems) == 1


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The first thing that goes wrong for a new user has a sentence too."""
    with pytest.raises(
        ConfigurationError, match=r"monitor\.toml: there is no such file .*--config or MONITOR_CONFIG"
    ):
        load(tmp_path / "monitor.toml", {})
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load(tmp_path, {})


def test_a_file_in_another_encoding_is_said_with_its_line(tmp_path: Path) -> None:
    """TOML is UTF-8, and the line that is not can be found."""
    (tmp_path / "monitor.toml").write_bytes("# ok\n# Київ".encode("cp1251"))
    with pytest.raises(ConfigurationError, match=r"monitor\.toml: line 2: is not UTF-8"):
        load(tmp_path / "monitor.toml", {})


def test_files_that_include_each_other_are_said(tmp_path: Path) -> None:
    """A circle is named where it closes."""
    (tmp_path / "a.toml").write_text("include = ['monitor.toml']")
    problems = problems_of(tmp_path, "include = ['a.toml']")
    assert problems == [
        "a.toml: include: monitor.toml is what includes this file (a file includes others, never itself)"
    ]


def test_included_files_that_contradict_each_other_are_said(tmp_path: Path) -> None:
    """Neither of two included files is above the other."""
    (tmp_path / "a.toml").write_text("[fetch]\nper_host = 1\ntimeout = '1s'")
    (tmp_path / "b.toml").write_text("[fetch]\nper_host = 2\ntimeout = '1s'")
    problems = problems_of(tmp_path, "include = ['a.toml', 'b.toml']")
    assert problems == ["b.toml: fetch.per_host: a.toml says otherwise (keep one of the two)"]


def test_a_broken_include_does_not_make_topics_unknown(tmp_path: Path) -> None:
    """What may stand in a file that cannot be read is not called missing."""
    (tmp_path / "topics.toml").write_text("[[topics]\n")
    problems = problems_of(
        tmp_path,
        """
        include = ["topics.toml"]
        [[digests]]
        name = "d"
        schedule = "0 7 * * *"
        topics = ["t"]
        [web]
        x = 1
        """,
    )
    assert len(problems) == 2
    assert problems[0].startswith("topics.toml: line 1, column ")
    assert problems[1].startswith("monitor.toml: web.x: is not a setting")


def test_problems_of_a_list_name_file_and_outline(tmp_path: Path) -> None:
    """What is wrong in an OPML file is said with its line, and the other feeds are still read."""
    (tmp_path / "feeds.opml").write_text(
        '<opml><body>\n<outline text="Lost"/>\n<outline text="Old" xmlUrl="feed://a.test/f"/>\n</body></opml>'
    )
    lost, old = problems_of(tmp_path, "[subscriptions]\nopml = ['feeds.opml']")
    assert lost == 'feeds.opml: line 2: "Lost" has no xmlUrl and nothing in it'
    assert old.startswith(
        'feeds.opml: line 3, outline "Old": "feed://a.test/f" is not an http or https address'
    )
    assert old.endswith('(such as "https://a.test/f")')


def test_no_message_tells_a_password(tmp_path: Path) -> None:
    """Problems end in logs and tickets, so addresses in them lose their passwords."""
    problems = problems_of(
        tmp_path,
        """
        [store]
        url = "mysql://root:hush@db/x"
        [web]
        password = 5
        [[feeds]]
        url = "ftp://me:hush@a.test/f"
        """,
    )
    assert len(problems) == 3
    assert "hush" not in "".join(problems)
