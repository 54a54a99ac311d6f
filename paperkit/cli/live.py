"""What a terminal shows while a build runs: a line for each target that is being made, and one for the whole."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live
    from rich.spinner import Spinner

_ROWS = 8
_BAR = 30


class Board:
    """The lines of a running build; rich draws them again several times a second."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._began = time.perf_counter()
        self._running: dict[str, float] = {}
        self._live: Live | None = None
        self._spinner: Spinner

    def open(self) -> None:
        """Begin to show the lines on standard error, which must be a terminal."""
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner

        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(
            get_renderable=self._lines,
            console=Console(stderr=True),
            transient=True,
            refresh_per_second=8,
            # What goes to a file must not go through the terminal.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._live.start()

    def start(self, name: str) -> None:
        """Add a line for a target."""
        self._running[name] = time.perf_counter()

    def end(self, name: str) -> None:
        """Take the line of a target away and count it."""
        self._running.pop(name, None)
        self._done += 1

    def close(self) -> None:
        """Take all lines away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _lines(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        now = time.perf_counter()
        running = tuple(self._running.items())
        rows = Table.grid(padding=(0, 1))
        rows.add_column(width=1)
        rows.add_column(overflow="ellipsis", no_wrap=True)
        rows.add_column(justify="right", no_wrap=True)
        for name, began in running[:_ROWS]:
            rows.add_row(self._spinner, name, f"[bright_black]{now - began:.1f} s")
        if len(running) > _ROWS:
            rows.add_row("", f"[bright_black]and {len(running) - _ROWS} more", "")
        total = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=self._total, completed=self._done, width=_BAR)
        total.add_row(bar, f"{self._done}/{self._total}", f"[bright_black]{now - self._began:.1f} s")
        return Group(rows, total)


__all__ = ["Board"]
