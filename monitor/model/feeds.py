"""What is polled: subscriptions, and what one feed is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How one feed is asked for, where it is not like the others.

    username and password are for HTTP Basic, sent to the feed's own origin only; headers are (name, value)
    and go there too. full_text asks for the article pages of its stories that a topic matched. dedupe_off
    names the rules by which its stories are neither copies nor have any.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str | None = None
    proxy: str | None = field(default=None, repr=False)
    full_text: bool = False
    dedupe_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed somebody wants polled; attributes are an outline's own that we only carry along.

    paused is what the configuration says of it, None where it says nothing; site is where an outline says
    that the feed belongs, until the feed says so itself.
    """

    url: str
    title: str | None = None
    every: timedelta | None = None
    folder: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    options: FeedOptions = FeedOptions()
    paused: bool | None = None
    site: str | None = None
