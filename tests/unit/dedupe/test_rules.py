"""Rules that are off."""

from collections.abc import Iterator

from monitor.dedupe import RULES, mark, without
from monitor.model.stories import Appearance
from tests.builders import NOW, entry

ITEM = entry(
    "Ferry leaves harbour after three stormy days",
    guid="1",
    link="https://harbour.example/1",
    text="The first ferry in three days left the harbour this morning, with Anna Lind and sixty others.",
    published=NOW,
)


def _rules(one: Appearance) -> Iterator[str]:
    yield from (key.rule for key in one.keys)
    yield from (proposal.rule for proposal in one.proposals)


def test_every_rule_has_a_name_and_a_sentence() -> None:
    """The traits of a full entry are by rules that can be switched off, and each of these says something."""
    (one,) = mark([ITEM])
    assert [*_rules(one)] == list(RULES)
    assert all(RULES.values())


def test_a_rule_that_is_off_leaves_no_trait() -> None:
    """Without a rule an appearance has the traits of the others, and is known in its feed as before."""
    marked = mark([ITEM])
    assert without(marked, ()) == marked
    for rule in RULES:
        (one,) = without(marked, [rule])
        assert set(_rules(one)) == set(RULES) - {rule}
        assert one.identities == marked[0].identities
    (none,) = without(marked, list(RULES))
    assert not [*_rules(none)]
