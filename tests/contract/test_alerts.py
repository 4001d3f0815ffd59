"""What rules see, on every database: each thing once, nothing old, nothing lost while it waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.model.alerts import Alert, AlertRule
from monitor.model.digests import Delivered
from monitor.model.entries import Entry, Words
from monitor.model.polls import Incident
from monitor.model.stories import Cause
from monitor.model.topics import Tag
from monitor.pipeline.alerting import Alerter, Ways
from monitor.pipeline.placing import place_waiting
from monitor.store import Store, alerts, corpus, ids, regrouping, subscriptions
from monitor.store.schema import feed, incident, story, tag
from tests.builders import NOW, StoppedClock, entry, subscription, topic
from tests.polls import poll

RULE = AlertRule("all", "All", "story", ("desk@example.org",), ("ferries",))
FIRST = replace(RULE, name="first", when="event")
LARGE = replace(RULE, name="large", when="outlets", outlets=2)
STRICT = replace(RULE, name="strict", score=0.9)
FEEDS = replace(RULE, name="feeds", when="feed")
RISING = replace(RULE, name="rising", when="burst")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FATES = ("towed", "sold", "painted", "searched", "sunk", "raised")
FERRIES = ("Anna", "Berta", "Cora", "Dora", "Emma")


def tagger(words: Words) -> tuple[Tag, ...]:
    """Tag whatever names a ferry."""
    return (Tag("ferries", 0.8),) if "erry" in words.title else ()


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock at the time of the tests."""
    return StoppedClock(NOW)


@pytest.fixture(autouse=True)
def declared(store: Store) -> None:
    """Declare a topic and subscribe to a feed."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
        subscriptions.add(lane, [subscription()], NOW)


@pytest.fixture(autouse=True)
def enrolled(store: Store, declared: None) -> None:
    """Take in the rules while nothing is there."""
    with store.write() as lane:
        alerts.enrol(lane, [one.name for one in (RULE, FIRST, LARGE, FEEDS, STRICT, RISING)])


def watch(store: Store, clock: StoppedClock, *rules: AlertRule) -> int:
    """Let rules look."""
    return Alerter(store, rules, {"ferries": "Ferries"}, clock, Ways()).watch()


def bring(store: Store, *entries: Entry, feed: str = "https://a.example/f", place: bool = True) -> None:
    """Let a feed bring items, and give them their events."""
    with store.write() as lane:
        poll(lane, *entries, feed=feed, at=NOW, tagger=tagger)
        if place:
            place_waiting(lane, NOW)
        else:
            lane.execute(sa.update(story).values(event_id=None))


def about(store: Store, rule: AlertRule) -> list[str]:
    """Return what a rule made alerts about, oldest first."""
    with store.read() as connection:
        return [one.about for one in reversed(alerts.latest(connection, None, 99)) if one.rule == rule.name]


SAILS = "Ferry sails again from the north pier after the long storm"


def test_a_new_rule_tells_only_of_what_comes(store: Store, clock: StoppedClock) -> None:
    """What was there before is no alert; each story after that is one, once, whatever comes again."""
    bring(store, entry("Ferry stops at the old pier", guid="0"))
    with store.write() as lane:
        alerts.enrol(lane, [])
        alerts.enrol(lane, [RULE.name])
    assert watch(store, clock, RULE) == 0
    bring(store, entry(SAILS, guid="1"), entry("Bakery opens", guid="2"))
    assert watch(store, clock, RULE) == 1
    assert watch(store, clock, RULE) == 0
    bring(store, entry(f"{SAILS}, at last", guid="1"))
    assert watch(store, clock, RULE) == 0
    assert len(about(store, RULE)) == 1


def test_an_event_is_told_once_however_many_tell_of_it(store: Store, clock: StoppedClock) -> None:
    """One alert for the event and rule, with the story that came first."""
    bring(store, entry(SAILS, guid="1", link="https://a.example/1"))
    assert watch(store, clock, FIRST) == 1
    bring(
        store,
        entry(f"{SAILS}: passengers glad", guid="2", link="https://b.example/2"),
        feed="https://b.example/f",
    )
    assert watch(store, clock, FIRST) == 0
    (event,) = about(store, FIRST)
    assert event[0] == "e"


def test_a_story_that_waits_for_its_event_is_not_passed_over(store: Store, clock: StoppedClock) -> None:
    """The rule looks no further than it, and after a while takes the story for itself."""
    bring(store, entry(SAILS, guid="1"), place=False)
    assert watch(store, clock, FIRST) == 0
    clock.advance(HOUR)
    assert watch(store, clock, FIRST) == 1
    assert about(store, FIRST)[0][0] == "s"


def test_an_event_is_told_when_enough_outlets_carry_it(store: Store, clock: StoppedClock) -> None:
    """With the first outlet nothing is said, with the second once, with the third no more."""
    for outlet, wanted in (("a", 0), ("b", 1), ("c", 0)):
        bring(
            store,
            entry(SAILS, guid="1", link=f"https://{outlet}.example/1"),
            feed=f"https://{outlet}.example/f",
        )
        assert watch(store, clock, LARGE) == wanted


def test_what_is_no_news_is_no_alert(store: Store, clock: StoppedClock) -> None:
    """Neither old stories nor tags that came when a topic changed, nor a score below the rule's."""
    bring(store, entry(SAILS, guid="1", published=NOW - 99 * HOUR), entry("Ferry line grows", guid="2"))
    with store.write() as lane:
        grows = sa.select(story.c.id).where(story.c.news)
        lane.execute(sa.update(tag).where(tag.c.story_id.in_(grows)).values(back_applied=True))
    assert watch(store, clock, RULE, STRICT) == 0
    bring(store, entry("Ferry queue at dawn", guid="3"))
    assert watch(store, clock, RULE, STRICT) == 1


def test_a_feed_that_breaks_and_recovers_is_told(store: Store, clock: StoppedClock) -> None:
    """Each of the two is an alert; what only deserves a look at the feed's page is none."""
    with store.write() as lane:
        row = lane.scalar(sa.select(feed.c.id))
        for key, kind in enumerate(("broken", "gap", "recovered"), start=1):
            made = Incident(kind, f"It is {kind}.")  # type: ignore[arg-type]  # one of its words
            lane.execute(
                sa.insert(incident).values(id=key, feed_id=row, kind=made.kind, at=NOW, detail=made.detail)
            )
    assert watch(store, clock, FEEDS) == 2
    assert watch(store, clock, FEEDS) == 0
    assert about(store, FEEDS) == ["incident 1", "incident 3"]


def test_an_alert_is_settled_held_and_tried_again(store: Store, clock: StoppedClock) -> None:
    """Its state, its tries and when it is due next are what was written down last."""
    bring(store, entry(SAILS, guid="1"))
    watch(store, clock, RULE)
    no, yes = Delivered(accepted=False, detail="busy"), Delivered(accepted=True)
    with store.write() as lane:
        (one,) = alerts.waiting(lane, NOW)
        told = alerts.Told((one.id,), one.alert.about)
        alerts.settle(lane, told, no, NOW, HOUR)
        assert alerts.waiting(lane, NOW) == []
        (again,) = alerts.waiting(lane, NOW + HOUR)
        assert (again.attempts, again.held, again.alert) == (1, False, one.alert)
        alerts.hold(lane, [one.id], NOW + 2 * HOUR)
        assert alerts.waiting(lane, NOW + 2 * HOUR)[0].held
        alerts.settle(lane, told, no, NOW, None)
        (dead,) = alerts.latest(lane, "dead", 9)
        assert (dead.detail, dead.settled_at) == ("busy", NOW)
        alerts.revive(lane, [one.id], NOW)
        alerts.settle(lane, told, yes, NOW, None)
        assert alerts.sent_since(lane, RULE.name, one.to, NOW - HOUR) == [NOW]
        view = alerts.one(lane, f"a{one.id}")
        assert view
        assert view.status == "sent"


def test_an_event_that_was_told_is_not_told_under_the_id_it_is_merged_into(
    store: Store, clock: StoppedClock
) -> None:
    """What was merged away was told of; so was what it is now."""
    bring(store, entry("Bakery opens its doors to all", guid="1"))
    bring(store, entry(SAILS, guid="2"))
    assert watch(store, clock, FIRST) == 1
    told = about(store, FIRST)[0]
    with store.write() as lane:
        rows = sorted(lane.scalars(sa.select(story.c.event_id)))
        into = regrouping.merge(lane, rows, Cause("person", "", NOW))
        assert ids.event_id(into) != told
        again = Alert(ids.event_id(into), "again", "", None, NOW)
        assert alerts.make(lane, FIRST, [again], NOW) == 0


def test_one_rule_that_fails_stops_no_other(store: Store, clock: StoppedClock) -> None:
    """A rule that was never taken in fails alone, and a recipient named twice gets one alert."""
    bring(store, entry(SAILS, guid="1"))
    twice = replace(RULE, to=("desk@example.org", "desk@example.org"))
    assert watch(store, clock, replace(RULE, name="unknown"), twice) == 1
    with store.read() as connection:
        assert len(alerts.waiting(connection, NOW)) == 1


def rush(store: Store, at: datetime, *titles: str, archive: bool = False) -> None:
    """Let a feed bring items of a time, or put them there as an archive."""
    with store.write() as lane:
        poll(lane, *(entry(title, guid=title, published=at) for title in titles), at=at, tagger=tagger)
        if archive:
            lane.execute(sa.update(tag).values(back_applied=True))


def test_a_burst_is_told_once_a_day(store: Store, clock: StoppedClock) -> None:
    """Six stories in an hour, where one came in nine days, are an alert: once, and again a day later."""
    rush(store, NOW - 9 * DAY, "Ferry sails at last")
    assert watch(store, clock, RISING) == 0
    rush(
        store,
        NOW + HOUR / 2,
        *(f"Ferry {name} aground off the pier" for name in FERRIES),
    )
    assert watch(store, clock, RISING) == 0, "within the hour it does not look again"
    clock.advance(HOUR)
    assert watch(store, clock, RISING) == 1
    clock.advance(HOUR)
    assert watch(store, clock, RISING) == 0
    with store.read() as connection:
        (told,) = alerts.latest(connection, None, 9)
        (waiting,) = alerts.waiting(connection, clock())
    assert told.title == "Ferries: 5 stories in 3 hours"
    assert waiting.alert.text.startswith(
        "Rising: 5 stories in the last 3 hours, where the 8 days before had 0.0"
    )
    assert "Ferry Emma aground off the pier" in waiting.alert.text
    clock.advance(DAY)
    rush(
        store,
        clock() - HOUR,
        *(f"Ferry {name} {fate} today" for name in FERRIES for fate in FATES),
    )
    assert watch(store, clock, RISING) == 1


def test_what_was_back_applied_is_no_burst(store: Store, clock: StoppedClock) -> None:
    """A topic that was edited finds many stories of today at once; nobody is alerted."""
    rush(store, NOW - 9 * DAY, "Ferry sails at last")
    rush(store, NOW, *(f"Ferry {name} aground" for name in FERRIES), archive=True)
    clock.advance(HOUR)
    assert watch(store, clock, RISING) == 0


def test_a_backlog_is_no_burst(store: Store, clock: StoppedClock) -> None:
    """A new feed's undated items are no news, and add nothing to a steady topic's day."""
    rush(store, NOW - 9 * DAY, "Ferry sails at last")
    rush(store, NOW, "Ferry Anna aground", "Ferry Berta aground", "Ferry Cora aground")
    with store.write() as lane:
        backlog = (entry(f"Ferry {name} {fate}", guid=name + fate) for name in FERRIES for fate in FATES)
        poll(lane, *backlog, feed="https://new.example/f", at=NOW, tagger=tagger)
        lane.execute(sa.update(story).where(story.c.published.is_(None)).values(news=False))
    clock.advance(HOUR)
    watch(store, clock, RISING)
    with store.read() as connection:
        assert [one.title for one in alerts.latest(connection, None, 9)] == ["Ferries: 3 stories in 3 hours"]
