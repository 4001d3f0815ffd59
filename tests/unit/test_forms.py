"""The forms of words: packed once from the dictionaries, found by any of them, told apart by language."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.forms import Forms, cache_folder
from monitor.forms.packing import file_of, pack

ENGLISH = {
    "go": ("go", "goes", "went"), "war": ("war", "wars"), "wary": ("wary",), "wend": ("wend", "wends"),
    "talk": ("talk", "talks"), "x-ray": ("x-ray", "x-rays"),
}  # fmt: skip
POLISH = {"war": ("war", "waru", "wary"), "Kijów": ("Kijów", "Kijowa"), "rakieta": ("rakieta", "rakiety")}
UKRAINIAN = {"об'єкт": ("об'єкт", "об'єкти"), "їжак": ("їжак", "їжака"), "пес": ("пес", "пса", "пси")}
GERMAN = {"sein": ("sein", "war", "wars"), "besser": ("bessere",), "Straße": ("Straße", "Straßen")}


def _pack(folder: Path, language: str, families: dict[str, tuple[str, ...]]) -> None:
    records = sorted((form.encode(), word.encode()) for word, forms in families.items() for form in forms)
    pack(file_of(language, folder), records)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with four small languages."""
    made = tmp_path_factory.mktemp("forms")
    for language, families in (("en", ENGLISH), ("pl", POLISH), ("uk", UKRAINIAN), ("de", GERMAN)):
        _pack(made, language, families)
    return made


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("go", {"goes", "went"}),
        ("went", {"go", "goes"}),
        ("talks", {"talk"}),
        ("kijow", {"kijowa"}),
        ("kijowa", {"kijow"}),
        ("об єкт", {"об єкти"}),
        ("об єкти", {"об єкт"}),
        ("іжака", {"іжак"}),
        ("пса", {"пес", "пси"}),
        ("strasse", {"strassen"}),
        ("strassen", {"strasse"}),
        ("x rays", {"x ray"}),
        ("besser", {"bessere"}),
        ("nowhere", set()),
        ("об", set()),
    ],
)
def test_any_form_finds_all_the_others_folded(folder: Path, word: str, forms: set[str]) -> None:
    """A word is found whatever its form, its case, accents and apostrophes folded as in texts."""
    assert set(Forms(("en", "pl", "uk", "de"), folder)(word)) == forms


def test_a_word_is_taken_as_the_languages_know_it_in_which_it_is_one(folder: Path) -> None:
    """German "war" is a form of "sein", so the English and the Polish word count, without what is English."""
    assert set(Forms(("en", "pl", "de"), folder)("war")) == {"wars", "waru"}
    assert set(Forms(("pl", "en", "de"), folder)("war")) == {"wars", "waru", "wary"}
    assert set(Forms(("de",), folder)("war")) == {"sein", "wars"}


def test_a_dictionary_is_packed_once_by_whoever_is_first(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Several at once make one file, which says so in a line, and which the next ones only read."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: Forms(("id",), tmp_path)("berada"), range(4)))
    assert len(set(found)) == 1
    assert capfd.readouterr().err.count("collecting the forms of words of 'id'") == 1
    assert Forms(("id",), tmp_path)("berada") == found[0]
    assert capfd.readouterr().err == ""
    assert [file.name for file in tmp_path.iterdir() if not file.name.endswith(".lock")] == [
        file_of("id", tmp_path).name
    ]


def test_without_a_place_for_the_file_words_stand_for_themselves(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where nothing can be written, and for a language without a dictionary, a line says so, once."""
    (tmp_path / "taken").write_text("")
    forms = Forms(("id",), tmp_path / "taken")
    assert forms("berada") == forms("ada") == ()
    assert capfd.readouterr().err.count("words stand for themselves") == 1
    assert Forms(("xx",), tmp_path)("berada") == ()
    assert "the forms of words of 'xx' are not known" in capfd.readouterr().err


def test_a_damaged_file_is_made_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read does no harm but that it is made anew."""
    file_of("id", tmp_path).write_bytes(b"damaged")
    assert Forms(("id",), tmp_path)("berada")
    assert "collecting" in capfd.readouterr().err


def test_all_files_can_be_made_beforehand(tmp_path: Path) -> None:
    """An image, or a machine about to go offline, makes what is missing in one go."""
    Forms(("id", "ms"), tmp_path).prepare()
    assert file_of("id", tmp_path).exists()
    assert file_of("ms", tmp_path).exists()


def test_the_cache_is_where_the_system_has_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own variable wins, then the desktop's, then the user's folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("MONITOR_CACHE", raising=False)
    assert cache_folder() == tmp_path / ".cache" / "monitor"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "monitor"
    monkeypatch.setenv("MONITOR_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
