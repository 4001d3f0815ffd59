"""A digest as its reader's mail program gets it: through a real mail server, by IMAP."""

import re
from pathlib import Path

from monitor.app import open_app
from monitor.config import load
from monitor.model.digests import MessageView
from monitor.store import outbox
from tests.builders import NOW, StoppedClock, entry
from tests.servers.imap import ADDRESS, post_office
from tests.servers.mails import Mail, flaws
from tests.unit.web.newsroom import judged

_LONG = "https://news.example.org/" + "a-long-path-of-a-page-behind-a-proxy/" * 3
_SETTINGS = """
public_url = "{page}"

[store]
url = "sqlite:///monitor.db"

[[topics]]
name = "ferries"
title = "Пороми та їхні порти"
query = 'пором OR ferry'

[[digests]]
name = "morning"
title = "Ранок"
to = [{{ address = "{reader}", language = "uk" }}]
schedule = "0 7 * * *"
timezone = "Europe/Kyiv"

[channels.email]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Монітор <desk@example.org>"
"""


async def test_a_digest_is_read_by_imap_as_it_was_made(tmp_path: Path, clock: StoppedClock) -> None:
    """Subject, text, page and long List-* headers come through a mail server as they were written."""
    file = tmp_path / "monitor.toml"
    with post_office() as office:
        file.write_text(_SETTINGS.format(page=_LONG, reader=ADDRESS, port=office.smtp), encoding="utf-8")
        with open_app(load(file, {}), clock) as app:
            judged(
                app,
                entry(
                    "Пором «Ластівка» знову ходить 🚢", guid="1", summary="Після шторму. " * 30, published=NOW
                ),
            )
            judged(
                app,
                entry(
                    "A ferry = a bridge that moves\n.",
                    guid="2",
                    text=".\n..\nFrom here on. " * 9,
                    published=NOW,
                ),
            )
            assert [one.status for one in await app.sender().send_now("morning")] == ["sent"]
            with app.store.read() as connection:
                (made,) = outbox.latest(connection)
        (data,) = office.mails()
    _check(data, made)


def _check(data: bytes, made: MessageView) -> None:
    received = Mail("", (ADDRESS,), data)
    assert flaws(received) == []
    mail = received.message
    assert (mail["Subject"], mail["Message-ID"], mail["To"]) == (made.subject, made.message_id, ADDRESS)
    assert mail["From"] == "Монітор <desk@example.org>"
    assert [_body(part.get_content()) for part in mail.iter_parts()] == [_body(made.text), _body(made.html)]
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    leave = re.search(r"^List-Unsubscribe: <(\S+)>,\s+<mailto:", head, re.MULTILINE)
    assert leave
    assert leave[1].startswith(_LONG)
    assert re.search(r"^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$", head, re.MULTILINE)
    assert not re.search(r"^List-.*=\?", head, re.MULTILINE)


def _body(text: str) -> list[str]:
    return text.splitlines()
