"""The pages say what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from paperkit.cli.main import COMMANDS
from paperkit.manifest.expression_tree import AGGREGATES, CHECKS, FUNCTIONS

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def test_the_guide_names_every_function_of_expressions() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`([a-z0-9_]+)(?:\(|`)", guide))
    assert {*FUNCTIONS, *AGGREGATES, *CHECKS} <= said


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`paperkit ([a-z-]+)", readme)) >= set(COMMANDS)


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
