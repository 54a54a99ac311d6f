"""Make the artifacts of one target: the only place that knows all three rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from paperkit.build.fingerprints import Fingerprints
from paperkit.build.frame_rows import FrameRows
from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import FrameRecord
from paperkit.build.metrics import Sizes, metrics_name, text_name
from paperkit.build.patches import patched
from paperkit.build.seal import seal_pdf, seal_png, seal_svg, seal_text
from paperkit.build.targets import Target, frames_of, origin, preamble_needs
from paperkit.data.load import Frames
from paperkit.errors import PaperkitError, Problem
from paperkit.files import Artifact
from paperkit.manifest.load import Manifest
from paperkit.manifest.model import FigureAsset, MacroAsset, TableAsset
from paperkit.manifest.reads import recorded, watched_labels, watched_venue
from paperkit.templates import Templates
from paperkit.tex.extents import Extents, SetText

if TYPE_CHECKING:
    from paperkit.data.frame import Frame
    from paperkit.figures import Figure

_REFUSED_HINT = "its size was estimated; a command of your own preamble is unknown here, write out what it stands for"
# Panels of another size may have other ticks, whose labels are then asked for.
_ROUNDS = 3
_BINARY = {".pdf": seal_pdf, ".png": seal_png}


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """The sealed files of one target, and what is worth knowing about them.

    `labels` are the columns whose labels were looked up meanwhile, `facts` those of the venue, `texts` those that only
    TeX can measure (by their short names), `frames` the records of all frames behind it. With `is_same` the frames have
    the rows of the last build: nothing was made.
    """

    artifacts: tuple[Artifact, ...]
    notices: tuple[Problem, ...] = ()
    labels: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    frames: Mapping[str, FrameRecord] = field(default_factory=dict)
    is_same: bool = False


class Workshop:
    """What making needs, loaded once: frames, labels, venue, templates, sizes of texts that TeX measured."""

    def __init__(self, manifest: Manifest, states: FrameStates | None = None, sizes: Sizes | None = None) -> None:
        self.states = states = states or FrameStates(manifest, Fingerprints(manifest))
        manifest = replace(manifest, labels=watched_labels(manifest.labels), venue=watched_venue(manifest.venue))
        self.manifest = manifest
        self.frames = Frames(manifest.root, manifest.data, manifest.labels, manifest=manifest.file)
        self.rows = FrameRows(states, self.frames)
        self.sizes = sizes or Sizes(manifest.root / metrics_name(manifest.file))
        self._drawn: dict[str, Frame] = {}
        folder = manifest.root / "templates"
        self.templates = Templates(folder if folder.is_dir() else None)

    def renew(self, states: FrameStates) -> None:
        """Compare with another build's records from now on; frames that are loaded stay."""
        self.states = states
        self.rows = FrameRows(states, self.frames)
        self._drawn.clear()

    def make(self, target: Target, last: Mapping[str, str] | None = None) -> Made:
        """Return the sealed artifacts of `target`, or that it is the same, if its frames have the rows of `last`.

        Raises:
            ConflictError: a patch of the paper does not fit.
            PaperkitError: the data or the entry does not allow it; every problem has a place.

        """
        made = self.draw(target, last)
        return made if made.is_same else self.finish(target, made)

    def draw(self, target: Target, last: Mapping[str, str] | None = None) -> Made:
        """Return what `make` does, without patches and seals.

        Raises:
            PaperkitError: the data or the entry does not allow it; every problem has a place.

        """
        makers = {"table": self._table, "figure": self._figure, "macros": self._macros, "preamble": self._preamble}
        try:
            if last is not None and all(self.rows.rows(name) == last.get(name) for name in target.frames):
                return Made(artifacts=(), frames=self.rows.behind(target.frames), is_same=True)
            with recorded() as reads:
                made = makers[target.kind](target)
            frames = self.rows.behind(target.frames)
        except PaperkitError as error:
            raise type(error)(*(self.manifest.placed(problem) for problem in error.problems)) from error
        return Made(
            artifacts=made.artifacts,
            texts=made.texts,
            notices=tuple(dict.fromkeys(map(self.manifest.placed, made.notices))),
            labels=tuple(sorted(reads.labels)),
            facts=tuple(sorted(reads.facts)),
            frames=frames,
        )

    def finish(self, target: Target, made: Made) -> Made:
        """Return what was drawn with the paper's patches applied, and sealed.

        Raises:
            ConflictError: a patch does not fit.

        """
        found = patched(self.manifest.root, made.artifacts)
        sealed = _sealed(found.artifacts, origin(target, self.manifest), found.patches)
        return replace(made, artifacts=sealed, notices=(*made.notices, *found.notices))

    def _table(self, target: Target) -> Made:
        from paperkit import tables

        asset = cast(TableAsset, target.asset)
        frames = {name: self.frames.load(name) for name in target.frames}
        table = tables.resolve(asset, frames[asset.spec.data], self.manifest.labels, self.manifest.venue, frames)
        artifact = tables.write(table, path=target.outputs[0], templates=self.templates)
        seen = (notice for frame in frames.values() for notice in frame.notices)
        return Made(artifacts=(artifact,), notices=(*seen, *table.notices))

    def _figure(self, target: Target) -> Made:
        from paperkit import figures

        asset = cast(FigureAsset, target.asset)
        frames = {name: self.frames.load(name) for name in target.frames}
        figure, asked, refused = self._compiled(asset, frames)
        artifacts = figures.write(
            figure,
            asset,
            folder=self.manifest.paper.figures,
            formats=asset.spec.formats,
            templates=self.templates,
        )
        seen = (notice for frame in frames.values() for notice in frame.notices)
        found = figures.lint(figure, asset, artifacts, venue=self.manifest.venue)
        texts = tuple(sorted(map(text_name, asked)))
        return Made(artifacts=artifacts, notices=(*seen, *refused, *figure.notices, *found), texts=texts)

    def _compiled(
        self, asset: FigureAsset, frames: Mapping[str, Frame]
    ) -> tuple[Figure, tuple[SetText, ...], tuple[Problem, ...]]:
        """Return a figure, its texts that only TeX can measure, and what TeX could not set; it is asked of it once."""
        figure, extents = self._laid_out(asset, frames)
        for _ in range(_ROUNDS):
            unknown = tuple(text for text in extents.wanted if text not in self.sizes.refused)
            if not unknown or not self.sizes.ask(unknown):
                break
            figure, extents = self._laid_out(asset, frames)
        refused = {text: self.sizes.refused[text] for text in extents.wanted if text in self.sizes.refused}
        notices = (
            Problem(message=f"TeX cannot set '{text.tex}': {said}", path=asset.path, hint=_REFUSED_HINT)
            for text, said in refused.items()
        )
        return figure, tuple(extents.asked), tuple(notices)

    def _laid_out(self, asset: FigureAsset, frames: Mapping[str, Frame]) -> tuple[Figure, Extents]:
        """Return a figure, and the texts of it whose sizes had to be estimated."""
        from paperkit import figures

        manifest, extents = self.manifest, Extents(known=self.sizes.known)
        figure = figures.compile(asset, frames, manifest.labels, manifest.venue, root=manifest.root, extents=extents)
        return figure, extents

    def _macros(self, target: Target) -> Made:
        from paperkit import macros

        resolved: list[tuple[MacroAsset, macros.Macro]] = []
        problems: list[Problem] = []
        notices: list[Problem] = []
        for asset in cast(tuple[MacroAsset, ...], target.assets):
            try:
                frame = self._frame_of(asset)
                macro = macros.resolve(asset, frame, self.manifest.labels)
                resolved.append((asset, macro))
                notices += (*frame.notices, *macro.notices)
            except PaperkitError as error:
                problems += error.problems
        if problems:
            raise PaperkitError(*dict.fromkeys(problems))
        return Made(artifacts=(macros.write(resolved, path=target.outputs[0]),), notices=tuple(notices))

    def _frame_of(self, asset: MacroAsset) -> Frame:
        """Return the rows that a macro takes its value from."""
        from paperkit import figures

        if asset.spec.figure is None:
            return self.frames.load(asset.spec.data or "")
        (figure,) = (one for one in self.manifest.figures if one.name == asset.spec.figure)
        if figure.id not in self._drawn:
            frames = {name: self.frames.load(name) for name in frames_of(figure, self.manifest)}
            self._drawn[figure.id] = figures.statistics_frame(figure, frames, self.manifest.labels)
        return self._drawn[figure.id]

    def _preamble(self, target: Target) -> Made:
        text = self.templates.render("preamble.tex", **preamble_needs(self.manifest))
        return Made(artifacts=(Artifact(path=target.outputs[0], content=text.encode()),))


def _sealed(artifacts: tuple[Artifact, ...], named: str, patches: Mapping[str, str]) -> tuple[Artifact, ...]:
    tables = {
        PurePosixPath(artifact.path).name: artifact.content for artifact in artifacts if artifact.path.endswith(".csv")
    }
    # The wrapper of a figure vouches for its source data.
    return tuple(
        _sealed_one(artifact, named, beside=tables, patch=patches.get(artifact.path)) for artifact in artifacts
    )


def _sealed_one(artifact: Artifact, named: str, *, beside: Mapping[str, bytes], patch: str | None) -> Artifact:
    content, path = artifact.content, PurePosixPath(artifact.path)
    if path.name in beside:
        return artifact
    if path.suffix in _BINARY:
        return replace(artifact, content=_BINARY[path.suffix](content))
    if path.suffix == ".svg":
        return replace(artifact, content=seal_svg(content, origin=named, patch=patch))
    wraps = all(name.startswith(f"{path.stem}-panel-") for name in beside)
    return replace(artifact, content=seal_text(content, origin=named, beside=beside if wraps else {}, patch=patch))
