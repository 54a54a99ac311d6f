"""Static checks: what is wrong with a table that can be known without its data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Override, Summary
from paperkit.style.venue import Venue
from paperkit.tables import check_shade
from paperkit.tables.grid import CELLS, column_of, references, table_variables
from paperkit.tables.looks import ATTRIBUTES, attribute_problem
from paperkit.tables.template import parse_format
from paperkit.tex.lengths import parse_length

_WIDTHS = ("textwidth", "columnwidth")
_PACKAGES = {"longtable": "longtable", "sidewaystable": "rotating"}


def problems(asset: TableAsset, labels: Labels, venue: Venue) -> tuple[Problem, ...]:
    """Return everything wrong with the table's own keys: references, shade, formats, lengths, its form at `venue`."""
    found = [problem.under(asset.path) for check in _CHECKS for problem in check(asset, labels)]
    found += [problem.under(asset.path) for problem in _form(asset, venue)]
    return (*found, *_attributes(asset, labels))


def _references(asset: TableAsset, labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    for key, names in (("rows", spec.rows), ("columns", spec.columns)):
        for index, reference in enumerate(names):
            path: ManifestPath = (key, index) if len(names) > 1 or key == "columns" else (key,)
            yield from check_shade.reference_problems(path, reference, labels)
    variables = table_variables(spec)
    yield from _repeated((("rows", spec.rows), ("columns", spec.columns), ("cells", spec.cells)))
    for name in spec.order:
        if name not in variables:
            close = did_you_mean(name, variables)
            hint = f"one of {', '.join(variables)}"
            yield Problem(message=f"'{name}' gives neither rows nor columns{close}", path=("order", name), hint=hint)


def _repeated(given: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for key, names in given:
        for index, reference in enumerate(names):
            # A metric may be a row variable as well: each is printed for itself.
            name = f"{key}:{reference}" if key == "cells" else column_of(reference)
            if name in seen:
                path: ManifestPath = (key, index) if len(names) > 1 else (key,)
                where = "" if seen[name] == key else f", in {seen[name]} too"
                hint = "a column gives rows or columns, and one level of them"
                yield Problem(
                    message=f"'{column_of(reference)}' is named twice{where}",
                    path=path,
                    hint=None if key == "cells" else hint,
                )
            seen.setdefault(name, key)


def _where(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    places: list[tuple[ManifestPath, str | None]] = [(("where",), spec.where)]
    places += [(("override", index, "where"), entry.where) for index, entry in enumerate(spec.override)]
    places += [(("statistic", index, "where"), entry.where) for index, entry in enumerate(spec.statistic)]
    for path, text in places:
        if text is not None:
            yield from _tried(path, parse, text)


def _lengths(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    if spec.tabcolsep is not None:
        yield from _tried(("tabcolsep",), _not_negative, spec.tabcolsep)
    if spec.width is not None and spec.width not in _WIDTHS:
        for problem in _tried(("width",), parse_length, spec.width):
            hint = f"{' or '.join(_WIDTHS)}, or a length such as '3.2in'"
            close = did_you_mean(spec.width, _WIDTHS)
            yield Problem(message=f"{problem.message}{close}", path=problem.path, hint=hint)
    if spec.width is not None and spec.tabcolsep is not None:
        message = f"tabcolsep = '{spec.tabcolsep}' has no effect, since width = '{spec.width}' decides it"
        yield Problem(message=message, path=("tabcolsep",), hint="leave out one of the two")


def _not_negative(text: str) -> None:
    if parse_length(text) < 0:
        raise PaperkitError(Problem(message=f"'{text}': columns cannot overlap"))


def _cells(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    if CELLS in (*spec.rows, *spec.columns) and CELLS in spec.cells:
        hint = "derive a column of another name"
        yield Problem(message=f"a column cannot be called '{CELLS}' here", path=("cells",), hint=hint)
    chosen = [(("override", index), entry.cells) for index, entry in enumerate(spec.override)]
    chosen += [(("summary", index), summary.cells) for index, summary in enumerate(spec.summary)]
    for place, names in chosen:
        for number, name in enumerate(names):
            if name not in spec.cells:
                close = did_you_mean(name, spec.cells)
                path: ManifestPath = (*place, "cells", number) if len(names) > 1 else (*place, "cells")
                yield Problem(message=f"'{name}' gives no cells{close}", path=path, hint=_one_of(spec.cells))


def _one_of(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(names)}"


def _formats(asset: TableAsset, labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    metric = spec.cells[0]
    places: list[tuple[ManifestPath, tuple[str, ...]]] = [(("format",), spec.format)]
    places += [(("override", index, "format"), entry.format) for index, entry in enumerate(spec.override)]
    entries: list[tuple[ManifestPath, str | None]] = [
        (("summary", index, "format"), entry.format) for index, entry in enumerate(spec.summary)
    ]
    entries += [(("statistic", index, "format"), entry.format) for index, entry in enumerate(spec.statistic)]
    places += [(path, (text,)) for path, text in entries if text is not None]
    for path, texts in places:
        for index, text in enumerate(texts):
            own = (*path, index) if len(texts) > 1 else path
            yield from _tried(own, lambda given: parse_format(given, metric), text)
    for path, single in entries:
        if single is not None and "{" in single:
            hint = "a format such as '.1f'"
            yield Problem(message="a computed number has no columns to fill a template from", path=path, hint=hint)
    if spec.precision == "uncertainty" and not _is_uncertain(asset, labels):
        hint = "uncertainty = 'COLUMN', or a format such as '{mean} ± {std}'"
        yield Problem(message="no column gives the uncertainty", path=("precision",), hint=hint)


def _is_uncertain(asset: TableAsset, labels: Labels) -> bool:
    """Tell whether any cell names a column of uncertainties."""
    spec = asset.spec
    formats = [*spec.format, *(text for entry in spec.override for text in entry.format)]
    for column in (*table_variables(spec), CELLS):
        given = labels.columns.get(column, {}).values()
        formats += [str(label.attributes().get("format", "")) for label in given]
    named = [spec.uncertainty, *(entry.uncertainty for entry in spec.override)]
    return any(named) or any("{" in text for text in formats)


def _notes(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    known = tuple(spec.notes) if isinstance(spec.notes, dict) else ()
    for index, entry in enumerate(spec.override):
        if entry.note and entry.note not in known:
            message = f"there is no note '{entry.note}'{did_you_mean(entry.note, known)}"
            hint = _one_of(known) if known else f"notes = {{ {entry.note} = '…' }}"
            yield Problem(message=message, path=("override", index, "note"), hint=hint)


def _structure(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    rows, columns = references(spec)
    for index, entry in enumerate(spec.summary):
        yield from _summary(entry, ("summary", index), len(rows), len(columns))
    stubs = len(rows) if spec.row_groups.show == "column" else 1
    if isinstance(spec.stubhead, tuple) and len(spec.stubhead) > stubs:
        several = f"{stubs} columns" if stubs > 1 else "one column"
        message = f"{len(spec.stubhead)} labels for a stub of {several}"
        hint = "row_groups = { show = 'column' } gives row groups a column" if len(rows) > stubs else "leave some out"
        yield Problem(message=message, path=("stubhead",), hint=hint)
    for index, override in enumerate(spec.override):
        yield from _idle(override, ("override", index))


def _summary(entry: Summary, path: ManifestPath, rows: int, columns: int) -> Iterator[Problem]:
    levels = rows if entry.axis == "row" else columns
    if entry.per == "group" and levels < 2:  # noqa: PLR2004 - a group and what is in it
        what = "row groups: rows names one column" if entry.axis == "row" else "spanners: columns names one level"
        yield Problem(message=f"there are no {what}", path=(*path, "per"), hint="leave per out")


def _idle(override: Override, path: ManifestPath) -> Iterator[Problem]:
    if not override.model_fields_set - {"where", "cells"}:
        yield Problem(message="it changes nothing", path=path, hint="precision, format, note, shade = false, …")


def _form(asset: TableAsset, venue: Venue) -> Iterator[Problem]:
    spec = asset.spec
    package = _PACKAGES.get(spec.form)
    if package in venue.refused_packages:
        message = f"{venue.name} does not take the package {package}"
        yield Problem(message=message, path=("form",), hint="form = 'table*' with split = 2, or two tables")
    elif spec.form == "longtable" and venue.is_two_column:
        message = f"LaTeX's longtable does not work in the two columns of {venue.name}"
        yield Problem(message=message, path=("form",), hint="form = 'table*', and fewer rows in each of several tables")
    if spec.placement is not None and spec.form in ("tabular", "longtable"):
        message = f"placement = '{spec.placement}' has no effect, since form = '{spec.form}' is no float"
        yield Problem(message=message, path=("placement",), hint="form = 'table'")
    elif spec.placement is not None and not set(spec.placement) <= set("htbp!H"):
        message = f"'{spec.placement}' is no placement"
        yield Problem(message=message, path=("placement",), hint="letters of h, t, b, p, ! and H, such as 'tb'")


def _attributes(asset: TableAsset, labels: Labels) -> Iterator[Problem]:
    """Yield what is wrong with the attributes of labels that say how the cells of this table look."""
    for column in dict.fromkeys((*table_variables(asset.spec), CELLS)):
        for value, label in labels.columns.get(column, {}).items():
            for name, given in label.attributes().items():
                path: ManifestPath = ("labels", column, value, name)
                problem = attribute_problem(name, given, path) if name in ATTRIBUTES else None
                if problem is not None:
                    yield problem
                elif name == "format":
                    yield from _tried(path, lambda text: parse_format(text, ""), str(given))


def _tried(path: ManifestPath, check: Callable[[str], object], text: str) -> Iterator[Problem]:
    try:
        check(text)
    except PaperkitError as error:
        for problem in error.problems:
            yield problem.under(path)


_CHECKS = (_references, _where, check_shade.problems, _lengths, _cells, _formats, _notes, _structure)
