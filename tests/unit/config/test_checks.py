"""What settings say together: a page that others reach asks for a login."""

from pathlib import Path

import pytest

from tests.unit.config.written import load_text, problems_of


@pytest.mark.parametrize(
    "listen", ["0.0.0.0:8000", "[::]:8000", "192.168.1.5:8000", "monitor.example.org:80"]
)
def test_a_page_that_others_reach_needs_a_login(tmp_path: Path, listen: str) -> None:
    """Only with a user name and a password may the page listen beyond this machine."""
    problems = problems_of(tmp_path, f"[web]\nlisten = '{listen}'")
    port = listen.rpartition(":")[2]
    (problem,) = problems
    assert f'web.listen: "{listen}" can be reached from other machines, and nobody has to log in' in problem
    assert f'set username and password in [web], or listen = "127.0.0.1:{port}"' in problem
    login = {"MONITOR_WEB__USERNAME": "desk", "MONITOR_WEB__PASSWORD": "pw"}
    assert str(load_text(tmp_path, f"[web]\nlisten = '{listen}'", login).web.listen) == listen


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.1.2.3:80", "localhost:8000", "[::1]:8000"])
def test_a_page_for_this_machine_needs_none(tmp_path: Path, listen: str) -> None:
    """Every way of saying loopback is understood."""
    assert load_text(tmp_path, f"[web]\nlisten = '{listen}'").web.listen.loopback


_HTTPS, _HTTP = "public_url = 'https://monitor.example'\n", "public_url = 'http://monitor.example'\n"


@pytest.mark.parametrize(
    ("text", "push_url", "said"),
    [
        ("", None, None),
        ("[websub]\nenabled = true", None, "public_url is not set: no hub can reach this program"),
        (_HTTPS, "https://monitor.example", None),
        (_HTTP, "http://monitor.example", "public_url is not https"),
        (_HTTP + "[websub]\nenabled = false", None, None),
        (_HTTPS + "[websub]\nenabled = false", None, None),
    ],
)
def test_push_needs_a_public_address_and_had_better_have_https(
    tmp_path: Path, text: str, push_url: str | None, said: str | None
) -> None:
    """With a public address hubs are asked unless switched off; a note says what keeps them away."""
    settings = load_text(tmp_path, text)
    assert settings.push_url == push_url
    assert len(settings.notes) == (1 if said else 0)
    assert not said or settings.notes[0].startswith(said)
