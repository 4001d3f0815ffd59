"""A feed's history on its row: what the columns say, and what to write there."""

from collections.abc import Mapping
from typing import Any

from monitor.model.fetching import History, Moved, Reason, Rhythm
from monitor.store.columns import seconds


def of(row: Any) -> History:
    """Read a feed's history from its row."""
    return History(
        read_at=row.last_success_at,
        last_new_at=row.last_new_at,
        mean_gap=seconds(row.mean_gap_seconds),
        gaps=row.gaps,
        last_gap_at=row.last_gap_at,
        rhythm=_rhythm(row.rhythm or {}),
        failing_since=row.failing_since,
        reason=Reason(row.reason) if row.reason else None,
        error=row.error,
        broken=row.broken,
        moved=Moved(row.moved_to, row.moved_since, row.moved_times) if row.moved_to else None,
    )


def written(history: History) -> dict[str, Any]:
    """Return a history as columns, but for the last success, which is settled by itself."""
    moved = history.moved
    return {
        "last_new_at": history.last_new_at,
        "mean_gap_seconds": None if history.mean_gap is None else int(history.mean_gap.total_seconds()),
        "gaps": history.gaps,
        "last_gap_at": history.last_gap_at,
        "rhythm": _written(history.rhythm),
        "failing_since": history.failing_since,
        "reason": history.reason,
        "error": history.error,
        "broken": history.broken,
        "moved_to": moved.to if moved else None,
        "moved_since": moved.since if moved else None,
        "moved_times": moved.times if moved else 0,
    }


def _rhythm(found: Mapping[str, Any]) -> Rhythm:
    return Rhythm(
        seconds(found.get("ttl")),
        seconds(found.get("every")),
        tuple(found.get("hours", ())),
        tuple(found.get("days", ())),
    )


def _written(rhythm: Rhythm) -> dict[str, Any] | None:
    said = {
        "ttl": rhythm.ttl and int(rhythm.ttl.total_seconds()),
        "every": rhythm.update_every and int(rhythm.update_every.total_seconds()),
        "hours": list(rhythm.skip_hours),
        "days": list(rhythm.skip_days),
    }
    return {name: value for name, value in said.items() if value} or None
