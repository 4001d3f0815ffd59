"""Who reads which digest, on every database: named by the file or by a person, gone by themselves."""

from datetime import timedelta

import pytest

from monitor.errors import UsageError
from monitor.model.digests import DigestPlan, Reader, Recipient
from monitor.model.entries import Words
from monitor.model.topics import Tag
from monitor.pipeline.subscribing import Subscribing, agree, leave
from monitor.store import Store, corpus, outbox, readers
from tests.builders import NOW, entry, topic
from tests.polls import poll

DAY = timedelta(days=1)
ME, HER = "me@example.org", "her@example.org"
MORNING = DigestPlan("morning", "Morning", ("ferries", "ports"), "0 7 * * *", "Europe/Kyiv", (Recipient(ME),))
ASKING = Subscribing((MORNING,), 2 * DAY, "Monitor <desk@example.org>", "https://news.example.org/m")


@pytest.fixture(autouse=True)
def enrolled(store: Store) -> None:
    """Take in a configuration that names one reader."""
    with store.write() as lane:
        readers.enrol(lane, [("morning", Recipient(ME, "Europe/Warsaw", "pl"))], NOW - 2 * DAY, NOW)


def wanted(address: str = HER, **own: object) -> Reader:
    """Return somebody whom a person wants to add, already agreed."""
    return Reader("morning", address, 0, NOW, **own)  # type: ignore[arg-type]  # fields by name


def found(store: Store, address: str = ME) -> Reader:
    """Return a reader of the digest."""
    with store.read() as connection:
        reader = readers.one(connection, "morning", address)
    assert reader
    return reader


def test_whom_the_file_names_has_what_it_says(store: Store) -> None:
    """Zone and language are the file's each time it is taken in; the token stays for ever."""
    first = found(store)
    assert (first.origin, first.state, first.timezone, first.language) == (
        "file",
        "active",
        "Europe/Warsaw",
        "pl",
    )
    assert len(first.token) == 22
    with store.write() as lane:
        readers.enrol(lane, [], NOW, NOW)
        assert readers.everybody(lane) == ()
        assert readers.by_token(lane, first.token) is None
        readers.enrol(lane, [("morning", Recipient(ME))], NOW, NOW)
    assert (found(store).token, found(store).timezone) == (first.token, None)


def test_who_unsubscribed_stays_so_whatever_the_file_says(store: Store) -> None:
    """Taking the same file in again, or leaving twice, changes nothing; only they come back."""
    token = found(store).token
    with store.write() as lane:
        assert leave(lane, token, NOW) == leave(lane, token, NOW + DAY)
        readers.enrol(lane, [("morning", Recipient(ME))], NOW, NOW)
    assert (found(store).state, found(store).since) == ("left", NOW)
    with store.write() as lane:
        agree(lane, token, NOW + 2 * DAY)
    assert (found(store).state, found(store).settled_until) == ("active", NOW + 2 * DAY)


def test_a_link_that_is_nobodys_changes_nothing(store: Store) -> None:
    """A token that was never given, or is cut short, leads nowhere."""
    with store.write() as lane:
        for token in ("", "x" * 22, found(store).token[:-1]):
            assert leave(lane, token, NOW) is None
            assert agree(lane, token, NOW) is None
    assert found(store).state == "active"


def test_a_person_adds_readers_with_wishes_of_their_own(store: Store) -> None:
    """They are kept when the file is taken in again, and belong to nobody else."""
    own = wanted(schedule="0 9 * * *", timezone="Europe/Kyiv", language="uk", topics=("ports",))
    with store.write() as lane:
        made = ASKING.add(lane, own, NOW)
        readers.enrol(lane, [("morning", Recipient(ME))], NOW, NOW)
        assert outbox.waiting(lane, None) == ()
    assert made == found(store, HER)
    assert (made.origin, made.schedule, made.topics, made.language) == ("user", "0 9 * * *", ("ports",), "uk")


def test_who_has_not_agreed_is_asked_by_mail(store: Store) -> None:
    """The mail waits in the outbox with a link by their token; agreeing makes them a reader due from then."""
    with store.write() as lane:
        made = ASKING.add(lane, wanted(state="asked", language="uk"), NOW)
        (mail,) = outbox.waiting(lane, NOW)
        assert (mail.recipient, mail.stories) == (HER, 0)
        assert f"https://news.example.org/m/confirm/{made.token}".encode() in mail.mime.replace(b"=\r\n", b"")
        assert b"Content-Type: multipart/alternative" in mail.mime
        agreed = agree(lane, made.token, NOW + DAY)
    assert agreed
    assert (agreed.state, agreed.settled_until) == ("active", NOW + DAY)


@pytest.mark.parametrize(
    ("who", "how", "sentence"),
    [
        (wanted(ME), ASKING, "by the configuration"),
        (wanted(topics=("snow",)), ASKING, "morning is not about 'snow'; it is about ferries, ports"),
        (Reader("evening", HER, 0, NOW), ASKING, "there is no digest 'evening'; there are morning"),
        (wanted(state="asked"), Subscribing((MORNING,), DAY, "d@example.org"), "without public_url"),
        (wanted(state="asked"), Subscribing((MORNING,), DAY, None, "https://e.org"), "an e-mail channel"),
    ],
)
def test_what_cannot_be_added_is_said(store: Store, who: Reader, how: Subscribing, sentence: str) -> None:
    """Whose word it is, which topics and digests there are, what is missing to ask by mail."""
    with store.write() as lane, pytest.raises(UsageError, match=sentence):
        how.add(lane, who, NOW)


def test_who_left_is_not_put_back_without_being_asked(store: Store) -> None:
    """Nobody else's word brings back whoever unsubscribed."""
    with store.write() as lane:
        leave(lane, ASKING.add(lane, wanted(), NOW).token, NOW)
        for _ in range(2):
            with pytest.raises(UsageError, match="has unsubscribed"):
                ASKING.add(lane, wanted(), NOW)
            readers.remove(lane, wanted())
        assert ASKING.add(lane, wanted(state="asked"), NOW).state == "asked"


def test_who_is_removed_and_added_again_is_not_told_twice(store: Store) -> None:
    """What they were told is remembered."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
        tags = (Tag("ferries", 1.0),)
        poll(lane, entry("Ferries sail"), polls=1, tagger=lambda _words: tags)
        first = ASKING.add(lane, wanted(), NOW)
        stories, told = outbox.untold(lane, first, ("ferries",))
        assert [story.words for story in stories] == [Words("Ferries sail")]
        readers.move(lane, [Reader("morning", HER, told, NOW)])
        readers.remove(lane, first)
        assert readers.one(lane, "morning", HER) is None
        again = ASKING.add(lane, wanted(), NOW + DAY)
        assert outbox.untold(lane, again, ("ferries",))[0] == ()
        assert again.token == first.token


def test_who_left_is_known_in_any_case_of_letters(store: Store) -> None:
    """An address in capitals is nobody else; whom the file names is asked no more."""
    with store.write() as lane:
        leave(lane, ASKING.add(lane, wanted(), NOW).token, NOW)
        with pytest.raises(UsageError, match="has unsubscribed"):
            ASKING.add(lane, wanted(HER.upper()), NOW)
        ASKING.add(lane, wanted("new@example.org", state="asked"), NOW)
        readers.enrol(lane, [("morning", Recipient("new@example.org"))], NOW, NOW)
    assert found(store, "new@example.org").state == "active"
