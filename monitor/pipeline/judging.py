"""Judge: look up, decide and write what many documents brought, and place it, in one lane's transaction.

A backlog (a feed's first poll, an archive) and a flood are stored first and placed afterwards.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.dedupe import judge
from monitor.model.stories import Batch, Verdict
from monitor.store import Lane, is_lost, judging, outlets, placing, recording

if TYPE_CHECKING:  # what places loads the model of words, which turns that bring nothing do without
    from monitor.pipeline.placing import Late

log = logging.getLogger(__name__)

_BACKLOG = 50
"""So many stories of feeds' first polls and archives are placed at once: a new user's first feeds."""


def judge_batches(
    lane: Lane, batches: Sequence[Batch], tagging: recording.Tagging, late: "Late | None" = None
) -> list[tuple[Verdict, ...]]:
    """Judge batches one after another, as if each had been alone; look up once and write once.

    tagging is asked for the tags of an appearance that is not known in these words; late gives those that
    hang on events.
    """
    touched = _Touched()
    ledger = judging.look_up(lane, batches)
    judged = []
    with recording.turn(lane, tagging, ledger.merge) as gathered:
        for batch in batches:
            verdicts = judge(batch, ledger.known(batch))
            for verdict, copied, told in gathered.take(batch, verdicts):
                ledger.enter(batch, verdict, copied, told)
                touched.note(verdict, told)
            judged.append(verdicts)
    ledger.nearness.write(lane)
    outlets.count_of(lane, touched.carried)
    if _is_placeable(batches, judged):
        _kept(lane, lambda: _place(lane, batches[0].seen_at, late, touched.new))
    if touched.reworded or (late and touched.grown):
        _kept(lane, lambda: _look_again(lane, touched, batches[0].seen_at, late))
    return judged


@dataclass(slots=True)
class _Touched:
    """The stories of a turn that further copies joined, and those that say something else now.

    new are those that it brought; carried are those whose copies are more, or stand elsewhere.
    """

    new: set[int] = field(default_factory=set)
    grown: set[int] = field(default_factory=set)
    carried: set[int] = field(default_factory=set)
    reworded: set[int] = field(default_factory=set)

    def note(self, verdict: Verdict, told: int) -> None:
        if verdict.kind == "copy" or (verdict.known and verdict.known.relinked(verdict.appearance)):
            self.carried.add(told)
        if verdict.kind == "new":
            self.new.add(told)
        elif verdict.kind == "copy":
            self.grown.add(told)
        elif verdict.kind in {"revision", "back"} and verdict.known:
            (self.reworded if verdict.known.first else self.grown).add(told)


def _is_placeable(batches: Sequence[Batch], judged: Sequence[Sequence[Verdict]]) -> bool:
    """Tell whether what a turn brought is placed in it: not a flood, nor much of a backlog."""
    counts = {True: 0, False: 0}
    for batch, verdicts in zip(batches, judged, strict=True):
        counts[batch.undated_is_news] += sum(verdict.kind == "new" for verdict in verdicts)
    return 0 < sum(counts.values()) <= placing.TURN and counts[False] <= _BACKLOG


def _place(lane: Lane, now: datetime, late: "Late | None", new: Collection[int]) -> None:
    from monitor.pipeline.placing import place_waiting

    place_waiting(lane, now, late, new)


def _look_again(lane: Lane, touched: _Touched, now: datetime, late: "Late | None") -> None:
    """Profile stories anew whose words have changed, and tag those on which late tags hang."""
    from monitor.pipeline.placing import renew

    stories = renew(lane, touched.reworded) if touched.reworded else []
    if late:
        late(lane, stories, touched.grown | touched.reworded, now)


def _kept(lane: Lane, step: Callable[[], None]) -> None:
    """Place what was stored; where that fails the stories are kept, and wait for their events."""
    try:
        with lane.begin_nested():
            step()
    except Exception as error:
        if is_lost(error):
            raise
        log.exception("placing failed")
