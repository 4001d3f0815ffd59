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
