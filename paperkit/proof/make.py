"""Make the proof: write the document, compile it where there is an engine, say what is missing where there is none."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from paperkit.build.seal import SealState, seal_state, seal_text
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import relative, write_if_changed
from paperkit.manifest.load import Manifest, outside
from paperkit.proof.compose import compose, missing_outputs, stand_in_layout, venue_layout
from paperkit.proof.engine import ENGINES, can_find, compile_document, find_engine


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A proof on disk: its source, its PDF when an engine made one, and what is worth knowing."""

    tex: Path
    pdf: Path | None
    notices: tuple[Problem, ...] = ()


def make_proof(manifest: Manifest, *, folder: str = "proof", engine: str | None = None) -> Proof:
    """Write `FOLDER/proof.tex` and, where there is a TeX engine, `FOLDER/proof.pdf`.

    Raises:
        PaperkitError: an asset has not been built, the folder is outside the project, or TeX found an error.

    """
    reason = outside(folder, manifest.root)
    if reason:
        raise PaperkitError(Problem(message=reason))
    notices = [*_refuse_missing(manifest)]
    venue = manifest.venue
    layout = venue_layout(venue)
    wanted = (f"{layout.document_class}.cls", *(f"{name}.sty" for name, _ in layout.packages))
    if not layout.is_stand_in and not can_find(wanted, manifest.root):
        layout = stand_in_layout(venue)
        message = f"the files of {venue.name} are not installed; the proof uses article with its measures"
        notices.append(Problem(message=message, hint=f"looked for {', '.join(wanted)}"))
    root = os.path.relpath(manifest.root, manifest.root / folder)
    tex = manifest.root / folder / "proof.tex"
    _refuse_foreign(tex, manifest.root)
    document = compose(manifest, layout, root=Path(root).as_posix())
    write_if_changed(tex, seal_text(document.encode(), origin=manifest.file))
    found = find_engine((engine,) if engine else ENGINES)
    if found is None:
        message = f"no TeX engine found; looked for {', '.join([engine] if engine else ENGINES)}"
        hint = f"install TeX Live or MiKTeX, then run paperkit proof again; {relative(tex, manifest.root)} is written"
        return Proof(tex=tex, pdf=None, notices=(*notices, Problem(message=message, hint=hint)))
    return Proof(tex=tex, pdf=_compiled(found, tex, manifest.root), notices=tuple(notices))


def _compiled(engine: str, tex: Path, root: Path) -> Path:
    name = relative(tex, root)
    try:
        compiled = compile_document(engine, tex, search=root)
    except subprocess.TimeoutExpired as error:
        message = f"{Path(engine).name} did not end"
        raise PaperkitError(Problem(message=message, place=Place(file=name))) from error
    if compiled.pdf is None:
        hint = f"the whole log is {name.removesuffix('.tex')}.log"
        raise PaperkitError(*(Problem(message=text, place=Place(file=name), hint=hint) for text in compiled.errors))
    return compiled.pdf


def _refuse_missing(manifest: Manifest) -> tuple[Problem, ...]:
    """Refuse a proof without preamble and macros; return a notice for every asset that is left out.

    Raises:
        PaperkitError: the preamble or the macros, which every page needs, or all assets are missing.

    """
    needed = [manifest.paper.preamble, *([manifest.paper.macros] if manifest.macros else [])]
    lacking = [output for output in needed if not (manifest.root / output).exists()]
    missing = {asset.id: missing_outputs(manifest, asset) for asset in manifest.floats}
    if lacking or (missing and all(missing.values())):
        everything = [*lacking, *(output for found in missing.values() for output in found)]
        hint = "run paperkit build first"
        raise PaperkitError(
            *(Problem(message="not built", place=Place(file=output), hint=hint) for output in everything)
        )
    return tuple(
        Problem(message=f"{name} is left out: {', '.join(found)} is not built")
        for name, found in missing.items()
        if found
    )


def _refuse_foreign(tex: Path, root: Path) -> None:
    """Refuse to replace a document or a PDF that is not a proof of ours.

    Raises:
        PaperkitError: there is one.

    """
    ours = tex.is_file() and seal_state(tex.read_bytes()) is SealState.INTACT
    foreign = next((path for path in (tex, tex.with_suffix(".pdf")) if path.exists() and not ours), None)
    if foreign is not None:
        hint = "name another folder with -o, or move the file away"
        place = Place(file=relative(foreign, root))
        raise PaperkitError(Problem(message="was edited or is not a proof of paperkit's", place=place, hint=hint))
