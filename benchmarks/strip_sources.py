"""Measure that stripping a LaTeX file takes time in proportion to its length, also for files made to hurt.

Every text is repeated to two lengths, one four times the other; the ratio of the times is printed, and is about four.
"""

from __future__ import annotations

import time
from statistics import median

from paperkit.camera_ready.definitions import Source, learn
from paperkit.camera_ready.strip import strip

TEXTS = {
    "prose": b"Some text, \\cite{a} and \\emph{more} of it. % a note\n% a line\n\n",
    "open conditionals": b"\\iffalse ",
    "nested conditionals": b"\\iftrue ",
    "closed conditionals": b"\\iftrue a\\else b\\fi ",
    "open groups": b"{",
    "open addresses": b"\\url{",
    "open options": b"\\note[",
    "open verbatim": b"\\begin{verbatim}",
    "verb on one line": b"\\verb|",
    "open comments": b"\\begin{comment}\n",
    "definitions": b"\\newcommand{\\a}[1]{",
    "percent signs": b"%",
    "carets": b"^^",
}
SHORT, TIMES, RUNS = 25_000, 4, 3


def seconds(data: bytes) -> float:
    """Return the median time of stripping `data`, its definitions learned from it."""
    found = []
    for _ in range(RUNS):
        started = time.perf_counter()
        strip(data, learn([Source(data=data)]))
        found.append(time.perf_counter() - started)
    return median(found)


def main() -> None:
    """Print a line for every text."""
    print(f"{'text':22} {'MB/s':>6} {'ratio':>6}")
    for name, text in TEXTS.items():
        short = text * (SHORT // len(text))
        one, four = seconds(short), seconds(short * TIMES)
        print(f"{name:22} {len(short) * TIMES / four / 1e6:6.2f} {four / one:6.1f}")


if __name__ == "__main__":
    main()
