"""`paperkit build`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from paperkit.build.executors import PROCESS, SERIAL
from paperkit.build.loop import Interrupted
from paperkit.build.paper import BuildReport, Paper
from paperkit.build.patches import is_patchable
from paperkit.build.plan import State, Step
from paperkit.build.run import Outcome, Result
from paperkit.cli.console import print_event, print_json, print_problems, problem_json, say, word
from paperkit.cli.main import EDITED, FAILED, STALE
from paperkit.cli.options import json_option, manifest_option
from paperkit.cli.reports import because, outcome_json, report_json
from paperkit.errors import Problem

if TYPE_CHECKING:
    from paperkit.cli.live import Board

# The exit code of shells for what SIGINT ended.
INTERRUPTED = 130
_SHOW_CURSOR = b"\x1b[?25h"
_OWN_PROCESS = "a watch makes everything in its own warm process"
_PAIRS = {
    ("frozen", "watch"): "a frozen build writes nothing, a watch writes at every save",
    ("frozen", "rebuild"): "a frozen build writes nothing, --rebuild makes everything again",
    ("frozen", "force"): "a frozen build writes nothing, --force replaces edited outputs",
    ("rebuild", "watch"): "run paperkit build --rebuild first",
    ("events", "watch"): "with --json, a watch prints a line for each turn",
    ("jobs", "watch"): _OWN_PROCESS,
    ("executor", "watch"): _OWN_PROCESS,
}


@click.command("build")
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@manifest_option
@click.option("--force", is_flag=True, help="Replace edited outputs; each is saved under .paperkit/rescued/ first.")
@click.option("--rebuild", is_flag=True, help="Make everything again, also what is up to date.")
@click.option("--frozen", is_flag=True, help="Write nothing: fail if an output or the lock would change.")
@click.option("--paranoid", is_flag=True, help="Read every file, also those that look as at the last build.")
@click.option("--watch", is_flag=True, help="Go on: build again whenever a file is saved, until Ctrl-C.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but problems.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that make figures (default: as many as pay).",
)
@click.option(
    "--executor",
    envvar="PAPERKIT_EXECUTOR",
    metavar="WHICH",
    help="Who makes figures: serial, process, dask://HOST:PORT, MODULE:CALLABLE (default: $PAPERKIT_EXECUTOR).",
)
@click.option("--debug", is_flag=True, help="Show the traceback of a defect.")
@click.option("--events", is_flag=True, help="Print one line of JSON for everything that happens.")
@json_option
def command(selectors: tuple[str, ...], manifest: Path, jobs: int | None, executor: str | None, **flags: bool) -> int:
    """Bring every table, figure and macro up to date.

    A SELECTOR is an asset or a glob over assets (table.main, 'figure.*', macros), a frame and all that depends on it
    (data.runs+), or a state (state:stale).
    """
    _refuse_pairs(flags)
    if flags["watch"]:
        from paperkit.cli.watching import watching

        return watching(manifest, selectors, **flags)
    started = time.perf_counter()
    if executor is not None and jobs is not None and not executor.startswith((SERIAL, PROCESS)):
        if _is_given("executor"):
            raise click.UsageError(f"--jobs counts processes of this machine, and {executor} has workers of its own")
        executor = None
    screen = _screen(flags)
    with _interruptible(), screen.running():
        try:
            report = Paper.load(manifest).build(
                selectors,
                force=flags["force"],
                rebuild=flags["rebuild"],
                frozen=flags["frozen"],
                paranoid=flags["paranoid"],
                jobs=jobs,
                executor=executor,
                on_plan=screen.plan,
                on_start=screen.start,
                on_outcome=screen.outcome,
                on_wait=screen.wait,
            )
        except Interrupted as stop:
            screen.interrupted(stop.outcomes)
            return INTERRUPTED
    screen.summary(report, time.perf_counter() - started)
    return exit_code(report)


def exit_code(report: BuildReport) -> int:
    """Return the exit code of a build: edits and conflicts come first, they need an author."""
    codes = {Result.EDITED: EDITED, Result.CONFLICT: EDITED, Result.FAILED: FAILED, Result.STALE: STALE}
    return next((code for result, code in codes.items() if report.having(result)), 0)


def _refuse_pairs(flags: Mapping[str, bool]) -> None:
    """Refuse options that contradict each other.

    Raises:
        click.UsageError: there are two such.

    """
    for (one, other), why in _PAIRS.items():
        given = [flags[name] if name in flags else _is_given(name) for name in (one, other)]
        if all(given):
            raise click.UsageError(f"--{one} and --{other} do not go together: {why}")


def _is_given(option: str) -> bool:
    """Tell whether an option stands on the command line, not in the environment."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the first Ctrl-C stop the build in good order, and the second one at once."""
    presses = 0

    def press(*_: object) -> None:
        nonlocal presses
        presses += 1
        if presses > 1:
            if sys.stderr.isatty():
                os.write(2, _SHOW_CURSOR)
            os._exit(INTERRUPTED)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _screen(flags: Mapping[str, bool]) -> _Screen:
    if flags["events"]:
        return _Events()
    if flags["as_json"]:
        return _Json()
    return _Text(quiet=flags["quiet"], debug=flags["debug"], rebuild=flags["rebuild"])


_MOST_CHANGES = 5


def shortened(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first lines, and how many there are besides."""
    more = len(lines) - _MOST_CHANGES
    return (*lines[:_MOST_CHANGES], f"and {more} more changes of drawn numbers") if more > 1 else lines


class _Screen:
    """What is shown of a build; this one shows nothing."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take down what is live, whatever happens."""
        yield

    def wait(self) -> None:
        """Say that another build is at work."""

    def plan(self, steps: tuple[Step, ...]) -> None:
        """Show what will be done."""

    def start(self, step: Step) -> None:
        """Show that a target is being made."""

    def outcome(self, outcome: Outcome) -> None:
        """Show what became of one target."""

    def interrupted(self, outcomes: tuple[Outcome, ...]) -> None:
        """Show what was done before the build was stopped."""

    def summary(self, report: BuildReport, seconds: float) -> None:
        """Show what was done."""


class _Json(_Screen):
    """One document at the end."""

    def interrupted(self, outcomes: tuple[Outcome, ...]) -> None:
        """Print what was done before the build was stopped."""
        print_json({**report_json(BuildReport(outcomes=outcomes)), "interrupted": True})

    def summary(self, report: BuildReport, seconds: float) -> None:  # noqa: ARG002 - documents have no times
        """Print what was done."""
        print_json(report_json(report))


class _Events(_Screen):
    """A line of JSON for everything that happens."""

    def plan(self, steps: tuple[Step, ...]) -> None:
        """Print what will be looked at."""
        targets = [{"id": one.target.id, "state": one.state.value, "reasons": list(one.reasons)} for one in steps]
        print_event("plan", targets=targets)

    def start(self, step: Step) -> None:
        """Print that a target is being made."""
        print_event("start", id=step.target.id)

    def outcome(self, outcome: Outcome) -> None:
        """Print what became of one target."""
        print_event("outcome", **outcome_json(outcome))

    def interrupted(self, outcomes: tuple[Outcome, ...]) -> None:
        """Print that the build was stopped."""
        print_event("done", **_counts(BuildReport(outcomes=outcomes)), notices=[], interrupted=True)

    def summary(self, report: BuildReport, seconds: float) -> None:  # noqa: ARG002 - lines have no times
        """Print the counts, and notices about the build as a whole."""
        notices = [problem_json(notice) for notice in report.notices]
        print_event("done", **_counts(report), notices=notices, interrupted=False)


class _Text(_Screen):
    """Live lines on a terminal, plain lines elsewhere."""

    def __init__(self, *, quiet: bool, debug: bool, rebuild: bool) -> None:
        self._quiet, self._debug, self._rebuild = quiet, debug, rebuild
        self._board: Board | None = None
        self._total = 0
        self._said: set[Problem] = set()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take the live lines down whatever happens."""
        try:
            yield
        finally:
            self._stop()

    def wait(self) -> None:
        """Say that another build is at work."""
        if not self._quiet:
            say("another build is at work in this project; this one begins when that has ended", err=True)

    def plan(self, steps: tuple[Step, ...]) -> None:
        """Open the live lines when there is work."""
        self._total = len(steps)
        work = self._rebuild or any(step.state is not State.UNCHANGED for step in steps)
        if work and not self._quiet and sys.stderr.isatty():
            from paperkit.cli.live import Board

            self._board = Board(len(steps))
            self._board.open()

    def start(self, step: Step) -> None:
        """Add the line of a target."""
        if self._board is not None:
            self._board.start(step.target.id)

    def outcome(self, outcome: Outcome) -> None:
        """Print what became of one target; what is up to date is only counted."""
        if self._board is not None:
            self._board.end(outcome.id)
        if outcome.result is not Result.UNCHANGED and not self._quiet:
            say(f"{word(outcome.result.value)} {outcome.id}{because(outcome)}")
        for line in () if self._quiet else shortened(outcome.changes):
            say(f"{'':10} {line}", style="bright_black")
        for saved in outcome.rescued:
            say(f"{'':10} your edit is saved as {saved}")
        # One frame may fail, or have a notice, for many assets: it is said once.
        print_problems(self._unsaid(outcome.notices), kind="note")
        print_problems(self._unsaid(outcome.problems))
        if outcome.traceback and self._debug:
            say(outcome.traceback, err=True)
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

    def interrupted(self, outcomes: tuple[Outcome, ...]) -> None:
        """Print one line: what was done before the build was stopped."""
        self._stop()
        done = f"{len(outcomes)} of {self._total} done"
        say(f"interrupted, {done}; every file is either as it was or complete", err=True)

    def _stop(self) -> None:
        if self._board is not None:
            self._board.close()
            self._board = None


def _counts(report: BuildReport) -> dict[str, int]:
    return {result.value: len(report.having(result)) for result in Result}
