"""Reading queries by hand: the trees that the grammar gives, and none where it gives none."""

from hypothesis import example, given
from hypothesis import strategies as st
from lark import Token
from lark.exceptions import UnexpectedInput

from monitor.tag.query import grammar
from monitor.tag.reading import Node, tree
from tests.unit.tag.asking import ASKED

_PIECES = st.sampled_from(
    ["AND", "OR", "NOT", "NEAR", "NEAR/5", "NEAR/", "-", "--", "(", ")", '"', "“b c”", '"a"~2', "~3", "a",
     "ANDb", "title:", "title:a", "9:30", "-a", "_:x", "«", " ", " ", "\n", "\u2003", "ППО", "*", "b/c"]
)  # fmt: skip
_TEXTS = st.lists(_PIECES, max_size=9).map("".join)


@given(_TEXTS | ASKED)
@example("((a OR b) -c NEAR/2 title:(d e)) OR NOT lang:uk")
def test_what_is_read_by_hand_is_what_the_grammar_says(text: str) -> None:
    """A text has the tree of the same tokens at the same places either way, or none either way."""
    assert _written(tree(text)) == _written(_by_grammar(text))


def test_what_lies_too_deep_is_left_to_the_grammar() -> None:
    """No text fills the stack: parentheses that lie very deep are not read by hand."""
    assert tree(f"{'(' * 40}a{')' * 40}") == Token("WORD", "a")
    assert tree(f"{'(' * 5_000}a{')' * 5_000}") is None


def _by_grammar(text: str) -> Node | None:
    try:
        return grammar().parse(text)
    except UnexpectedInput:
        return None


def _written(node: Node | None) -> object:
    """Return a tree with what lark's own comparison leaves out: the kinds and places of its tokens."""
    if isinstance(node, Token):
        return node.type, str(node), node.start_pos
    return node and (str(node.data), [_written(child) for child in node.children])
