"""The pages say what the code has."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import yaml

from paperkit.cli.main import COMMANDS
from paperkit.manifest.expression_tree import AGGREGATES, CHECKS, FUNCTIONS
from paperkit.review.check import Kind

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


def test_examples_for_ci_are_yaml_and_call_what_there_is() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    assert [block for block in blocks if "jobs" in block or "repos" in block] == blocks
    for name, options in re.findall(r"paperkit ([a-z]+)((?: --[a-z]+)*)", page):
        command = import_module(f"paperkit.cli.{name}").command
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(options.split()) <= known
    kinds = set(re.findall(r"\*\*([a-z]+)\*\*", page.partition("Unused entries")[0]))
    assert kinds == {kind.value for kind in Kind}


def test_the_page_on_the_audit_names_every_rule_and_no_other() -> None:
    from paperkit.camera_ready.audit.rules import all_rules

    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} == {
        "readable",
        *(rule.name for rule in all_rules()),
    }
