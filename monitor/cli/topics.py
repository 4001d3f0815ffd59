"""`monitor topics`: what is tracked, applied to the archive, marked by people, and what is rising in it."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from monitor.app import App
from monitor.cli import trying
from monitor.cli.correcting import By, said_by
from monitor.cli.shared import Json, call, known_topic, line, many, note, place_all, shown
from monitor.corpus.exporting import record, written
from monitor.corpus.trending import bars, trend_record
from monitor.errors import UsageError
from monitor.pipeline import marking
from monitor.store import corpus, ids, marks, retagging
from monitor.store import stories as stored

topics = typer.Typer(no_args_is_help=True, help="What is tracked.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="A topic's name, as the configuration has it.")]


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(topics, name="topics")


@topics.command("list")
def list_topics(context: typer.Context, as_json: Json = False) -> None:
    """List the topics: how many stories bear their tags, how far they are applied to the archive."""
    with call(context).app() as app, app.store.read() as connection:
        counts, states = corpus.topic_counts(connection), retagging.states(connection)
        due, newest = set(app.tracking.retagger.due(connection)), retagging.last(connection)
        for topic in app.settings.topics:
            count, state = counts.get(topic.name, 0), states[topic.name]
            share = state.reached / newest if newest and topic.name in due else float(topic.name not in due)
            if as_json:
                about: dict[str, Any] = {"topic": topic.name, "title": topic.title, "query": topic.query}
                about |= {"seeds": list(topic.seeds), "threshold": topic.threshold, "stories": count}
                line(about | {"applied": round(share, 3)})
            else:
                applied = "" if share == 1 else f", applied to {share:.0%} of the archive so far"
                print(f"{topic.name}: {topic.title}, {many(count, 'story', 'stories')}{applied}")


@topics.command()
def retag(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One topic; all without it.")] = None,
    as_json: Json = False,
) -> None:
    """Apply topics as they are defined today to all stored stories; goes on where it was stopped."""
    with call(context).app() as app:
        known_topic(app, name)
        app.learn_seeds()
        place_all(app)
        with app.store.read() as connection:
            everything = list(app.tracking.retagger.digests(connection))
        for topic in [name] if name else everything:
            with app.store.write() as lane:
                app.tracking.retagger.begin(lane, topic)
            for share in _apply(app, topic):
                note(f"{topic}: {share:.0%}")
            with app.store.read() as connection:
                count = corpus.topic_counts(connection).get(topic, 0)
            if as_json:
                line({"topic": topic, "stories": count})
            else:
                print(f"{topic}: {many(count, 'story bears', 'stories bear')} its tag")


def _apply(app: App, topic: str) -> Iterator[float]:
    share = 0.0
    while share < 1:
        share = app.tracking.retagger.step(topic, app.clock).share
        yield share


@topics.command()
def mark(
    context: typer.Context,
    name: Name,
    story_id: Annotated[str, typer.Argument(metavar="ID", help="A story's id, such as s123.")],
    on: Annotated[bool, typer.Option("--on", help="It is on topic.")] = False,
    off: Annotated[bool, typer.Option("--off", help="It is off topic.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was said.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Say that a story is on a topic, or off it. It stands, and teaches the topic's likeness."""
    if on + off + undo != 1:
        raise UsageError("say one of --on, --off and --undo")
    with call(context).app() as app:
        known_topic(app, name)
        with app.store.write() as lane:
            if undo:
                made = marking.undo(lane, name, story_id, app.tracking.retagger.again(app.clock()))
            else:
                made = marking.mark(lane, name, story_id, said_by(app, "", by), on=on)
    if as_json:
        line(record(made))
        return
    bears = any(tag.topic == name for tag in made.tags)
    print(f"{made.id} {'is' if bears else 'is not'} on {name}: {made.words.title}")


@topics.command("marks")
def list_marks(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """List what people have said of a topic's stories, the oldest word first."""
    with call(context).app() as app, app.store.read() as connection:
        known_topic(app, name)
        said = marks.of_topic(connection, name)
        titles = {
            view.id: view.words.title for view in stored.by_rows(connection, [one.story_id for one in said])
        }
    for one in said:
        story = ids.story_id(one.story_id)
        if as_json:
            about = {"topic": name, "story": story, "on": one.on, "at": written(one.at), "by": one.who}
            line(about | {"title": titles.get(story)})
        else:
            print(
                f"{story}  {'on' if one.on else 'off'}  {titles.get(story, '')} ({one.who}, {shown(one.at)})"
            )


@topics.command()
def trend(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Show how much comes on a topic by hour and day, what is rising, and this week's new names and terms."""
    from monitor.pipeline.trending import trend_of  # loads what compares stories

    with call(context).app() as app, app.store.read() as connection:
        known_topic(app, name)
        found = trend_of(connection, name, app.clock())
    if as_json:
        line({"topic": name} | trend_record(found))
        return
    print("The last 30 days:")
    print("\n".join(bars(found.days, "%Y-%m-%d")))
    print("The last 48 hours:")
    print("\n".join(bars(found.hours, "%Y-%m-%d %H:%M")))
    print("\n".join(burst.sentence for burst in found.bursts) or "Nothing is rising against its own past.")
    if found.terms:
        print("New this week:")
        for term in found.terms:
            print(f"  {term.term}: {term.now} this week, {term.before} in the four weeks before")


@topics.command()
def suggest(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Show what a query may be missing: terms that mark its stories, further spellings of names."""
    from monitor.pipeline.trending import suggested  # loads what compares stories

    with call(context).app() as app, app.store.read() as connection:
        known_topic(app, name)
        found = suggested(connection, name, app.tracking.definitions.query(name), app.clock())
    if as_json:
        for term in found.terms:
            line({"term": term.term, "stories": term.now, "in_archive": term.before})
        for spelling in found.spellings:
            line({"spelling": spelling.word, "like": spelling.like, "stories": spelling.stories})
        return
    for term in found.terms:
        print(
            f"{term.term} stands in {many(term.now, 'story', 'stories')} of the topic, and not in its query"
        )
    for spelling in found.spellings:
        stands = many(spelling.stories, "story", "stories")
        print(f"{spelling.word} looks like {spelling.like}, in {stands} of those that were counted")
    if not (found.terms or found.spellings):
        print("The archive suggests nothing.")


trying.register(topics)
