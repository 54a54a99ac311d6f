"""Reasons: why something is made again, in the author's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from paperkit.build.lock import FrameRecord, Record
from paperkit.build.memory import Memory, differences
from paperkit.build.targets import Target
from paperkit.errors import ManifestPath, dotted
from paperkit.manifest.load import Manifest
from paperkit.manifest.reads import EVERY

_MOST_KEYS = 3
_LONGEST = 40


class Reasons:
    """Compares records of now with those of the last build."""

    def __init__(self, manifest: Manifest, memory: Memory) -> None:
        self._manifest = manifest
        self._memory = memory

    def of_target(self, target: Target, record: Record, last: Record) -> tuple[str, ...]:
        """Return what a target is made from that was otherwise at the last build, its frames left out."""
        found = [*_files(record.inputs, last.inputs)]
        if record.manifest != last.manifest:
            entry = target.asset.path if target.kind in ("table", "figure") else (target.kind,)
            found += self._keys(last.manifest, record.manifest, entry, lambda path: self._asset_path(target, path))
        found += self._labels(record.labels, last.labels)
        if record.venue != last.venue:
            found += self._venue(last.venue, record.venue)
        return (*found, *_versions(record.versions, last.versions))

    def of_frame(self, name: str, record: FrameRecord, last: FrameRecord) -> tuple[str, ...]:
        """Return what a frame is made from that was otherwise when it was last loaded, other frames left out."""
        found = [*_files(record.inputs, last.inputs)]
        if record.manifest != last.manifest:
            entry: ManifestPath = ("data", name)
            found += self._keys(last.manifest, record.manifest, entry, lambda path: (*entry, *path))
        found += self._labels(record.labels, last.labels)
        return (*found, *_versions(record.versions, last.versions))

    def _asset_path(self, target: Target, path: ManifestPath) -> ManifestPath:
        """Return the manifest's path of a key in the entry of a target: `assets`, name, `spec`, and the keys."""
        match path:
            case ("assets" | "figures", str() as name, "spec" | "each" as part, *rest):
                known = target.assets if path[0] == "assets" else self._manifest.figures
                found = next((asset.path for asset in known if asset.name == name), ())
                return (*found, *(("each",) if part == "each" else ()), *rest) if found else ()
            case ("assets", str() as name) if target.kind == "macros":
                return ("macros", name)
            case ("needs", "venue"):
                return ("paper", "venue")
        return ()

    def _keys(
        self, old: str, new: str, entry: ManifestPath, path_of: Callable[[ManifestPath], ManifestPath]
    ) -> Iterator[str]:
        """Yield what changed between two entries, given by their hashes; what has no key of its own is the entry's."""
        before, after = self._memory.recall(old), self._memory.recall(new)
        changed = [] if before is None or after is None else list(differences(before, after))
        said = [(path, was, now) for key, was, now in changed if (path := path_of(key))]
        if not said:
            yield f"{self._manifest.place(entry)}: its entry changed"
            return
        for path, was, now in said[:_MOST_KEYS]:
            yield self._key(path, path[: 1 if path[0] == "macros" else 2], was, now)
        if len(said) > _MOST_KEYS:
            yield f"{len(said) - _MOST_KEYS} more keys of [{dotted(entry)}]"

    def _key(self, path: ManifestPath, entry: ManifestPath, was: Any, now: Any) -> str:
        name = dotted(path[len(entry) :]) or dotted(path)
        return f"{self._manifest.place(path)}: {name} {_change(was, now)}"

    def _labels(self, now: Mapping[str, str], last: Mapping[str, str]) -> Iterator[str]:
        for column in sorted({*now, *last} - {EVERY}):
            if now.get(column) != last.get(column):
                entry: ManifestPath = ("labels", column)
                before, after = self._memory.recall(last.get(column, "")), self._memory.recall(now.get(column, ""))
                changed = [] if before is None or after is None else list(differences(before, after, entry))
                if 0 < len(changed) <= _MOST_KEYS:
                    yield from (self._key(path, ("labels",), was, new) for path, was, new in changed)
                else:
                    yield f"{self._manifest.place(entry)}: [{dotted(entry)}] changed"
        if now.get(EVERY) != last.get(EVERY):
            yield "other columns have labels"

    def _venue(self, old: str, new: str) -> Iterator[str]:
        before, after = self._memory.recall(old), self._memory.recall(new)
        page = self._manifest.page
        where = f"the venue or {page}" if page else "the venue"
        if before is None or after is None:
            yield f"{where} changed"
            return
        changed = list(differences(before, after))
        if ("name",) in [path for path, _, _ in changed] or len(changed) > _MOST_KEYS:
            yield f"{where} changed"
        else:
            yield from (f"{where}: {dotted(path)} {_change(was, now)}" for path, was, now in changed)


def counted(
    reasons: tuple[str, ...],
    causes: Mapping[str, tuple[str, ...]],
    last: Mapping[str, FrameRecord],
    now: Mapping[str, FrameRecord],
) -> tuple[str, ...]:
    """Return reasons with how the number of rows changed, behind the first reason of each frame where it did.

    `causes` are the reasons of each frame, `last` and `now` the records of frames before and after they were loaded.
    """
    said = {
        found[0]: rows for frame, found in causes.items() if found and (rows := _rows(last.get(frame), now.get(frame)))
    }
    return tuple(f"{reason} ({said[reason]})" if reason in said else reason for reason in reasons)


def _rows(last: FrameRecord | None, now: FrameRecord | None) -> str:
    if last is None or now is None or not last.counts or not now.counts:
        return ""
    before, (clause, after) = list(last.counts.values())[-1], list(now.counts.items())[-1]
    if before == after:
        return ""
    return f"{before} → {after} rows" + (f" after {clause}" if len(now.counts) > 1 else "")


def _files(now: Mapping[str, str], last: Mapping[str, str]) -> Iterator[str]:
    for path in sorted({*now, *last}):
        before, after = last.get(path), now.get(path)
        if before != after:
            yield f"{path} {'is new' if before is None else 'is gone' if after is None else 'changed'}"


def _versions(now: Mapping[str, str], last: Mapping[str, str]) -> Iterator[str]:
    for library, version in now.items():
        if last.get(library) != version:
            yield f"{library} {last.get(library, 'none')} → {version}"


def _change(was: Any, now: Any) -> str:
    if was is None:
        return f"= {_shown(now)} is new"
    return f"= {_shown(was)} is gone" if now is None else f"{_shown(was)} → {_shown(now)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
