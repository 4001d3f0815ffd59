"""What an alert says, and what several say together."""

from datetime import UTC, datetime

from monitor.digest.alert import as_mail, of_feed, of_story, of_trial, together
from monitor.model.alerts import AlertRule
from monitor.model.entries import Words
from monitor.model.topics import Span, Tag
from monitor.model.views import CopyView, StoryView

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
RULE = AlertRule("big", "Big news", "event", ("desk@example.org",), ("air",))
STORY = StoryView(
    id="s1",
    words=Words("Radar pictures shared", "Three states signed."),
    url="https://harbour.example/1",
    source="https://harbour.example/feed",
    source_title="The Harbour Post",
    language="en",
    published=NOON,
    first_seen=NOON,
    seed=False,
    news=True,
    tags=(Tag("air", 1.0, (Span("radar", "Radar", "title", 0, 5),)), Tag("grain", 1.0)),
    copies=(CopyView("https://w.example/f", "North Wire", None, None, "…", None, NOON, "words", 1.0),),
    event="e7",
)


def test_a_story_is_told_with_who_carries_it_and_why() -> None:
    """Title, lead, outlets, the rule's topics, the words that matched; the event's page if there is one."""
    alert = of_story(RULE, "e7", STORY, {"air": "Air defence"}, page="https://m.example/", now=NOON)
    assert alert.title == "Radar pictures shared"
    assert alert.text.splitlines() == [
        "Three states signed.",
        "In: The Harbour Post, North Wire",
        "On: Air defence",
        "Matched: “Radar”",
        "https://harbour.example/1",
    ]
    assert alert.url == "https://m.example/events/e7"
    assert alert.record["topics"] == ["air"]
    assert of_story(RULE, "e7", STORY, {}, page=None, now=NOON).url == "https://harbour.example/1"


def test_what_had_to_wait_is_told_together() -> None:
    """A summary names the first ones and counts the rest, and is the same however often it is made."""
    alerts = [of_feed(f"incident {n}", "broken", "It is down.", f"Feed {n}", NOON) for n in range(25)]
    summary = together(alerts, NOON)
    assert summary.title == "25 alerts were held back"
    assert "Feed 19: broken" in summary.text
    assert summary.text.endswith("… and 5 more")
    assert "more" not in together(alerts[:20], NOON).text
    assert summary.about == together(alerts, NOON).about != together(alerts[1:], NOON).about


def test_an_alert_by_mail_is_one_mail_at_every_try() -> None:
    """The same Message-ID, plain and safe markup, marked as automatic."""
    alert = of_story(RULE, "e7", STORY, {}, page="https://m.example", now=NOON)
    mail = as_mail(RULE, alert, "Monitor <m@example.org>", "desk@example.org")
    assert mail == as_mail(RULE, alert, "Monitor <m@example.org>", "desk@example.org")
    assert mail.message_id != as_mail(RULE, alert, "Monitor <m@example.org>", "b@example.org").message_id
    assert mail.subject == "Big news: Radar pictures shared"
    assert 'href="https://m.example/events/e7"' in mail.html
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert "href" not in as_mail(RULE, of_trial(RULE, NOON), "m@example.org", "d@example.org").html
