"""What a clause may ask for besides its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from paperkit.data.table import Rows
from paperkit.errors import ManifestPath
from paperkit.manifest.labels import Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The frame's name and manifest path, the paper's labels, and the other frames by name."""

    name: str
    labels: Labels
    load: Callable[[str], Rows]
    root: Path

    @property
    def path(self) -> ManifestPath:
        """Return the manifest path of the frame."""
        return ("data", self.name)
