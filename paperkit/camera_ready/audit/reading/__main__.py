"""`python -m paperkit.camera_ready.audit.reading FILE.pdf`: print what a PDF says as JSON, a line for each part.

The first line is the `Document`, then comes a line for each `Page`; whoever reads them has what was read even when the
file brings this process down. A file that cannot be opened gives one line with `error`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from paperkit.camera_ready.audit.reading.limits import MOST_MEMORY


def main(path: Path) -> None:
    """Print what the PDF at `path` says."""
    _limit()
    import pikepdf

    from paperkit.camera_ready.audit.reading.pages import read_pages

    try:
        with pikepdf.open(path, suppress_warnings=True, attempt_recovery=True) as pdf:
            for record in read_pages(pdf, path.stat().st_size):
                _print(record, path)
    except pikepdf.PasswordError:
        _print({"error": "password"}, path)
    except (pikepdf.PdfError, OSError, MemoryError) as error:
        _print({"error": str(error)[:400] or type(error).__name__}, path)


def _print(record: Any, path: Path) -> None:
    """Print a record as one line; qpdf begins its messages with the file's path, which is nobody's business."""
    from dataclasses import asdict

    line = json.dumps(record if isinstance(record, dict) else asdict(record))
    for end in (": ", ", ", " "):
        line = line.replace(json.dumps(f"{path}{end}")[1:-1], "")
    # A process that runs out of memory must not leave half a line behind.
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _limit() -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has none.
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):  # A lower limit is in force, or the system (macOS) has no such one.
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
