"""`monitor stories`, `show`, `why`, `topics list`: look, and ask why."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer

from monitor.app import App
from monitor.cli import events
from monitor.cli.shared import Json, call, known_topic, line, many, moment, note, shown
from monitor.corpus.changes import records, sentences
from monitor.corpus.events import place, place_record
from monitor.corpus.explaining import because
from monitor.corpus.exporting import record
from monitor.errors import UsageError
from monitor.model import Article, EventView, MemberView, Query, StoryView, Tag
from monitor.store import corpus, ids, moves
from monitor.store import events as grouped
from monitor.store import stories as stored
from monitor.tag import warnings

topics = typer.Typer(no_args_is_help=True, help="What is tracked.")
Home = tuple[EventView, MemberView]
Id = Annotated[
    str, typer.Argument(metavar="ID", help="The id of a story, such as s123, or of an event, such as e12.")
]


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.command()(stories)
    application.command()(show)
    application.command()(why)
    application.add_typer(topics, name="topics")


def stories(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help='Words, "phrases", AND OR NOT, parentheses.')] = None,
    topic: Annotated[str | None, typer.Option(help="Only stories with this topic's tag.")] = None,
    event: Annotated[str | None, typer.Option(help="Only the stories of this event.")] = None,
    since: Annotated[str | None, typer.Option(help="First seen since: 2025-12-18, or 24h ago.")] = None,
    until: Annotated[str | None, typer.Option(help="First seen before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List stories, newest first."""
    with call(context).app() as app:
        wanted = _wanted(app, query, topic, since, until)
        if event is not None:
            wanted = replace(wanted, event=_event(app, event))
        with app.store.read() as connection:
            found = stored.newest(connection, wanted, limit)
            total = stored.count(connection, wanted)
    for story in found:
        if as_json:
            line(record(story))
        else:
            print(_headline(story))
    if not as_json and total > len(found):
        print(f"and {total - len(found)} more (--limit)")


def _wanted(
    app: App, query: str | None, topic: str | None, since: str | None, until: str | None
) -> stored.Wanted:
    now = app.clock()
    known_topic(app, topic)
    matching = app.store.containing(_read(app, query)) if query else None
    return stored.Wanted(matching, topic, moment(since, now), moment(until, now))


def _read(app: App, query: str) -> Query:
    read = app.search(query)
    for sentence in warnings(query):
        note(f"note: {sentence}")
    return read


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
    yield f"{story.source_title or story.source}, {times}"
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
    if as_json:
        line(_why_record(story, home))
    else:
        print("\n".join(_why(story, home)))


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
    for tag in story.tags:
        yield from _why_tag(tag)
    if not story.tags:
        yield "It bears no topic's tag."


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
    yield f"It is on {tag.topic}, score {tag.score:g}, because of"
    for span in tag.evidence:
        text = getattr(tag.words, span.field) if tag.words else ""
        before, after = text[max(0, span.start - 40) : span.start], text[span.end : span.end + 40]
        as_written = "" if span.term.casefold() == span.matched.casefold() else f", for {span.term}"
        around = f"{before}>{span.matched}<{after}".replace("\n", " ")
        yield f"  {span.field}: {around}{as_written}"


@topics.command("list")
def list_topics(context: typer.Context, as_json: Json = False) -> None:
    """List the topics and how many stories bear their tags."""
    with call(context).app() as app, app.store.read() as connection:
        counts = corpus.topic_counts(connection)
        for topic in app.settings.topics:
            count = counts.get(topic.name, 0)
            if as_json:
                seeds = list(topic.seeds)
                about = {"topic": topic.name, "title": topic.title, "query": topic.query, "seeds": seeds}
                line(about | {"threshold": topic.threshold, "stories": count})
            else:
                print(f"{topic.name}: {topic.title}, {many(count, 'story', 'stories')}")
