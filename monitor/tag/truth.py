"""Whether a query holds of a story, in three values: what comes with its event is not known before.

A wording and the facts known with it decide most of a query; what `sources:`, `like:` and the tags of
topics that wait for them leave open is told as the rest of the query.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.model.topics import And, Dated, Fact, Facts, Like, Near, Not, Or, Outlets, Query, Term
from monitor.tag.seen import FIELDS, Seen, written

Known = bool | None
"""None: it is not known yet."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story as queries ask about it: its words and what else is known of it.

    From threshold on it is like a seed; decided are tags of topics that were decided before, None for those
    that may still come.
    """

    seen: Seen
    facts: Facts
    threshold: float = 0.5
    decided: Mapping[str, Known] = field(default_factory=dict)


Ask = Callable[[Story], Known]
"""A query, made ready to be asked of many stories."""


def truth(query: Query, story: Story) -> Known:
    """Tell whether a query holds, as far as that is known."""
    return asking(query)(story)


def asking(query: Query) -> Ask:
    """Return what tells whether a query holds, at half of what walking its tree takes for each story."""
    match query:
        case Term():
            return _standing(query)
        case And(parts):
            return _every(tuple(map(asking, parts)))
        case Or(parts):
            return _any(tuple(map(asking, parts)))
        case Not(part):
            return _not(asking(part))
        case Near():
            return _near(query)
        case _:
            return lambda story: told(query, story)


def rest(query: Query, story: Story) -> Query | bool:
    """Return what of a query is still open, or whether it holds where nothing is."""
    match query:
        case Not(part):
            open_part = rest(part, story)
            return not open_part if isinstance(open_part, bool) else Not(open_part)
        case And(parts) | Or(parts):
            decisive = isinstance(query, Or)
            found = [rest(part, story) for part in parts]
            if decisive in found:
                return decisive
            still = tuple(part for part in found if not isinstance(part, bool))
            return (not decisive) if not still else still[0] if len(still) == 1 else type(query)(still)
        case _:
            known = truth(query, story)
            return query if known is None else known


def told(query: Fact | Dated | Outlets | Like, story: Story) -> Known:
    """Tell whether a fact is so."""
    facts = story.facts
    match query:
        case Fact():
            return _fact(query, story)
        case Dated():
            return _dated(query, facts)
        case Outlets(least):
            return None if facts.outlets is None else facts.outlets >= least
        case Like(seed):
            return None if facts.likes is None else facts.likes.get(seed, 0.0) >= story.threshold


def _standing(term: Term) -> Ask:
    if term.prefix or term.fields:
        return _standing_in(term)
    words = frozenset(one[0] for one in term.spellings if len(one) == 1)
    phrases = [(one, written(one)) for one in term.spellings if len(one) > 1]
    if not phrases:
        return lambda story: not words.isdisjoint(story.seen.words)

    def ask(story: Story) -> Known:
        there = story.seen.words
        return not words.isdisjoint(there) or any(
            there.issuperset(spelling) and run in story.seen.run for spelling, run in phrases
        )

    return ask


def _standing_in(term: Term) -> Ask:
    """Do so where a word need not be whole, or must stand in some field."""
    fields = [number for number, field in enumerate(FIELDS) if not term.fields or field in term.fields]
    runs = [(one[:-1] if term.prefix else one, written(one, prefix=term.prefix)) for one in term.spellings]

    def ask(story: Story) -> Known:
        seen = story.seen
        return any(
            seen.in_field(run, number)
            for whole, run in runs
            if seen.words.issuperset(whole)
            for number in fields
        )

    return ask


def _near(near: Near) -> Ask:
    stand = _every(tuple(map(_standing, near.terms)))
    return lambda story: bool(stand(story)) and next(story.seen.close(near), None) is not None


def _not(part: Ask) -> Ask:
    def ask(story: Story) -> Known:
        known = part(story)
        return None if known is None else not known

    return ask


def _every(parts: Sequence[Ask]) -> Ask:
    def ask(story: Story) -> Known:
        known: Known = True
        for part in parts:
            one = part(story)
            if one is False:
                return False
            known = known and one
        return known

    return ask


def _any(parts: Sequence[Ask]) -> Ask:
    def ask(story: Story) -> Known:
        known: Known = False
        for part in parts:
            one = part(story)
            if one:
                return True
            known = None if one is None else known
        return known

    return ask


def _fact(fact: Fact, story: Story) -> Known:
    facts = story.facts
    match fact.field:
        case "source":
            return _side_by_side(fact.value, facts.sources)
        case "author":
            return _side_by_side(fact.value, facts.authors)
        case "site":
            return any(f".{host}".endswith(f".{fact.value[0]}") for host in facts.hosts)
        case "lang":
            return (facts.language or "").lower().partition("-")[0] == fact.value[0]
        case "tag":
            return _tagged(fact.value[0], story)


def _tagged(topic: str, story: Story) -> Known:
    known = story.decided.get(topic)
    if story.facts.tags is not None:
        return bool(known) or topic in story.facts.tags
    return known


def _side_by_side(words: tuple[str, ...], names: Sequence[str]) -> bool:
    run = f" {' '.join(words)} "
    return any(run in f" {name} " for name in names)


def _dated(dated: Dated, facts: Facts) -> bool:
    at = facts.first_seen if dated.by == "first_seen" else facts.at or facts.first_seen
    if at is None:
        return False
    return (dated.since is None or at >= dated.since) and (dated.before is None or at < dated.before)
