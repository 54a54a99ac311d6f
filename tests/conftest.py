"""What all tests share: programs that may be missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest
from hypothesis import settings

# A loaded machine is slow, not wrong; and a change is judged by the examples it was written against: new ones are
# looked for where somebody can look at them.
settings.register_profile("paperkit", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "paperkit")


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], str]:
    """Return a function that gives the path of a program, skips without it, and fails where CI promises it."""

    def require(name: str) -> str:
        found = shutil.which(name)
        if found is not None:
            return found
        if os.environ.get("PAPERKIT_REQUIRE_TEX") == "1":
            pytest.fail(f"'{name}' is not installed, but PAPERKIT_REQUIRE_TEX=1 promises it")
        pytest.skip(f"'{name}' is not installed")

    return require
