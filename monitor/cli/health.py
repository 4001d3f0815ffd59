"""`monitor feeds health`: which feeds need somebody, why, and what to do; and what happened to them."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from monitor.cli.shared import Json, call, line, many, seconds, shown
from monitor.config.secret import without_password
from monitor.corpus.exporting import written
from monitor.model.views import FeedHealth, IncidentView
from monitor.schedule.advice import LABELS, advice
from monitor.store import health as healths


def health(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="The feeds that are well, too.")] = False,
    incidents: Annotated[
        bool, typer.Option("--incidents", help="What happened to feeds instead, the newest last.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the feeds that need somebody, the worst first, with why and what to do."""
    if incidents:
        _incidents(context, as_json=as_json)
        return
    wanted = [kind for kind in healths.TROUBLES if everything or kind != "ok"]
    with call(context).app() as app, app.store.read() as connection:
        found = healths.neediest(connection, app.clock(), kinds=wanted)
        states = healths.states(connection, app.clock())
    for one in found:
        if as_json:
            line(_record(one))
        else:
            print(_sentence(one))
    if as_json:
        line({"summary": {"feeds": _total(states), **states}})
    else:
        print(_summary(states))


def _incidents(context: typer.Context, *, as_json: bool) -> None:
    with call(context).app() as app, app.store.read() as connection:
        happened = healths.incidents(connection)
    for one in happened:
        if as_json:
            line(_incident(one))
        else:
            name = f"{one.title} <{one.feed}>" if one.title else one.feed
            print(without_password(f"{shown(one.at)} {one.kind}: {name}. {one.detail}"))
    if not happened and not as_json:
        print("nothing has happened to any feed")


def _incident(one: IncidentView) -> dict[str, Any]:
    return {
        "feed": without_password(one.feed),
        "title": one.title,
        "kind": one.kind,
        "at": written(one.at),
        "detail": one.detail,
    }


def _record(one: FeedHealth) -> dict[str, Any]:
    feed = one.feed
    return {
        "feed": feed.url,
        "title": feed.title,
        "trouble": one.trouble,
        "since": written(one.since),
        "reason": feed.reason,
        "error": feed.error,
        "failures": feed.failures,
        "last_success": written(feed.last_success_at),
        "next_poll": written(feed.next_poll_at),
        "asked": one.address,
        "duplicate_of": one.duplicate_of,
        "gaps": one.gaps,
        "last_new": written(one.last_new_at),
        "mean_gap": seconds(one.mean_gap),
        "advice": advice(one),
    }


def _sentence(one: FeedHealth) -> str:
    feed = one.feed
    name = f"{feed.title} <{feed.url}>" if feed.title else feed.url
    since = f" since {shown(one.since)}" if one.since else ""
    error = f" {feed.reason}: {feed.error}" if feed.error else ""
    return without_password(f"{LABELS[one.trouble]}{since}: {name}.{error} {advice(one)}".rstrip())


def _summary(states: Mapping[str, int]) -> str:
    total, well = _total(states), states["ok"]
    if well == total:
        return f"{many(total, 'feed')}, all well" if total else "no feeds"
    parts = (f"{states[kind]} {label}" for kind, label in LABELS.items() if states[kind] and kind != "ok")
    return f"{many(total, 'feed')}: {well} well, {', '.join(parts)}"


def _total(states: Mapping[str, int]) -> int:
    return sum(states[kind] for kind in healths.TROUBLES)
