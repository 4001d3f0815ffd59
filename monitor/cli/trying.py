"""`monitor topics test` and `rank`: a query tried on the archive, and every story by its score."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from monitor.cli.shared import Json, call, known_topic, line, moment, place_all, shown
from monitor.corpus.exporting import record, written
from monitor.corpus.highlighting import highlighted
from monitor.corpus.trending import bars
from monitor.model.topics import Span
from monitor.model.views import StoryView
from monitor.pipeline import trying
from monitor.pipeline.trying import Change, Spread, Tried
from monitor.store.stories import MANY

_Match = tuple[StoryView, tuple[Span, ...]]


def register(topics: typer.Typer) -> None:
    """Add the commands."""
    topics.command("test")(try_query)
    topics.command()(rank)


def try_query(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="A query, as a topic has it.")],
    topic: Annotated[
        str | None, typer.Option(help="Compare with this topic's tags: what the query adds and drops.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First seen since: 2025-12-18, or 24h ago.")] = None,
    as_json: Json = False,
) -> None:
    """Show what a query would match in the archive: how many, the newest, per day, in which sources."""
    with call(context).app() as app:
        known_topic(app, topic)
        app.learn_seeds()
        after = moment(since, app.clock())
        with app.store.read() as connection:
            asked = app.tracking.asked(connection, query, topic)
            found = trying.found(connection, asked, after)
            _tell("match", found, as_json=as_json)
            if topic is not None:
                found_change = trying.change(connection, app.tracking.definitions[topic], asked, after)
                _tell_change(found_change, topic, as_json=as_json)
            _tell_spread(trying.spread(connection, asked, app.clock()), as_json=as_json)


def _tell(what: str, found: Tried, *, as_json: bool) -> None:
    if as_json:
        line({"summary": {what: min(found.total, MANY), "more": found.total > MANY}})
        for story, spans in found.newest:
            line({"as": what} | record(story) | {"matched": [_span(span) for span in spans]})
        return
    total = f"more than {MANY}" if found.total > MANY else found.total
    print(f"{total} {what}" + (", the newest:" if found.newest else "."))
    print("\n".join(_lines(found.newest)), flush=True)


def _span(span: Span) -> dict[str, Any]:
    return {
        "term": span.term,
        "matched": span.matched,
        "field": span.field,
        "start": span.start,
        "end": span.end,
    }


def _lines(found: Sequence[_Match]) -> Iterator[str]:
    colour = sys.stdout.isatty()
    for story, spans in found:
        at = shown(story.published or story.first_seen)
        yield f"{story.id}  {at}  {story.source_title or story.source}"
        yield from (f"    {passage}" for passage in highlighted(story.words, spans, colour=colour))


def _tell_change(change: Change, topic: str, *, as_json: bool) -> None:
    _tell("added" if as_json else f"would be added to {topic}", change.added, as_json=as_json)
    _tell("dropped" if as_json else f"would be dropped from {topic}", change.dropped, as_json=as_json)


def _tell_spread(found: Spread, *, as_json: bool) -> None:
    if as_json:
        days = [{"since": written(one.since), "stories": one.stories} for one in found.days]
        line(
            {
                "total": found.total,
                "days": days,
                "sources": [{"source": name, "stories": count} for name, count in found.sources],
            }
        )
        return
    print("By day, the last 30:")
    print("\n".join(bars(found.days, "%Y-%m-%d")))
    if found.sources:
        print(
            f"{found.total} in all, most in "
            + ", ".join(f"{name} ({count})" for name, count in found.sources)
        )


def rank(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A topic's name, as the configuration has it.")],
    as_json: Json = False,
) -> None:
    """Write every story by its score under the topic as it is defined today, the best first."""
    with call(context).app() as app:
        known_topic(app, name)
        app.learn_seeds()
        place_all(app)
        with app.store.read() as connection:
            for score, story in trying.ranked(connection, app.tracking.retagger, name):
                if as_json:
                    line(record(story) | {"score": score})
                else:
                    print(f"{score:.3f}  {story.id}  {story.words.title}")
