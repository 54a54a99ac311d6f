"""Disguises: files that hold something else than their names say, told by their first bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paperkit.data.source_file import SourceFile
from paperkit.errors import Place, Problem

_JSON = (".json", ".jsonl", ".ndjson")
_TEXTS = (".csv", ".tsv", *_JSON)
_LONGEST = 64
_POINTER = b"version https://git-lfs.github.com/spec/"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PACKED = (
    (b"\x1f\x8b", "the file is packed by gzip", "let its name end in .gz"),
    (b"PK\x03\x04", "the file is a ZIP archive or an Excel workbook", "unpack it, or let its name end in .xlsx"),
    (b"PAR1", "the file is a Parquet file", "let its name end in .parquet"),
    (b"SQLite format 3\0", "the file is a SQLite database", "let its name end in .sqlite"),
)
# What files of these names begin with.
_OWN = (
    ((".xlsx", ".xlsm"), b"PK", "the file is no Excel workbook", "save it as .xlsx, without a password"),
    ((".parquet", ".pq"), b"PAR1", "the file is no Parquet file", "let its name end in what it is, such as .csv"),
)


def problems(files: Iterable[SourceFile], options: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each file that is surely not what its name says; `options` are those of its reader."""
    found: list[Problem] = []
    for source in files:
        with source.path.open("rb") as file:
            start = file.read(_LONGEST)
        said = _said(source.name.lower(), start, options)
        if said is not None:
            message, hint = said
            found.append(Problem(message=message, place=Place(file=source.name), hint=hint))
    return found


def _said(name: str, start: bytes, options: Mapping[str, Any]) -> tuple[str, str] | None:
    if start.startswith(_POINTER):
        return "the file is a pointer of Git LFS, what it stands for is not here", "git lfs pull"
    if start.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "the file is a web page", "download the file itself, not the page that shows it"
    for suffixes, magic, message, hint in _OWN:
        if name.endswith(suffixes) and start and not start.startswith(magic):
            return message, hint
    if not name.endswith(_TEXTS):
        return None
    if start.startswith(_UTF_16) and "encoding" not in options:
        return "the file is UTF-16", "save it as UTF-8" if name.endswith(_JSON) else 'options = { encoding = "utf-16" }'
    return next(((message, hint) for magic, message, hint in _PACKED if start.startswith(magic)), None)
