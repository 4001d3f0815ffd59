"""Single hosts have turns of their own, and what is wrong with them is said with its place."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import App, open_app
from monitor.config import masked
from monitor.config.sections import HostEntry
from monitor.fetch import Turns
from monitor.fetch.http import HttpFetch
from tests.unit.config.written import load_text, problems_of

HOSTS = """
    [fetch]
    per_host_delay = "3s"
    [fetch.hosts."example.org"]
    per_host = 4
    per_host_delay = "1s"
    [fetch.hosts."example.co.uk"]
    per_host = 1
    [fetch.hosts."192.0.2.1"]
    per_host_delay = "0s"
"""


def test_hosts_are_read(tmp_path: Path) -> None:
    """Each host has what is said of it, and nothing where nothing is said."""
    assert load_text(tmp_path, HOSTS).fetch.hosts == (
        HostEntry(host="example.org", per_host=4, per_host_delay=timedelta(seconds=1)),
        HostEntry(host="example.co.uk", per_host=1),
        HostEntry(host="192.0.2.1", per_host_delay=timedelta()),
    )
    assert load_text(tmp_path, "[fetch.hosts]").fetch.hosts is None


def test_hosts_are_fetched_so(tmp_path: Path) -> None:
    """What a host's own table leaves out is that of all hosts."""

    async def own(app: App) -> object:
        async with app.poller() as poller:
            assert isinstance(poller.fetch, HttpFetch)
            return poller.fetch._options.hosts

    with open_app(load_text(tmp_path, HOSTS)) as app:
        assert asyncio.run(own(app)) == {
            "example.org": Turns(4, timedelta(seconds=1)),
            "example.co.uk": Turns(1, timedelta(seconds=3)),
            "192.0.2.1": Turns(2, timedelta()),
        }


def test_hosts_are_shown_and_read_again(tmp_path: Path) -> None:
    """What is shown of the hosts can be written into a file as it stands."""
    settings = load_text(tmp_path, HOSTS)
    shown = masked(settings)
    assert 'hosts = { "example.org" = { per_host = 4, per_host_delay = "1s" }' in shown
    assert load_text(tmp_path, shown).fetch == settings.fetch


def test_hosts_come_from_the_environment(tmp_path: Path) -> None:
    """A variable holds the table as JSON."""
    environ = {"MONITOR_FETCH__HOSTS": '{"example.org": {"per_host": 9}}'}
    assert load_text(tmp_path, "", environ).fetch.hosts == (HostEntry(host="example.org", per_host=9),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '[fetch.hosts."example.org"]\nper_hosts = 4',
            'monitor.toml: fetch.hosts."example.org".per_hosts: is not a setting (did you mean "per_host"?)',
        ),
        (
            '[fetch.hosts."example.org"]\nper_host = 0',
            'monitor.toml: fetch.hosts."example.org".per_host: 0 is out of bounds (from 1 to 100)',
        ),
        (
            '[fetch.hosts."a.example.org"]\nper_host = 4',
            'monitor.toml: fetch.hosts."a.example.org": is not a registrable domain (example.org)',
        ),
        (
            '[fetch.hosts."Example.org"]\nper_host = 4',
            'monitor.toml: fetch.hosts."Example.org": is not a registrable domain (example.org)',
        ),
        (
            '[fetch.hosts]\n"example.org" = 4',
            'monitor.toml: fetch.hosts."example.org": is not a table (such as { per_host = 4 })',
        ),
        ("[fetch]\nhosts = 4", "monitor.toml: fetch.hosts: is a whole number, not a table"),
    ],
)
def test_what_is_wrong_with_a_host(tmp_path: Path, text: str, problem: str) -> None:
    """Unknown keys, values out of bounds and names that are no registrable domain are problems."""
    assert problems_of(tmp_path, text) == [problem]
