"""Types of the fixtures that load frames."""

from __future__ import annotations

from collections.abc import Callable

from paperkit.data.frame import Frame

Load = Callable[..., Frame]
Failure = Callable[..., list[str]]
