"""What the daemon says of itself."""

from pathlib import Path

from monitor.daemon import Daemon
from tests.builders import StoppedClock
from tests.unit.web.newsroom import open_newsroom


def test_a_process_that_lives_without_polls_landing_is_not_well(
    sqlite_database: str, tmp_path: Path, clock: StoppedClock
) -> None:
    """FAILURES 34: readiness proves that polls complete; ten minutes without one are told."""
    assert sqlite_database.endswith(f"{tmp_path}/monitor.db")
    with open_newsroom(tmp_path, clock) as app:
        daemon = Daemon(app, lambda: app.settings)
        daemon._progress -= 595
        assert daemon.stuck() is None
        daemon._progress -= 6
        assert str(daemon.stuck()).startswith("no poll has completed for 0:10:0")
