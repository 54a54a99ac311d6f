"""Reports of builds: why, in brackets, and as JSON types."""

from __future__ import annotations

from typing import Any

import click

from paperkit.build.paper import BuildReport
from paperkit.build.run import Outcome
from paperkit.cli.console import problem_json


def because(outcome: Outcome) -> str:
    """Return why a target was built, in brackets."""
    if not outcome.reasons:
        return ""
    shown = ", ".join(outcome.reasons[:2])
    more = len(outcome.reasons) - 2
    return click.style(f"  ({shown}{f' and {more} more' if more > 0 else ''})", fg="bright_black")


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return what became of one target as JSON types."""
    return {
        "id": outcome.id,
        "result": outcome.result.value,
        "reasons": list(outcome.reasons),
        "written": list(outcome.written),
        "rescued": list(outcome.rescued),
        "problems": [problem_json(problem) for problem in outcome.problems],
        "notices": [problem_json(notice) for notice in outcome.notices],
        "diff": outcome.diff,
        "changes": list(outcome.changes),
    }


def report_json(report: BuildReport) -> dict[str, Any]:
    """Return a report as JSON types."""
    return {
        "outcomes": [outcome_json(outcome) for outcome in report.outcomes],
        "notices": [problem_json(notice) for notice in report.notices],
    }
