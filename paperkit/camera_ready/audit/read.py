"""Read a PDF in a process of its own, which a hostile file may exhaust, hang or crash without harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from paperkit.camera_ready.audit.facts import Document, Page
from paperkit.errors import PaperkitError, Problem

TIMEOUT = 180.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What of a PDF could be read, and why it is not all."""

    size: int
    document: Document | None
    pages: tuple[Page, ...]
    trouble: str | None
    needs_password: bool = False


def read_pdf(pdf: Path, *, timeout: float = TIMEOUT) -> Reading:
    """Return what a PDF says; whatever is wrong with the file is said in `trouble`.

    Raises:
        PaperkitError: pikepdf is not installed.
        OSError: the file cannot be opened.

    """
    if find_spec("pikepdf") is None:
        hint = "pip install 'paperkit-assets[camera-ready]'"
        raise PaperkitError(Problem(message="reading a PDF needs pikepdf, which is not installed", hint=hint))
    with pdf.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
    # -P: a paper's folder may hold a pikepdf.py of its own.
    command = [sys.executable, "-P", "-m", "paperkit.camera_ready.audit.reading", str(pdf.resolve())]
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join((root, *filter(None, [os.environ.get("PYTHONPATH")])))
    with tempfile.TemporaryFile() as output:
        trouble = _run(command, {**os.environ, "PYTHONPATH": path}, output, timeout)
        output.seek(0)
        records = [_record(line) for line in output if line.endswith(b"\n")]
    document = next((record for record in records if isinstance(record, Document)), None)
    pages = tuple(record for record in records if isinstance(record, Page))
    said = next((str(record["error"]) for record in records if isinstance(record, dict)), None)
    if document is not None and trouble is None and len(pages) < document.pages:
        trouble = f"only {len(pages)} of {document.pages} pages were read"
    return Reading(
        size=size,
        document=document,
        pages=pages,
        trouble=said or trouble,
        needs_password=said == "password",
    )


def _run(command: list[str], environment: dict[str, str], output: Any, timeout: float) -> str | None:
    """Run the reader; return why it did not end well."""
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell; the program is this Python
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"reading it did not end within {timeout:g} seconds"
    return None if done.returncode == 0 else "reading it brought the reader down"


def _record(line: bytes) -> Document | Page | dict[str, Any]:
    given: dict[str, Any] = json.loads(line)
    if "error" in given:
        return given
    document, page = _adapters()
    record: Document | Page = (page if "blocks" in given else document).validate_python(given)
    return record


@cache
def _adapters() -> tuple[Any, Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(Document), TypeAdapter(Page)


@contextmanager
def temporary(data: bytes) -> Iterator[Path]:
    """Yield a file with the data, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="paperkit-") as folder:
        path = Path(folder, "paper.pdf")
        path.write_bytes(data)
        yield path
