"""`paperkit show`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from paperkit.build.paper import Paper
from paperkit.cli.console import print_problems, say
from paperkit.cli.options import manifest_option
from paperkit.cli.show_table import FORMATS, show_table
from paperkit.errors import ManifestError, PaperkitError, Problem, did_you_mean
from paperkit.manifest.load import Manifest

if TYPE_CHECKING:
    from rich.text import Text

    from paperkit.data.table import Rows, Value

    Steps: TypeAlias = tuple[tuple[str, Rows], ...]

TABLE, FIGURE = "table.", "figure."
ON_A_SCREEN = 50  # rows
GAP = 2  # characters between columns
NARROWEST = 12  # characters that every column of texts keeps


@click.command("show")
@click.argument("name", metavar="FRAME|table.NAME|figure.NAME")
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), help="The format of a table; text by default.")
@click.option("--alt", is_flag=True, default=None, help="Print the alt text of a figure.")
@click.option("--after", metavar="CLAUSE", help="Show the rows as they are after this clause, such as where.")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(min=0),
    help=f"How many rows to print; {ON_A_SCREEN} on a terminal, all of them elsewhere.",
)
@manifest_option
def command(  # noqa: PLR0917 - one for each option
    name: str, form: str | None, alt: bool | None, after: str | None, limit: int | None, manifest: Path
) -> int:
    """Print a frame: as a table on a terminal, as CSV elsewhere; and how many rows each of its clauses leaves.

    The counts go to standard error, so that `paperkit show runs > runs.csv` writes the rows alone.

    `table.NAME` is a table of the paper as it will be printed: `paperkit show table.main --format md`. `figure.NAME`
    prints the numbers that a figure draws as CSV, or its alt text.
    """
    paper = Paper.load(manifest)
    if name.startswith(FIGURE) and name not in paper.manifest.data:
        _refuse({"--after": after, "--limit": limit, "--format": form}, f"{name} is a figure")
        _show_figure(paper, name.removeprefix(FIGURE), alt=bool(alt))
        return 0
    _refuse({"--alt": alt}, f"{name} is no figure")
    if name.startswith(TABLE) and name not in paper.manifest.data:
        _refuse({"--after": after, "--limit": limit}, f"{name} is a table")
        found = paper.table(name.removeprefix(TABLE))
        print_problems(found.notices, kind="note")
        show_table(found, form, is_coloured=on_terminal())
        return 0
    _refuse({"--format": form}, f"{name} is a frame")
    return _show_frame(paper, name, after, limit)


def _refuse(options: Mapping[str, object], reason: str) -> None:
    """Raise a UsageError for an option that is given and has no meaning."""
    for option, value in options.items():
        if value is not None:
            raise click.UsageError(f"{option} has no meaning here: {reason}")


def _show_figure(paper: Paper, name: str, *, alt: bool) -> None:
    from paperkit.figures import statistics_csv

    figure = paper.figure(name)
    given = figure.scene.asset.spec.alt
    print_problems(map(paper.manifest.placed, figure.notices), kind="note")
    click.echo(f"{given or figure.alt}\n" if alt else statistics_csv(figure), nl=False)


def _show_frame(paper: Paper, frame: str, after: str | None, limit: int | None) -> int:
    steps = _until(_traced(paper.manifest, frame), frame, after)
    for line in counts(steps):
        say(line, style="bright_black", err=True)
    rows = steps[-1][1]
    print_problems((paper.manifest.placed(notice) for notice in rows.notices), kind="note")
    if on_terminal():
        _print_table(rows, ON_A_SCREEN if limit is None else limit)
    else:
        _print_csv(rows, limit)
    return 0


def on_terminal() -> bool:
    """Tell whether standard output is read by a person."""
    return sys.stdout.isatty()


def _traced(manifest: Manifest, frame: str) -> Steps:
    """Return the rows of a frame after its source and after each of its clauses.

    Raises:
        ManifestError: there is no such frame.
        PaperkitError: a source or a clause fails.

    """
    if frame not in manifest.data:
        close = did_you_mean(frame, manifest.data)
        hint = None if close else f"the frames are {', '.join(manifest.data)}"
        raise ManifestError(Problem(message=f"there is no [data.{frame}]{close}", hint=hint))
    from paperkit.data.load import Frames, trace

    try:
        return trace(Frames(manifest.root, manifest.data, manifest.labels, manifest=manifest.file), frame)
    except PaperkitError as error:
        raise PaperkitError(*(manifest.placed(problem) for problem in error.problems)) from error


def _until(steps: Steps, frame: str, after: str | None) -> Steps:
    """Return the steps up to the clause `after`; a key that belongs to a clause, such as `stat`, means the clause.

    Raises:
        PaperkitError: the frame has no such clause.

    """
    if after is None:
        return steps
    from paperkit.data.clauses.apply import ORDER

    known = {key: name for name, (_, keys) in ORDER.items() for key in keys} | {name: name for name, _ in steps}
    names = [name for name, _ in steps]
    wanted = known.get(after)
    if wanted not in names:
        close = did_you_mean(after, known if wanted is None else ())
        hint = None if close else f"it has {', '.join(names)}"
        raise PaperkitError(Problem(message=f"the frame '{frame}' has no clause '{after}'{close}", hint=hint))
    return steps[: names.index(wanted) + 1]


def counts(steps: Steps) -> tuple[str, ...]:
    """Return one line per step: how many rows it leaves, and of how many, such as `where: 1152 → 720 rows`."""
    lines, before = [], None
    for name, rows in steps:
        number = len(rows)
        change = "" if before in (None, number) else f"{before} → "
        lines.append(f"{name}: {change}{number} {'row' if number == 1 else 'rows'}")
        before = number
    return tuple(lines)


def _print_csv(rows: Rows, limit: int | None) -> None:
    table = rows.table if limit is None else rows.table.head(limit)
    text = table.to_csv(index=False, lineterminator="\n")
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:  # as `| head` does; Python would complain once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_table(rows: Rows, limit: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from paperkit.data.table import kind, plain

    console = Console()
    shown = rows.table.head(limit)
    columns = [[Text(_printable(name)), *map(_cell, plain(shown[name]))] for name in rows.columns]
    fixed = [kind(rows.table[name]) == "number" for name in rows.columns]
    widths = _fitted([max(cell.cell_len for cell in cells) for cells in columns], fixed, console.width)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for (title, *cells), width, is_number in zip(columns, widths, fixed, strict=True):
        for cell in (title, *cells):
            cell.truncate(width, overflow="ellipsis")
        table.add_column(title, justify="right" if is_number else "left", no_wrap=True)
    for line in zip(*(cells for _, *cells in columns), strict=True):
        table.add_row(*line)
    # A terminal wraps what is too wide for it.
    Console(width=max(console.width, sum(widths) + GAP * len(widths))).print(table)
    if len(rows) > len(shown):
        say(f"… and {len(rows) - len(shown)} more rows; --limit shows more", style="bright_black", err=True)


def _fitted(widths: Sequence[int], fixed: Sequence[bool], available: int) -> tuple[int, ...]:
    """Return widths of columns that fit side by side, if they can: a number that is cut off would be another one."""
    fitted = list(widths)
    for _ in range(sum(widths)):
        loose = [i for i, width in enumerate(fitted) if not fixed[i] and width > NARROWEST]
        if not loose or sum(fitted) + GAP * (len(fitted) - 1) <= available:
            break
        fitted[max(loose, key=fitted.__getitem__)] -= 1
    return tuple(fitted)


def _cell(value: Value) -> Text:
    from rich.text import Text

    if value is None:
        return Text("missing", style="bright_black")
    return Text(f"{value:.12g}" if isinstance(value, float) else _printable(str(value)))


def _printable(text: str) -> str:
    """Return a text that cannot steer the terminal: data may hold escape sequences."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
