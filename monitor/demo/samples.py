"""The sample outlets and their articles, read from the files in outlets/."""

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Article:
    """One sample item.

    host is the outlet whose page it points at, later_title and later_summary its wording once retitled.
    """

    slug: str
    host: str
    minutes_ago: int
    title: str
    summary: str
    text: str = ""
    tracking: str = ""
    later_title: str = ""
    later_summary: str = ""

    def latest(self) -> "Article":
        """Return the article as it reads once its outlet has retitled it."""
        if not self.later_title:
            return self
        return replace(self, title=self.later_title, summary=self.later_summary)


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented publisher with one feed; name is the name of its file and of its host."""

    name: str
    title: str
    about: str
    format: Literal["rss", "atom", "broken"]
    language: str
    articles: tuple[Article, ...] = ()


def sample(name: str) -> str:
    """Return the text of one file of outlets/."""
    return (files(__package__) / "outlets" / name).read_text(encoding="utf-8")


def outlets() -> tuple[Outlet, ...]:
    """Return every sample outlet in the order of their names."""
    names = sorted(file.name for file in (files(__package__) / "outlets").iterdir())
    return tuple(_outlet(name) for name in names if name.endswith(".toml"))


def _outlet(file: str) -> Outlet:
    name = file.removesuffix(".toml")
    table = tomllib.loads(sample(file))
    articles = tuple(_article(name, item) for item in table.pop("articles", ()))
    return Outlet(name=name, articles=articles, **table)


def _article(outlet: str, item: dict[str, Any]) -> Article:
    return Article(**{"host": outlet} | item)
