"""Why a story is in its event, in sentences."""

import pytest

from monitor.corpus.events import because
from monitor.model.views import MemberView
from tests.builders import NOW


@pytest.mark.parametrize(
    ("score", "terms", "said"),
    [
        (1.0, (), "It was an event by itself; what else is there joined it."),
        (
            0.914,
            ("aurora", "odesa"),
            "score with the others was 0.91, 0.7 makes one event; shared: aurora, odesa.",
        ),
        (0.8, (), "makes one event; alike in meaning, with no term shared."),
    ],
)
def test_what_put_a_story_into_its_event(score: float, terms: tuple[str, ...], said: str) -> None:
    """A story that came first, one that shares terms and one that is alike in meaning are told apart."""
    member = MemberView("s1", "Ferry", None, NOW, NOW, (), NOW, score, terms)
    assert because(member).endswith(said)
