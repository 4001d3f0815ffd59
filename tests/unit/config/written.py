"""Configurations written for a test, and what came of them."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from monitor.config import Settings, load
from monitor.errors import ConfigurationError


def load_text(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Write a configuration and load it."""
    path = folder / "monitor.toml"
    path.write_text(dedent(text), encoding="utf-8")
    return load(path, environ or {})


def problems_of(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the problems of a configuration as lines, files named without their folder."""
    with pytest.raises(ConfigurationError) as raised:
        load_text(folder, text, environ)
    return [str(problem).replace(f"{folder}/", "") for problem in raised.value.problems]
