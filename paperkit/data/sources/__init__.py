"""Sources: one reader per suffix; a module here with SUFFIXES, OPTIONS and `read` is a reader."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast

from paperkit.data.source_file import SourceFile
from paperkit.data.table import Rows
from paperkit.errors import Problem, did_you_mean
from paperkit.manifest.model import FrameSpec


class Reader(Protocol):
    """What a module of this package offers.

    `read` raises DataError with one problem per defect, each with a place; its columns are numbers, flags and texts.
    MELTS tells whether its files may have header rows, TRUSTS whether they may run code unless their hash is trusted.
    """

    SUFFIXES: tuple[str, ...]
    OPTIONS: tuple[str, ...]
    MELTS: bool
    TRUSTS: bool

    @staticmethod
    def option_problem(name: str, value: Any) -> str | None:
        """Return what is wrong with the value of one of OPTIONS, or None."""
        ...

    @staticmethod
    def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
        """Return the rows of all files, one file after the other."""
        ...


@cache
def readers() -> Mapping[str, Reader]:
    """Return suffix → reader for every module of this package."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [cast("Reader", importlib.import_module(f"{__name__}.{name}")) for name in names]
    return {suffix: module for module in modules for suffix in module.SUFFIXES}


def reader_of(name: str) -> Reader | None:
    """Return the reader of a file or pattern by its suffix, the longest one first; None if nothing reads it."""
    fitting = [suffix for suffix in readers() if name.lower().endswith(suffix)]
    return readers()[max(fitting, key=len)] if fitting else None


def unknown_suffix(name: str) -> Problem:
    """Return the problem of a file that no reader reads."""
    suffix = "." + name.rpartition("/")[2].partition(".")[2]
    known = sorted(readers())
    close = did_you_mean(suffix, known)
    hint = None if close else f"the suffixes are {', '.join(known)}"
    return Problem(message=f"nothing reads '{name}'{close}", hint=hint)
