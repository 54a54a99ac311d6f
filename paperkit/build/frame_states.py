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
        """Yield `name` and the frames behind it that are not made as last, each with the reasons in words."""
        if self.rows(name):
            return
        record, last = self.record(name), self.last.get(name)
        own = ("first build",) if last is None else self._reasons.of_frame(name, record, last)
        if own:
            yield name, own
        for used in record.frames:
            yield from self.changes(used)
