"""Read the panels of a figure: the rows that each layer of each panel draws, one panel for each facet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.figures.dates import day
from paperkit.figures.encoding import Level, Reference, Row, levels
from paperkit.figures.marks import Mark, encoding_problems, make_mark
from paperkit.figures.panel import Facet, Layer, Panel, layer_specs
from paperkit.figures.references import constants
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, PanelSpec, Scalar

if TYPE_CHECKING:
    from paperkit.data.frame import Frame

_Side = Literal["row", "col"]
_Split = Mapping[_Side, Scalar]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """What a layer is read from: its entry, its mark, and the rows of its frame that `where` leaves."""

    spec: PanelSpec
    mark: Mark
    frame: Frame
    path: ManifestPath
    known: tuple[Scalar, ...] = ()

    def values(self, reference: Reference) -> tuple[Scalar | None, ...]:
        """Return the values of a column, None for all rows if the frame has no such column."""
        if reference.column not in self.frame.columns:
            return ()
        return tuple(row[0] for row in self.frame.rows(reference.column))

    def only(self, reference: Reference, value: Scalar, labels: Labels) -> _Source:
        """Return the rows of one facet; all of them where the frame does not have the column."""
        found = self.values(reference)
        if not found:
            return self
        chosen = [
            index for index, cell in enumerate(found) if cell is not None and reference.level(cell, labels) == value
        ]
        return replace(self, frame=self.frame.take(chosen))


def read_panels(asset: FigureAsset, frames: Mapping[str, Frame], labels: Labels) -> tuple[Panel, ...]:
    """Return the panels of `asset` with the rows of each layer.

    Raises:
        AssetError: a frame, a column or an option is wrong, or an expression fails on the rows.

    """
    return tuple(panel for index in range(len(asset.spec.panel)) for panel in _entry(asset, frames, labels, index))


def _entry(asset: FigureAsset, frames: Mapping[str, Frame], labels: Labels, index: int) -> Iterator[Panel]:
    spec, path = asset.spec.panel[index], (*asset.path, "panel", index)
    sources = [_source(asset, frames, entry, at) for entry, at in layer_specs(spec, path)]
    for facet, split in _facets(spec, sources, labels, path):
        panel = Panel(entry=index, spec=spec, layers=(), path=path, facet=facet)
        parts = [_part(source, spec, split, labels) for source in sources]
        panel = replace(panel, layers=tuple(_layer(part) for part in parts))
        yield replace(panel, constants=constants(panel, parts[0].frame, each=asset.each))


def _source(asset: FigureAsset, frames: Mapping[str, Frame], spec: PanelSpec, path: ManifestPath) -> _Source:
    if spec.data not in frames:
        missing = f"no frame '{spec.data}'{did_you_mean(spec.data, frames)}"
        raise AssetError(Problem(message=missing, path=(*path, "data")))
    mark = make_mark(spec.mark, spec.options, path=path)
    wrong = encoding_problems(spec, path=path)
    if wrong:
        raise AssetError(*wrong)
    frame = frames[spec.data]
    _require_columns(Layer(spec=spec, mark=mark, rows=(), path=path), frame)
    # Before `where`: the colour of a value does not depend on which others a figure shows.
    known = () if spec.hue is None else frame.rows(Reference(name=spec.hue).column)
    if spec.where is not None:
        frame = frame.where(spec.where, each=asset.each, path=(*path, "where"))
    values = dict.fromkeys(row[0] for row in known if row[0] is not None)
    return _Source(spec=spec, mark=mark, frame=frame, path=path, known=tuple(values))


def _part(source: _Source, spec: PanelSpec, split: _Split, labels: Labels) -> _Source:
    for side, value in split.items():
        source = source.only(Reference(name=getattr(spec, side)), value, labels)
    return source


def _layer(source: _Source) -> Layer:
    layer = Layer(spec=source.spec, mark=source.mark, rows=(), path=source.path, known=source.known)
    rows: Sequence[Row] = source.frame.rows(*layer.columns)
    if layer.spec.axes.xscale == "date":
        rows = _dated(layer, rows)
    return replace(layer, rows=tuple(rows))


def _dated(layer: Layer, rows: Sequence[Row]) -> list[Row]:
    """Return the rows with days in the place of dates."""
    reference = layer.x
    if reference is None or layer.keys[0] != "x" or layer.mark.places not in ("numbers", "either"):
        message = f"'{layer.spec.mark}' has no axis of dates"
        problem = Problem(message=message, path=(*layer.path, "axes", "xscale"))
        raise AssetError(replace(problem, hint="'line' and 'scatter' have one, with the dates on x"))
    path = (*layer.path, "x")
    return [(None if row[0] is None else day(row[0], reference.name, path), *row[1:]) for row in rows]


def _facets(
    spec: PanelSpec, sources: Sequence[_Source], labels: Labels, path: ManifestPath
) -> Iterator[tuple[Facet | None, _Split]]:
    if spec.row is None and spec.col is None:
        yield None, {}
        return
    rows, cols = (_values(spec, side, sources, labels, path) for side in ("row", "col"))
    wrap = spec.col_wrap or max(len(cols), 1)
    for number, (row, col) in enumerate((row, col) for row in rows or (None,) for col in cols or (None,)):
        at = (number // len(cols), number % len(cols)) if rows and cols else divmod(number, wrap if cols else 1)
        values: dict[_Side, Scalar | None] = {"row": row, "col": col}
        split: dict[_Side, Scalar] = {side: value for side, value in values.items() if value is not None}
        texts: dict[str, str] = {}
        for side, value in split.items():
            texts[side] = Reference(name=getattr(spec, side)).text(value, labels)
        # Without columns of their own the names of rows are as well read above.
        above = texts.get("col", texts.get("row", ""))
        beside = texts.get("row", "") if "col" in texts and at[1] == len(cols) - 1 else ""
        shown = above if at[0] == 0 or not (rows and cols) else ""
        found = {getattr(spec, side): Level(value=value, text=texts[side]) for side, value in split.items()}
        yield Facet(row=at[0], col=at[1], top=shown, right=beside, levels=found), split


def _values(
    spec: PanelSpec, side: _Side, sources: Sequence[_Source], labels: Labels, path: ManifestPath
) -> tuple[Scalar, ...]:
    name: str | None = getattr(spec, side)
    if name is None:
        return ()
    reference = Reference(name=name)
    found = [value for source in sources for value in source.values(reference)]
    order = getattr(spec, f"{side}_order")
    return levels(reference, found, labels, order=order, path=(*path, f"{side}_order"))


def _require_columns(layer: Layer, frame: Frame) -> None:
    spec = layer.spec
    place, value = layer.keys
    places = [] if layer.x is None else [((place,), layer.x.column)]
    wanted: list[tuple[ManifestPath, str]] = sorted([*places, ((value,), layer.y)])
    wanted += [(("y",) if layer.mark.is_matrix else ("hue",), layer.hue.column)] if layer.hue is not None else []
    wanted += [((role,), Reference(name=getattr(spec, role)).column) for role in layer.extras]
    wanted += [(("axes", "xticklabels"), column) for column in layer.tick_columns]
    if "layer" not in layer.path:
        sides = [(side, getattr(spec, side)) for side in ("row", "col")]
        wanted += [((side,), Reference(name=name).column) for side, name in sides if name is not None]
    problems = tuple(
        Problem(
            message=f"'{spec.data}' has no column '{column}'{did_you_mean(column, frame.columns)}",
            path=(*layer.path, *key),
        )
        for key, column in wanted
        if column not in frame.columns
    )
    if problems:
        raise AssetError(*problems)
