"""The rows of frames as hashes: from the lock where nothing behind a frame changed, else from the loaded frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import FrameRecord
from paperkit.data.load import Frames


class FrameRows:
    """Loads frames only where their rows cannot be known otherwise.

    A frame whose sources changed but whose rows did not stops there: what is made from it is made from the same.
    """

    def __init__(self, states: FrameStates, frames: Frames) -> None:
        self._states = states
        self._frames = frames
        self._records: dict[str, FrameRecord] = {}

    def rows(self, name: str) -> str:
        """Return the hash of the rows of a frame.

        Raises:
            PaperkitError: a source or a clause failed.

        """
        return self.record(name).rows

    def record(self, name: str) -> FrameRecord:
        """Return what a frame is made from and the hash of its rows.

        Raises:
            PaperkitError: a source or a clause failed.

        """
        if name not in self._records:
            self._records[name] = self._record(name)
        return self._records[name]

    def behind(self, names: Iterable[str]) -> Mapping[str, FrameRecord]:
        """Return the records of some frames and of all that they are made from."""
        found: dict[str, FrameRecord] = {}
        for name in names:
            if name not in found:
                found[name] = self.record(name)
                found |= self.behind(found[name].frames)
        return found

    def _record(self, name: str) -> FrameRecord:
        states, last = self._states, self._states.last.get(name)
        upstream = {used: self.rows(used) for used in states.record(name).frames}
        if last is not None and states.is_as_last(name, upstream):
            return last
        trace = self._frames.traced(name)
        return replace(
            states.record(name),
            labels=states.fingerprints.labels(trace.reads.labels),
            frames=upstream,
            counts=trace.counts,
            rows=trace.rows,
        )
