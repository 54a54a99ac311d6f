"""Notebook: the table as an object with every form it can be written in, made from a DataFrame or by a manifest."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperkit.errors import ManifestError, PaperkitError, Problem
from paperkit.manifest.findings import validate
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, Label, Scalar, TableAsset, TableSpec
from paperkit.manifest.references import label_problem
from paperkit.style.venue import Venue, load_venue
from paperkit.tables.grid import Grid
from paperkit.tables.html import to_html
from paperkit.tables.latex import to_latex
from paperkit.tables.markdown import to_markdown
from paperkit.tables.model import Table as Resolved
from paperkit.tables.plain import to_text
from paperkit.tables.problems import problems
from paperkit.tables.resolve import resolve, resolve_grid
from paperkit.tables.values import to_csv

if TYPE_CHECKING:
    from paperkit.data.notebook import DataFrame, Series, WideFrame
    from paperkit.data.styler import Styler

LabelsOf = Mapping[str, Mapping[str, str | Mapping[str, Scalar]]]
"""Labels as the manifest writes them: column → value → text, or a table of attributes."""
_SHAPE = ("rows", "columns", "cells")
_OF_MANIFESTS = {
    "data": "the frame is the argument",
    "each": "make one table for each value",
    "style": "give its keys: Table.from_frame(frame, **style)",
    "statistic": "its frame belongs to a manifest",
}
_LAYOUT = (
    "fontsize",
    "width",
    "tabcolsep",
    "arraystretch",
    "rotate",
    "fit",
    "least_size",
    "form",
    "placement",
    "stubhead",
    "caption",
    "label",
    "alt",
)
# What changes which records there are, or where they stand: such a table is laid out from its records.
_RESHAPING = ("where", "order", "transpose")


@dataclass(frozen=True, slots=True)
class Table:
    """A table in which nothing is left to decide; every form of it has the same texts, fills and emphasis.

    `model` is its grid of cells, `templates` the folder of a paper's own LaTeX templates, if any.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"small": [96.6, 84.67], "large": [98.96, 92.9]}, index=["CIFAR-10", "CIFAR-100"])
    >>> print(Table.from_frame(frame, precision=1).to_markdown())
    |           | small | large |
    | :-------- | :---: | :---: |
    | CIFAR-10  | 96.6  | 99.0  |
    | CIFAR-100 | 84.7  | 92.9  |
    <BLANKLINE>

    """

    model: Resolved
    templates: Path | None = field(default=None, repr=False)

    @classmethod
    def from_frame(
        cls,
        frame: DataFrame | Series,
        *,
        labels: LabelsOf | None = None,
        venue: str = "article",
        name: str = "table",
        **keys: Any,
    ) -> Table:
        """Return the table of a DataFrame; `keys` are those of `[table.NAME]` in a manifest.

        With `rows` and `cells` (and `columns`) the frame is tidy, as in a manifest. Without them its index levels are
        the rows and its column levels the columns, in the frame's order and with all its columns; expressions then
        call the levels by their names (`index` and `column` without one), and the cells `value`. A Series is a frame
        of one column.

        Raises:
            ManifestError: a key, a label or the venue is wrong; every problem, as of a manifest.
            DataError: the frame cannot be read, or an expression does not fit it.
            AssetError: the table cannot be made of it.

        """
        from paperkit.data.notebook import given_frame, tidy_frame, wide_frame

        with _own_words(name), _no_collection():
            found, known, frame = load_venue(venue), _labels(labels or {}), given_frame(frame)
            if not any(key in keys for key in _SHAPE):
                return cls(_in_own_words(_wide(wide_frame(frame, known), known, found, name, keys)))
            asset = _asset(name, keys, {})
            _check(asset, known, found)
            return cls(_in_own_words(resolve(asset, tidy_frame(frame, known), known, found)))

    @classmethod
    def from_styler(cls, styler: Styler, *, venue: str = "article", name: str = "table", **keys: Any) -> Table:
        """Return the table that a pandas Styler shows: its texts, colours and hidden parts.

        `keys` are those of `[table.NAME]` that do not choose or format cells, such as `width`, `form` or `label`.

        Raises:
            ManifestError: a key or the venue is wrong.
            DataError: it is no Styler.
            AssetError: a text cannot be printed by LaTeX, or nothing is left to be shown.

        """
        from paperkit.tables.styler import styled_table

        with _own_words(name), _no_collection():
            found = load_venue(venue)
            asset = _styled_asset(name, keys)
            _check(asset, Labels(), found)
            return cls(_in_own_words(styled_table(styler, asset, found)))

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Return what is suspicious about the table but legal."""
        return self.model.notices

    def to_latex(self) -> str:
        r"""Return the table as LaTeX, ready to `\input`; it needs booktabs, xcolor and colortbl."""
        from paperkit.templates import Templates

        with _no_collection():
            return to_latex(self.model, Templates(self.templates))

    def to_html(self) -> str:
        """Return the table as an HTML fragment."""
        return to_html(self.model)

    def to_markdown(self) -> str:
        """Return the table as a pipe table of GitHub."""
        return to_markdown(self.model)

    def to_text(self) -> str:
        """Return the table as monospaced text."""
        return to_text(self.model)

    def to_csv(self) -> str:
        """Return the printed values as CSV."""
        return to_csv(self.model)

    def _repr_html_(self) -> str:
        return to_html(self.model)


def _asset(name: str, keys: Mapping[str, Any], given: Mapping[str, Any]) -> TableAsset:
    """Return the asset of the keys of a call, and of those that the frame itself gives.

    Raises:
        ManifestError: a key is wrong; every problem.

    """
    found = [
        Problem(message="this key belongs to a manifest", path=(key,), hint=hint)
        for key, hint in _OF_MANIFESTS.items()
        if key in keys
    ]
    written = {key: _listed(value) for key, value in keys.items() if key not in _OF_MANIFESTS}
    spec, wrong = validate(TableSpec, {"data": "frame", **written, **given}, ())
    if spec is None or found:
        raise ManifestError(*found, *wrong)
    return Asset(kind="table", name=name, path=("table", name), each={}, spec=spec)


def _styled_asset(name: str, keys: Mapping[str, Any]) -> TableAsset:
    """Return the asset of a Styler, which takes only what does not choose or format cells.

    Raises:
        ManifestError: a key is wrong.

    """
    decided = [
        Problem(message="the Styler decides this", path=(key,), hint="style the frame itself, with Table.from_frame")
        for key in keys
        if key in TableSpec.model_fields and key not in _LAYOUT
    ]
    if decided:
        raise ManifestError(*decided)
    return _asset(name, keys, {"rows": ["row"], "cells": ["value"]})


def _listed(value: Any) -> Any:
    """Return a value as TOML would give it: lists, and plain numbers instead of those of numpy."""
    if isinstance(value, Mapping):
        return {key: _listed(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_listed(part) for part in value]
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value


def _labels(written: LabelsOf) -> Labels:
    """Return labels that are written as in a manifest.

    Raises:
        ManifestError: one is wrong; every problem.

    """
    columns: dict[str, dict[str, Label]] = {}
    wrong: list[Problem] = []
    for column, values in written.items():
        columns[column] = {}
        for value, raw in values.items():
            table = {"label": raw} if isinstance(raw, str) else _listed(raw)
            label, found = validate(Label, table, ("labels", column, str(value)))
            wrong += found
            if label is not None:
                columns[column][str(value)] = label
    if wrong:
        raise ManifestError(*wrong)
    return Labels(columns=columns)


def _check(asset: TableAsset, labels: Labels, venue: Venue) -> None:
    wrong = label_problem(asset)
    found = (*problems(asset, labels, venue), *([wrong] if wrong else []))
    if found:
        raise ManifestError(*found)


def _wide(frame: WideFrame, labels: Labels, venue: Venue, name: str, keys: Mapping[str, Any]) -> Resolved:
    from paperkit.data.notebook import VALUE

    levels = {"rows": list(frame.row_names), "columns": list(frame.column_names), "cells": VALUE}
    asset = _asset(name, {"dropna": False, **keys}, levels)
    _check(asset, labels, venue)
    spec = asset.spec
    if spec.dropna or any(getattr(spec, key) for key in _RESHAPING):
        variables = (*frame.row_names, *frame.column_names)
        order = {**dict.fromkeys(variables, "appearance"), **spec.order}
        return resolve(replace(asset, spec=spec.model_copy(update={"order": order})), frame.tidy, labels, venue)
    grid = Grid(
        row_references=frame.row_names,
        column_references=frame.column_names,
        row_keys=frame.row_keys,
        column_keys=frame.column_keys,
        values=frame.values,
        metrics=(VALUE,),
        places=frame.places,
        frame=frame,
    )
    return resolve_grid(asset, grid, labels, venue, others={})


@contextmanager
def _own_words(name: str) -> Iterator[None]:
    """Raise errors whose problems name the keys of the call, not those of a manifest."""
    try:
        yield
    except PaperkitError as error:
        raise type(error)(*(_shortened(problem, name) for problem in error.problems)) from None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Make thousands of cells without looking for garbage among them: that takes as long as making them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():
                # Both at once make what is new old, so that enabling does not begin with looking through all of it.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _in_own_words(table: Resolved) -> Resolved:
    return replace(table, notices=tuple(_shortened(notice, table.name) for notice in table.notices))


def _shortened(problem: Problem, name: str) -> Problem:
    """Return a problem whose path is that of a call: without the section and name of an entry."""
    for prefix in (("table", name), ("paper",)):
        if problem.path[: len(prefix)] == prefix:
            return replace(problem, path=problem.path[len(prefix) :])
    return problem


__all__ = ["LabelsOf", "Table"]
