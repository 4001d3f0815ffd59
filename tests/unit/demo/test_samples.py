"""The sample text has the shapes that the demo is there to show."""

from collections import Counter
from pathlib import Path

from monitor.config import load
from monitor.demo.samples import Article, outlets
from monitor.forms import Forms
from monitor.model.entries import Words
from monitor.tag import Tagger

_SHIPPED = Path(__file__).resolve().parents[3] / "config" / "monitor.toml"

_ARTICLES = [(outlet.name, article) for outlet in outlets() for article in outlet.articles]


def _tellings(*words: str) -> set[str]:
    return {
        outlet
        for outlet, article in _ARTICLES
        if all(word in f"{article.title} {article.summary}" for word in words)
    }


def test_there_are_feeds_of_every_kind() -> None:
    """RSS and Atom, English and Ukrainian, and exactly one broken feed are among the samples."""
    formats = Counter(outlet.format for outlet in outlets())
    assert len(outlets()) == 7
    assert formats["atom"] == 1
    assert formats["broken"] == 1
    assert {outlet.language for outlet in outlets()} == {"en", "uk"}


def test_one_event_is_told_by_several_outlets_in_their_own_words() -> None:
    """At least three outlets tell of the meeting in Lublin, each under a title of its own."""
    assert len(_tellings("Lublin")) >= 3
    titles = [article.title for _, article in _ARTICLES if "Lublin" in f"{article.title} {article.summary}"]
    assert len(set(titles)) == len(titles)


def test_a_wire_copy_has_the_same_words_on_another_page() -> None:
    """One outlet carries the agency's item word for word under an address of its own."""
    by_words: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for outlet, article in _ARTICLES:
        by_words.setdefault((article.title, article.summary), set()).add((outlet, article.slug))
    copies = [pages for pages in by_words.values() if len(pages) > 1]
    assert [{outlet for outlet, _ in pages} for pages in copies] == [{"baltic-ledger", "harbour-wire"}]
    assert len({slug for _, slug in copies[0]}) == 2


def test_a_partner_points_at_the_agency_with_tracking_parameters() -> None:
    """One item of another outlet leads to a page that the agency publishes, in other words."""
    (borrowed,) = [article for outlet, article in _ARTICLES if article.host != outlet]
    (original,) = [
        article for outlet, article in _ARTICLES if (outlet, article.slug) == (borrowed.host, borrowed.slug)
    ]
    assert borrowed.tracking.startswith("utm_")
    assert borrowed.title != original.title


def test_one_story_is_retitled() -> None:
    """Exactly one article has another wording later, and the others stay as they are."""
    retitled = [article for _, article in _ARTICLES if article.latest() != article]
    assert [article.slug for article in retitled] == ["drones-near-a-power-plant"]
    assert retitled[0].latest().summary


def test_everything_is_fresh_and_has_words() -> None:
    """Every article is less than two days old, so that it counts as news, and says something."""

    def good(article: Article) -> bool:
        return 0 < article.minutes_ago < 48 * 60 and bool(article.title.strip() and article.summary.strip())

    assert [article.slug for _, article in _ARTICLES if not good(article)] == []


def test_pages_have_addresses_of_their_own() -> None:
    """No two outlets publish a page under one path."""
    own = Counter(article.slug for outlet, article in _ARTICLES if article.host == outlet)
    assert max(own.values()) == 1


def test_the_shipped_topics_find_what_is_theirs() -> None:
    """Every shipped topic finds a sample item, whichever its wording, and off-topic items get no tag."""
    shipped = load(_SHIPPED, {})
    tag = Tagger(shipped.topics, shipped.aliases, Forms(shipped.languages))

    def tags(article: Article) -> set[str]:
        return {found.topic for found in tag(Words(article.title, article.summary, article.text))}

    found = {article.slug: tags(article) for _, article in _ARTICLES}
    assert set.union(*found.values()) == {topic.name for topic in shipped.topics}
    assert {slug for slug, topics in found.items() if not topics} == {
        "organ-hall-reopens",
        "rowers-by-half-a-length",
        "two-electric-ferries",
        "keeper-scores-in-the-last-minute",
        "museum-lends-its-clocks",
        "markets-calm-before-rate-decision",
        "first-frost-in-the-valleys",
        "grain-futures-edge-higher",
        "yarmarok-harbuziv",
    }
    assert [article.slug for _, article in _ARTICLES if tags(article) != tags(article.latest())] == []
