"""`paperkit why`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from paperkit.build.explain import Explanation
from paperkit.build.paper import Paper
from paperkit.build.plan import State
from paperkit.cli.console import print_json, print_problems, problem_json, say, word
from paperkit.cli.options import json_option, manifest_option

_SAME = "the rows are the same after all: a build leaves the outputs as they are"


@click.command("why")
@click.argument("selectors", nargs=-1, required=True, metavar="ASSET...")
@manifest_option
@json_option
def command(selectors: tuple[str, ...], manifest: Path, *, as_json: bool) -> int:
    """Say why an asset would be made again: what changed in the manifest, in files, in libraries, in the rows.

    ASSET is a selector as those of build.
    """
    paper = Paper.load(manifest)
    explanations, notices = paper.why(selectors), paper.lock_problems()
    if as_json:
        notes = [problem_json(notice) for notice in notices]
        print_json({"targets": [_document(one) for one in explanations], "notices": notes})
        return 0
    print_problems(notices, kind="note")
    for one in explanations:
        say(f"{word(one.step.state.value)} {one.step.target.id}")
        for line in _lines(one):
            say(f"{'':10} {line}")
        print_problems(paper.manifest.placed(problem) for problem in one.problems)
    return 0


def _lines(one: Explanation) -> list[str]:
    if one.step.state is State.UNCHANGED:
        return ["nothing that it is made from changed since the last build"]
    through = [f"[data.{name}]: {reason}" for name, reasons in one.frames for reason in reasons]
    return [*one.reasons, *through, *([_SAME] if one.is_same else [])]


def _document(one: Explanation) -> dict[str, Any]:
    return {
        "id": one.step.target.id,
        "state": one.step.state.value,
        "reasons": list(one.reasons),
        "frames": {name: list(reasons) for name, reasons in one.frames},
        "same_rows": one.is_same,
        "problems": [problem_json(problem) for problem in one.problems],
    }
