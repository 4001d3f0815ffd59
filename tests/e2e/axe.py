"""axe-core in the browser: what of a page would keep somebody from reading it (WCAG 2.2, best practices)."""

from functools import cache
from importlib.resources import files

from playwright.async_api import Page

_RUN = """async () => (await axe.run(document, {resultTypes: ['violations', 'incomplete']})).violations
  .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`))"""


async def flaws(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page as it is shown now: the rule and the element."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_script())
    found: list[str] = await page.evaluate(_RUN)
    return found


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
