"""`monitor stories`, `show`, `why`: look, and ask why."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer

from monitor.app import App
from monitor.cli import events
from monitor.cli.shared import Json, call, known_topic, line, many, moment, note, shown
from monitor.corpus import reasons
from monitor.corpus.changes import records, sentences
from monitor.corpus.events import place, place_record
from monitor.corpus.explaining import because
from monitor.corpus.exporting import record
from monitor.errors import UsageError
from monitor.model.entries import Article
from monitor.model.topics import Tag
from monitor.model.views import EventView, MemberView, StoryView
from monitor.store import events as grouped
from monitor.store import ids, moves
from monitor.store import stories as stored
from monitor.tag import warnings

Home = tuple[EventView, MemberView]
Id = Annotated[
    str, typer.Argument(metavar="ID", help="The id of a story, such as s123, or of an event, such as e12.")
]


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.command()(stories)
    application.command()(show)
    application.command()(why)


def stories(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help="A query, as a topic has it (docs/topics.md).")] = None,
    topic: Annotated[str | None, typer.Option(help="Only stories with this topic's tag.")] = None,
    event: Annotated[str | None, typer.Option(help="Only the stories of this event.")] = None,
    since: Annotated[str | None, typer.Option(help="First seen since: 2025-12-18, or 24h ago.")] = None,
    until: Annotated[str | None, typer.Option(help="First seen before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List stories, newest first."""
    with call(context).app() as app:
        wanted = _wanted(app, topic, since, until)
        if event is not None:
            wanted = replace(wanted, event=_event(app, event))
        with app.store.read() as connection:
            if query:
                wanted = replace(wanted, matching=app.tracking.asked(connection, query))
                for sentence in warnings(query):
                    note(f"note: {sentence}")
            found = stored.newest(connection, wanted, limit)
            total = stored.count(connection, wanted, stored.MANY + 1)
    for story in found:
        if as_json:
            line(record(story))
        else:
            print(_headline(story))
    if not as_json and total > len(found):
        print(f"and {_more(total, len(found))} more (--limit)")


def _more(total: int, listed: int) -> str:
    if total <= stored.MANY:
        return str(total - listed)
    return f"more than {stored.MANY - listed}" if listed < stored.MANY else "perhaps many"


def _wanted(app: App, topic: str | None, since: str | None, until: str | None) -> stored.Wanted:
    now = app.clock()
    known_topic(app, topic)
    return stored.Wanted(None, topic, moment(since, now), moment(until, now))


def _event(app: App, event_id: str) -> int:
    with app.store.read() as connection:
        row = moves.now(connection, ids.event_row(event_id))
        if grouped.of_row(connection, row) is None:
            raise UsageError(f"there is no event {event_id}")
    return row


def _headline(story: StoryView) -> str:
    tags = f" [{', '.join(tag.topic for tag in story.tags)}]" if story.tags else ""
    source = story.source_title or story.source
    kind = "seed" if story.seed else f"{len(story.copies)} copies" if len(story.copies) > 1 else source
    return f"{story.id}  {shown(story.published or story.first_seen)}  {story.words.title} ({kind}){tags}"


def _story(app: App, story_id: str) -> StoryView:
    with app.store.read() as connection:
        found = stored.one(connection, story_id)
    if found is None:
        raise UsageError(f"there is no story {story_id}")
    return found


def show(
    context: typer.Context,
    story_id: Id,
    since: Annotated[str | None, typer.Option(help="Mark what came to an event since: 24h ago.")] = None,
    as_json: Json = False,
) -> None:
    """Show a story: its words, its copies, its earlier wordings; or an event with its timeline."""
    with call(context).app() as app:
        if ids.is_event(story_id):
            events.show(app, story_id, moment(since, app.clock()), as_json=as_json)
            return
        story = _story(app, story_id)
    if as_json:
        line(record(story))
    else:
        print("\n".join(_shown(story)))


def _shown(story: StoryView) -> Iterator[str]:
    yield story.words.title
    times = f"published {shown(story.published)}, seen {shown(story.first_seen)}"
    by = next((f" by {copy.author}" for copy in story.copies if copy.author), "")
    yield f"{story.source_title or story.source}{by}, {times}"
    yield story.url or "(no link)"
    for text in (story.words.summary, story.words.text):
        if text:
            yield f"\n{text}"
    if story.article and story.article.text:
        yield f"\nThe article at {story.article.url}, fetched {shown(story.article.fetched_at)}:"
        yield story.article.text
    if len(story.copies) > 1:
        yield "\nCopies:"
        yield from (
            f"  {copy.source_title or copy.source}: {copy.title} {copy.url or ''}" for copy in story.copies
        )
    for revision in story.revisions:
        yield f"\nEarlier wording, seen {shown(revision.seen_at)} in {revision.source}:"
        yield "\n".join(
            text for text in (revision.words.title, revision.words.summary, revision.words.text) if text
        )


def why(context: typer.Context, story_id: Id, as_json: Json = False) -> None:
    """Explain every judgement: what made each copy one, each tag, why a story is in its event."""
    with call(context).app() as app:
        if ids.is_event(story_id):
            events.why(app, story_id, as_json=as_json)
            return
        story = _story(app, story_id)
        with app.store.read() as connection:
            home = grouped.of_story(connection, story.id)
            standing = reasons.standing(connection, story)
    if as_json:
        line(_why_record(story, home) | reasons.records(standing))
    else:
        print("\n".join((*_why(story, home), *_why_topics(story, standing))))


def _why_record(story: StoryView, home: Home | None) -> dict[str, Any]:
    made = record(story)
    copies = zip(made["copies"], story.copies, strict=True)
    return {
        "id": story.id,
        "seed": story.seed,
        "news": story.news,
        "copies": [said | {"because": because(copy, story)} for said, copy in copies],
        "event": home and place_record(*home),
        "topics": made["topics"],
    } | records(story)


def _why(story: StoryView, home: Home | None) -> Iterator[str]:
    yield f"{story.id}  {story.words.title}"
    yield _kind(story)
    for number, copy in enumerate(story.copies, start=1):
        where = f"{copy.source_title or copy.source}, {shown(copy.first_seen)}"
        yield f"{number}. {where}: {because(copy, story)}"
    yield from sentences(story)
    if home:
        yield place(*home)
    elif not story.seed:
        yield "It waits for its event."
    if story.revisions:
        changed = many(len(story.revisions), "time", "times")
        yield f"Its words were changed {changed}; `monitor show` has them."
    if story.article:
        yield _why_text(story.article)


def _why_topics(story: StoryView, standing: reasons.Standing) -> Iterator[str]:
    for tag in story.tags:
        yield from _why_tag(tag)
    if not story.tags:
        yield "It bears no topic's tag."
    yield from map(reasons.undecided, standing.waits)
    yield from map(reasons.marked, standing.marks)


def _kind(story: StoryView) -> str:
    if story.seed:
        return "It is a seed."
    return "It is news." if story.news else "It is no news: old, undated or imported."


def _why_text(article: Article) -> str:
    fetched = f"{article.url}, asked {shown(article.fetched_at)}"
    if article.text:
        return f"Its full text is that of {fetched}, because its feed asks for full text."
    return f"It has no full text, {article.status} at try {article.tries} of {fetched}: {article.detail}"


def _why_tag(tag: Tag) -> Iterator[str]:
    yield f"It is on {tag.topic}, score {tag.score:.3g}, by {reasons.because(tag)}."
    for span in tag.evidence:
        text = getattr(tag.words, span.field) if tag.words else ""
        before, after = text[max(0, span.start - 40) : span.start], text[span.end : span.end + 40]
        as_written = "" if span.term.casefold() == span.matched.casefold() else f", for {span.term}"
        alias = f" (alias {span.alias})" if span.alias else ""
        around = f"{before}>{span.matched}<{after}".replace("\n", " ")
        yield f"  {span.field}: {around}{as_written}{alias}"
    yield from (f"  {sentence}" for sentence in reasons.reasons(tag))
