"""Every command keeps what DESIGN section 5 promises: exit codes, keys, and what goes where."""

import csv
import hashlib
import io
import json
import socket
import threading
from pathlib import Path

import pytest

from tests.builders import document, entry
from tests.e2e.program import call, ended, run, started, until
from tests.e2e.scene import DIGEST, TOPIC, Scene, item, publish
from tests.servers.publisher import Publisher

POLLED = {"feed", "status", "http", "bytes", "entries", "new", "copies", "revisions", "error", "seconds"}
SUMMARY = {"feeds", "failed", "new", "copies", "revisions", "seconds"}
RECORD = {
    "id", "url", "title", "summary", "text", "language", "published", "first_seen", "source", "seed",
    "event", "topics", "copies", "revisions",
}  # fmt: skip
COPY = {"source", "guid", "url", "title", "published", "first_seen", "rule", "score"}
ARCHIVED = {"id": "a1", "source": "archive", "url": "https://archive.example/1", "title": "Ferry of 1998"}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a configuration with a topic and a digest, and no feeds."""
    made = Scene(tmp_path)
    made.configure(more=TOPIC + DIGEST)
    return made


@pytest.fixture
def polled(scene: Scene) -> Scene:
    """Return a store after one poll of two feeds, one of which carries the other's story too."""
    with Publisher() as publisher:
        harbour = publish(
            publisher, "/harbour", item(1, "Ferry resumes after storm"), item(2, "Bakery opens")
        )
        meridian = publish(publisher, "/meridian", item(1, "Ferry resumes after storm"))
        scene.configure([harbour, meridian], TOPIC + DIGEST)
        assert scene.monitor("poll", "--all").code == 0
    return scene


def test_a_poll_is_told_feed_by_feed(scene: Scene) -> None:
    """Every feed has a line with the contract's keys, the last line is the summary, a failure makes 1."""
    with Publisher() as publisher:
        good = publish(publisher, "/good", item(1, "Ferry resumes"), item(2, "Bakery opens"))
        bad = publisher.url("/bad")
        scene.configure([good, bad])
        ran = scene.monitor("poll", "--all", "--json")
        again = scene.monitor("poll", good, "--json")
    *lines, last = ran.records
    assert ran.code == 1
    assert all(line.keys() == POLLED for line in lines)
    assert last.keys() == {"summary"}
    assert last["summary"].keys() == SUMMARY
    assert {line["feed"]: (line["status"], line["http"], line["new"]) for line in lines} == {
        good: ("new", 200, 2),
        bad: ("failed", 404, 0),
    }
    assert (last["summary"]["feeds"], last["summary"]["failed"], last["summary"]["new"]) == (2, 1, 2)
    assert again.code == 0
    assert again.records[0]["status"] == "unchanged"


def test_a_poll_takes_only_what_is_due(polled: Scene) -> None:
    """Right after a poll nothing is due, so that a plain poll asks nobody."""
    ran = polled.monitor("poll", "--json")
    assert ran.code == 0
    assert [record["summary"]["feeds"] for record in ran.records] == [0]


def test_a_bare_configuration_is_enough(tmp_path: Path) -> None:
    """A file with [store] and [[feeds]] alone polls, lists and has no seeds."""
    with Publisher() as publisher:
        url = publish(publisher, "/feed", item(1, "Ferry resumes"))
        config = tmp_path / "monitor.toml"
        config.write_text(f'[store]\nurl = "sqlite:///m.db"\n[[feeds]]\nurl = "{url}"\n', "utf-8")
        refused = call("poll", "--all", "--json", "--config", config)
    assert refused.code == 1
    assert "blocked" in refused.records[0]["error"]
    assert call("--config", config, "seeds", "list", "--json").out == ""
    assert call("--config", config, "seeds", "sync").code == 0
    assert call("--config", config, "run", "--once").code == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_config_stands_anywhere(scene: Scene, place: int) -> None:
    """--config FILE counts before a command, between its words, and after them."""
    words: list[str | Path] = ["feeds", "list"]
    words[place:place] = ["--config", scene.config]
    assert call(*words).code == 0


@pytest.mark.processes
def test_the_environment_names_and_overrides(scene: Scene) -> None:
    """MONITOR_CONFIG names the file and MONITOR_STORE__URL wins over it, in a process of its own."""
    (scene.folder / "monitor.db").unlink()
    other = scene.folder / "other.db"
    environ = {"MONITOR_CONFIG": str(scene.config), "MONITOR_STORE__URL": f"sqlite:///{other}"}
    ran = run("db", "check", environ=environ, folder=scene.folder)
    assert (ran.code, ran.out) == (0, "the store is sound\n")
    assert other.exists()
    assert not (scene.folder / "monitor.db").exists()


def test_every_problem_is_told_at_once(scene: Scene) -> None:
    """Unknown keys, bad values and bad queries end with 2, each with its nearest right word."""
    scene.config.write_text(
        '[store]\nurll = "sqlite:///m.db"\n[fetch]\ntimeout = "soon"\n'
        '[[topics]]\nname = "ferries"\nquery = "(ferry"\n'
        '[[digests]]\nname = "morning"\nschedule = "61 7 * * *"\ntopics = ["feries"]\n',
        "utf-8",
    )
    ran = scene.monitor("config", "check")
    assert (ran.code, ran.out) == (2, "")
    for word in ("urll", "store.url", "timeout", "query", "schedule", "feries", "ferries"):
        assert word in ran.err
    assert len(ran.err.splitlines()) >= 5
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["feeds", "add", "file:///etc/passwd"],
        ["feeds", "add", "no address"],
        ["feeds", "remove", "https://nobody.example/feed"],
        ["feeds", "pause", "https://nobody.example/feed"],
        ["feeds", "import", "absent.opml"],
        ["poll", "https://nobody.example/feed"],
        ["show", "s999"],
        ["show", "x1"],
        ["show", "s99999999999999999999999"],
        ["why", "1"],
        ["stories", "(ferry"],
        ["stories", "ferry AND"],
        ["stories", "--topic", "feries"],
        ["stories", "--since", "yesterdayish"],
        ["stories", "--since", "0001-01-01T00:00:00+05:00"],
        ["stories", "--limit", "100001"],
        ["export", "--topic", "feries"],
        ["export", "--format", "xml"],
        ["import", "absent.jsonl"],
        ["digest", "preview", "evening"],
        ["digest", "send", "evening"],
        ["db", "restore", "absent.db"],
        ["nonsense"],
        ["poll", "--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_two_and_a_sentence(scene: Scene, words: list[str]) -> None:
    """What does not exist or cannot be read ends with 2, says so on stderr, and never with a traceback."""
    ran = scene.monitor(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_no_configuration_is_two_and_a_sentence(tmp_path: Path) -> None:
    """A file that is not there is named."""
    ran = call("--config", tmp_path / "absent.toml", "poll")
    assert (ran.code, ran.out) == (2, "")
    assert "absent.toml" in ran.err


def test_subscriptions_are_added_paused_resumed_and_removed(scene: Scene) -> None:
    """A person's feed goes through all its states, each shown by the listing."""
    url = "https://harbour.example/feed.xml"

    def states() -> list[str]:
        return [record["status"] for record in scene.monitor("feeds", "list", "--json").records]

    for words, expected in (
        (["add", url], ["never polled"]),
        (["add", f" {url} "], ["never polled"]),
        (["pause", url], ["paused"]),
        (["resume", url], ["never polled"]),
        (["remove", url], []),
        (["add", url], ["never polled"]),
    ):
        assert scene.monitor("feeds", *words).code == 0
        assert states() == expected


def test_a_feed_of_the_file_is_the_files(polled: Scene) -> None:
    """What the configuration declares cannot be removed by command, and is paused when it leaves the file."""
    feeds = polled.monitor("feeds", "list", "--json").records
    assert polled.monitor("feeds", "remove", feeds[0]["feed"]).code == 2
    polled.configure([feeds[1]["feed"]], TOPIC + DIGEST)
    listed = {one["feed"]: one["paused"] for one in polled.monitor("feeds", "list", "--json").records}
    assert listed == {feeds[0]["feed"]: True, feeds[1]["feed"]: False}


def test_an_export_has_what_is_paused_and_not_what_is_gone(polled: Scene) -> None:
    """A feed of the file that somebody paused is still subscribed to; one that left the file is not."""
    paused, gone = (one["feed"] for one in polled.monitor("feeds", "list", "--json").records)
    assert polled.monitor("feeds", "pause", paused).code == 0
    polled.configure([paused], TOPIC + DIGEST)
    exported = polled.monitor("feeds", "export").out
    assert paused in exported
    assert gone not in exported


def test_opml_goes_in_and_out(scene: Scene, tmp_path: Path) -> None:
    """An exported list taken in elsewhere gives the same list; taking it in twice adds nothing."""
    for name in ("harbour", "meridian"):
        scene.monitor("feeds", "add", f"https://{name}.example/feed", "--title", f"The {name} & co")
    exported = scene.monitor("feeds", "export").out
    file = tmp_path / "list.opml"
    file.write_text(exported, "utf-8")
    (tmp_path / "other").mkdir()
    other = Scene(tmp_path / "other")
    other.configure()
    assert other.monitor("feeds", "import", file).out.startswith("added 2 feeds")
    assert other.monitor("feeds", "import", file).out.startswith("added 0 feeds")
    assert other.monitor("feeds", "export").out == exported


def test_stories_are_found_shown_and_explained(polled: Scene) -> None:
    """A query finds by words, show and why give the record, and every copy and tag has its reason."""
    found = polled.monitor("stories", "FERRY storm", "--topic", "ferries", "--since", "1h", "--json").records
    assert {record["title"] for record in found} == {"Ferry resumes after storm"}
    story = found[0]
    assert story.keys() == RECORD
    assert polled.monitor("show", story["id"], "--json").records == [story]
    why = polled.monitor("why", story["id"])
    assert "the first appearance" in why.out
    assert "the same link" in why.out
    assert ">Ferry<" in why.out
    assert polled.monitor("stories", "--until", "1h", "--json").out == ""
    assert polled.monitor("stories", "--json", "--limit", "1").out.count("\n") == 1


def test_an_export_has_every_story_with_its_copies(polled: Scene) -> None:
    """JSON Lines carry the contract's keys; CSV has a row for each story."""
    records = polled.monitor("export").records
    assert sorted(record["title"] for record in records) == ["Bakery opens", "Ferry resumes after storm"]
    assert all(record.keys() == RECORD for record in records)
    assert all(copy.keys() == COPY for record in records for copy in record["copies"])
    rules = {record["title"]: [copy["rule"] for copy in record["copies"]] for record in records}
    assert rules == {"Bakery opens": ["first"], "Ferry resumes after storm": ["first", "link"]}
    rows = list(csv.DictReader(io.StringIO(polled.monitor("export", "--format", "csv").out)))
    assert sorted(row["title"] for row in rows) == sorted(rules)
    assert [one["title"] for one in polled.monitor("export", "--topic", "ferries").records] == [
        "Ferry resumes after storm"
    ]
    assert polled.monitor("export", "--since", "2099-01-01").out == ""


def test_an_archive_goes_in_once(scene: Scene, tmp_path: Path) -> None:
    """Bad lines are told with their numbers, the rest goes in; the same file again changes nothing."""
    file = tmp_path / "archive.jsonl"
    second = {"url": "https://archive.example/2", "title": "Bakery of 1999", "published": None}
    lines = [json.dumps(ARCHIVED), "{", json.dumps({"title": "nameless"}), json.dumps(second)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    ran = scene.monitor("import", file, "--json")
    assert ran.code == 1
    assert [record["line"] for record in ran.records[:-1]] == [2, 3]
    assert "line 2" in ran.err
    before = scene.monitor("export").out
    assert len(before.splitlines()) == 2
    again = scene.monitor("import", file, "--json").records[-1]["summary"]
    assert (again["new"], again["copies"], again["revisions"], again["unchanged"]) == (0, 0, 0, 2)
    assert scene.monitor("export").out == before
    assert json.loads(before.splitlines()[0])["copies"][0]["guid"] == "a1"


def test_the_same_id_with_other_words_is_a_revision(scene: Scene, tmp_path: Path) -> None:
    """A reworded record keeps its story, and the earlier wording whole."""
    file = tmp_path / "archive.jsonl"
    for title in ("Ferry of 1998", "Ferry of 1998, corrected"):
        file.write_text(json.dumps(ARCHIVED | {"title": title}) + "\n", "utf-8")
        assert scene.monitor("import", file).code == 0
    (record,) = scene.monitor("export").records
    assert record["title"] == "Ferry of 1998, corrected"
    assert [revision["title"] for revision in record["revisions"]] == ["Ferry of 1998"]


def test_digests_are_listed_previewed_and_kept(polled: Scene) -> None:
    """Without an e-mail channel every listing says that digests are kept; a preview marks nothing."""
    (listed,) = polled.monitor("digest", "list", "--json").records
    assert (listed["digest"], listed["channel"]) == ("morning", None)
    assert "kept" in listed["note"]
    assert "kept" in polled.monitor("digest", "list").out
    for _ in range(2):
        shown = polled.monitor("digest", "preview", "morning")
        assert "Ferry resumes after storm" in shown.out
        assert "Bakery" not in shown.out
    sent = polled.monitor("digest", "send", "morning", "--json")
    assert [(one["status"], one["stories"]) for one in sent.records] == [("kept", 1)]
    again = polled.monitor("digest", "send", "morning", "--json")
    assert [one["status"] for one in again.records] == ["nothing-new"]


@pytest.mark.parametrize(("name", "made"), [("d.html", [".html", ".txt"]), ("d.eml", [".eml"])])
def test_a_preview_is_written_to_files(polled: Scene, name: str, made: list[str]) -> None:
    """--out writes the page and the text, or the mail, and says which files it wrote."""
    ran = polled.monitor("digest", "preview", "morning", "--out", polled.folder / "out" / name)
    files = [Path(line) for line in ran.out.splitlines()]
    assert [file.suffix for file in files] == made
    assert all("Ferry resumes after storm" in file.read_text("utf-8") for file in files)


def test_seeds_stand_beside_the_news(scene: Scene) -> None:
    """Seeds load once, are renewed when their file changes, carry tags, and no digest tells them."""
    folder = scene.folder / "seeds"
    folder.mkdir()
    seed = folder / "ferry.md"
    seed.write_text("# The ferry line\n\nA ferry sails at dawn.\n", "utf-8")
    (folder / "note.txt").write_text("Bakeries\n\nBread is baked at night.\n", "utf-8")
    scene.configure(more=f'[seeds]\npath = "seeds"\n{TOPIC}{DIGEST}')
    assert [one["status"] for one in scene.monitor("seeds", "sync", "--json").records] == ["new", "new"]
    assert [one["status"] for one in scene.monitor("seeds", "sync", "--json").records] == ["unchanged"] * 2
    listed = {one["seed"]: one["topics"] for one in scene.monitor("seeds", "list", "--json").records}
    assert listed == {"ferry.md": ["ferries"], "note.txt": []}
    seed.write_text("# The ferry line\n\nA ferry sails at dusk.\n", "utf-8")
    renewed = {one["seed"]: one["status"] for one in scene.monitor("seeds", "sync", "--json").records}
    assert renewed == {"ferry.md": "changed", "note.txt": "unchanged"}
    assert all(record["seed"] for record in scene.monitor("export").records)
    assert scene.monitor("digest", "send", "morning", "--json").records[0]["status"] == "nothing-new"


def test_topics_are_listed_with_their_stories(polled: Scene) -> None:
    """The list of topics counts what bears their tags."""
    (topic,) = polled.monitor("topics", "list", "--json").records
    assert (topic["topic"], topic["stories"]) == ("ferries", 1)


@pytest.mark.processes
def test_a_backup_while_polling_is_the_store(scene: Scene) -> None:
    """A backup taken in the middle of a poll is sound; one taken after it restores the same export."""
    with Publisher() as publisher:
        feeds = [
            publish(
                publisher, f"/feed{n}", *(item(m, f"Story {m} of {n}", outlet=f"o{n}") for m in range(20))
            )
            for n in range(8)
        ]
        publisher.serve("/slow", document(entry("Last", guid="last")).body, delay=1)
        scene.configure([*feeds, publisher.url("/slow")])
        backup, part = scene.folder / "whole.db", scene.folder / "part.db"
        with started("--config", scene.config, "poll", "--all") as polling:
            until(lambda: publisher.asked("/slow"), "the poll to be under way")
            assert scene.monitor("db", "backup", part).code == 0
            assert ended(polling).code == 0
    assert scene.monitor("db", "backup", backup).code == 0
    before = _digest(scene)
    for file, same in ((part, False), (backup, True)):
        assert scene.monitor("db", "restore", file).code == 0
        assert scene.monitor("db", "check").code == 0
        assert (_digest(scene) == before) is same


def _digest(scene: Scene) -> str:
    return hashlib.sha256(scene.monitor("export").out.encode()).hexdigest()


def test_damage_is_found_and_no_backup_is_refused(polled: Scene) -> None:
    """A sound store passes its check; a file that is no backup is refused and changes nothing."""
    assert polled.monitor("db", "check").code == 0
    assert polled.monitor("db", "migrate").code == 0
    before = _digest(polled)
    ran = polled.monitor("db", "restore", polled.config)
    assert ran.code in {1, 2}
    assert "Traceback" not in ran.err
    assert _digest(polled) == before


@pytest.mark.processes
def test_secrets_are_masked(scene: Scene) -> None:
    """The configuration in force is shown without passwords, and says where a value came from."""
    word = "correct-horse"
    more = '[channels.email]\nhost = "mail.example"\nsender = "a@example.org"\n'
    more += f'username = "me"\npassword = "{word}"\n'
    scene.configure(more=more)
    ran = run("--config", scene.config, "config", "show", environ={"MONITOR_FETCH__TIMEOUT": "7s"})
    assert ran.code == 0
    assert word not in ran.out + ran.err
    assert 'host = "mail.example"' in ran.out
    assert 'timeout = "7s"' in ran.out
    assert "MONITOR_FETCH__TIMEOUT" in ran.out


def test_a_health_check_without_a_daemon_is_one(scene: Scene) -> None:
    """Nobody answering is a failure with a sentence."""
    scene.configure(more='[web]\nlisten = "127.0.0.1:1"\n')
    ran = scene.monitor("healthcheck")
    assert (ran.code, ran.out) == (1, "")
    assert "no daemon answers" in ran.err


def test_a_health_check_of_something_else_is_one(scene: Scene) -> None:
    """What answers on the daemon's port without speaking HTTP is no daemon."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        scene.configure(more=f'[web]\nlisten = "127.0.0.1:{server.getsockname()[1]}"\n')
        answering = threading.Thread(target=_answer, args=(server, b"220 mail.example ESMTP\r\n"))
        answering.start()
        ran = scene.monitor("healthcheck")
        answering.join()
    assert (ran.code, ran.out) == (1, "")
    assert "no daemon answers" in ran.err


def _answer(server: socket.socket, said: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(said)


def test_one_round_of_the_daemon(polled: Scene) -> None:
    """`run --once` ends by itself with 0 where nothing is due."""
    assert polled.monitor("run", "--once").code == 0


@pytest.mark.processes
def test_the_shipped_configuration_is_right(tmp_path: Path) -> None:
    """What a new user starts from is right as it stands."""
    environ = {"MONITOR_STORE__URL": f"sqlite:///{tmp_path}/m.db"}
    assert run("config", "check", environ=environ).code == 0


def test_help_and_version_are_at_hand() -> None:
    """Every command says what it is for; results of help go to stdout."""
    for words in ([], ["feeds"], ["digest"], ["db"], ["config"], ["seeds"], ["topics"], ["run"], ["demo"]):
        ran = call(*words, "--help")
        assert ran.code == 0
        assert "Usage: monitor" in ran.out
    assert call("--version").out.startswith("monitor ")
