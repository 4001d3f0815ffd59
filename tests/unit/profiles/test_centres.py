"""What the stories of an archive mean in common, and what is left of one of them without it."""

import numpy as np
import pytest

from monitor.profiles.centres import Centres, centres
from monitor.profiles.making import packed, unpacked

WAR, SPORT = (np.eye(256, dtype=np.float32)[place] for place in (0, 1))


def _told(kind: np.ndarray, many: int, seed: int) -> list[bytes]:
    """Return directions of stories of a kind, each with something of its own."""
    own = np.random.default_rng(seed).normal(size=(many, 256)).astype(np.float32)
    return packed([4 * kind + one / np.linalg.norm(one) for one in own])


def _mean_likeness(known: Centres, told: list[bytes]) -> float:
    own = known.own(unpacked(told[:200]))
    return float(np.mean([own[0] @ other for other in own[1:]]))


@pytest.mark.parametrize("kinds", [(WAR,), (WAR, SPORT)])
def test_what_a_kind_shares_is_taken_away(kinds: tuple[np.ndarray, ...]) -> None:
    """Two stories of one kind are no longer alike for it, in an archive of one kind and in one of two."""
    told = [_told(kind, 1_500, seed) for seed, kind in enumerate(kinds)]
    known = Centres(centres([one for pair in zip(*told, strict=True) for one in pair]))
    for of_kind in told:
        assert _mean_likeness(Centres(b""), of_kind) > 0.9
        assert abs(_mean_likeness(known, of_kind)) < 0.4


def test_a_story_keeps_a_direction_one_long() -> None:
    """However much is taken away; what has no direction gets none, and without an archive all is kept."""
    known = Centres(centres(_told(WAR, 300, 1)))
    story = unpacked(_told(SPORT, 1, 2))
    assert np.linalg.norm(known.own(story)) == pytest.approx(1, rel=1e-5)
    assert not known.own(np.zeros((1, 256), np.float32)).any()
    assert Centres(b"").own(story) is story


def test_the_same_stories_have_the_same_centres() -> None:
    """Processes that count the same stories agree to the last bit, and kinds without a story do no harm."""
    told = [*_told(WAR, 2_500, 3), *[bytes(256)] * 10]
    assert centres(told) == centres(list(told))
    assert np.isfinite(np.frombuffer(centres([told[0]] * 3_000), np.float32)).all()
