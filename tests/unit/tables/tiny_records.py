"""A stand-in for a frame, and short ways to resolve a table of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paperkit.errors import ManifestPath, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, Label, Scalar, TableAsset, TableSpec
from paperkit.style.venue import load_venue
from paperkit.tables import Table, resolve


class Records:
    """Rows of plain values; `where` knows the expressions it is given as Python functions."""

    def __init__(
        self,
        columns: str,
        *rows: tuple[Any, ...],
        where: Mapping[str, Callable[[dict[str, Any]], bool]] | None = None,
    ) -> None:
        self.columns = tuple(columns.split())
        self._rows = rows
        self._where = dict(where or {})
        self.notices: tuple[Problem, ...] = ()
        self.asked: list[tuple[str, Mapping[str, Scalar], ManifestPath]] = []

    def rows(self, *columns: str) -> tuple[tuple[Any, ...], ...]:
        places = [self.columns.index(column) for column in columns]
        return tuple(tuple(row[place] for place in places) for row in self._rows)

    def origin(self, row: int, column: str | None = None) -> Place:
        return Place(
            file="data/runs.csv", line=row + 2, column=None if column is None else self.columns.index(column) + 1
        )

    def where(self, expression: str, *, each: Mapping[str, Scalar], path: ManifestPath) -> Records:
        self.asked.append((expression, each, path))
        keep = self._where[expression]
        rows = [row for row in self._rows if keep(dict(zip(self.columns, row, strict=True)))]
        return Records(" ".join(self.columns), *rows)


def table_asset(each: Mapping[str, Scalar] | None = None, **keys: Any) -> TableAsset:
    spec = TableSpec.model_validate({"data": "runs", "rows": "task", "cells": "score"} | keys)
    return Asset(kind="table", name="main", path=("table", "main"), each=each or {}, spec=spec)


def make_labels(**columns: Mapping[str, Mapping[str, Scalar]]) -> Labels:
    return Labels(
        columns={
            column: {value: Label.model_validate(label) for value, label in values.items()}
            for column, values in columns.items()
        }
    )


def resolved(records: Records, labels: Labels | None = None, venue: str = "article", **keys: Any) -> Table:
    return resolve(table_asset(**keys), records, labels or Labels(), load_venue(venue))


def texts(table: Table) -> list[list[str]]:
    return [[row.plain, *(cell.text for cell in row.cells)] for row in table.body]


def head_texts(table: Table) -> list[list[tuple[str, int]]]:
    return [[(label.plain, label.span) for label in level] for level in table.heads]
