"""The rules of deduplication as settings name them."""

from monitor.config.readers import Reader, Wrong, nearest, of_kind, shown


def _rung(value: object) -> str:
    from monitor.dedupe import RULES  # with all that comparing needs, so only where one is named

    text = str(of_kind(value, str, " | ".join(RULES))).strip()
    if text not in RULES:
        raise Wrong(f"{shown(text)} is no rule of deduplication", nearest(text, RULES) or " | ".join(RULES))
    return text


rung = Reader(_rung)
