"""Small figures for tests: a frame made of dictionaries, and an asset made of manifest keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from paperkit import figures
from paperkit.data.frame import Frame
from paperkit.errors import ManifestPath
from paperkit.figures import Figure
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, FigureAsset, FigureSpec, Label, Scalar
from paperkit.style.venue import Venue

PATH: ManifestPath = ("figure", "demo")


@dataclass(frozen=True, kw_only=True)
class Records:
    """Rows as dictionaries, behind the methods of a frame; `where` is Python."""

    records: tuple[Mapping[str, Any], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.records[0])

    def rows(self, *columns: str) -> tuple[tuple[Any, ...], ...]:
        return tuple(tuple(record[column] for column in columns) for record in self.records)

    def where(self, expression: str, *, each: Mapping[str, Scalar], path: ManifestPath) -> Records:
        del each, path
        return Records(records=tuple(record for record in self.records if eval(expression, {}, dict(record))))

    def take(self, positions: Sequence[int]) -> Records:
        return Records(records=tuple(self.records[position] for position in positions))


def frame(records: Sequence[Mapping[str, Any]]) -> Frame:
    return cast(Frame, Records(records=tuple(records)))


def labels(**columns: Mapping[str, str | Mapping[str, Any]]) -> Labels:
    return Labels(
        columns={
            column: {
                value: Label(label=label) if isinstance(label, str) else Label.model_validate(label)
                for value, label in values.items()
            }
            for column, values in columns.items()
        }
    )


def venue(**changes: Any) -> Venue:
    facts: dict[str, Any] = {"text_width": 400.0, "column_width": 200.0, "family": "ptm", **changes}
    return Venue(name="demo", document_class="article", **facts)


def asset(*panels: Mapping[str, Any], **keys: Any) -> FigureAsset:
    defaults = {"data": "runs", "mark": "box", "x": "model", "y": "score"}
    spec = FigureSpec.model_validate({"panel": [{**defaults, **panel} for panel in panels or ({},)], **keys})
    return Asset(kind="figure", name="demo", path=PATH, each={}, spec=spec)


def compiled(
    records: Sequence[Mapping[str, Any]], *panels: Mapping[str, Any], names: Labels | None = None, **keys: Any
) -> Figure:
    return figures.compile(asset(*panels, **keys), {"runs": frame(records)}, names or Labels(), venue())


def runs(*models: str, n: int = 9) -> tuple[dict[str, Any], ...]:
    """Return `n` scores for each model, none of them alike."""
    return tuple(
        {"model": model, "method": ("new", "old")[step % 2], "score": 50.0 + 3.1 * rank + step * 1.7 + (step % 4) ** 2}
        for rank, model in enumerate(models or ("a", "b", "c"))
        for step in range(n)
    )
