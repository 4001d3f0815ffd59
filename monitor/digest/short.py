"""The page of a short mail, for day and night, telephones and screen readers."""

from markupsafe import Markup

_PAGE = Markup("""<!DOCTYPE html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ background: #ffffff; color: #1c2430; font-family: sans-serif; font-size: 16px; line-height: 24px; }}
h1 {{ font-size: 18px; }}
a {{ color: #12437c; }}
@media (prefers-color-scheme: dark) {{
body {{ background: #181e26; color: #e4e8ee; }}
a {{ color: #8fc0ff; }}
}}
</style>
</head>
<body><div role="main">
<h1 dir="auto">{title}</h1>
{body}
</div></body>
</html>
""")


def page(tag: str, title: str, body: Markup) -> str:
    """Return the page of a mail in a language, headed by its title."""
    return str(_PAGE.format(tag=tag, title=title, body=body))


def paragraph(text: str) -> Markup:
    """Return a text as a paragraph that keeps its lines."""
    return Markup('<p dir="auto" style="white-space: pre-line">{}</p>\n').format(text)


def link(address: str, text: str) -> Markup:
    """Return a link in a paragraph of its own."""
    return Markup('<p><a href="{}">{}</a></p>\n').format(address, text)
