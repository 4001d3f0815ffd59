"""`monitor events`, `event merge|split|pin|unpin|rulings`: what is one happening, and who says so."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.correcting import By, Note, said_by
from monitor.cli.shared import Json, call, known_topic, line, many, moment, place_all, shown
from monitor.corpus import events as told
from monitor.errors import UsageError
from monitor.model.views import EventView, MemberView
from monitor.pipeline import regrouping
from monitor.store import events as stored
from monitor.store import rulings as ruled

event = typer.Typer(no_args_is_help=True, help="Say what is one event and what is not.")
Id = Annotated[str, typer.Argument(metavar="EVENT", help="An event's id, such as e123.")]

_NAMED = 3
"""How many outlets a line of a listing names."""


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.command()(events)
    application.add_typer(event, name="event")


def events(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only events with a story on this topic.")] = None,
    since: Annotated[str | None, typer.Option(help="Changed since: 2025-12-18, or 24h ago.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those of a single story too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List events of two stories or more, the one that changed last first."""
    with call(context).app() as app:
        known_topic(app, topic)
        place_all(app)
        sought = stored.Sought(topic, moment(since, app.clock()), 1 if everything else 2)
        with app.store.read() as connection:
            found = stored.newest(connection, sought, limit)
            total = stored.count(connection, sought)
    for one in found:
        if as_json:
            line(told.record(one))
        else:
            print(_line(one))
    if not as_json and total > len(found):
        print(f"and {total - len(found)} more (--limit)")


def _line(one: EventView) -> str:
    size = f"{many(one.stories, 'story', 'stories')} in {_outlets(one.outlets)}"
    pinned = ", pinned" if one.pinned else ""
    return f"{one.id}  {shown(one.changed_at)}  {told.title(one)} ({size}{pinned})"


def _outlets(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


# ---------------------------------------------------------------- one event


def found(app: App, event_id: str) -> EventView:
    """Return an event with its timeline; raises UsageError where there is none."""
    with app.store.read() as connection:
        one = stored.one(connection, event_id)
    if one is None:
        raise UsageError(f"there is no event {event_id}")
    return one


def show(app: App, event_id: str, since: datetime | None, *, as_json: bool) -> None:
    """Show an event: its headline, its outlets, its stories by their times."""
    one = found(app, event_id)
    if as_json:
        line(told.timeline_record(one, since))
    else:
        print("\n".join(_shown(one, since)))


def _shown(one: EventView, since: datetime | None) -> Iterator[str]:
    yield f"{one.id}  {told.title(one)}"
    yield f"{many(one.stories, 'story', 'stories')} in {many(len(one.outlets), 'outlet')}: " + ", ".join(
        one.outlets
    )
    yield f"first seen {shown(one.first_seen)}, last change {shown(one.changed_at)}"
    if since is not None:
        new = sum(member.joined_at >= since for member in one.timeline)
        yield f"{new} of them came since {shown(since)}, marked +"
    yield ""
    for member in one.timeline:
        mark = "" if since is None else "+ " if member.joined_at >= since else "  "
        yield f"{mark}{_row(member)}"


def _row(member: MemberView) -> str:
    return f"{shown(member.at)}  {member.story}  {member.title} ({_outlets(member.outlets)})"


def why(app: App, event_id: str, *, as_json: bool) -> None:
    """Explain an event: what put each of its stories there, and what people said."""
    one = found(app, event_id)
    if as_json:
        line(told.why_record(one))
        return
    print(f"{one.id}  {told.title(one)}")
    print(f"{one.headline.id} speaks for it, as the story most like all the others.")
    for member in one.timeline:
        print(f"{member.story}  {member.title}")
        print(f"  {told.because(member)}")
    for sentence in told.sentences(one):
        print(sentence)


# ---------------------------------------------------------------- a person's word


@event.command()
def merge(
    context: typer.Context,
    event_ids: Annotated[list[str], typer.Argument(metavar="EVENT EVENT...", help="Such as e12 e34.")],
    note: Note = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Make several events one, and pin it. The oldest stays; the ids of the others lead to it."""
    with call(context).app() as app, app.store.write() as lane:
        made = regrouping.merge(lane, event_ids, said_by(app, note, by))
        app.tracking.look_again(lane, made.headline.id)
    if as_json:
        line(told.timeline_record(made, None))
        return
    gone = ", ".join(one.other for one in made.changes[1 - len(event_ids) :])
    print(f"{gone}: now part of {made.id}, which has {made.stories} stories and is pinned.")
    print(f"`monitor event split {made.id} --story ID` parts them again.")


@event.command()
def split(
    context: typer.Context,
    event_id: Id,
    story: Annotated[
        list[str], typer.Option(metavar="ID", help="A story that is another event's; may be repeated.")
    ],
    note: Note = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Make stories of an event an event of their own, and pin both. Only you put them together again."""
    with call(context).app() as app, app.store.write() as lane:
        stays, leaves = regrouping.split(lane, event_id, story, said_by(app, note, by))
    if as_json:
        for one in (stays, leaves):
            line(told.timeline_record(one, None))
        return
    print(f"{leaves.id}: split off {stays.id}; both are pinned.")
    print(f"`monitor event merge {stays.id} {leaves.id}` takes it back.")


@event.command()
def pin(context: typer.Context, event_id: Id, note: Note = "", by: By = None, as_json: Json = False) -> None:
    """Let an event keep its stories and its id, whatever is found later; new stories may join it."""
    with call(context).app() as app, app.store.write() as lane:
        made = regrouping.pin(lane, event_id, said_by(app, note, by))
    if as_json:
        line(told.record(made))
    else:
        print(f"{made.id} is pinned. `monitor event unpin {made.id}` takes it back.")


@event.command()
def unpin(context: typer.Context, event_id: Id, as_json: Json = False) -> None:
    """Leave an event to the machine again: its stories may come to others, and others to it."""
    with call(context).app() as app, app.store.write() as lane:
        made = regrouping.unpin(lane, event_id)
    if as_json:
        line(told.record(made))
    else:
        print(f"{made.id} is pinned no more.")


@event.command()
def rulings(context: typer.Context, as_json: Json = False) -> None:
    """List the events that people have pinned."""
    with call(context).app() as app, app.store.read() as connection:
        pins = ruled.pins(connection)
    for one in pins.values():
        if as_json:
            line(told.pin_record(one))
        else:
            note = f" ({one.note})" if one.note else ""
            print(f"{one.one}, {one.titles[0]}, is pinned: {one.who}, {shown(one.at)}{note}")
