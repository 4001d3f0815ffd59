"""Words are folded and cut in one way, which everything else relies on."""

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
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
        ("東京、大阪", ("東", "東京", "京", "大", "大阪", "阪")),
        ("東京都 京", ("東", "東京", "京", "京都", "都", "京")),
        ("F16戦闘機abc", ("f16", "戦", "戦闘", "闘", "闘機", "機", "abc")),
        ("서울에", ("서", "서울", "울", "울에", "에")),
        ("ﾊﾞｽ", ("バ", "バス", "ス")),
        ("Київ第5回", ("киів", "第", "5", "回")),
    ],
)
def test_where_words_part(text: str, words: tuple[str, ...]) -> None:
    """Apostrophes, hyphens, underscores and marks part words; a combining accent does not."""
    assert folded(text) == words


PARTED = re.compile(r"[\u0000-\u10ff\u1200-\u2fff]*").fullmatch
TEXT = st.text(max_size=40) | st.text(alphabet="aЇé\u0301\u0308ßŁ'’ʼ-_ .1", max_size=40)


@given(TEXT)
@example("ǆ ß ﷺ ½ ª")
def test_folding_again_changes_nothing(text: str) -> None:
    """Folded words are folded to themselves, and to no more where letters are parted by blanks."""
    words = folded(text)
    assert all(word in folded(word) for word in words)
    assert not PARTED(" ".join(words)) or folded(" ".join(words)) == words
    assert all(word.isalnum() for word in words)


WESTERN = st.text(alphabet="aé ß’½-_", max_size=200)
UNPARTED = st.text(alphabet="東京都大阪にカハﾊﾞ서울ａa1é ・", max_size=12)


@given(TEXT | UNPARTED | WESTERN, st.data())
def test_words_stand_where_they_are_said_to(text: str, data: st.DataObject) -> None:
    """The places are those of the folded words in order, of each that is asked for."""
    words = folded(text)
    every = spans(text, range(len(words)))
    assert list(every.values()) == sorted(every.values())
    for (start, end), word in zip(every.values(), words, strict=True):
        assert word in folded(text[start:end])
    some = data.draw(st.sets(st.sampled_from(range(len(words))))) if words else set()
    assert spans(text, some) == {word: every[word] for word in some}


@given(st.text(alphabet="東京都にカ서울", min_size=1, max_size=5), UNPARTED)
@example("京", "東京")
@example("東京", "新東京都")
def test_a_run_of_unparted_letters_is_found_wherever_it_stands(run: str, text: str) -> None:
    """A run of one letter or more stands, as tokens side by side, in exactly the texts that have the run."""
    said = unicodedata.normalize("NFKC", text)
    assume(not {"\u3099", "\u309a"} & set(said))  # a mark that voices a letter makes another letter of it
    assert (f" {' '.join(folded(run))} " in f" {' '.join(folded(text))} ") is (run in said)


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
