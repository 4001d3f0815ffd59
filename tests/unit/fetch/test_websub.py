"""What is asked of a hub, and what its answers come to."""

from collections.abc import Iterable
from urllib.parse import parse_qsl

import pytest

from monitor.fetch import Answer, Request
from monitor.fetch.websub import ask_hub
from monitor.model.fetching import Failed, Reason

HUB = "https://hub.example/hub"
FORM = {"hub.mode": "subscribe", "hub.topic": "https://harbour.example/feed?a=1&b=ü"}


class Hubs:
    """Answers one after the other, and remembers what was asked."""

    def __init__(self, answers: Iterable[Answer | Failed]) -> None:
        self._answers = iter(answers)
        self.asked: list[Request] = []

    async def ask(self, request: Request) -> Answer | Failed:
        """Give the next answer."""
        self.asked.append(request)
        return next(self._answers)


def _redirect(to: str, status: int = 307) -> Answer:
    return Answer(HUB, status, (("location", to),))


async def test_a_form_is_posted_in_utf_8() -> None:
    """The hub gets every field as it is, whatever is in it."""
    hubs = Hubs([Answer(HUB, 202)])
    assert await ask_hub(hubs, HUB, FORM) is None
    (request,) = hubs.asked
    assert (request.method, request.url) == ("POST", HUB)
    assert request.headers == (("Content-Type", "application/x-www-form-urlencoded"),)
    assert dict(parse_qsl(request.body.decode("ascii"))) == FORM


@pytest.mark.parametrize(
    ("answers", "expected", "last"),
    [
        ([Answer(HUB, 204)], None, HUB),
        ([Answer(HUB, 422)], "The hub answered 422.", HUB),
        ([Failed(Reason.TIMEOUT, "Too late.")], "Too late.", HUB),
        ([_redirect("https://b.example/"), Answer(HUB, 202)], None, "https://b.example/"),
        ([_redirect("/other", 308), Answer(HUB, 202)], None, "https://hub.example/other"),
        ([_redirect("/other", 302)], "The hub answered 302.", HUB),
        ([_redirect("http://b.example/")], "The hub redirects from https to http.", HUB),
        ([_redirect("https://[")], "The hub answered 307.", HUB),
        ([_redirect("/a")] * 4, "There are more than 3 redirects from hub to hub.", "https://hub.example/a"),
    ],
)
async def test_answers_come_to_a_sentence_or_nothing(
    answers: list[Answer | Failed], expected: str | None, last: str
) -> None:
    """Only 307 and 308 lead on, never out of https, and only so often."""
    hubs = Hubs(answers)
    assert await ask_hub(hubs, HUB, FORM) == expected
    assert hubs.asked[-1].url == last
    assert len(hubs.asked) == len(answers)
