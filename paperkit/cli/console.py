"""What the command line prints: colour, width and progress are known here and nowhere else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from paperkit.errors import Problem

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
    "same": "bright_black",
    "create": "green",
    "update": "green",
    "delete": "yellow",
    "edited-remotely": "magenta",
    "conflict": "magenta",
    "deleted-remotely": "magenta",
    "foreign": "magenta",
}


def say(text: str = "", *, style: str | None = None, err: bool = False) -> None:
    """Print one line, coloured on a terminal (click drops colour elsewhere and honours NO_COLOR)."""
    _echo(click.style(text, fg=style) if style else text, err=err)


def word(state: str, width: int = 10) -> str:
    """Return a state as a coloured word of fixed width."""
    return click.style(f"{state:<{width}}", fg=COLOURS.get(state))


def print_problems(problems: Iterable[Problem], *, kind: str = "error") -> None:
    """Print problems to standard error, each with its place first so that editors can jump to it."""
    colour = "red" if kind == "error" else "yellow"
    for problem in problems:
        first, *rest = str(problem).split("\n")
        prefix = "" if kind == "error" else click.style(f"{kind}: ", fg=colour)
        _echo(prefix + (click.style(first, fg=colour) if kind == "error" else first), err=True)
        for line in rest:
            _echo(line, err=True)


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


def print_event(event: str, **facts: Any) -> None:
    """Print one event as a line of JSON to standard output, at once."""
    click.echo(json.dumps({"event": event, **facts}, ensure_ascii=False))


def _echo(text: str, *, err: bool) -> None:
    # Above the live lines of a build, not through them: rich then stands in for the stream; click would look past it.
    stream = sys.stderr if err else sys.stdout
    live = hasattr(stream, "rich_proxied_file")
    click.echo(text, file=stream if live else None, err=err, color=_colour())


def _colour() -> bool | None:
    import os

    return False if os.environ.get("NO_COLOR") else None
