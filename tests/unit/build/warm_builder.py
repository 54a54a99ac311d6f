"""A process that has everything imported and forks a child for each build that is to be killed, or to run to its end.

Started with a project's folder; reads a line of JSON for each build, answers with one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

WRITING = ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate", "os.link")


def build(selectors: list[str]) -> int:
    """Build the project here and return an exit code."""
    from paperkit.cli.main import run

    return run(["build", "--quiet", *selectors])


def kill_at(number: int) -> None:
    """Let this process be killed right before it changes the file system for the `number`-th time."""
    seen = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in WRITING or (event == "open" and len(arguments) > 2 and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def child(order: dict[str, Any]) -> int:
    """Fork a build and return its process."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        if "event" in order:
            kill_at(order["event"])
        code = build(order.get("selectors", []))
    finally:
        os._exit(code)


def answer(**said: Any) -> None:
    """Say something to the test."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main(folder: str) -> None:
    """Answer orders until there are no more."""
    os.chdir(folder)
    build([])  # imports everything
    answer(ready=True)
    for line in sys.stdin:
        order = json.loads(line)
        started = time.perf_counter()
        process = child(order)
        if "after" in order:
            time.sleep(order["after"])
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        seconds = time.perf_counter() - started
        answer(code=os.waitstatus_to_exitcode(status), seconds=seconds)


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
