"""Check the `[data.*]` entries of a manifest without loading any data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from paperkit.data import dependencies, patterns, python_step
from paperkit.data.check_clauses import clause_problems
from paperkit.data.sources import Reader, reader_of, unknown_suffix
from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

_TRUST = re.compile(r"sha256:[0-9a-f]{64}")
_ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "from": "this frame starts from another",
        "rows": "this frame has its rows here",
        "sql": "this frame is made by SQL",
        "python": "this frame is made by Python",
    }
)
_SUFFIX = re.compile(r"\.[^./{}*]+$")


def problems(specs: Mapping[str, FrameSpec], root: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with the frames, each problem with its whole manifest path.

    A file that is not there is no fault of the manifest: it fails what is made from it, when that is made.
    """
    found: list[Problem] = []
    for name, spec in specs.items():
        path = ("data", name)
        found += _source(name, spec, specs, root)
        found += (problem.under(path) for problem in _shape(spec))
        found += (problem.under(path) for problem in clause_problems(spec, specs))
        found += _circles(name, specs, root)
    return tuple(dict.fromkeys(found))


def _source(name: str, spec: FrameSpec, specs: Mapping[str, FrameSpec], root: Path) -> Iterator[Problem]:
    path: ManifestPath = ("data", name)
    given = _given(spec)
    if given == ["read", "from"]:
        yield Problem(message="a frame has either read or from, not both", path=path)
    elif len(given) > 1:
        message = f"a frame has one source, not {', '.join(given[:-1])} and {given[-1]}"
        yield Problem(message=message, path=path)
    elif not given and "rows" in spec.model_fields_set:
        hint = 'give it rows: rows = [{ model = "ViT", accuracy = 0.9 }], or take them from a file: read = "…"'
        yield Problem(message="rows is empty", path=(*path, "rows"), hint=hint)
    elif not given:
        yield Problem(message="the frame has no source", path=path, hint='read = "data/runs.csv", or from = "…"')
    elif spec.from_ is not None and spec.from_ not in specs:
        message = f"there is no [data.{spec.from_}]{did_you_mean(spec.from_, specs)}"
        yield Problem(message=message, path=(*path, "from"))
    elif spec.read is not None:
        yield from (problem.under(path) for problem in _read(spec, spec.read, root))
    if given and "read" not in given:
        for key in ("options", "header", "index", "values", "trust", "path"):
            if getattr(spec, key):
                yield Problem(message=f"{key} belongs to read; {_ELSEWHERE[given[0]]}", path=(*path, key))
    yield from python_step.static_problems(spec, name, specs, root)


def _given(spec: FrameSpec) -> list[str]:
    """Return the keys that say where a frame comes from; the `sql` of a database belongs to its `read`."""
    values = {"read": spec.read, "from": spec.from_, "rows": spec.rows, "sql": spec.sql, "python": spec.python}
    given = [key for key, value in values.items() if value not in (None, ())]
    reader = reader_of(spec.read) if spec.read is not None else None
    return [key for key in given if key != "sql"] if getattr(reader, "QUERIES", False) else given


def _circles(name: str, specs: Mapping[str, FrameSpec], root: Path) -> Iterator[Problem]:
    try:
        dependencies.all_frames((name,), specs, root)
    except PaperkitError as error:
        # A frame that does not exist is the problem of the frame that names it, found there.
        yield from (problem for problem in error.problems if "is made from itself" in problem.message)


def _read(spec: FrameSpec, pattern: str, root: Path) -> Iterator[Problem]:
    try:
        captures = patterns.parse(pattern).kinds
        names = [match.path.name for match in patterns.find(pattern, root)]
    except patterns.NoFileError:
        names = [pattern]
        if not _SUFFIX.search(pattern):  # what kind of file is meant shows when one is there
            return
    except PaperkitError as error:
        yield from (problem.under(("read",)) for problem in error.problems)
        return
    for name in (spec.index, spec.values):
        if spec.header and name in captures:
            yield Problem(message=f"'{name}' is captured from the file's name too", path=("read",))
    unread = sorted(name for name in names if reader_of(name) is None)
    if unread:
        yield unknown_suffix(pattern if reader_of(pattern) is None else unread[0]).under(("read",))
        return
    reader = reader_of(names[0])
    if reader is None or len({id(reader_of(name)) for name in names}) > 1:
        yield Problem(message=f"'{pattern}' means files of several kinds", path=("read",), hint="name one suffix")
        return
    yield from _options(spec, reader)
    if spec.header and not reader.MELTS:
        yield Problem(message="this kind of file has no header rows to melt", path=("header",))
    yield from _trust(spec, len(names), trusts=reader.TRUSTS)


def _options(spec: FrameSpec, reader: Reader) -> Iterator[Problem]:
    for name, value in spec.options.items():
        if name not in reader.OPTIONS:
            close = did_you_mean(name, reader.OPTIONS)
            hint = f"the options are {', '.join(reader.OPTIONS)}" if reader.OPTIONS else "this kind of file has none"
            yield Problem(
                message=f"unknown option '{name}'{close}", path=("options", name), hint=None if close else hint
            )
        elif wrong := reader.option_problem(name, value):
            yield Problem(message=wrong, path=("options", name))


def _trust(spec: FrameSpec, files: int, *, trusts: bool) -> Iterator[Problem]:
    if spec.trust is None:
        return
    if not trusts:
        yield Problem(message="this kind of file runs no code and needs no trust", path=("trust",), hint="remove it")
    elif not _TRUST.fullmatch(spec.trust):
        hint = "it is the word sha256, a colon and 64 hexadecimal digits"
        yield Problem(message=f"'{spec.trust}' is no hash", path=("trust",), hint=hint)
    elif files > 1:
        yield Problem(
            message=f"one hash cannot vouch for {files} files", path=("trust",), hint="read one file per frame"
        )


def _shape(spec: FrameSpec) -> Iterator[Problem]:
    if spec.header:
        for key in ("index", "values"):
            if getattr(spec, key) is None:
                hints = {
                    "index": 'index = "dataset" names the first column',
                    "values": 'values = "accuracy" names the cells',
                }
                yield Problem(message=f"header needs {key} beside it", path=("header",), hint=hints[key])
        names = [*spec.header, *(name for name in (spec.index, spec.values) if name is not None)]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield Problem(message=f"header, index and values name '{name}' twice", path=("header",))
    elif spec.values is not None:
        hint = 'header = ["model"] names the header row of a wide file'
        yield Problem(message="values needs header beside it", path=("values",), hint=hint)
