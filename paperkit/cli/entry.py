"""The way in: a build with nothing to do ends here, before the command line and its libraries are imported."""

from __future__ import annotations

import gc
import sys
import time

from paperkit.build import receipt

_ALONE = frozenset({"-q", "--quiet", "--frozen"})  # options of build that need no more than that nothing changed


def main() -> None:
    """Run the command line and exit with its code."""
    started = time.perf_counter()
    arguments = sys.argv[1:]
    if arguments[:1] == ["build"] and _is_unchanged(arguments[1:], started):
        return
    from paperkit.cli.main import main as run

    # Imports and plans make very many objects that stay: looking through them again and again takes a tenth of a build.
    gc.set_threshold(100_000, 20, 50)
    run()


def _is_unchanged(arguments: list[str], started: float) -> bool:
    """Tell whether nothing is to do, and then say so."""
    manifest, options = "paper.toml", list(arguments)
    for name in ("-m", "--manifest"):
        if name in options[:-1]:
            place = options.index(name)
            manifest = options[place + 1]
            del options[place : place + 2]
    if not _ALONE.issuperset(options):
        return False
    found = receipt.nothing_to_do(manifest)
    if found is None:
        return False
    count, notices = found
    for notice in notices:
        print(f"{_yellow('note: ')}{notice}", file=sys.stderr)  # noqa: T201 - click is not imported here
    if not {"-q", "--quiet"}.intersection(options):
        print(f"{count} unchanged in {time.perf_counter() - started:.1f} s")  # noqa: T201
    return True


def _yellow(text: str) -> str:
    import os

    return f"\033[33m{text}\033[0m" if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else text
