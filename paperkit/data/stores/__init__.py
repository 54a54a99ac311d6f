"""Stores: one module per kind of run store, found by the scheme of its address; each has OPTIONS and `read`."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast

from paperkit.data.store import Export, Store, parsed


class Reader(Protocol):
    """What a module of this package offers: the options of its addresses, and the table of a store.

    `read` raises DataError with one problem per defect.
    """

    OPTIONS: tuple[str, ...]

    @staticmethod
    def read(store: Store) -> Export:
        """Return what the store holds."""
        ...


def is_store(url: str) -> bool:
    """Tell whether an address is one of a run store.

    >>> is_store("mlflow:../mlruns"), is_store("https://host.org/runs.csv")
    (True, False)
    """
    scheme, colon, _ = url.partition(":")
    return bool(colon) and scheme in {module.name for module in pkgutil.iter_modules(__path__)}


def export(url: str, root: Path) -> Export:
    """Return what the run store at an address holds.

    Raises:
        DataError: there is no such store, it is damaged, or the library that reads it is not installed.

    """
    reader = cast("Reader", importlib.import_module(f"{__name__}.{url.partition(':')[0]}"))
    return reader.read(parsed(url, root, reader.OPTIONS))
