"""`paperkit build`."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperkit.build.paper import BuildReport, Paper
from paperkit.build.patches import is_patchable
from paperkit.build.plan import State, Step
from paperkit.build.run import Outcome, Result
from paperkit.cli.console import print_json, print_problems, progress, say, word
from paperkit.cli.main import EDITED, FAILED, STALE
from paperkit.cli.options import json_option, manifest_option
from paperkit.cli.reports import because, report_json
from paperkit.errors import Problem

if TYPE_CHECKING:
    from rich.progress import Progress


@click.command("build")
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@manifest_option
@click.option("--force", is_flag=True, help="Replace edited outputs; each is saved under .paperkit/rescued/ first.")
@click.option("--rebuild", is_flag=True, help="Make everything again, also what is up to date.")
@click.option("--frozen", is_flag=True, help="Write nothing: fail if an output or the lock would change.")
@click.option("--paranoid", is_flag=True, help="Read every file, also those that look as at the last build.")
@click.option("--watch", is_flag=True, help="Go on: build again whenever a file is saved, until Ctrl-C.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but problems.")
@click.option("--debug", is_flag=True, help="Show the traceback of a defect.")
@json_option
def command(selectors: tuple[str, ...], manifest: Path, **flags: bool) -> int:
    """Bring every table, figure and macro up to date.

    A SELECTOR is an asset or a glob over assets (table.main, 'figure.*', macros), a frame and all that depends on it
    (data.runs+), or a state (state:stale).
    """
    if flags["watch"]:
        from paperkit.cli.watching import watching

        return watching(manifest, selectors, **flags)
    started = time.perf_counter()
    paper = Paper.load(manifest)
    options: dict[str, Any] = {name: flags[name] for name in ("force", "rebuild", "frozen", "paranoid")}
    if flags["as_json"]:
        report = paper.build(selectors, **options)
        print_json(report_json(report))
    else:
        screen = _Screen(quiet=flags["quiet"], debug=flags["debug"])
        with screen.running():
            report = paper.build(
                selectors, on_plan=screen.plan, on_outcome=screen.outcome, on_wait=screen.wait, **options
            )
        screen.summary(report, time.perf_counter() - started)
    return exit_code(report)


def exit_code(report: BuildReport) -> int:
    """Return the exit code of a build: edits and conflicts come first, they need an author."""
    codes = {Result.EDITED: EDITED, Result.CONFLICT: EDITED, Result.FAILED: FAILED, Result.STALE: STALE}
    return next((code for result, code in codes.items() if report.having(result)), 0)


_MOST_CHANGES = 5


def shortened(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first lines, and how many there are besides."""
    more = len(lines) - _MOST_CHANGES
    return (*lines[:_MOST_CHANGES], f"and {more} more changes of drawn numbers") if more > 1 else lines


class _Screen:
    """Progress on a terminal, plain lines elsewhere."""

    def __init__(self, *, quiet: bool, debug: bool) -> None:
        self._quiet, self._debug = quiet, debug
        self._bar: Progress | None = None
        self._said: set[Problem] = set()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take the progress bar down whatever happens."""
        try:
            yield
        finally:
            self._stop()

    def wait(self) -> None:
        """Say that another build is at work."""
        if not self._quiet:
            say("another build is at work in this project; this one begins when that has ended", err=True)

    def plan(self, steps: tuple[Step, ...]) -> None:
        """Open a progress bar when there is work."""
        work = sum(step.state is not State.UNCHANGED for step in steps)
        self._bar = None if self._quiet or not work else progress(len(steps))
        if self._bar is not None:
            self._bar.add_task("building", total=len(steps))
            self._bar.start()

    def outcome(self, outcome: Outcome) -> None:
        """Print what became of one target; what is up to date is only counted."""
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, advance=1, description=outcome.id)
        if outcome.result is not Result.UNCHANGED and not self._quiet:
            say(f"{word(outcome.result.value)} {outcome.id}{because(outcome)}")
        for line in () if self._quiet else shortened(outcome.changes):
            say(f"{'':10} {line}", style="bright_black")
        for saved in outcome.rescued:
            say(f"{'':10} your edit is saved as {saved}")
        # One frame may fail, or have a notice, for many assets: it is said once.
        print_problems(self._unsaid(outcome.notices), kind="note")
        print_problems(self._unsaid(outcome.problems))
        if outcome.error is not None and self._debug:
            say("".join(traceback.format_exception(outcome.error)), err=True)
        if outcome.result is Result.EDITED:
            self._edited(outcome)

    def _unsaid(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        fresh = tuple(problem for problem in problems if problem not in self._said)
        self._said.update(fresh)
        return fresh

    def _edited(self, outcome: Outcome) -> None:
        for line in outcome.diff.splitlines():
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
            say(f"    {line}", style=colour)
        keep = f"keep it with paperkit adopt {outcome.id}, " if any(map(is_patchable, outcome.edited)) else ""
        hint = f"left alone: {keep}move it into the manifest, or build --force (which saves the edited file first)"
        say(f"    {hint}", style="magenta")

    def summary(self, report: BuildReport, seconds: float) -> None:
        """Print one line of counts."""
        self._stop()
        print_problems(report.notices, kind="note")
        if self._quiet:
            return
        counts = [(result.value, len(report.having(result))) for result in Result]
        said = ", ".join(f"{count} {name}" for name, count in counts if count)
        frozen = "; nothing was written" if report.having(Result.STALE) else ""
        say(f"{said or 'nothing to build'} in {seconds:.1f} s{frozen}")

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
