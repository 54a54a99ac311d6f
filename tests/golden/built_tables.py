"""Build a table of a manifest as an author does, and read what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.colors import to_rgb

from paperkit.cli.main import run

# `{` and `}` nested once, which is all that a cell has.
_ARGUMENT = r"\{((?:[^{}]|\{[^{}]*\})*)\}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A cell: what is read, with `\\pkbest{…}` and `\\pksecond{…}` taken off, and how it looks."""

    text: str
    fill: str | None
    ink: str
    emphasis: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """The LaTeX of the table `main`, and what the build said."""

    tex: str
    said: str
    folder: Path

    @property
    def heads(self) -> list[str]:
        """Return the lines of labels and their rules, without the space around them."""
        found = self.tex.split("\\toprule\n")[1].split("\\midrule\n")[0].splitlines()
        return [line for line in found if not line.startswith(r"\addlinespace")]

    @property
    def lines(self) -> list[str]:
        """Return the lines of the body."""
        return self.tex.split("\\midrule\n", 1)[1].split("\\bottomrule")[0].splitlines()

    @property
    def sources(self) -> list[list[str]]:
        """Return the source of the body's cells, the stub first; rules and rows of one cell are left out."""
        rows = [re.split(r"(?<!\\)&", line.removesuffix(r"\\")) for line in self.lines]
        return [[cell.strip() for cell in row] for row in rows if len(row) > 1]

    @property
    def cells(self) -> list[list[Printed]]:
        """Return the cells of the body, without the stub."""
        return [[self._read(cell) for cell in row[1:]] for row in self.sources]

    @property
    def stubs(self) -> list[str]:
        return [row[0] for row in self.sources]

    @property
    def texts(self) -> list[list[str]]:
        return [[cell.text for cell in row] for row in self.cells]

    @property
    def fills(self) -> list[list[str | None]]:
        return [[cell.fill for cell in row] for row in self.cells]

    @property
    def best(self) -> list[list[str | None]]:
        return [[cell.emphasis for cell in row] for row in self.cells]

    @property
    def colors(self) -> dict[str, str]:
        """Return name → six hexadecimal digits, of every colour that is defined."""
        return dict(re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{([0-9A-F]{6})\}", self.tex))

    def _read(self, source: str) -> Printed:
        fill = re.search(r"\\cellcolor\{(\w+)\}", source)
        emphasis = re.search(r"\\pk(best|second|missing)\{", source)
        return Printed(
            text=visible(source),
            fill=None if fill is None else self.colors[fill[1]],
            ink="white" if r"\color{white}" in source else "black",
            emphasis=None if emphasis is None else emphasis[1],
        )


def visible(source: str) -> str:
    """Return a cell without its fill, ink, emphasis and padding."""
    text = re.sub(r"\\cellcolor\{\w+\}|\\color\{white\}", "", source)
    text = re.sub(rf"\\phantom{_ARGUMENT}|\\pkdigit\{{\}}", "", text)
    return re.sub(rf"\\pk(?:best|second|missing){_ARGUMENT}", r"\1", text)


def build(folder: Path, frame: pd.DataFrame, table: str, before: str = "", *, frame_name: str = "runs") -> Built:
    """Build `[table.main]` with the keys of `table`; `frame` is `[data.runs]`, `before` the rest of the manifest."""
    frame.to_csv(folder / "runs.csv", index=False)
    manifest = f'{before}\n[data.runs]\nread = "runs.csv"\n[table.main]\ndata = "{frame_name}"\n{table}\n'
    (folder / "paper.toml").write_text(manifest, encoding="utf-8")
    said = run_in(folder, "build")
    assert said.code == 0, said.text
    return Built(tex=(folder / "tables" / "main.tex").read_text(encoding="utf-8"), said=said.text, folder=folder)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended."""

    code: int
    text: str


def run_in(folder: Path, *arguments: str) -> Said:
    """Run a command of paperkit in `folder`."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = run(list(arguments))
    return Said(code, out.getvalue())


def colors(positions: Any, colormap: Any = "Blues") -> list[str | None]:
    """Return matplotlib's colours at `positions`, as six hexadecimal digits."""
    found = mpl.colormaps[colormap] if isinstance(colormap, str) else colormap
    return [None if position is None else hexadecimal(found(float(position))) for position in positions]


def hexadecimal(color: Iterable[float]) -> str:
    red, green, blue, *_ = color
    return "".join(f"{round(255 * channel):02X}" for channel in to_rgb((red, green, blue)))


def stretched(values: pd.Series[float] | pd.DataFrame, low: Any = None, high: Any = None) -> Any:
    """Return values between their minimum and maximum, column by column, or between given limits, as [0, 1]."""
    low = values.min() if low is None else low
    high = values.max() if high is None else high
    return (values - low) / (high - low)


def contrast_ratio(one: str, other: str) -> float:
    """Return WCAG 2's contrast of two colours given as six hexadecimal digits."""

    def luminance(color: str) -> float:
        channels = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIR = pd.DataFrame({"task": ["a", "b", "c"], "acc": [60.5, 71.3, 90.0], "time": [12.0, 3.0, 99.0]})
BOTH = 'rows = "task"\ncells = ["acc", "time"]\nprecision = 1\n'
LONG = pd.DataFrame(
    [(task, model, 10.0 * i**2 + j) for i, task in enumerate("abc") for j, model in enumerate(["x", "y", "z"])],
    columns=["task", "model", "acc"],
)
WIDE = LONG.pivot_table(index="task", columns="model", values="acc")
BY_MODEL = 'rows = "task"\ncolumns = "model"\ncells = "acc"\n'
DIRECTIONS = '[labels.cells]\nacc = { direction = "higher" }\ntime = { direction = "lower" }\n'
