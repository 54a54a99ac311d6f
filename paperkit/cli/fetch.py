"""`paperkit fetch`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperkit.build.paper import Paper
from paperkit.cli.console import print_json, print_problems, problem_json, say
from paperkit.cli.options import json_option, manifest_option
from paperkit.errors import Problem

if TYPE_CHECKING:
    from paperkit.data.fetch import FetchReport

_FAILED = 1
_SHOWN = 12


@click.command("fetch")
@click.argument("frames", nargs=-1, metavar="[FRAME]...")
@click.option("--update", is_flag=True, help="Fetch again, and replace files that were changed.")
@manifest_option
@json_option
def command(frames: tuple[str, ...], manifest: Path, *, update: bool, as_json: bool) -> int:
    """Get the files of frames that have a `url`, and keep their hashes in the lock (paper.lock).

    A file that is there as it was fetched is left alone. A build reads the files and never fetches.
    """
    report = Paper.load(manifest).fetch(frames, update=update)
    if as_json:
        print_json(_document(report))
        return _FAILED if report.problems else 0
    for item in report.fetched:
        state = click.style(f"{item.state:<10}", fg="green" if item.state == "fetched" else "bright_black")
        say(f"{state} data.{item.frame}  {item.snapshot.path}  sha256:{item.snapshot.sha256[:_SHOWN]}")
        print_problems(item.notices, kind="note")
    if not report.fetched and not report.problems:
        say("no frame has a url")
    print_problems(report.problems)
    return _FAILED if report.problems else 0


def _document(report: FetchReport) -> dict[str, Any]:
    return {
        "fetched": [
            {"frame": item.frame, "state": item.state, **asdict(item.snapshot), "notices": _all_json(item.notices)}
            for item in report.fetched
        ],
        "problems": _all_json(report.problems),
    }


def _all_json(problems: tuple[Problem, ...]) -> list[Any]:
    return [problem_json(problem) for problem in problems]
