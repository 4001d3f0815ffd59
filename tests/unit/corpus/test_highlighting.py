"""What matched, marked where it stands."""

from monitor.corpus.highlighting import highlighted
from monitor.model.entries import Words
from monitor.model.topics import Span

FAR = "storm " + "word " * 60 + "harbour at last"


def test_the_title_and_the_passages_are_marked() -> None:
    """Brackets stand around what matched; matches far apart have passages of their own, cut at both ends."""
    at = FAR.index("harbour")
    spans = (
        Span("ferry", "Ferry", "title", 4, 9),
        Span("ferry sails", "Ferry sails", "title", 4, 15),
        Span("storm", "storm", "text", 0, 5),
        Span("harbour", "harbour", "text", at, at + 7),
    )
    title, first, second = highlighted(Words("The Ferry sails", text=FAR), spans)
    assert title == "The [Ferry sails]"
    assert first.startswith("[storm] word")
    assert first.endswith("…")
    assert second.startswith("…")
    assert second.endswith("[harbour] at last")


def test_a_terminal_has_colours() -> None:
    """On a terminal what matched is bold and red."""
    (title,) = highlighted(Words("Ferry"), (Span("ferry", "Ferry", "title", 0, 5),), colour=True)
    assert title == "\x1b[1;31mFerry\x1b[0m"
