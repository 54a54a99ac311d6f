"""`paperkit check`."""

from __future__ import annotations

from pathlib import Path

import click

from paperkit.build.paper import Paper
from paperkit.build.plan import State
from paperkit.cli.console import print_json, print_problems, problem_json, say, word
from paperkit.cli.main import EDITED, FAILED, STALE
from paperkit.cli.options import json_option, manifest_option


@click.command("check")
@manifest_option
@json_option
def command(manifest: Path, *, as_json: bool) -> int:
    """Tell whether the outputs are up to date and unedited, for CI; loads no data.

    Exit codes: 0 all is well, 1 a source is missing, 2 the manifest is wrong, 3 stale or missing, 4 edited.
    """
    paper = Paper.load(manifest)
    steps = paper.plan()
    findings = [step for step in steps if step.state is not State.UNCHANGED]
    notices = paper.notices(steps)
    states = {step.state for step in findings}
    if as_json:
        found = [
            {
                "id": step.target.id,
                "state": step.state.value,
                "reasons": list(step.reasons),
                "problems": [problem_json(problem) for problem in step.problems],
            }
            for step in findings
        ]
        print_json({"findings": found, "notices": [problem_json(notice) for notice in notices]})
    else:
        for step in findings:
            why = f"  {', '.join(step.reasons)}" if step.reasons else ""
            say(f"{word(step.state.value)} {step.target.id}{why}")
            print_problems(paper.manifest.placed(problem) for problem in step.problems)
        print_problems(notices, kind="note")
        say(
            "all outputs are up to date"
            if not findings
            else f"{len(findings)} of {len(paper.targets)} are not as they should be"
        )
    if State.EDITED in states:
        return EDITED
    return FAILED if State.BROKEN in states else STALE if states else 0
