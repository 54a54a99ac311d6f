"""Load a manifest: text → records → assets, with every problem found and placed."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import tomli

from paperkit.errors import ManifestError, ManifestPath, PaperkitError, Place, Problem, did_you_mean
from paperkit.files import is_inside, slug
from paperkit.manifest.each import combinations, fill_name, fill_spec
from paperkit.manifest.findings import known_keys, validate
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import (
    FORMAT_FILES,
    RASTER_FILE,
    SOURCE_DATA,
    AnyAsset,
    Asset,
    FigureAsset,
    FigureSpec,
    FrameSpec,
    Label,
    MacroAsset,
    MacroSpec,
    OverleafSpec,
    PaperSpec,
    Record,
    TableAsset,
    TableSpec,
    TableStyle,
)
from paperkit.manifest.overleaf import overleaf_problems
from paperkit.manifest.positions import Span, line_and_column, positions
from paperkit.manifest.references import label_of, label_problem
from paperkit.style.colormap import is_colormap, unknown_colormap
from paperkit.style.page import Facts, venue_of_document
from paperkit.style.venue import Venue, load_venue

_SPECIAL = re.compile(r"[%#{}^~$&\"'<>|*?\x00-\x1f\x7f]")
SECTIONS = ("paper", "labels", "style", "data", "table", "figure", "macros", "overleaf")
RecordT = TypeVar("RecordT", bound=Record)
_Floats = tuple[TableAsset | FigureAsset, ...]

_ENTRY = 2  # keys that name an entry: its section and its name


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A `paper.toml`: its records, its assets multiplied out, and where each of its keys stands.

    `problems` is empty for a manifest that can be built; entries with problems are left out of the rest. `page` is the
    file with the document's own page, if it is used, and `notices` is what is to be said of it.
    """

    root: Path
    file: str
    text: str
    paper: PaperSpec
    venue: Venue
    labels: Labels
    styles: Mapping[str, TableStyle] = field(default_factory=dict)
    data: Mapping[str, FrameSpec] = field(default_factory=dict)
    tables: tuple[TableAsset, ...] = ()
    figures: tuple[FigureAsset, ...] = ()
    macros: tuple[MacroAsset, ...] = ()
    overleaf: OverleafSpec = field(default_factory=OverleafSpec)
    problems: tuple[Problem, ...] = ()
    page: str | None = None
    notices: tuple[Problem, ...] = ()

    @property
    def assets(self) -> tuple[AnyAsset, ...]:
        """Return every asset: tables, figures, macros, each in the manifest's order."""
        return (*self.tables, *self.figures, *self.macros)

    @property
    def floats(self) -> tuple[TableAsset | FigureAsset, ...]:
        """Return the assets that have a caption: tables, then figures."""
        return (*self.tables, *self.figures)

    def outputs(self, asset: AnyAsset) -> tuple[str, ...]:
        """Return the files that `asset` is written to, POSIX and relative to the project."""
        return outputs(asset, self.paper)

    def companions(self, asset: AnyAsset) -> tuple[str, ...]:
        """Return the files that `asset` is written to besides its outputs if its data ask for it."""
        return companions(asset, self.paper)

    def place(self, path: ManifestPath) -> Place:
        """Return where the key at `path` stands; for a key that is not written, its closest parent."""
        candidates = [path]
        # A key that the table does not have itself may stand in one of its styles.
        if path[:1] == ("table",) and len(path) > _ENTRY and path[: _ENTRY + 1] not in self._spans:
            candidates += [("style", name, *path[_ENTRY:]) for name in self._style_names(path[1])]
        longest = (known[:length] for length in range(len(path), 0, -1) for known in candidates)
        span = next((self._spans[known] for known in longest if known in self._spans), None)
        if span is None:
            return Place(file=self.file)
        line, column = line_and_column(self.text, span.key)
        return Place(file=self.file, line=line, column=column)

    def placed(self, problem: Problem) -> Problem:
        """Return `problem` with the place of its key, unless it has a place already."""
        return problem.at(self.place(problem.path)) if problem.path else problem.at(Place(file=self.file))

    @cached_property
    def _spans(self) -> Mapping[ManifestPath, Span]:
        return positions(self.text)

    def _style_names(self, entry: str | int) -> tuple[str, ...]:
        specs = (asset.spec for asset in self.tables if asset.path[1] == entry)
        return next((tuple(reversed(spec.style)) for spec in specs), ())


def load(path: Path) -> Manifest:
    """Read `path`, validate every entry and multiply out `each`; what is wrong is in `problems`, with places.

    Raises:
        ManifestError: there is no such file, it is not UTF-8, or it is not TOML.

    """
    text = _read(path)
    try:
        document = tomli.loads(text)
    except RecursionError as error:
        message = "the values are nested too deeply"
        raise ManifestError(Problem(message=message, place=Place(file=path.name))) from error
    except tomli.TOMLDecodeError as error:
        place = Place(file=path.name, line=error.lineno, column=error.colno)
        message = f"not valid TOML: {error.msg[0].lower()}{error.msg[1:]}"
        raise ManifestError(Problem(message=message, place=place)) from error
    manifest = _Reader(root=path.parent, file=path.name, text=text, document=document).read()
    placed = tuple(manifest.placed(problem) for problem in manifest.problems)
    object.__setattr__(manifest, "problems", placed)
    return manifest


def outputs(asset: AnyAsset, paper: PaperSpec) -> tuple[str, ...]:
    """Return the files that `asset` is written to, POSIX and relative to the project."""
    if isinstance(asset.spec, FigureSpec):
        stem = PurePosixPath(paper.figures, asset.name)
        ends = [end for form in asset.spec.formats for end in FORMAT_FILES[form]]
        if asset.spec.source_data:
            ends += [SOURCE_DATA.format(number) for number, _ in enumerate(asset.spec.panel, 1)]
        return (f"{stem}.tex", *(f"{stem}{end}" for end in ends))
    if isinstance(asset.spec, TableSpec):
        return (str(PurePosixPath(paper.tables, f"{asset.name}.tex")),)
    return (str(PurePosixPath(paper.macros)),)


def companions(asset: AnyAsset, paper: PaperSpec) -> tuple[str, ...]:
    """Return the files that `asset` is written to besides its outputs if its data ask for it."""
    if isinstance(asset.spec, FigureSpec) and "pgf" in asset.spec.formats:
        return (f"{PurePosixPath(paper.figures, asset.name)}{RASTER_FILE}",)
    return ()


def _loosely(pattern: str) -> str:
    """Return a regular expression for the files that a pattern may mean."""
    return re.sub(r"\\\{.*?\\\}|\\\*", ".*", re.escape(pattern))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        hint = "run paperkit in the folder of your paper.toml, or name it with --manifest"
        raise ManifestError(Problem(message="no such manifest", place=Place(file=str(path)), hint=hint)) from error
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ManifestError(Problem(message=message, place=Place(file=path.name))) from error
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start} cannot be read"
        raise ManifestError(Problem(message=message, place=Place(file=path.name))) from error


@dataclass(kw_only=True)
class _Reader:
    root: Path
    file: str
    text: str
    document: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> Manifest:
        self._refuse_unknown_sections()
        paper = self._paper()
        facts = self._facts(paper)
        labels = self._labels()
        styles = self._entries(TableStyle, "style")
        data = self._entries(FrameSpec, "data")
        tables = self._assets("table", self._entries(TableSpec, "table"), labels, styles)
        figures = self._assets("figure", self._entries(FigureSpec, "figure"), labels, {})
        macros = self._assets("macro", self._entries(MacroSpec, "macros"), labels, {})
        overleaf = self._overleaf()
        self._check_outputs(paper, data, (*tables, *figures))
        self._check_labels((*tables, *figures))
        self._check_macro_names(macros)
        self._check_macro_sources(macros, {figure.name: figure for figure in figures})
        return Manifest(
            root=self.root,
            file=self.file,
            text=self.text,
            paper=paper,
            venue=facts.venue,
            page=facts.file,
            notices=facts.notices,
            labels=labels,
            styles=styles,
            data=data,
            tables=tuple(tables),
            figures=tuple(figures),
            macros=tuple(macros),
            overleaf=overleaf,
            problems=tuple(self.problems),
        )

    def _refuse_unknown_sections(self) -> None:
        for name in self.document:
            if name not in SECTIONS:
                close = did_you_mean(name, SECTIONS)
                hint = None if close else f"known sections: {', '.join(SECTIONS)}"
                self.problems.append(Problem(message=f"unknown section{close}", path=(name,), hint=hint))

    def _record(self, model: type[RecordT], value: object, path: ManifestPath) -> RecordT | None:
        record, problems = validate(model, value, path)
        self.problems += problems
        return record

    def _section(self, name: str) -> dict[str, Any]:
        section = self.document.get(name, {})
        if isinstance(section, dict):
            return section
        self.problems.append(Problem(message="expected a table", path=(name,)))
        return {}

    def _entries(self, model: type[RecordT], section: str) -> dict[str, RecordT]:
        found = {name: self._record(model, value, (section, name)) for name, value in self._section(section).items()}
        return {name: record for name, record in found.items() if record is not None}

    def _paper(self) -> PaperSpec:
        """Return `[paper]`; a wrong key in it must not hide a wrong venue."""
        written = self._section("paper")
        venue = written.get("venue")
        fallback = PaperSpec(venue=venue) if isinstance(venue, str) else PaperSpec()
        return self._record(PaperSpec, written, ("paper",)) or fallback

    def _overleaf(self) -> OverleafSpec:
        spec = self._record(OverleafSpec, self._section("overleaf"), ("overleaf",)) or OverleafSpec()
        self.problems += [problem.under(("overleaf",)) for problem in overleaf_problems(spec)]
        return spec

    def _facts(self, paper: PaperSpec) -> Facts:
        """Return the venue, with the page that the document itself set."""
        try:
            venue = load_venue(paper.venue)
        except ManifestError as error:
            self.problems += error.problems
            return Facts(venue=load_venue("article"))
        reason = None if paper.document is None else outside(paper.document, self.root)
        if reason:
            self.problems.append(Problem(message=reason, path=("paper", "document")))
            return Facts(venue=venue)
        return venue_of_document(venue, self.root, paper.document, is_chosen="venue" in paper.model_fields_set)

    def _labels(self) -> Labels:
        columns: dict[str, dict[str, Label]] = {}
        for column, values in self._section("labels").items():
            if not isinstance(values, dict):
                self.problems.append(Problem(message="expected a table of values", path=("labels", column)))
                continue
            columns[column] = {}
            for value, raw in values.items():
                table = {"label": raw} if isinstance(raw, str) else raw
                label, problems = validate(Label, table, ("labels", column, value))
                self.problems += problems
                if label is not None:
                    columns[column][value] = label
                    self._check_colormap(label, ("labels", column, value, "colormap"))
        return Labels(columns=columns)

    def _check_colormap(self, label: Label, path: ManifestPath) -> None:
        if label.colormap is not None and not is_colormap(label.colormap):
            self.problems.append(unknown_colormap(label.colormap).under(path))

    def _assets(
        self, kind: Any, entries: Mapping[str, Any], labels: Labels, styles: Mapping[str, TableStyle]
    ) -> list[Any]:
        section = "macros" if kind == "macro" else kind
        assets: list[Any] = []
        for name, entry in entries.items():
            path = (section, name)
            spec = self._styled(entry, styles, path) if isinstance(entry, TableSpec) else entry
            self._check_frames(spec, path)
            try:
                assets += self._multiplied(kind, name, spec, labels)
            except PaperkitError as error:
                self.problems += [p if p.path[:2] == path else p.under(path) for p in error.problems]
        return assets

    def _multiplied(self, kind: Any, name: str, spec: Any, labels: Labels) -> Iterator[Any]:
        path = ("macros" if kind == "macro" else kind, name)
        for each in combinations(spec, labels):
            full = fill_name(name, each, labels, path)
            own = full if kind == "macro" else slug(full)
            if not own:
                raise PaperkitError(
                    Problem(message="the name has no letter or digit to make a file name of", path=path)
                )
            yield Asset(kind=kind, name=own, path=path, each=each, spec=fill_spec(spec, each, labels))

    def _styled(self, spec: TableSpec, styles: Mapping[str, TableStyle], path: ManifestPath) -> TableSpec:
        """Return the table with its styles' keys; a later style wins over a former, the table's own key over all."""
        merged: dict[str, Any] = {}
        for name in spec.style:
            if name in styles:
                merged |= {key: getattr(styles[name], key) for key in styles[name].model_fields_set}
            elif name not in self._section("style"):
                close = did_you_mean(name, self._section("style"))
                message = f"there is no [style.{name}]{close}"
                self.problems.append(Problem(message=message, path=(*path, "style")))
        return spec.model_copy(update={k: v for k, v in merged.items() if k not in spec.model_fields_set})

    def _check_frames(self, spec: TableSpec | FigureSpec | MacroSpec, path: ManifestPath) -> None:
        uses: list[tuple[str, ManifestPath]] = []
        if isinstance(spec, FigureSpec):
            uses = [(panel.data, (*path, "panel", i, "data")) for i, panel in enumerate(spec.panel)]
            uses += [
                (layer.data, (*path, "panel", i, "layer", j, "data"))
                for i, panel in enumerate(spec.panel)
                for j, layer in enumerate(panel.layer)
                if layer.data is not None
            ]
        elif spec.data is not None:
            uses = [(spec.data, (*path, "data"))]
        if isinstance(spec, TableSpec):
            uses += [(entry.data, (*path, "statistic", i, "data")) for i, entry in enumerate(spec.statistic)]
        known = self._section("data")
        for name, place in uses:
            if name not in known:
                close = did_you_mean(name, known)
                hint = None if close or not known else f"known frames: {', '.join(known)}"
                self.problems.append(Problem(message=f"there is no [data.{name}]{close}", path=place, hint=hint))

    def _check_outputs(self, paper: PaperSpec, data: Mapping[str, FrameSpec], assets: _Floats) -> None:
        keys = ("tables", "figures", "macros", "preamble")
        reasons = {key: outside(str(getattr(paper, key)), self.root) for key in keys}
        self.problems += [Problem(message=why, path=("paper", key)) for key, why in reasons.items() if why]
        if any(reasons.values()):
            return
        writers: list[tuple[ManifestPath, str, tuple[str, ...]]] = [
            (("paper", "macros"), "paper.macros", (paper.macros,)),
            (("paper", "preamble"), "paper.preamble", (paper.preamble,)),
            *((asset.path, asset.id, (*outputs(asset, paper), *companions(asset, paper))) for asset in assets),
        ]
        owners: dict[str, tuple[int, str]] = {}
        read = {frame: _loosely(spec.read) for frame, spec in data.items() if spec.read}
        any_read = re.compile("|".join(f"(?:{pattern})" for pattern in read.values()) or "(?!)")
        for number, (path, name, files) in enumerate(writers):
            for output in files:
                message = self._taken(output, read if any_read.fullmatch(str(PurePosixPath(output))) else {})
                first, other = owners.setdefault(self._identity(output), (number, name))
                if first != number:
                    message = f"{output} is written by {other} too; every asset needs a file of its own"
                if message:
                    self.problems.append(Problem(message=message, path=path))
                    break

    def _identity(self, output: str) -> str:
        """Return what two names of one file share: links followed, and case ignored as many file systems do."""
        # Not resolve, which fails where links go in circles.
        return os.path.realpath(self.root / output).casefold()

    def _taken(self, output: str, read: Mapping[str, str]) -> str | None:
        """Return why `output` is not free to be written, or None; `read` has an expression of what each frame reads."""
        name = str(PurePosixPath(output))
        if name in (self.file, lock_name(self.file)) or name.startswith(("templates/", "patches/", ".paperkit/")):
            return f"{output} is a file of paperkit's own"
        return next(
            (
                f"{output} is a source of [data.{frame}]"
                for frame, pattern in read.items()
                if re.fullmatch(pattern, name)
            ),
            None,
        )

    def _check_labels(self, assets: _Floats) -> None:
        owners: dict[str, str] = {}
        for asset in assets:
            label = label_of(asset)
            wrong = label_problem(asset)
            if wrong is not None:
                self.problems.append(wrong)
            other = owners.setdefault(label, asset.id)
            if other != asset.id:
                message = f"the label '{label}' is that of {other} too"
                self.problems.append(Problem(message=message, path=(*asset.path, "label")))

    def _check_macro_sources(self, macros: list[MacroAsset], figures: Mapping[str, FigureAsset]) -> None:
        for macro in macros:
            data, figure = macro.spec.data, macro.spec.figure
            hint: str | None
            if data is None and figure is None:
                hint = "data = '…' names a frame, figure = '…' a figure whose numbers are meant"
                self.problems.append(Problem(message="key 'data' is missing", path=macro.path, hint=hint))
            elif data is not None and figure is not None:
                message = "a macro has its rows from 'data' or from 'figure', not from both"
                self.problems.append(Problem(message=message, path=(*macro.path, "figure")))
            elif figure is not None and figure not in figures:
                close = did_you_mean(figure, figures)
                hint = None if close or not figures else f"known figures: {', '.join(figures)}"
                message = f"there is no figure '{figure}'{close}"
                self.problems.append(Problem(message=message, path=(*macro.path, "figure"), hint=hint))
            elif figure is not None and figures[figure].spec.python is not None:
                message = f"'{figure}' is drawn by a function, whose numbers paperkit does not know"
                hint = "data = '…' names a frame that has them"
                self.problems.append(Problem(message=message, path=(*macro.path, "figure"), hint=hint))

    def _check_macro_names(self, macros: list[MacroAsset]) -> None:
        for first, second in itertools.combinations(macros, 2):
            if first.name == second.name:
                message = f"the macro \\{second.name} is defined twice"
                self.problems.append(Problem(message=message, path=second.path))


def lock_name(file: str) -> str:
    """Return the name of the lock of a manifest: `paper.lock` for `paper.toml`."""
    return str(PurePosixPath(file).with_suffix(".lock"))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def outside(path: str, root: Path) -> str | None:
    """Return why `path`, as the manifest writes it, is not a place inside the project, or None."""
    if _SPECIAL.search(path):
        return f"'{_printable(path)}' has a character that TeX does not take in a file name"
    if path in ("", ".") or re.match(r"[A-Za-z]:", path) or path.startswith(("/", "\\", "~")) or "\\" in path:
        return f"'{path}' must be a relative path with forward slashes"
    if ".." in PurePosixPath(path).parts:
        return f"'{path}' leads outside the project; outputs stay in the folder of the manifest"
    if not is_inside(root / path, root):
        return f"'{path}' is a link that leads outside the project; outputs stay in the folder of the manifest"
    return None


__all__ = ["SECTIONS", "Manifest", "companions", "known_keys", "load", "outputs", "outside"]
