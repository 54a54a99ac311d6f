"""Store: the address of a run store of MLflow or TensorBoard, and the table that is made of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from paperkit.errors import DataError, Place, Problem, did_you_mean

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """A run store on this machine: where it is, the name it is called by in messages, and what is wanted of it."""

    path: Path
    name: str
    options: Mapping[str, tuple[str, ...]]

    def one(self, option: str, default: str, choices: Iterable[str]) -> str:
        """Return the value of an option that has one of few.

        Raises:
            DataError: it is given twice, or is none of `choices`.

        """
        given = self.options.get(option, (default,))
        if len(given) != 1 or given[0] not in choices:
            known = " or ".join(choices)
            raise DataError(Problem(message=f"{option} is {known}, not '{' and '.join(given)}'"))
        return given[0]

    def wants(self, option: str, name: str) -> bool:
        """Tell whether `name` is one that an option asks for, where `*` is any text; without the option all are."""
        patterns = self.options.get(option, ("*",))
        return any(re.fullmatch(".*".join(map(re.escape, one.split("*"))), name, re.DOTALL) for one in patterns)

    def place(self, path: Path, line: int | None = None, column: int | None = None) -> Place:
        """Return the place of a file of the store, called as the manifest calls the store."""
        inner = path.relative_to(self.path).as_posix()
        return Place(file=self.name if inner == "." else f"{self.name}/{inner}", line=line, column=column)


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What a store holds, as a table, and what is worth knowing about it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notices: tuple[Problem, ...] = ()

    def csv(self) -> bytes:
        """Return the table as CSV in UTF-8: numbers to the last digit, missing values empty."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue().encode("utf-8", "backslashreplace")


def parsed(url: str, root: Path, options: Iterable[str]) -> Store:
    """Take apart `SCHEME:PATH?OPTION=VALUE&…`; the path is relative to `root`.

    Raises:
        DataError: there is nothing at that path, or an option is not known.

    """
    path, _, query = url.partition(":")[2].partition("?")
    name = unquote(path).rstrip("/") or path
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, query.split("&")):
        option, _, value = (unquote(word) for word in part.partition("="))
        if option not in options:
            hint = f"the options are {', '.join(options)}"
            raise DataError(Problem(message=f"unknown option '{option}'{did_you_mean(option, options)}", hint=hint))
        found[option] = (*found.get(option, ()), value)
    if name.startswith("//"):
        hint = f"name its folder or file: {url.partition(':')[0]}:../{name.rpartition('/')[2]}"
        raise DataError(Problem(message=f"'{url}' is no run store on this machine", hint=hint))
    if not name or not (root / name).exists():
        hint = "the path is relative to the manifest's folder"
        raise DataError(Problem(message=f"there is no run store '{name}'", hint=hint))
    return Store(path=root / name, name=name, options=found)
