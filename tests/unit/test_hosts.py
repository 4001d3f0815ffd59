"""Whose a host is."""

import pytest

from monitor.hosts import site_of, site_of_url


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("feeds.news.example.co.uk", "example.co.uk"),
        ("WWW.Example.ORG.", "example.org"),
        ("alice.github.io", "alice.github.io"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("", ""),
    ],
)
def test_hosts_of_one_owner_have_one_site(host: str, site: str) -> None:
    """The registrable domain tells, by the public suffix list with its private part."""
    assert site_of(host) == site


def test_an_address_that_is_none_has_no_site() -> None:
    """What cannot be read as an address belongs to nobody, and nothing breaks."""
    assert site_of_url("https://feeds.example.com:8443/a") == "example.com"
    assert site_of_url("http://[half") == ""
