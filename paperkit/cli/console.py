"""What the command line prints: colour, width and progress are known here and nowhere else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from paperkit.errors import Problem

if TYPE_CHECKING:
    from rich.progress import Progress

COLOURS = {
    "built": "green",
    "changed": "yellow",
    "new": "green",
    "gone": "red",
    "unchanged": "bright_black",
    "stale": "yellow",
    "missing": "yellow",
    "failed": "red",
    "broken": "red",
    "edited": "magenta",
    "conflict": "magenta",
}


def say(text: str = "", *, style: str | None = None, err: bool = False) -> None:
    """Print one line, coloured on a terminal (click drops colour elsewhere and honours NO_COLOR)."""
    click.echo(click.style(text, fg=style) if style else text, err=err, color=_colour())


def word(state: str, width: int = 10) -> str:
    """Return a state as a coloured word of fixed width."""
    return click.style(f"{state:<{width}}", fg=COLOURS.get(state))


def print_problems(problems: Iterable[Problem], *, kind: str = "error") -> None:
    """Print problems to standard error, each with its place first so that editors can jump to it."""
    colour = "red" if kind == "error" else "yellow"
    for problem in problems:
        first, *rest = str(problem).split("\n")
        prefix = "" if kind == "error" else click.style(f"{kind}: ", fg=colour)
        click.echo(prefix + (click.style(first, fg=colour) if kind == "error" else first), err=True, color=_colour())
        for line in rest:
            click.echo(line, err=True, color=_colour())


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document to standard output."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON types."""
    place = problem.place
    return {
        "message": problem.message,
        "key": problem.subject or None,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "hint": problem.hint,
    }


def progress(total: int) -> Progress | None:
    """Return a progress bar when standard error is a terminal and there is something to wait for, else None."""
    if total == 0 or not sys.stderr.isatty():
        return None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _colour() -> bool | None:
    import os

    return False if os.environ.get("NO_COLOR") else None
