"""`paper.lock`: what the last build was made from, one block per target, sorted, without times or absolute paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import write_if_changed

_VERSION = 1
_HEADER = "# Written by paperkit build: what every output was made from. Commit it; never edit it.\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What one target was made from and what came out; every value but the versions is a sha256.

    `manifest` is the effective configuration, `venue` the venue's facts, `inputs` the files that were read,
    `versions` the libraries that shape the output, `outputs` the files as written, `left` files that the target was
    written to before and that are still there.
    """

    manifest: str
    venue: str
    versions: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def load_lock(path: Path) -> Mapping[str, Record]:
    """Return the records that the lock at `path` keeps of the last build, by target; none when there is no lock.

    Raises:
        PaperkitError: the lock cannot be read, most often after a merge conflict.

    """
    if not path.exists():
        return {}
    try:
        return _records(tomli.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        line = getattr(error, "lineno", None)
        hint = "delete it: the next build writes it again, and no output is lost"
        place = Place(file=path.name, line=line)
        raise PaperkitError(Problem(message="the lock cannot be read", place=place, hint=hint)) from error


def _records(document: Mapping[str, Any]) -> Mapping[str, Record]:
    if document.get("version") != _VERSION:
        raise ValueError(f"expected version {_VERSION}")
    return {name: Record(**block) for name, block in document.get("target", {}).items()}


def write_lock(path: Path, records: Mapping[str, Record]) -> bool:
    """Write the lock at `path` atomically, only when it changes; return whether it did."""
    import tomli_w

    document = {
        "version": _VERSION,
        "target": {
            name: {
                "manifest": record.manifest,
                "venue": record.venue,
                "versions": dict(sorted(record.versions.items())),
                "inputs": dict(sorted(record.inputs.items())),
                "outputs": dict(sorted(record.outputs.items())),
                **({"left": dict(sorted(record.left.items()))} if record.left else {}),
            }
            for name, record in sorted(records.items())
        },
    }
    return write_if_changed(path, (_HEADER + tomli_w.dumps(document)).encode())
