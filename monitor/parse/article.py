"""The text of an article page: the only owner of trafilatura, which is an extra (`monitor[fulltext]`)."""

from monitor.parse import text

_SHORTEST = 100  # characters; what is shorter is a headline, or asks for consent
_LONGEST = 200_000  # characters; the longest newspaper pieces have 100,000


def text_of(body: bytes, url: str) -> str:
    """Return what a page's article says, without menus, comments and tables; nothing where there is none."""
    import trafilatura

    found = trafilatura.extract(
        body, url=url, include_comments=False, include_tables=False, favor_precision=True
    )
    said = text.tidy(found or "")
    return said[:_LONGEST] if len(said) >= _SHORTEST else ""
