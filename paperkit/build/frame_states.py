"""How frames stand against the lock, without loading any: whose rows are known, and what changed of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from paperkit.build.fingerprints import Fingerprints
from paperkit.build.lock import FrameRecord
from paperkit.build.reasons import Reasons
from paperkit.errors import PaperkitError
from paperkit.manifest.load import Manifest

_NOTHING: Mapping[str, FrameRecord] = {}


class FrameStates:
    """What frames are made from now, beside what they were made from when they were last loaded."""

    def __init__(
        self, manifest: Manifest, fingerprints: Fingerprints, last: Mapping[str, FrameRecord] = _NOTHING
    ) -> None:
        self.fingerprints = fingerprints
        self._reasons = Reasons(manifest, fingerprints.memory)
        self._records: dict[str, FrameRecord | PaperkitError] = {}
        self._rows: dict[str, str] = {}
        self.last = last

    def record(self, name: str) -> FrameRecord:
        """Return what a frame is made from, without rows.

        Raises:
            PaperkitError: a file is missing or leads outside the project, or Python code cannot be read.

        """
        if name not in self._records:
            try:
                self._records[name] = self.fingerprints.frame(name, self.last.get(name))
            except PaperkitError as error:
                self._records[name] = error
        found = self._records[name]
        if isinstance(found, PaperkitError):
            raise found
        return found

    def rows(self, name: str) -> str:
        """Return the hash of a frame's rows if nothing that it is made from changed, else an empty text."""
        if name not in self._rows:
            last = self.last.get(name)
            upstream = {used: self.rows(used) for used in self.record(name).frames}
            self._rows[name] = last.rows if last is not None and self.is_as_last(name, upstream) else ""
        return self._rows[name]

    def is_as_last(self, name: str, upstream: Mapping[str, str]) -> bool:
        """Tell whether a frame is made from the same as last; `upstream` are the rows of those it is made from."""
        last = self.last.get(name)
        is_known = last is not None and bool(last.rows) and all(upstream.values())
        return is_known and replace(self.record(name), frames=upstream) == replace(last, counts={}, rows="")  # type: ignore[type-var]

    def changes(self, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield `name` and the frames behind it that are not made as last, each with the reasons in words.

        Nothing is yielded for a frame whose rows are known; for any other at least one reason is.
        """
        if self.rows(name):
            return
        record, last = self.record(name), self.last.get(name)
        known = {used: self.rows(used) for used in record.frames}
        if last is None:
            own: tuple[str, ...] = ("first build",)
        else:
            # Another target may have taken the new rows of a frame before this one.
            others = (used for used, rows in known.items() if rows and rows != last.frames.get(used))
            own = (*self._reasons.of_frame(name, record, last), *(f"[data.{used}] has other rows" for used in others))
        upstream = [found for used, rows in known.items() if not rows for found in self.changes(used)]
        if own or not upstream:
            yield name, own or (f"[data.{name}] is to be loaded again",)
        yield from upstream
