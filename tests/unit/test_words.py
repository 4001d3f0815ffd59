"""Words are folded and cut in one way, which everything else relies on."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.words import _PAGES, _TOKEN, fold, folded, spans


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("Ferry", "ferry"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("naïve", "naive"),
        ("Київ", "киів"),
        ("КИЇВ", "киів"),
        ("Ёлка", "елка"),
        ("Øresund", "oresund"),
        ("ﬁsh", "fish"),
        ("ｗｉｄｅ", "wide"),
        ("Ελλάδα", "ελλαδα"),
        ("東京", "東京"),
        ("2026", "2026"),
        ("İstanbul", "istanbul"),
    ],
)
def test_case_and_accents_do_not_count(word: str, bare: str) -> None:
    """A word is compared without case and accents; letters of other scripts stay what they are."""
    assert fold(word) == bare


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("— … !", ()),
        ("Ferry, harbour.", ("ferry", "harbour")),
        ("F-16s' a_b", ("f", "16s", "a", "b")),
        ("don't don’t", ("don", "t", "don", "t")),
        ("об'єкт об’єкт обʼєкт", ("об", "єкт", "об", "єкт", "об", "єкт")),
        ("cafe\u0301 bar", ("cafe", "bar")),
        ("🚢 3.5%", ("3", "5")),
        ("東京、大阪", ("東京", "大阪")),
    ],
)
def test_where_words_part(text: str, words: tuple[str, ...]) -> None:
    """Apostrophes, hyphens, underscores and marks part words; a combining accent does not."""
    assert folded(text) == words


TEXT = st.text(max_size=40) | st.text(alphabet="aЇé\u0301\u0308ßŁ'’ʼ-_ .1", max_size=40)


@given(TEXT)
@example("ǆ ß ﷺ ½ ª")
def test_folding_again_changes_nothing(text: str) -> None:
    """Folded words are folded to themselves, so that what is stored folded can be searched folded."""
    words = folded(text)
    assert folded(" ".join(words)) == words
    assert all(word.isalnum() for word in words)


@given(TEXT, st.integers(0, 50))
def test_words_stand_where_they_are_said_to(text: str, count: int) -> None:
    """The places are those of the folded words in order, as many as are asked for."""
    found = spans(text, count)
    assert found == sorted(found)
    assert tuple(fold(text[start:end]) for start, end in found) == folded(text)[:count]


@given(st.text(alphabet="éÉЇйЎäñŁőřộ aB1-", max_size=30))
def test_composed_and_decomposed_letters_are_equal(text: str) -> None:
    """A text has the same words whether its accents are letters' own or follow them."""
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


LETTERS = [bytes(range(128, 256)).decode(page, "ignore") for page in _PAGES[1:]]


@given(st.sampled_from(LETTERS).flatmap(lambda page: st.text(f"{page}aB1 -ʼ’\u0301🚢İ\u0345", max_size=40)))
@example("".join(LETTERS))
@example(" ".join(LETTERS[0]))
def test_a_text_folds_as_its_words_do(text: str) -> None:
    """Whether a whole text fits a code page or not, its words are those found and folded one by one."""
    assert folded(text) == tuple(filter(None, map(fold, _TOKEN.findall(text.lower()))))
