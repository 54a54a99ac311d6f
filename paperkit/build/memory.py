"""Memory: the notices of the last build of every target, so that a build with nothing to do can say them again.

They stand in `.paperkit/`, which may be deleted at any time: then they are said when the target is built again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from paperkit.build.lock import Record
from paperkit.errors import Place, Problem
from paperkit.files import fingerprint, is_inside, write_if_changed
from paperkit.manifest.load import Manifest, lock_name


class Memory:
    """The notices of one manifest's targets."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._path = manifest.root / ".paperkit" / f"{Path(lock_name(manifest.file)).stem}.notices.json"

    def of(self, name: str, record: Record | None) -> tuple[Problem, ...]:
        """Return what the last build said of a target; nothing if that was made from something else."""
        kept = self._kept.get(name)
        if record is None or not isinstance(kept, dict) or kept.get("made_from") != _made_from(record):
            return ()
        with suppress(LookupError, TypeError):  # a file that anybody may write
            return tuple(self._manifest.placed(_problem(entry)) for entry in kept["notices"])
        return ()

    def keep(self, built: Iterable[tuple[str, Record, tuple[Problem, ...]]], known: Iterable[str]) -> None:
        """Write the notices of what was built over those of before; targets that are not `known` are forgotten."""
        names = set(known)
        kept = {name: entry for name, entry in self._kept.items() if name in names}
        for name, record, notices in built:
            kept.pop(name, None)
            if notices:
                kept[name] = {"made_from": _made_from(record), "notices": [self._entry(notice) for notice in notices]}
        if kept == self._kept or not is_inside(self._path, self._manifest.root):
            return
        with suppress(OSError):  # nothing that a build makes depends on it
            write_if_changed(self._path, json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True).encode())

    @cached_property
    def _kept(self) -> Mapping[str, Any]:
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(self._path.read_bytes())
            return found if isinstance(found, dict) else {}
        return {}

    def _entry(self, notice: Problem) -> dict[str, Any]:
        # The lines of the manifest move with every edit of it; its keys find their places again.
        place = None if notice.place is None or notice.place.file == self._manifest.file else notice.place
        where = None if place is None else [place.file, place.line, place.column]
        return {"message": notice.message, "path": list(notice.path), "place": where, "hint": notice.hint}


def _problem(entry: Mapping[str, Any]) -> Problem:
    place, hint = entry["place"], entry["hint"]
    where = None if place is None else Place(file=str(place[0]), line=place[1], column=place[2])
    path = tuple(part if isinstance(part, int) else str(part) for part in entry["path"])
    return Problem(message=str(entry["message"]), path=path, place=where, hint=None if hint is None else str(hint))


def _made_from(record: Record) -> str:
    values = (record.manifest, record.venue, sorted(record.versions.items()), sorted(record.inputs.items()))
    return fingerprint(json.dumps(values).encode())
