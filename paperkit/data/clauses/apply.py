"""Clauses: what `[data.NAME]` does to its rows, in one fixed order.

read, from, rows, sql or python → header, index, values → drop → select → rename → numeric, text → fill → where →
join → baseline → derive → group, stat → test → correlate → pivot → melt → transpose → concat → sort → dedupe →
limit → check.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Protocol, cast

from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows
from paperkit.manifest.model import FrameSpec


class Clause(Protocol):
    """What a module of this package offers."""

    @staticmethod
    def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
        """Return the rows after the clause."""
        ...


# Clause → its module and the keys that ask for it.
ORDER: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "drop": ("drop", ("drop",)),
        "select": ("select", ("select",)),
        "rename": ("rename", ("rename",)),
        "numeric": ("numeric", ("numeric", "text")),
        "fill": ("fill", ("fill",)),
        "where": ("where", ("where",)),
        "join": ("join", ("join",)),
        "baseline": ("baseline", ("baseline",)),
        "derive": ("derive", ("derive",)),
        "group": ("group", ("group", "stat")),
        "test": ("test", ("test",)),
        "correlate": ("correlate", ("correlate",)),
        "pivot": ("pivot", ("pivot",)),
        "melt": ("melt", ("melt",)),
        "transpose": ("transpose", ("transpose",)),
        "concat": ("concat", ("concat",)),
        "sort": ("sort", ("sort",)),
        "dedupe": ("dedupe", ("dedupe",)),
        "limit": ("limit", ("limit",)),
        "check": ("checks", ("check",)),
    }
)


def steps(rows: Rows, spec: FrameSpec, context: Context) -> Iterator[tuple[str, Rows]]:
    """Yield the name of every clause that `spec` uses, and the rows after it, in the fixed order.

    Raises:
        DataError: a clause names an unknown column, meets a bad cell, or a check does not hold.

    """
    for name, (module, keys) in ORDER.items():
        if any(getattr(spec, key) not in (None, (), {}) for key in keys):
            clause = cast("Clause", importlib.import_module(f"paperkit.data.clauses.{module}"))
            rows = clause.apply(rows, spec, context)
            yield name, rows
