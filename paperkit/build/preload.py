"""What the server of local workers does before it forks one: draw a figure, so that none has to import anything."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from paperkit.build.make import Workshop
from paperkit.build.targets import targets
from paperkit.manifest.load import load

_PAPER = """[paper]
title = "$x_1$"
[data.points]
rows = [{ x = 1, y = 2 }, { x = 3, y = 4 }]
[figure.warm]
formats = ["pdf", "pgf"]
[[figure.warm.panel]]
data = "points"
mark = "line"
x = "x"
y = "y"
"""


def warm() -> None:
    """Make a small figure in memory, for all that is imported and read on the way."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "paper.toml")
        path.write_text(_PAPER, encoding="utf-8")
        manifest = load(path)
        Workshop(manifest).make(targets(manifest)[0])


# A server that fails to warm up still serves.
with suppress(Exception):
    warm()
# What is here stays: workers neither look for garbage in it nor copy its pages for that.
gc.collect()
gc.freeze()
