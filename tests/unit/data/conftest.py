"""A project in a temporary folder, and frames made of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from paperkit.data.frame import Frame
from paperkit.data.load import Frames
from paperkit.errors import DataError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Label
from tests.unit.data.loading import Failure, Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a function that writes files and loads one frame from them; `read` is `x.csv` unless said otherwise."""

    def run(
        content: str | bytes | Mapping[str, str | bytes],
        labels: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        **spec: Any,
    ) -> Frame:
        files = content if isinstance(content, Mapping) else {spec.get("read", "x.csv"): content}
        for name, body in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body.encode() if isinstance(body, str) else body)
        known = {c: {v: Label.model_validate(label) for v, label in vs.items()} for c, vs in (labels or {}).items()}
        frames = Frames(tmp_path, {"f": FrameSpec.model_validate({"read": "x.csv", **spec})}, Labels(columns=known))
        return frames.load("f")

    return run


@pytest.fixture
def failure(load: Load) -> Failure:
    """Return a function that loads a frame which must fail, and returns its problems as they are printed."""

    def run(*args: Any, **spec: Any) -> list[str]:
        with pytest.raises(DataError) as caught:
            load(*args, **spec)
        return [str(problem) for problem in caught.value.problems]

    return run
