"""`paperkit status`."""

from __future__ import annotations

from pathlib import Path

import click

from paperkit.build.paper import Paper
from paperkit.cli.console import print_json, print_problems, problem_json, say, word
from paperkit.cli.options import json_option, manifest_option


@click.command("status")
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@manifest_option
@json_option
def command(selectors: tuple[str, ...], manifest: Path, *, as_json: bool) -> int:
    """Show how every output stands: unchanged, stale, missing, edited or broken, and why."""
    paper = Paper.load(manifest)
    steps, orphans, notices = paper.plan(selectors), paper.orphans(), paper.lock_problems()
    if as_json:
        targets = [
            {
                "id": step.target.id,
                "state": step.state.value,
                "reasons": list(step.reasons),
                "outputs": list(step.target.outputs),
                "problems": [problem_json(problem) for problem in step.problems],
            }
            for step in steps
        ]
        notes = [problem_json(notice) for notice in notices]
        print_json({"targets": targets, "orphans": list(orphans), "notices": notes})
        return 0
    print_problems(notices, kind="note")
    for step in steps:
        why = f"  {', '.join(step.reasons)}" if step.reasons else ""
        say(f"{word(step.state.value)} {step.target.id}{click.style(why, fg='bright_black')}")
        print_problems(paper.manifest.placed(problem) for problem in step.problems)
    for orphan in orphans:
        say(f"{word('orphan')} {orphan}  no entry makes it any more; delete it if the paper does not need it")
    return 0
