"""A real `paperkit build --watch` in a process of its own, and what it says as it says it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[3]
# A loaded machine is slow, not wrong.
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A process that watches, and its lines so far unread."""

    process: subprocess.Popen[str]
    lines: queue.Queue[str]

    def turn(self) -> dict[str, Any]:
        """Return the next turn, whenever it comes."""
        document: dict[str, Any] = json.loads(self.lines.get(timeout=PATIENCE))
        return document

    def until(self, **results: str) -> list[dict[str, Any]]:
        """Return the turns up to the one in which some targets have these results."""
        turns: list[dict[str, Any]] = []
        while not turns or {**results_of(turns[-1]), **named(results)} != results_of(turns[-1]):
            turns.append(self.turn())
        return turns

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def named(results: Mapping[str, str]) -> dict[str, str]:
    """Return results by the ids of targets: `table_main` is `table.main`."""
    return {name.replace("_", "."): result for name, result in results.items()}


def results_of(turn: Mapping[str, Any]) -> dict[str, str]:
    """Return the results of a turn by target."""
    return {outcome["id"]: outcome["result"] for outcome in turn.get("outcomes", ())}


@contextmanager
def watching(root: Path, *options: str) -> Iterator[Watched]:
    """Watch the paper in `root` while the block runs."""
    command = [sys.executable, "-m", "paperkit", "build", "--watch", *options]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:

        def read() -> None:
            for line in process.stdout or ():
                lines.put(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield Watched(process=process, lines=lines)
        finally:
            process.kill()
            reader.join(PATIENCE)
