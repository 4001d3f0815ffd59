"""What the daemon says of itself."""

from pathlib import Path

from monitor.daemon import Daemon
from tests.builders import StoppedClock
from tests.happenings import AGROUND, RATES, RESCUED, as_before_events
from tests.polls import everything
from tests.unit.web.newsroom import COAST, judged, open_newsroom


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


async def test_stories_that_wait_are_placed_by_the_daemon(
    sqlite_database: str, tmp_path: Path, clock: StoppedClock
) -> None:
    """After an upgrade stories without an event get theirs, a turn at a time, until none waits."""
    assert sqlite_database.endswith(f"{tmp_path}/monitor.db")
    with open_newsroom(tmp_path, clock) as app:
        judged(app, AGROUND[1], RATES[1])
        judged(app, RESCUED[1], feed=COAST)
        with app.store.write() as lane:
            as_before_events(lane)
        await Daemon(app, lambda: app.settings)._in_turns(app.place_waiting)
        with app.store.read() as connection:
            ferry, rates, rescue = (story.event for story in everything(connection))
        assert None not in {ferry, rates}
        assert ferry == rescue != rates
        assert app.place_waiting() == 0
