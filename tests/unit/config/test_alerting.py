"""The alerts of the configuration: what they name exists, what signs can sign."""

from datetime import time
from pathlib import Path

import pytest

from monitor.config.alerting import key_of, rule_of
from monitor.config.shown import masked
from monitor.model.alerts import Quiet
from tests.unit.config.written import load_text, problems_of

_GOOD = """
[[topics]]
name = "air"
query = "radar"

[[webhooks]]
name = "room"
url = "https://room.example/hook"
secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODk="

[[services]]
name = "chat"
url = "slack://token"

[[alerts]]
name = "big-news"
when = "outlets"
outlets = 5
to = ["desk@example.org", "room", "chat"]
quiet = "22:00 – 07:00"
timezone = "Europe/Kyiv"
"""


def test_a_rule_is_read_with_its_ways_out(tmp_path: Path) -> None:
    """Without topics it watches all; its secrets are masked where the configuration is shown."""
    settings = load_text(tmp_path, _GOOD)
    (written,) = settings.alerts
    rule = rule_of(written, ["air", "sea"])
    assert (rule.title, rule.topics, rule.outlets, rule.score) == ("Big news", ("air", "sea"), 5, 0.0)
    assert rule.quiet == Quiet(time(22), time(7), "Europe/Kyiv")
    (hook,) = settings.webhooks
    assert hook.secret
    assert key_of(hook.secret) == b"01234567890123456789"
    assert "MDEy" not in masked(settings)
    assert "slack" not in masked(settings)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """What a file holds is taken as if it stood in the configuration."""
    (tmp_path / "key").write_text("a long enough secret text\n", "utf-8")
    text = _GOOD.replace('secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODk="', 'secret_file = "key"')
    (hook,) = load_text(tmp_path, text).webhooks
    assert hook.secret
    assert key_of(hook.secret) == b"a long enough secret text"


@pytest.mark.parametrize(
    ("was", "now", "wrong"),
    [
        ('"room", "chat"', '"rooom"', '"rooom" is no way out for alerts'),
        ("outlets = 5", "", 'goes with when = "outlets"'),
        ('when = "outlets"', 'when = "story"', 'goes with when = "outlets"'),
        ('to = ["desk@example.org", "room", "chat"]', "to = []", "names nobody"),
        ('quiet = "22:00 – 07:00"', 'quiet = "late"', "is no span of the day"),
        ('timezone = "Europe/Kyiv"', 'topics = ["sea"]', 'there is no topic "sea"'),
        ("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODk=", "short", "cannot sign"),
        ("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODk=", "whsec_!", "cannot sign"),
        ('url = "slack://token"', "", "is missing or there twice"),
        ('url = "slack://token"', 'url_file = "none"', "none"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, was: str, now: str, wrong: str) -> None:
    """Names that lead nowhere, bounds that do not fit, secrets that cannot sign."""
    assert was in _GOOD
    assert any(wrong in problem for problem in problems_of(tmp_path, _GOOD.replace(was, now)))
