"""The lines of a page's own text, put together from runs that share a baseline."""

from __future__ import annotations

from dataclasses import dataclass

from paperkit.camera_ready.audit.facts import TEX_POINTS, Line
from paperkit.camera_ready.audit.reading.limits import MOST_LINES

_SAME = 1.0
_GAP = 1.1  # A wider gap, in the size of the type, is one between columns, or before a note in the margin.
_SCRIPT = 0.6  # A script stands this part of the type's size above or below the line, at most.
_LONGEST = 400  # No heading and no reference is longer.


@dataclass(kw_only=True, slots=True)
class _Run:
    left: float
    right: float
    baseline: float
    size: float
    text: str


class Lines:
    """Runs in their order; one that goes on where another ends, on its baseline or as its script, is the same line."""

    def __init__(self) -> None:
        self._lines: list[_Run] = []

    def add(self, left: float, right: float, baseline: float, size: float, text: str) -> None:
        """Add a run of horizontal text, in PDF points."""
        last = self._lines[-1] if self._lines else None
        if last and _goes_on(last, left, baseline):
            last.right = max(last.right, right)
            if size > last.size:
                last.baseline, last.size = baseline, size
            if len(last.text) < _LONGEST:
                last.text += text
        elif len(self._lines) < MOST_LINES:
            self._lines.append(_Run(left=left, right=right, baseline=baseline, size=size, text=text))

    def done(self) -> tuple[Line, ...]:
        """Return the lines in the order of the page's content."""
        return tuple(
            Line(
                left=round(line.left, 2),
                right=round(line.right, 2),
                baseline=round(line.baseline, 2),
                size=round(line.size * TEX_POINTS, 2),
                text=line.text,
            )
            for line in self._lines
        )


def _goes_on(last: _Run, left: float, baseline: float) -> bool:
    near = abs(baseline - last.baseline) < max(_SAME, _SCRIPT * last.size)
    return near and -_GAP * last.size < left - last.right < _GAP * last.size
