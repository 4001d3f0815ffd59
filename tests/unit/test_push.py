"""The rules of push: what is announced, what is signed, and how long polls wait."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import push
from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document
from monitor.model.polls import Push
from tests.builders import NOW
from tests.servers.hub import signature

HUBS = ("https://hub.example/", "https://second.example/")
TOPIC = "https://harbour.example/feed"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DOOR = push.Door("https://monitor.example/websub/", "token", "secret")
RUNNING = Push(
    1,
    HUBS,
    TOPIC,
    "active",
    HUBS[0],
    TOPIC,
    DOOR.base,
    "t",
    "s",
    since=NOW - DAY,
    lease_until=NOW + DAY,
    last_push_at=NOW - HOUR,
    agreed=2,
)

waits = st.timedeltas(min_value=timedelta(seconds=1), max_value=365 * DAY)
moments = st.none() | st.timedeltas(min_value=-30 * DAY, max_value=30 * DAY).map(lambda ago: NOW + ago)
pushes = st.builds(
    Push,
    feed_id=st.just(1),
    hubs=st.sampled_from([(), HUBS[:1], HUBS]),
    topic=st.sampled_from([None, TOPIC]),
    state=st.sampled_from(["idle", "asked", "active", "denied", "leaving"]),
    asked_hub=st.sampled_from([None, *HUBS]),
    asked_topic=st.sampled_from([None, TOPIC]),
    base=st.sampled_from([None, DOOR.base]),
    token=st.just("t"),
    secret=st.just("s"),
    since=moments,
    lease_until=moments,
    next_try_at=moments,
    tries=st.integers(0, 10**6),
    last_push_at=moments,
    called_at=moments,
    agreed=st.integers(0, 10**6),
)


def _document(hubs: tuple[str, ...] = (), topic: str | None = None) -> Document:
    return Document(TOPIC, b"x", hubs=hubs, topic=topic)


@pytest.mark.parametrize(
    ("document", "parsed", "expected"),
    [
        (_document(HUBS[:1], "https://a.example/"), (HUBS[1:], TOPIC), (HUBS[:1], "https://a.example/")),
        (_document(), (HUBS, TOPIC), (HUBS, TOPIC)),
        (_document(), ((*HUBS, "https://third.example/"), TOPIC), (HUBS, TOPIC)),
        (_document(), ((HUBS[0], HUBS[0], HUBS[1]), TOPIC), (HUBS, TOPIC)),
        (_document(), (("https://h.example/" + "x" * 2000, HUBS[1]), TOPIC), (HUBS[1:], TOPIC)),
        (_document(), (HUBS, None), ((), None)),
        (_document(), (HUBS, "https://a.example/" + "x" * 2000), ((), None)),
        (_document(), ((), TOPIC), ((), None)),
        (_document(HUBS, TOPIC), None, (HUBS, TOPIC)),
        (_document(), None, None),
    ],
)
def test_headers_go_before_the_document_and_both_halves_are_needed(
    document: Document,
    parsed: tuple[tuple[str, ...], str | None] | None,
    expected: push.Announced | None,
) -> None:
    """Two hubs at most, a topic at least; a document that was not read takes nothing back."""
    read = ParsedFeed((), hubs=parsed[0], topic=parsed[1]) if parsed else None
    assert push.announced(document, read) == expected


@given(secret=st.text(min_size=1, max_size=80), body=st.binary(max_size=300), other=st.binary(max_size=300))
def test_a_signature_fits_its_body_and_secret_only(secret: str, body: bytes, other: bytes) -> None:
    """Every hash of the recommendation is known, and nothing else passes."""
    for method in ("sha1", "sha256", "sha384", "sha512"):
        header = signature(secret, body, method)
        assert push.signed(secret, body, header)
        assert push.signed(secret, other, header) == (other == body)
        assert not push.signed(secret + "x", body, header)
    assert not push.signed(secret, body, signature(secret, body, "md5"))


@given(header=st.text(max_size=80))
def test_any_header_is_borne(header: str) -> None:
    """What is no signature does not pass, and nothing fails."""
    assert not push.signed("secret", b"body", header)


@given(wait=waits, held=pushes, longest=waits)
def test_push_only_ever_lengthens_a_wait_and_never_beyond_the_longest(
    wait: timedelta, held: Push, longest: timedelta
) -> None:
    """Whatever a subscription is like, the wait is the feed's own or up to the longest interval."""
    waited = push.while_pushed(wait, held, NOW, longest)
    assert wait <= waited <= max(wait, longest)


@pytest.mark.parametrize(
    "held",
    [
        replace(RUNNING, state="asked"),
        replace(RUNNING, state="denied"),
        replace(RUNNING, lease_until=NOW),
        replace(RUNNING, lease_until=None),
        replace(RUNNING, last_push_at=None),
        replace(RUNNING, last_push_at=NOW - 2 * DAY - HOUR),
        replace(RUNNING, agreed=0),
    ],
)
def test_what_is_not_proved_does_not_slow_polls(held: Push) -> None:
    """Unverified, past its lease, silent for two of the longest intervals, or just missed: the own rhythm."""
    assert push.while_pushed(HOUR, held, NOW, DAY) == HOUR
    assert push.while_pushed(HOUR, RUNNING, NOW, DAY) == 4 * HOUR


@given(held=pushes, active=st.booleans())
def test_every_step_moves_the_next_one_on(held: Push, active: bool) -> None:
    """What was due is not due at once again, but for a hub that is forgotten and another to be asked."""
    before = replace(held, next_try_at=NOW)
    after = push.next_step(before, active, DOOR, NOW)
    soon = after.next_try_at is not None and after.next_try_at <= NOW
    assert not soon or before.state == "leaving" or (after.state in {"idle", "denied"} and not active)
    if after.state in {"asked", "active", "leaving"} and after.asked_topic:
        assert push.form(after)["hub.topic"] == after.asked_topic


def test_changed_hubs_while_leaving_wait_for_the_end() -> None:
    """The old hub is left first; what the feed names then is asked after that."""
    left = push.leaving(RUNNING, NOW)
    heard = push.heard(left, (HUBS[1:], TOPIC), NOW + HOUR)
    assert (heard.state, heard.hubs, heard.next_try_at) == ("leaving", HUBS[1:], left.next_try_at)
    assert push.heard(heard, (HUBS[1:], TOPIC), NOW) is heard


def test_a_denial_by_one_of_two_hubs_is_no_end() -> None:
    """The second hub is asked soon; when it denies as well there is peace for a week."""
    once = push.denied(replace(RUNNING, tries=1), TOPIC, "", NOW)
    assert once
    assert once.error == "The hub denied the subscription."
    assert once.next_try_at == NOW + timedelta(minutes=15)
    asked = push.asking(once, DOOR, NOW)
    assert (asked.asked_hub, asked.token) == (HUBS[1], DOOR.token)
    twice = push.denied(asked, TOPIC, "no", NOW)
    assert twice
    assert twice.next_try_at == NOW + 7 * DAY
    assert push.denied(RUNNING, "https://elsewhere.example/", "no", NOW) is None
