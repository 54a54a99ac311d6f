"""Frame: a named tidy data frame, closed to the outside: assets ask it for rows, never for pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from paperkit.data import evaluate
from paperkit.data.clauses.where import filtered
from paperkit.data.table import Rows, Value, is_unrounded, kind, plain, under, unknown_columns, wrong_value
from paperkit.errors import DataError, ManifestPath, PaperkitError, Place, Problem
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Frame", "Value"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """`[data.NAME]` loaded: columns of equal length, every clause applied; cells are read by `rows`."""

    name: str
    data: Rows = field(repr=False)
    labels: Labels = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.data.columns

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Return what is worth knowing about how the frame came about."""
        return self.data.notices

    def __len__(self) -> int:
        return len(self.data)

    def rows(self, *columns: str) -> tuple[tuple[Value, ...], ...]:
        """Return the rows of some columns as plain scalars: None is missing, inf stays inf.

        Raises:
            DataError: there is no such column, or it holds neither numbers nor text.

        """
        problems = [*unknown_columns(columns, self.data, ())]
        problems += [
            Problem(message=_mixed(name, self.data.table[name]), hint=f'text = ["{name}"] in the frame makes them text')
            for name in columns
            if name in self.data.columns and kind(self.data.table[name]) == "other"
            if not is_unrounded(self.data.table[name])
        ]
        if problems:
            raise DataError(*(problem.under(("data", self.name)) for problem in problems))
        if not columns:
            return ((),) * len(self)
        return tuple(zip(*(plain(self.data.table[name]) for name in columns), strict=True))

    def where(
        self, expression: str, *, each: Mapping[str, Scalar] = evaluate.NO_EACH, path: ManifestPath = ()
    ) -> Frame:
        """Return the frame of the rows where `expression` holds; `path` is where the manifest says it.

        Raises:
            DataError: the expression cannot be read or evaluated.

        """
        return replace(self, data=filtered(self.data, expression, self.labels, path, each))

    def take(self, positions: Sequence[int]) -> Frame:
        """Return the frame of the rows at some positions, counted from 0, in their order."""
        return replace(self, data=self.data.holding(self.data.table.iloc[list(positions)]))

    def aggregate(
        self, expression: str, *, each: Mapping[str, Scalar] = evaluate.NO_EACH, path: ManifestPath = ()
    ) -> Value:
        """Return the one value of an expression over aggregates, such as `mean(gain)`.

        Raises:
            DataError: the expression cannot be read, or an aggregate has no values.

        """
        try:
            return evaluate.value(
                parse(expression, aggregates=True), evaluate.scope_of(self.data, self.labels, each, self.name)
            )
        except PaperkitError as error:
            raise under(error, path) from None

    def origin(self, row: int, column: str | None = None) -> Place | None:
        """Return where a row (counted from 0), or its cell in `column`, was read: file, line and field.

        A row that was computed, such as one of `group`, has no place.
        """
        return self.data.place(row, column)

    def to_pandas(self) -> pd.DataFrame:
        """Return the frame as a new pandas DataFrame, its rows numbered from 0."""
        return self.data.table.reset_index(drop=True).copy()


def _mixed(name: str, column: pd.Series[Any]) -> str:
    """Return that a column cannot be shown, and the first of the values that are to blame."""
    wrong = next(filter(None, map(wrong_value, column.dropna())), None)
    return f"column '{name}' holds {wrong or 'values of several kinds'}"
