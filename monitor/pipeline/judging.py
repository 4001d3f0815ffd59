"""Judge: look up, decide and write what many documents brought, and place it, in one lane's transaction.

A backlog (a feed's first poll, an archive) and a flood are stored first and placed afterwards.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from monitor.dedupe import judge
from monitor.model import Batch, Verdict
from monitor.store import Lane, is_lost, judging, placing, recording

log = logging.getLogger(__name__)

_BACKLOG = 50
"""So many stories of feeds' first polls and archives are placed at once: a new user's first feeds."""


def judge_batches(
    lane: Lane, batches: Sequence[Batch], tagging: recording.Tagging
) -> list[tuple[Verdict, ...]]:
    """Judge batches one after another, as if each had been alone; look up once and write once.

    tagging is asked for the tags of an appearance that is not known in these words.
    """
    ledger = judging.look_up(lane, batches)
    judged = []
    with recording.turn(lane, tagging, ledger.merge) as gathered:
        for batch in batches:
            verdicts = judge(batch, ledger.known(batch))
            for verdict, copied, told in gathered.take(batch, verdicts):
                ledger.enter(batch, verdict, copied, told)
            judged.append(verdicts)
    ledger.nearness.write(lane)
    if _is_placeable(batches, judged):
        _place(lane, batches[0].seen_at)
    return judged


def _is_placeable(batches: Sequence[Batch], judged: Sequence[Sequence[Verdict]]) -> bool:
    """Tell whether what a turn brought is placed in it: not a flood, nor much of a backlog."""
    counts = {True: 0, False: 0}
    for batch, verdicts in zip(batches, judged, strict=True):
        counts[batch.undated_is_news] += sum(verdict.kind == "new" for verdict in verdicts)
    return 0 < sum(counts.values()) <= placing.TURN and counts[False] <= _BACKLOG


def _place(lane: Lane, now: datetime) -> None:
    """Place what was stored; where that fails the stories are kept, and wait for their events."""
    from monitor.pipeline.placing import place_waiting

    try:
        with lane.begin_nested():
            place_waiting(lane, now)
    except Exception as error:
        if is_lost(error):
            raise
        log.exception("placing failed")
