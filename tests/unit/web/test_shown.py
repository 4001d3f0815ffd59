"""Words marked where they were matched."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.model.entries import Words
from monitor.model.topics import Span, Tag
from monitor.web.shown import Piece, listed, marked_words, passages, shown_tag
from tests.builders import story, tag

_TEXT = st.text(alphabet="ab \n", min_size=1, max_size=600)


@st.composite
def _matched(draw: st.DrawFn) -> tuple[Words, list[Span]]:
    text = draw(_TEXT)
    cuts = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=8))
    spans = [Span("t", text[min(c) : max(c)], "text", min(c), max(c)) for c in cuts if c[0] != c[1]]
    return Words("title", text=text), spans


@given(_matched())
def test_marking_keeps_every_character(given: tuple[Words, list[Span]]) -> None:
    """Marking changes no text and marks just what was matched, however matches overlap."""
    words, spans = given
    shown = story(title=words.title, text=words.text, tags=[Tag("t", 1.0, tuple(spans), words)])
    pieces = marked_words(shown)["text"]
    assert "".join(piece.text for piece in pieces) == words.text
    inside = [any(span.start <= at < span.end for span in spans) for at in range(len(words.text))]
    assert [piece.marked for piece in pieces for _ in piece.text] == inside


@given(_matched())
def test_passages_show_every_match(given: tuple[Words, list[Span]]) -> None:
    """The passages hold every matched character once, and a bounded share of the rest."""
    words, spans = given
    found = passages(words, spans, most=100)
    marked = "".join(piece.text for passage in found for piece in passage if piece.marked)
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert marked == "".join(words.text[at] for at in sorted(covered))
    shown = sum(len(piece.text) for passage in found for piece in passage)
    assert shown <= len(covered) + 200 * len(spans)


def test_passage_begins_and_ends_with_words() -> None:
    """A passage is cut between words and says that it is cut."""
    text = "word " * 50 + "ferry" + " word" * 50
    (passage,) = passages(Words("", text=text), [Span("ferry", "ferry", "text", 250, 255)], most=5)
    assert passage[0] == Piece("…")
    assert passage[1].text.startswith("word ")
    assert passage[2] == Piece("ferry", marked=True)
    assert passage[3].text.endswith(" word")
    assert passage[4] == Piece("…")


def test_untitled_story() -> None:
    """A story without a headline has a word to click on."""
    assert listed(story(title=""), {}).title == "(untitled)"


def test_topics_of_a_listed_story() -> None:
    """A story in a topic's list names the other topics it is on, as far as they are tracked."""
    here, there, gone = tag("ferries"), tag("storms"), tag("old")
    shown = listed(story(tags=[here, there, gone]), {"ferries": "Ferries", "storms": "Storms"}, because=here)
    assert shown.topics == ("Storms",)
    assert shown.matched == ("Ferry",)


def test_query_word_is_named_where_it_differs() -> None:
    """A tag names the query's word only where the story has another spelling for it."""
    words = Words("Паром і Ferry")
    spans = (Span("ferry", "Паром", "title", 0, 5), Span("ferry", "Ferry", "title", 8, 13))
    assert shown_tag(Tag("t", 1.0, spans, words), words).matched == (("Паром", "ferry"), ("Ferry", None))
