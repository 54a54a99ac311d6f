"""`paperkit check`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from paperkit.build.paper import Paper
from paperkit.cli.console import print_json, print_problems, problem_json, say, word
from paperkit.cli.github import annotated
from paperkit.cli.main import EDITED, FAILED, STALE
from paperkit.cli.options import json_option, manifest_option
from paperkit.review.check import Finding, Kind, findings

_SAID_BY_TARGET = (Kind.STALE, Kind.MISSING, Kind.EDITED)


@click.command("check")
@manifest_option
@json_option
@click.option("--strict", is_flag=True, help="Let notes fail the check too: unused assets, orphans, lints.")
@click.option("--github", is_flag=True, help="Print annotations for GitHub too; the default where GitHub runs it.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write a JUnit report to this file.")
def command(manifest: Path, *, as_json: bool, strict: bool, github: bool, junit: Path | None) -> int:
    """Tell whether outputs, data and documents are as they should be, for CI.

    Finds outputs that are stale, missing or edited, frames whose checks fail, and files that a document asks for and
    nothing makes; notes what no document uses. Only frames behind stale outputs are loaded.

    Exit codes: 0 all is well, 1 something is wrong, 2 the manifest is wrong, 3 stale or missing, 4 edited.
    """
    paper = Paper.load(manifest)
    found = findings(paper)
    if as_json:
        print_json({"findings": [_document(finding) for finding in found]})
    else:
        _print(found, len(paper.targets), strict=strict)
        if github or os.environ.get("GITHUB_ACTIONS") == "true":
            for line in annotated(found, paper.manifest.root, strict=strict):
                say(line)
    if junit is not None:
        from paperkit.cli.junit import report

        junit.write_text(report(paper.targets, found, strict=strict), encoding="utf-8")
    return _exit_code(found, strict=strict)


def _print(found: tuple[Finding, ...], targets: int, *, strict: bool) -> None:
    """Print one line per target that is not up to date, what else is wrong, and one line for all."""
    said: set[object] = set()
    for finding in found:
        state = (finding.kind, finding.target)
        if finding.target is not None and state not in said:
            why = f"  {', '.join(finding.reasons)}" if finding.reasons else ""
            say(f"{word(finding.kind.value)} {finding.target}{why}")
        if finding.kind not in _SAID_BY_TARGET and finding.problem not in said:
            print_problems((finding.problem,), kind="note" if finding.is_note else "error")
        said |= {state, finding.problem}
    say(_summary(found, targets, strict=strict))


def _summary(found: tuple[Finding, ...], targets: int, *, strict: bool) -> str:
    """Return how many targets are in which state, and how much else was found."""
    counts: list[str] = []
    for kind in Kind:
        about = {finding.target for finding in found if finding.kind is kind} - {None}
        counts += [f"{len(about)} {kind.value}"] if about else []
    counts = [", ".join(counts) + f" of {targets} targets"] if counts else ["all outputs are up to date"]
    others = [finding for finding in found if finding.target is None]
    problems = len({finding.problem for finding in others if not finding.is_note})
    notes = len({finding.problem for finding in others if finding.is_note})
    counts += [f"{problems} problem{'s' * (problems > 1)}"] if problems else []
    counts += [f"{notes} note{'s' * (notes > 1)}{', which --strict counts' * strict}"] if notes else []
    is_old = any(finding.kind in (Kind.STALE, Kind.MISSING) for finding in found)
    return ", ".join(counts) + "; run paperkit build" * is_old


def _exit_code(found: Iterable[Finding], *, strict: bool) -> int:
    wrong = {finding.kind for finding in found if strict or not finding.is_note}
    if Kind.EDITED in wrong:
        return EDITED
    return 0 if not wrong else STALE if wrong <= {Kind.STALE, Kind.MISSING} else FAILED


def _document(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "target": finding.target,
        "note": finding.is_note,
        "reasons": list(finding.reasons),
        **problem_json(finding.problem),
    }
