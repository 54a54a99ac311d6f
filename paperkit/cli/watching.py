"""`paperkit build --watch`: one line for each thing that was built, and why."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path

import click

from paperkit.build.run import Outcome, Result
from paperkit.build.watch import Turn, watch
from paperkit.cli.console import print_problems, problem_json, say, word
from paperkit.cli.reports import because, report_json
from paperkit.errors import Problem

_MOST_LINES = 12
_DIFF_LINES = 20


def watching(manifest: Path, selectors: tuple[str, ...], *, as_json: bool, quiet: bool, **flags: bool) -> int:
    """Build whenever something is saved and say what was done, until Ctrl-C; return the exit code.

    Raises:
        PaperkitError: watchfiles is not installed.

    """
    screen = _Screen(quiet=quiet, debug=flags["debug"])
    try:
        for turn in watch(manifest, selectors, force=flags["force"], paranoid=flags["paranoid"]):
            if as_json:
                click.echo(json.dumps(_document(turn), ensure_ascii=False))
            else:
                screen.show(turn)
    except KeyboardInterrupt:
        if not as_json:
            say("\nstopped; every file is as it was or complete")
    return 0


def _document(turn: Turn) -> dict[str, object]:
    built = {} if turn.report is None else report_json(turn.report)
    problems = [problem_json(problem) for problem in turn.problems]
    return {"changed": list(turn.changed), "problems": problems, **built, "seconds": round(turn.seconds, 3)}


class _Screen:
    """What was said already is not said again until it was otherwise in between."""

    def __init__(self, *, quiet: bool, debug: bool) -> None:
        self._quiet, self._debug = quiet, debug
        self._said: frozenset[object] = frozenset()
        self._is_first = True

    def show(self, turn: Turn) -> None:
        """Print one turn."""
        saying: set[object] = set()
        if turn.report is None:
            self._problems(turn.problems, saying, kind="error")
            self._say_line(f"{click.style('waiting', fg='red')}    for {_files(turn)} to be mended")
        else:
            self._outcomes(turn, turn.report.outcomes, saying)
            self._problems(turn.report.notices, saying, kind="note")
        self._said = frozenset(saying)
        if self._is_first and not self._quiet:
            say(f"watching {turn.files} file{'s' * (turn.files != 1)}; Ctrl-C ends", style="bright_black")
        self._is_first = False

    def _outcomes(self, turn: Turn, outcomes: tuple[Outcome, ...], saying: set[object]) -> None:
        told = [outcome for outcome in outcomes if self._is_news(outcome, turn, saying)]
        for outcome in outcomes:
            self._problems(outcome.notices, saying, kind="note")
        lines = told[:_MOST_LINES]
        took = click.style(f"  {turn.seconds:.2f} s", fg="bright_black")
        for outcome in lines:
            self._say_line(
                f"{word(outcome.result.value)} {outcome.id}{because(outcome)}{took * (outcome is lines[-1])}"
            )
            self._problems(outcome.problems, saying, kind="error")
            if outcome.traceback and self._debug:
                say(outcome.traceback, err=True)
            self._edit(outcome)
        if len(told) > len(lines):
            self._say_line(f"{'':10} and {len(told) - len(lines)} more")
        if not told:
            self._say_line(f"{word('unchanged')} {_because_of(turn, len(outcomes))}")

    def _is_news(self, outcome: Outcome, turn: Turn, saying: set[object]) -> bool:
        """Tell whether an outcome is to be shown: an edit is when it is new, not whenever it is left."""
        if outcome.result is not Result.EDITED:
            return outcome.result is not Result.UNCHANGED
        saying.add(outcome.id)
        return outcome.id not in self._said or any(
            reason.startswith(f"{name} ") for reason in outcome.reasons for name in turn.changed
        )

    def _edit(self, outcome: Outcome) -> None:
        if outcome.result is not Result.EDITED or self._quiet:
            return
        lines = outcome.diff.splitlines()
        for line in lines[:_DIFF_LINES]:
            say(f"    {line}", style={"+": "green", "-": "red", "@": "cyan"}.get(line[:1]))
        if len(lines) > _DIFF_LINES:
            say(f"    and {len(lines) - _DIFF_LINES} more lines")
        say("    left alone: paperkit adopt keeps the change, paperkit build --force replaces it", style="magenta")

    def _problems(self, problems: Iterable[Problem], saying: set[object], *, kind: str) -> None:
        fresh = [problem for problem in dict.fromkeys(problems) if problem not in saying]
        saying.update(fresh)
        # What is wrong is said each time; what is only noted, when it is new.
        print_problems([one for one in fresh if kind == "error" or one not in self._said], kind=kind)

    def _say_line(self, text: str) -> None:
        if not self._quiet:
            say(f"{click.style(time.strftime('%H:%M:%S'), fg='bright_black')}  {text}")


def _files(turn: Turn) -> str:
    return ", ".join(sorted({problem.place.file for problem in turn.problems if problem.place})) or "this"


def _because_of(turn: Turn, count: int) -> str:
    shown = ", ".join(turn.changed[:2])
    more = len(turn.changed) - 2
    changed = f"{shown}{f' and {more} more' if more > 0 else ''} changed nothing" if shown else "all are up to date"
    return f"{count} target{'s' * (count != 1)}" + click.style(f"  ({changed})", fg="bright_black")
