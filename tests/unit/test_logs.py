"""Logs as an operator reads them."""

import json
import logging
from collections.abc import Iterator

import pytest

from monitor.logs import configure


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before


def _fail() -> None:
    password = "not-for-the-log"
    try:
        len(password) // 0
    except ZeroDivisionError:
        logging.getLogger("monitor").exception("failed")


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_values(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Passwords and documents in the variables of a failing function stay out of the log."""
    configure("info", form)
    _fail()
    logged = capsys.readouterr().err
    assert "ZeroDivisionError" in logged
    assert "not-for-the-log" not in logged


def test_json_has_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A machine reads each line by itself: event, level, logger, what was added, and a time in UTC."""
    configure("info", "json")
    logging.getLogger("monitor.x").info("polled", extra={"feed": "Степ"})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["logger"], line["feed"]) == (
        "polled",
        "info",
        "monitor.x",
        "Степ",
    )
    assert line["timestamp"].endswith("Z")
