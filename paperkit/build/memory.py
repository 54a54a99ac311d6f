"""Memory: what the hashes in the lock stood for, so that a reason can say what a value was; it may be deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from paperkit.errors import ManifestPath
from paperkit.files import fingerprint, private_folder, write_if_changed


class Memory:
    """Values (JSON types) by the hash that the lock has of them."""

    def __init__(self, manifest: Path) -> None:
        self._root = manifest.parent
        self._name = f"{manifest.stem}.memory.json"
        self._known: dict[str, Any] | None = None
        self._told: dict[str, Any] = {}

    def tell(self, value: object) -> str:
        """Return the sha256 of a value, and keep the value.

        Keys stay in the manifest's order: that of labels and of derived columns is meaning.
        """
        text = json.dumps(value, default=str)
        sha = fingerprint(text.encode())
        self._told[sha] = value
        return sha

    def recall(self, sha: str) -> Any:
        """Return the value with a hash; None if it is not known any more."""
        if self._known is None:
            self._known = {}
            with suppress(OSError, ValueError):
                found = json.loads((self._root / ".paperkit" / self._name).read_bytes())
                self._known = found if isinstance(found, dict) else {}
        return self._told.get(sha, self._known.get(sha))

    def save(self, kept: Iterable[str]) -> None:
        """Write the values of some hashes; where that is not possible, later reasons say less."""
        values = {sha: value for sha in sorted(set(kept)) if (value := self.recall(sha)) is not None}
        with suppress(OSError):
            write_if_changed(private_folder(self._root) / self._name, json.dumps(values, default=str).encode())


def differences(old: Any, new: Any, path: ManifestPath = ()) -> Iterator[tuple[ManifestPath, Any, Any]]:
    """Yield the keys below `path` whose values differ, with both; None stands for a key that is not there.

    >>> list(differences({"a": 1, "b": {"c": 2}}, {"b": {"c": 3}, "d": 4}))
    [(('a',), 1, None), (('b', 'c'), 2, 3), (('d',), None, 4)]
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from differences(old.get(key), new.get(key), (*path, key))
        if old == new and list(old) != list(new):
            yield path, list(old), list(new)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and _are_tables(old + new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, (*path, index))
    elif old != new:
        yield path, old, new


def _are_tables(values: list[Any]) -> bool:
    return all(isinstance(value, Mapping) for value in values)
