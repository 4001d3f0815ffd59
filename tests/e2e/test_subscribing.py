"""Subscribing as a person does: a site's address is enough, a feed is there once, no login is seen."""

import io
from base64 import b64encode
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from monitor import opml
from monitor.cli import main
from monitor.hosts import feed_key
from tests.e2e.program import Ran
from tests.e2e.scene import Scene, item, publish
from tests.servers.publisher import Answer, Publisher
from tests.shared_data import shared

HTML = "text/html; charset=utf-8"
LINK = '<link rel="alternate" type="application/{}+xml" title="{}" href="{}">'


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a configuration without feeds."""
    made = Scene(tmp_path)
    made.configure()
    return made


def page(publisher: Publisher, *links: str, path: str = "/") -> str:
    """Publish a page with these elements in its head; return its address."""
    head = "".join(links)
    return publisher.serve(
        path, f"<!doctype html><html><head>{head}</head><body>News</body></html>", content_type=HTML
    )


def listed(scene: Scene) -> list[str]:
    """Return the addresses of the subscriptions."""
    return [record["feed"] for record in scene.monitor("feeds", "list", "--json").records]


def test_a_sites_address_is_enough(scene: Scene) -> None:
    """The main feed is subscribed to, not that of comments, and the others are named."""
    with Publisher() as publisher:
        comments = publish(publisher, "/comments/feed", item(1, "Re: ferry"))
        main = publish(publisher, "/feed.xml", item(2, "Ferry resumes"), item(3, "Bakery opens"))
        site = page(
            publisher,
            LINK.format("rss", "Comments", "/comments/feed"),
            LINK.format("rss", "News", "feed.xml"),
        )
        found = scene.monitor("feeds", "discover", site, "--json")
        ran = scene.monitor("feeds", "add", site)
    assert [(one["feed"], one["kind"], one["entries"]) for one in found.records] == [
        (main, "RSS", 2),
        (comments, "RSS", 1),
    ]
    assert found.records[0].keys() == {"feed", "kind", "title", "entries", "newest"}
    assert ran.code == 0
    assert ran.out.startswith(f"added {main}: “Feed.xml”, RSS, 2 entries, newest ")
    assert f"also there: {comments}" in ran.out
    assert listed(scene) == [main]


def test_a_feeds_address_is_the_feed(scene: Scene) -> None:
    """What is a feed already is subscribed to after one request."""
    with Publisher() as publisher:
        feed = publish(publisher, "/feed", item(1, "Ferry resumes"))
        assert scene.monitor("feeds", "add", feed, "--title", "Harbour").code == 0
        assert len(publisher.requests) == 1
    assert listed(scene) == [feed]


def test_one_feed_is_subscribed_to_once(scene: Scene) -> None:
    """FAILURES 27: another slash, fragment, a redirect or the site is refused with the address there is."""
    with Publisher() as publisher:
        feed = publish(publisher, "/feed", item(1, "Ferry resumes"))
        moved = publisher.redirect("/old", "/feed", status=302)
        assert scene.monitor("feeds", "add", feed).code == 0
        site = page(publisher, LINK.format("rss", "News", "/feed"))
        again = [scene.monitor("feeds", "add", url) for url in (f"{feed}/", f"{feed}#x", moved, site)]
        same = scene.monitor("feeds", "add", feed)
    assert [ran.code for ran in again] == [1] * 4
    relations = ("is the same feed as", "is the same feed as", "leads to", "leads to")
    for ran, relation in zip(again, relations, strict=True):
        assert f"{relation} {feed}, which is subscribed to already" in ran.err
    assert (same.code, same.out) == (0, f"{feed} is subscribed to already\n")
    assert listed(scene) == [feed]


def test_what_moved_for_good_is_subscribed_to_where_it_is(scene: Scene) -> None:
    """FAILURES 4: a lasting redirect gives the new address, a passing one leaves the one that was asked."""
    with Publisher() as publisher:
        feed = publish(publisher, "/feed", item(1, "Ferry resumes"))
        other = publish(publisher, "/other", item(2, "Bakery opens"))
        old = publisher.redirect("/old", "/feed", status=301)
        busy = publisher.redirect("/busy", "/other", status=302)
        assert scene.monitor("feeds", "add", old).code == scene.monitor("feeds", "add", busy).code == 0
    assert sorted(listed(scene)) == [busy, feed]
    assert other not in listed(scene)


def test_where_a_page_says_nothing_the_usual_places_are_tried(scene: Scene) -> None:
    """Guesses stop at the first that is right; a sitemap of news that robots.txt names is the last."""
    with Publisher() as publisher:
        site = page(publisher)
        publish(publisher, "/rss", item(1, "Ferry resumes"))
        assert scene.monitor("feeds", "discover", site, "--json").records[0]["feed"] == publisher.url("/rss")
        asked = [request.target for request in publisher.requests]
        assert asked == ["/", "/feed", "/rss"]
    with Publisher() as publisher:
        site = page(publisher)
        publisher.serve(
            "/robots.txt", f"Sitemap: {publisher.url('/news-map.xml')}", content_type="text/plain"
        )
        publisher.serve(
            "/news-map.xml",
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://a.test/1</loc>'
            "<n:news><n:title>Ferry resumes</n:title></n:news></url></urlset>",
            content_type="application/xml",
        )
        (found,) = scene.monitor("feeds", "discover", site, "--json").records
    assert (found["feed"], found["kind"]) == (publisher.url("/news-map.xml"), "news sitemap")


def test_where_no_feed_is_nothing_is_added(scene: Scene) -> None:
    """A page without feeds is a sentence and exit code 1; --exact subscribes to it all the same, unasked."""
    with Publisher() as publisher:
        site = page(publisher)
        ran, found = scene.monitor("feeds", "add", site), scene.monitor("feeds", "discover", site)
        assert (ran.code, found.code) == (1, 1)
        assert "no feed was found at" in ran.err
        assert "--exact" in ran.err
        assert listed(scene) == []
        before = len(publisher.requests)
        assert scene.monitor("feeds", "add", site, "--exact").code == 0
        assert len(publisher.requests) == before
    assert listed(scene) == [site]


def test_an_address_that_does_not_answer_is_subscribed_to_with_a_warning(scene: Scene) -> None:
    """Off line, a feed can be added; one that is not there at all cannot."""
    with Publisher() as publisher:
        missing = scene.monitor("feeds", "add", publisher.url("/feed"))
        publisher.script("/locked", lambda _: Answer(status=403))
        locked = scene.monitor("feeds", "add", publisher.url("/locked"))
    away = scene.monitor("feeds", "add", publisher.url("/away"))
    assert (missing.code, "404" in missing.err) == (1, True)
    for ran in (locked, away):
        assert (ran.code, "warning: " in ran.err) == (0, True)
    assert sorted(listed(scene)) == [publisher.url("/away"), publisher.url("/locked")]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.test/feed", "/etc/passwd", "data:,x"])
def test_nothing_but_the_web_is_subscribed_to(scene: Scene, url: str) -> None:
    """FAILURES 3, 7: no file and no other scheme is read because a person says so."""
    for words in (("add",), ("add", "--exact"), ("discover",)):
        ran = scene.monitor("feeds", *words, url)
        assert (ran.code, "is not an http or https address" in ran.err) == (2, True)
    assert listed(scene) == []


def test_nothing_but_the_web_is_read_because_a_page_says_so(scene: Scene) -> None:
    """FAILURES 3: a page's links to files, and to places that are not public, are not followed."""
    with Publisher() as publisher:
        links = ("file:///etc/passwd", "http://10.0.0.1/feed", "http://169.254.169.254/", "javascript:x")
        site = page(publisher, *(LINK.format("rss", "x", url) for url in links))
        ran = scene.monitor("feeds", "discover", site)
    assert ran.code == 1
    scene.config.write_text(scene.config.read_text("utf-8").replace('"127.0.0.0/8"', ""), "utf-8")
    blocked = scene.monitor("feeds", "add", site)
    assert (blocked.code, listed(scene)) == (1, [])


SECRET = ("hush-password", "hush-header")


def test_a_login_goes_to_the_feed_and_nowhere_else(scene: Scene) -> None:
    """FAILURES 8: name, password and headers reach the feed's origin; nothing that is written shows them."""
    secret = scene.folder / "secret"
    secret.write_text(SECRET[0] + "\n", "utf-8")
    login = ("--username", "desk", "--password-file", secret, "--header", f"X-Key: {SECRET[1]}")
    with Publisher() as publisher, Publisher() as elsewhere:
        away = publish(elsewhere, "/away", item(1, "Ferry resumes"))
        feed = publish(publisher, "/feed", item(2, "Bakery opens"))
        site = page(publisher, LINK.format("rss", "News", "/feed"), LINK.format("rss", "Else", away))
        ran = [scene.monitor("feeds", "add", site, *login, "--every", "15m", "--folder", "Sea")]
        ran += [scene.monitor("poll", feed), scene.monitor("feeds", "list"), scene.monitor("feeds", "export")]
        ran += [scene.monitor("feeds", "list", "--json")]
        mine, others = publisher.asked("/feed"), elsewhere.requests
    assert [one.code for one in ran] == [0] * len(ran)
    assert all({"authorization", "x-key"} <= request.headers.keys() for request in mine)
    assert len(mine) == 2
    assert others
    assert not any({"authorization", "x-key"} & request.headers.keys() for request in others)
    assert not any(word in one.out + one.err for word in SECRET for one in ran)
    assert "1 feed with a login, headers or a proxy: these are not in the list" in ran[3].err
    assert (ran[4].records[0]["every"], ran[4].records[0]["folder"]) == (900, "Sea")


def test_a_password_that_changes_is_taken_in(scene: Scene) -> None:
    """What only a secret's file says is noticed too, and a login inside an address is shown nowhere."""
    secret = scene.folder / "secret"
    with Publisher() as publisher:
        feed = publish(publisher, "/feed", item(1, "Ferry resumes"))
        inside = publish(publisher, "/inside", item(2, "Bakery opens")).replace("//", "//desk:hush@")
        login = f'username = "desk"\npassword_file = "secret"\n[[feeds]]\nurl = "{inside}"\n'
        scene.configure([feed], login)
        for word in ("one", "two"):
            secret.write_text(word, "utf-8")
            ran = scene.monitor("poll", "--all", "--json")
            assert (ran.code, "hush" in ran.out + ran.err) == (0, False)
        sent = [request.headers["authorization"] for request in publisher.asked("/feed")]
        (masked,) = (one["feed"] for one in ran.records[:-1] if "inside" in one["feed"])
        assert scene.monitor("feeds", "pause", masked).code == 0
    assert sent == [f"Basic {b64encode(f'desk:{word}'.encode()).decode()}" for word in ("one", "two")]
    assert masked == inside.replace("hush", "•••")


def test_how_a_feed_is_asked_for_can_be_changed(scene: Scene) -> None:
    """What is given is changed, an empty text takes away, the rest stays; half a login is refused."""
    with Publisher() as publisher:
        feed = publish(publisher, "/feed", item(1, "Ferry resumes"))
        assert scene.monitor("feeds", "add", feed, "--user-agent", "Desk/1", "--every", "1h").code == 0
        ran = scene.monitor(
            "feeds", "set", f"{feed}/", "--header", "X-Key: 1", "--every", "", "--title", "Sea"
        )
        assert (ran.code, ran.out) == (0, f"changed {feed}\n")
        assert scene.monitor("poll", feed).code == 0
        asked = publisher.requests[-1].headers
    assert (asked["user-agent"], asked["x-key"]) == ("Desk/1", "1")
    (record,) = scene.monitor("feeds", "list", "--json").records
    assert (record["every"], record["title"]) == (None, "Sea")
    wrong: dict[tuple[str, ...], str] = {
        ("--username", "desk"): "a login is a name and a password",
        ("--header", "X-Key"): "write the name, a colon and the value",
        ("--header", "Host: x"): "set by the program itself",
        ("--every", "soon"): "--every",
        ("--proxy", "file:///x"): "--proxy",
        ("--password-file", "/nowhere/x"): "--password-file",
    }
    wrong[()] = "nothing was said to change"
    for words, said in wrong.items():
        refused = scene.monitor("feeds", "set", feed, *words)
        assert (refused.code, said in refused.err) == (2, True)


def test_what_the_file_owns_is_changed_there(scene: Scene) -> None:
    """A feed of the configuration keeps the options that the file gives it."""
    scene.configure(["https://a.test/feed"])
    ran = scene.monitor("feeds", "set", "https://a.test/feed", "--title", "A")
    assert (ran.code, "change it there" in ran.err) == (2, True)


def imported(scene: Scene, *outlines: str) -> Ran:
    """Import a list with these outlines."""
    file = scene.folder / "list.opml"
    body = "\n".join(outlines)
    file.write_text(f'<opml version="2.0"><body>\n{body}\n</body></opml>', "utf-8")
    return scene.monitor("feeds", "import", file)


def test_an_import_names_what_is_there_under_another_address(scene: Scene) -> None:
    """FAILURES 27: each feed is added once, what is left out has its line, and bad outlines stop nothing."""
    scene.configure(["https://a.test/feed"])
    ran = imported(
        scene,
        '<outline text="A" xmlUrl="http://www.a.test/feed/"/>',
        '<outline text="B" xmlUrl="https://b.test/"/>',
        '<outline text="B" xmlUrl="http://b.test"/>',
        '<outline text="B" xmlUrl="https://b.test/"/>',
        '<outline text="C" xmlUrl="file:///etc/passwd"/>',
    )
    assert (ran.code, ran.out) == (1, "added 1 feed, 1 there already\n")
    said = [line.partition(": ")[2] for line in ran.err.splitlines()]
    assert said == [
        'line 6: "file:///etc/passwd" is not an http or https address',
        "line 4: http://b.test is the same feed as https://b.test/, which counts",
        "line 5: https://b.test/ is listed again",
        "line 2: http://www.a.test/feed/ is the same feed as https://a.test/feed, which counts",
    ]
    assert sorted(listed(scene)) == ["https://a.test/feed", "https://b.test/"]


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def assert_ends(code: int, words: list[str]) -> None:
    """Run a command and hold it to its exit code."""
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == code


def test_an_import_tells_a_terminal_how_far_it_is(scene: Scene) -> None:
    """Progress is for a person who waits: on a terminal's stderr, and nowhere else."""
    file = scene.folder / "list.opml"
    outlines = "".join(f'<outline text="{n}" xmlUrl="https://h{n}.test/"/>' for n in range(1500))
    file.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8")
    words = ["--config", str(scene.config), "feeds", "import", str(file)]
    with redirect_stderr(Terminal()) as watched, redirect_stdout(io.StringIO()) as out:
        assert_ends(0, words)
    assert out.getvalue() == "added 1500 feeds, 0 there already\n"
    assert watched.getvalue() == "\r1000 of 1500 feeds\r1500 of 1500 feeds\n"
    again = scene.monitor("feeds", "import", file)
    assert (again.out, again.err) == ("added 0 feeds, 1500 there already\n", "")


def test_real_lists_go_in_and_out_whole(scene: Scene) -> None:
    """Folders within folders, titles, sites and attributes that we do not know survive import and export."""
    wanted: dict[str, opml.Outline] = {}
    for name in ("news.opml", "baltic-poland-ukraine/Ukraine.opml", "countries/Germany.opml"):
        file = shared("opml", *name.split("/"))
        assert scene.monitor("feeds", "import", file).code == 0
        for outline in opml.read(file.read_bytes()).feeds:
            wanted.setdefault(feed_key(outline.url), outline)
    exported = opml.read(scene.monitor("feeds", "export").out.encode())
    assert exported.problems == ()
    assert {feed_key(outline.url): outline for outline in exported.feeds} == wanted


def test_folders_within_folders_and_attributes_of_others_come_back(scene: Scene) -> None:
    """What another program wrote about a feed is what it reads again after us."""
    given = (
        '<outline text="World"><outline text="Baltic"><outline text="A" title="A" type="atom" '
        'xmlUrl="https://a.test/feed" htmlUrl="https://a.test/" f:rank="3" f:lang="et" note="n"/>'
        "</outline></outline>"
    )
    file = scene.folder / "list.opml"
    file.write_text(f'<opml version="2.0" xmlns:f="urn:f"><body>{given}</body></opml>', "utf-8")
    assert scene.monitor("feeds", "import", file).code == 0
    assert (
        opml.read(scene.monitor("feeds", "export").out.encode()).feeds == opml.read(file.read_bytes()).feeds
    )
