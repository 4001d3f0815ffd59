"""What a query may be missing, as its stories and the archive suggest."""

from monitor.model.events import Background
from monitor.model.topics import Term
from monitor.tag.suggesting import spellings, telling

ARCHIVE = Background(
    1000, {"zelenskyy": 40, "зеленс": 30, "ferry": 60, "harbour": 80, "the": 900, "zebra": 9}
)
PRESIDENT = Term("Zelensky", (("zelensky",), ("зеленський",)), alias="zelensky", own=1)


def test_terms_that_mark_the_stories_and_are_not_asked_for_are_named() -> None:
    """What most of the stories have and few others is told; the query's words and common ones are not."""
    found = telling(
        {"ferry": 20, "harbour": 18, "the": 19, "odd": 1}, 20, ARCHIVE, [Term("ferry", (("ferry",),))]
    )
    assert [one.term for one in found] == ["harbour"]


def test_near_spellings_in_either_script_are_found() -> None:
    """Words of the archive that read alike in Latin letters are told with the name that they are like."""
    found = spellings(ARCHIVE, [PRESIDENT])
    assert {(one.word, one.like, one.stories) for one in found} == {("zelenskyy", "Zelensky", 40)}


def test_a_word_without_a_row_of_the_table_has_no_spellings() -> None:
    """Only names that the alias table has are looked for."""
    assert spellings(ARCHIVE, [Term("harbor", (("harbor",),))]) == ()
