"""What digests say by themselves, in every language that they speak."""

import re
from datetime import UTC, date, datetime
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from monitor.digest.language import LANGUAGES, speak

TRANSLATED = LANGUAGES[1:]
KEYWORDS = {"_label": None, "_mark": None, "text": None, "count": (2, 3)}
NOON = datetime(2026, 11, 18, 12, 5, tzinfo=UTC)


def catalogue(language: str) -> Catalog:
    """Return a language's catalogue as it is written."""
    written = files("monitor.digest").joinpath("locale", f"{language}.po").read_bytes()
    return read_po(BytesIO(written), locale=language)


def spoken() -> set[str]:
    """Return the sentences of the source, plurals by their first form."""
    source = files("monitor.digest").joinpath("language.py").read_bytes()
    found = extract("python", BytesIO(source), KEYWORDS)
    return {one[1] if isinstance(one[1], str) else one[1][0] for one in found}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    """Nothing is missing, nothing is left over, every plural form is there with what stands in it."""
    found = {one.id if isinstance(one.id, str) else one.id[0]: one for one in catalogue(language) if one.id}
    assert set(found) == spoken()
    for english, one in found.items():
        forms = [one.string] if isinstance(one.string, str) else list(one.string or ())
        assert len(forms) == (1 if isinstance(one.id, str) else 3)
        for form in forms:
            assert sorted(re.findall(r"\{\w*\}", form)) == sorted(re.findall(r"\{\w*\}", english))
            assert form.strip("{n} ")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["1 story", "2 stories", "5 stories", "1,234 stories"]),
        ("uk", ["1 новина", "2 новини", "5 новин", "1\u00a0234 новини"]),
        ("pl", ["1 wiadomość", "2 wiadomości", "5 wiadomości", "1\u00a0234 wiadomości"]),
    ],
)
def test_things_are_counted_as_the_language_counts(language: str, said: list[str]) -> None:
    """Numbers and the forms they ask for are those of the language."""
    assert [speak(language).stories(number) for number in (1, 2, 5, 1234)] == said


@pytest.mark.parametrize(
    ("language", "full", "brief", "far"),
    [
        ("en", "Wednesday, 18 November 2026, 12:05 (UTC)", "18 Nov, 12:05", "18 Nov 2026, 12:05"),
        (
            "uk",
            "середа, 18 листопада 2026\u202fр., 12:05 (UTC)",
            "18 лист., 12:05",
            "18 лист. 2026\u202fр., 12:05",
        ),
        ("pl", "środa, 18 listopada 2026, 12:05 (UTC)", "18 lis, 12:05", "18 lis 2026, 12:05"),
    ],
)
def test_times_are_written_as_the_language_writes_them(
    language: str, full: str, brief: str, far: str
) -> None:
    """In full with the zone; briefly as far as today allows."""
    say = speak(language)
    assert say.moment(NOON) == full
    assert [say.time(NOON, day) for day in (date(2026, 11, 19), date(2027, 1, 1))] == [brief, far]
    assert say.time(NOON, NOON.date()) == "12:05"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (None, "en"),
        ("", "en"),
        ("uk-UA", "uk"),
        ("PL_pl", "pl"),
        ("en-GB", "en"),
        ("eo", "en"),
        ("../x", "en"),
    ],
)
def test_a_language_is_known_by_its_tag(asked: str | None, answered: str) -> None:
    """Region and case do not matter; what is not spoken is answered in English."""
    assert speak(asked).tag == answered


def test_a_digest_owns_up_to_what_it_leaves_out() -> None:
    """Totals tell events from stories where they differ, and enumerations count what is not there."""
    say = speak()
    assert say.total(2, 2, 1) == "2 new stories on 1 topic"
    assert say.total(5, 1, 2) == "5 new stories of 1 event on 2 topics"
    assert say.listing(["a", "b"], 3) == "a, b and 3 more"
    assert say.more_topics(1, 4) == "… and 1 more topic with 4 stories"
