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
    new = sum(_arrived(batch, verdicts) for batch, verdicts in zip(batches, judged, strict=True))
    if 0 < new <= placing.TURN:
        _place(lane, batches[0].seen_at)
    return judged


def _arrived(batch: Batch, verdicts: Sequence[Verdict]) -> int:
    """Count the stories that are new since a feed's last poll; its first one and an archive bring a backlog."""
    return sum(verdict.kind == "new" for verdict in verdicts) if batch.undated_is_news else 0


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
