"""Files in a folder, read by one reader as a frame reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from paperkit.data.patterns import find, parse
from paperkit.data.source_file import SourceFile
from paperkit.data.sources import reader_of
from paperkit.data.table import Rows
from paperkit.errors import DataError
from paperkit.files import relative
from paperkit.manifest.model import FrameSpec

Content = str | bytes | Callable[[Path], object]


def rows(root: Path, files: Mapping[str, Content] | None = None, **spec: Any) -> Rows:
    """Write files below `root`, where a function writes its file itself, and read those that `read` means."""
    for name, content in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    frame = FrameSpec.model_validate({"read": next(iter(files or {}), ""), **spec})
    kinds = parse(frame.read or "").kinds
    sources = tuple(
        SourceFile(
            path=match.path,
            name=relative(match.path, root),
            captures={name: int(text) if kinds[name] == "int" else text for name, text in match.captures.items()},
        )
        for match in find(frame.read or "", root)
    )
    reader = reader_of(sources[0].name)
    assert reader is not None
    return reader.read(sources, frame)


def problems(root: Path, files: Mapping[str, Content] | None = None, **spec: Any) -> list[str]:
    """Return the problems of files that cannot be read, as they are printed."""
    with pytest.raises(DataError) as caught:
        rows(root, files, **spec)
    return [str(problem) for problem in caught.value.problems]


def values(found: Rows) -> dict[str, list[Any]]:
    """Return column → values, None for missing ones."""
    return {name: [None if gap else value for value, gap in cells(found.table[name])] for name in found.columns}


def cells(column: pd.Series[Any]) -> list[tuple[Any, bool]]:
    """Return every value of a column, and whether it is missing."""
    return list(zip(column.tolist(), column.isna().tolist(), strict=True))


def kinds(found: Rows) -> dict[str, str]:
    """Return column → dtype; texts have another one before pandas 3."""
    text = str(pd.Series(["a"]).dtype)
    dtypes = {name: str(found.table[name].dtype) for name in found.columns}
    return {name: "text" if dtype == text != "object" else dtype for name, dtype in dtypes.items()}


def places(found: Rows, column: str | None = None) -> list[str]:
    """Return where each row, or its cell in `column`, stands."""
    return [str(found.place(position, column)) for position in range(len(found))]


def notices(found: Rows) -> list[str]:
    """Return the notices as they are printed."""
    return [str(notice) for notice in found.notices]
