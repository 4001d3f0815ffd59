"""Where the tests find other people's text, which never enters the project."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path:
    """Return a path of the shared data, or skip the test that asked where it is absent."""
    base = Path(os.environ.get("MONITOR_SHARED_DATA", _ROOT.parent / "shared" / "data"))
    path = base.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared data is not here: {'/'.join(parts)}", allow_module_level=True)
    return path
