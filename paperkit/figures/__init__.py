"""Figures: a manifest entry, its frames and labels become PDF and PGF at the exact size of the venue.

Nothing here imports matplotlib until a figure is compiled.
"""

from paperkit.figures.check import problems
from paperkit.figures.compile import compile  # noqa: A004 - the verb of the design, read as `figures.compile`
from paperkit.figures.figure import Figure
from paperkit.figures.lint import lint
from paperkit.figures.marks import mark_names, mark_options
from paperkit.figures.python_figure import python_problems
from paperkit.figures.save import write
from paperkit.figures.source_data import statistics_csv
from paperkit.figures.statistics_frame import statistics_frame

__all__ = [
    "Figure",
    "compile",
    "lint",
    "mark_names",
    "mark_options",
    "problems",
    "python_problems",
    "statistics_csv",
    "statistics_frame",
    "write",
]
