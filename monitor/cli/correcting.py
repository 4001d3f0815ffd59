"""`monitor story merge`, `split`, `rulings`: a person's word on what is the same story."""

import getpass
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.shared import Json, call, line, shown
from monitor.corpus.changes import ruling_record
from monitor.corpus.exporting import record
from monitor.model.views import RulingView
from monitor.pipeline import correcting
from monitor.pipeline.correcting import Word
from monitor.store import rulings as stored
from monitor.store import stories

story = typer.Typer(no_args_is_help=True, help="Say what is one story and what is not.")

Note = Annotated[str, typer.Option(help="Why, for whoever asks later.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who says so (default: who is logged in).")]


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(story, name="story")


@story.command()
def merge(
    context: typer.Context,
    story_ids: Annotated[list[str], typer.Argument(metavar="ID ID...", help="Stories, such as s12 s34.")],
    note: Note = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Make several stories one. The oldest stays; the ids of the others lead to it."""
    with call(context).app() as app, app.store.write() as lane:
        made = correcting.merge(lane, story_ids, said_by(app, note, by))
        app.tracking.look_again(lane, made.id)
    if as_json:
        line(record(made))
        return
    gone = ", ".join(one.other for one in made.changes[1 - len(story_ids) :])
    print(f"{gone}: now part of {made.id}, which has {len(made.copies)} copies.")
    print(f"`monitor why {made.id}` numbers them; `monitor story split {made.id} --copy N` parts them again.")


@story.command()
def split(
    context: typer.Context,
    story_id: Annotated[str, typer.Argument(metavar="ID", help="A story's id, such as s123.")],
    copy: Annotated[
        list[str],
        typer.Option(metavar="N", help="A copy's number in `monitor why`, or its address; may be repeated."),
    ],
    note: Note = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Make copies of a story a story of their own. They are never put together again but by you."""
    with call(context).app() as app, app.store.write() as lane:
        ids = correcting.split(
            lane, story_id, copy, said_by(app, note, by), app.tagger, late=app.tracking.late
        )
        halves = [one for half in ids if (one := stories.one(lane, half))]
    if as_json:
        for half in halves:
            line(record(half))
        return
    stays, leaves = ids
    print(f"{leaves}: split off {stays}. `monitor story merge {stays} {leaves}` takes it back.")


def said_by(app: App, note: str, by: str | None) -> Word:
    """Return a person's word: now, by whom, with what note."""
    return Word(by or _login(), app.clock(), note)


def _login() -> str:
    """Return the name of whoever is logged in; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


@story.command()
def rulings(context: typer.Context, as_json: Json = False) -> None:
    """List what people have said is one story, and what is kept apart."""
    with call(context).app() as app, app.store.read() as connection:
        found = stored.standing(connection)
    for one in found:
        if as_json:
            line(ruling_record(one))
        else:
            print(_told(one))


def _told(ruling: RulingView) -> str:
    note = f" ({ruling.note})" if ruling.note else ""
    said = f"{ruling.who}, {shown(ruling.at)}{note}"
    here, there = ruling.titles
    if ruling.kind == "same":
        return f"{ruling.one} is one story, {here}: {said}"
    return f"{ruling.one}, {here}, is not {ruling.other}, {there}: {said}"
