"""Why an appearance belongs to its story, in sentences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.corpus.explaining import because
from tests.builders import NOW, copy_view, story

FIRST = replace(copy_view(), url="https://harbour.example/ferry", published=NOW)
COPY = replace(
    copy_view("https://coast.example/feed", rule="wording"), published=NOW, evidence="Ferry resumes"
)


def test_the_first_appearance() -> None:
    """What a story began with needs no other reason."""
    assert because(FIRST, story(copies=[FIRST])) == "It is the first appearance."


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (timedelta(minutes=5), "They were published within an hour."),
        (timedelta(hours=3), "It was published 3 hours later than the first."),
        (-timedelta(hours=30), "It was published 30 hours earlier than the first."),
        (timedelta(days=3), "It was published 3 days later than the first."),
    ],
)
def test_the_same_words(by: timedelta, said: str) -> None:
    """A copy by its words says the rule, the score, the words, and how far apart it was published."""
    copy = replace(COPY, published=NOW + by)
    assert because(copy, story(copies=[FIRST, copy])) == (
        "It is a copy by the same title and text (rule wording, score 1.00). "
        f"What agrees: Ferry resumes. {said}"
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "https://www.harbour.example/ferry/amp?utm_source=rss",
            "Both lead to harbour.example/ferry, as does https://harbour.example/ferry.",
        ),
        ("https://harbour.example/ferry", "Both lead to harbour.example/ferry."),
    ],
)
def test_the_same_link(url: str, said: str) -> None:
    """A copy by its link names the page, and the other address that leads there."""
    copy = replace(COPY, rule="link", url=url, published=None)
    told = because(copy, story(copies=[FIRST, copy]))
    assert told == f"It is a copy by the same link (rule link, score 1.00). {said}"


def test_a_rule_without_a_sentence_is_named() -> None:
    """What an older version joined by a rule that there is no more is told as it is kept."""
    copy = replace(COPY, rule="hunch", score=0.5, evidence="", published=None)
    assert because(copy, story(copies=[FIRST, copy])) == "It is a copy by hunch (rule hunch, score 0.50)."


@pytest.mark.parametrize(
    ("rule", "evidence", "said"),
    [
        ("person", "desk: one statement", "a person merged the two: desk: one statement."),
        ("bridge", "", "a copy was found to belong to both."),
    ],
)
def test_a_story_that_was_merged_in(rule: str, evidence: str, said: str) -> None:
    """A copy that began a story of its own says what made the two one, and claims no likeness."""
    copy = replace(COPY, rule=rule, evidence=evidence)
    assert because(copy, story(copies=[FIRST, copy])) == f"It was a story of its own, until {said}"
