"""`monitor import`, `export` and `seeds`: documents in, stories out."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from monitor.cli.shared import Json, call, known_topic, line, moment, note, place_all, shown
from monitor.corpus import exporting, importing
from monitor.corpus import seeds as files
from monitor.corpus.exporting import written
from monitor.errors import Problem, UsageError
from monitor.store import corpus
from monitor.store import stories as stored

seeds = typer.Typer(no_args_is_help=True, help="The seed corpus.")


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.command("import")(import_archive)
    application.command("export")(export_stories)
    application.add_typer(seeds, name="seeds")


def import_archive(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One document a line; - is stdin.")],
    as_json: Json = False,
) -> None:
    """Take in documents of an archive; exit code 1 when some lines could not be read."""
    with call(context).app() as app:
        try:
            lines = sys.stdin.buffer if str(file) == "-" else file.open("rb")
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}") from error
        app.learn_seeds()
        account = importing.Imported()
        told = 0
        with lines:
            off = app.settings.dedupe.off
            for account in importing.take_in(
                app.store, lines, app.tagger, app.clock, off, late=app.tracking.late
            ):
                for bad in account.bad[told:]:
                    note(f"{file}: line {bad.number}: {bad.reason}")
                told = len(account.bad)
                if sys.stderr.isatty():
                    note(f"{account.records} records")
    counts = {
        "records": account.records,
        "new": account.kinds["new"],
        "copies": account.kinds["copy"],
        "revisions": account.kinds["revision"],
        "unchanged": account.kinds["seen"] + account.kinds["back"],
        "bad": len(account.bad),
    }
    if as_json:
        for bad in account.bad:
            line({"line": bad.number, "error": bad.reason})
        line({"summary": counts})
    else:
        print(
            "{records} records: {new} new, {copies} copies, {revisions} revisions, "
            "{unchanged} known; {bad} bad lines".format(**counts)
        )
    raise typer.Exit(1 if account.bad else 0)


def export_stories(
    context: typer.Context,
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="How to write.")] = "jsonl",
    since: Annotated[str | None, typer.Option(help="First seen since: 2025-12-18, or 24h ago.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only stories with this topic's tag.")] = None,
) -> None:
    """Write every story with its copies, revisions and tags to stdout."""
    with call(context).app() as app:
        known_topic(app, topic)
        place_all(app)
        wanted = stored.Wanted(topic=topic, since=moment(since, app.clock()))
        with app.store.read() as connection:
            found = stored.every(connection, wanted)
            for written_line in exporting.as_csv(found) if form == "csv" else exporting.jsonl(found):
                sys.stdout.write(written_line)


@seeds.command("list")
def list_seeds(context: typer.Context, as_json: Json = False) -> None:
    """List the seeds that are loaded, with their topics."""
    with call(context).app() as app, app.store.read() as connection:
        rows = corpus.seed_rows(connection)
        folder = app.settings.seeds.path
        for story in stored.by_rows(connection, list(rows.values())):
            tags = [tag.topic for tag in story.tags]
            there = bool(folder and (folder / story.source).exists())
            if as_json:
                about = {"seed": story.source, "id": story.id, "title": story.words.title, "topics": tags}
                line(about | {"published": written(story.published), "file": there})
            else:
                gone = "" if there else " (its file is gone)"
                print(
                    f"{story.source}: {story.words.title}, {shown(story.published)} [{', '.join(tags)}]{gone}"
                )


@seeds.command("sync")
def sync_seeds(context: typer.Context, as_json: Json = False) -> None:
    """Load every Markdown and text file of the seeds' folder; exit code 1 when one could not be read."""
    failed = False
    with call(context).app() as app:
        if app.settings.seeds.path is None:
            note(f"no seeds: seeds.path is not set; a seed is a {' or '.join(files.SUFFIXES)} file")
        for found in app.sync_seeds():
            if isinstance(found, Problem):
                failed = True
                note(f"monitor: {found}")
            elif as_json:
                line({"seed": found[0], "status": found[1]})
            else:
                print(f"{found[0]}: {found[1]}")
    raise typer.Exit(1 if failed else 0)
