"""The border of a topic: the rarer it is to be as like the seeds as they are to one another, the further."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.tag.border import border, lowered
from monitor.tag.sample import Vector

NOTHING = np.zeros(0, np.float32)
NEWS = np.linspace(-2, 2, 5_000, dtype=np.float32)

likeness = st.floats(-3, 30, width=32)


def vector(*values: float) -> Vector:
    """Return numbers as the likeness of seeds."""
    return np.array(values, np.float32)


@given(st.lists(likeness, min_size=1, max_size=6), likeness)
def test_the_more_alike_the_seeds_the_further_the_border(seeds: list[float], more: float) -> None:
    """A seed that is more like the others never brings the border nearer."""
    higher = [max(seeds[0], more), *seeds[1:]]
    assert border(vector(*higher), NEWS) >= border(vector(*seeds), NEWS) - 1e-6


@given(st.lists(likeness, max_size=6), st.lists(likeness, max_size=50))
def test_no_border_is_near_the_mean_or_out_of_reach(seeds: list[float], archive: list[float]) -> None:
    """Whatever seeds and archive are, the border is half a spread off the mean at least and ten at most."""
    assert 0.5 <= border(vector(*seeds), vector(*archive)) < 10


def test_where_much_of_the_archive_is_as_like_the_border_is_nearer() -> None:
    """The same seeds draw a wide topic where a tenth of the archive is as like them, else a narrow one."""
    full = np.concatenate([NEWS, np.full(500, 4.0, np.float32)])
    assert border(vector(4, 4, 4), full) < border(vector(4, 4, 4), NEWS) - 1


def test_seeds_beyond_all_stories_leave_the_border_in_reach() -> None:
    """Three reports of one event in an archive without any: however alike they are, the next is on topic."""
    assert border(vector(9, 9, 9), NEWS) == pytest.approx(border(vector(90, 90, 90), NEWS), abs=1e-3)
    assert border(vector(9, 9, 9), NEWS) < 6


def test_what_one_seed_gathers_is_a_guess() -> None:
    """Of one seed nothing is known: the border is that of seeds as rare as the guess, in any archive."""
    assert 3 < border(NOTHING, NOTHING) < 4
    assert border(NOTHING, NEWS) == pytest.approx(border(NOTHING, NOTHING), abs=1e-2)


def test_a_border_moves_to_marks_below_it_only() -> None:
    """A story below the border that is marked as on topic moves it by a quarter, one above it not at all."""
    assert lowered(2.0, vector(1.0)) == pytest.approx(1.75)
    assert lowered(2.0, vector(2.5, 9.0)) == 2.0
    assert lowered(0.6, vector(*[-3.0] * 9)) == 0.5
