"""Compose the proof: one document with every asset, captioned, in the venue's class, made with PyLaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from paperkit.manifest.load import Manifest
from paperkit.manifest.model import FigureAsset, TableAsset, TableSpec
from paperkit.manifest.references import label_of
from paperkit.style.venue import Venue
from paperkit.tex.lengths import format_pt
from paperkit.tex.text import Tex, escape, markup

_FONT_PACKAGES = {"ptm": ("times",), "phv": ("helvet",), "ppl": ("palatino",), "lmr": ("lmodern",)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The class, options and packages of a proof; a stand-in has the venue's measures but not its class."""

    document_class: str
    options: tuple[str, ...] = ()
    packages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_stand_in: bool = False


def venue_layout(venue: Venue) -> Layout:
    """Return the venue's own class and packages; the stand-in for a venue that has no class."""
    if not venue.document_class:
        return stand_in_layout(venue)
    packages = tuple((name, ()) for name in venue.packages)
    return Layout(document_class=venue.document_class, options=venue.class_options, packages=packages)


def stand_in_layout(venue: Venue) -> Layout:
    """Return LaTeX's article class with the venue's text width, columns and font, for where its class is missing."""
    options = ["10pt", *(["twocolumn"] if venue.is_two_column else [])]
    geometry = [f"textwidth={format_pt(venue.text_width)}", "top=1in", "bottom=1in"]
    if venue.is_two_column:
        geometry.append(f"columnsep={format_pt(venue.text_width - 2 * venue.column_width)}")
    fonts = tuple((name, ()) for name in _FONT_PACKAGES.get(venue.family, ()))
    packages = (("geometry", tuple(geometry)), *fonts)
    return Layout(document_class="article", options=tuple(options), packages=packages, is_stand_in=True)


def compose(manifest: Manifest, layout: Layout, *, root: str) -> str:
    """Return the LaTeX of the proof; `root` leads from the proof's folder to the project, such as `..`.

    Tables have their caption above, figures below; what is wider than a column spans both.
    """
    from pylatex import Command, Document, NoEscape, Package

    document = Document(
        documentclass=layout.document_class,
        document_options=list(layout.options),
        fontenc=None,
        inputenc=None,
        lmodern=False,
        textcomp=False,
        page_numbers=True,
    )
    # PyLaTeX always asks for these three; a proof must load no more than the paper.
    document.packages.clear()
    for name, options in layout.packages:
        document.packages.append(Package(name, options=list(options)))
    document.preamble.append(_input(root, manifest.paper.preamble))
    if manifest.macros:
        document.preamble.append(_input(root, manifest.paper.macros))
    if layout.document_class == "acmart":
        document.preamble.append(NoEscape(r"\settopmatter{printacmref=false}\setcopyright{none}"))
    for part in (*_front(manifest), *_floats(manifest, root)):
        document.append(part)
    document.append(Command("clearpage"))
    return str(document.dumps()) + "\n"


def missing_outputs(manifest: Manifest, asset: TableAsset | FigureAsset) -> tuple[str, ...]:
    """Return the outputs of `asset` that have not been built."""
    return tuple(output for output in manifest.outputs(asset) if not (manifest.root / output).exists())


def _input(root: str, path: str) -> Any:
    from pylatex import Command, NoEscape

    return Command("input", NoEscape(str(PurePosixPath(root, path).with_suffix(""))))


def _front(manifest: Manifest) -> Iterable[Any]:
    from pylatex import Itemize, NoEscape, Section

    title = markup(manifest.paper.title) if manifest.paper.title else Tex("Proof")
    yield Section(NoEscape(title), numbering=False, label=False)
    if manifest.macros:
        listing = Itemize()
        for asset in manifest.macros:
            listing.add_item(NoEscape(rf"\texttt{{\textbackslash {escape(asset.name)}}}: \{asset.name}"))
        yield listing


def _floats(manifest: Manifest, root: str) -> Iterable[Any]:
    for asset in manifest.floats:
        if missing_outputs(manifest, asset):
            continue
        if isinstance(asset.spec, TableSpec) and asset.spec.form != "tabular":
            # It brings its own float and caption.
            yield _input(root, manifest.outputs(asset)[0])
            continue
        yield _float(asset, manifest.venue, PurePosixPath(root, manifest.outputs(asset)[0]))


def _float(asset: TableAsset | FigureAsset, venue: Venue, path: PurePosixPath) -> Any:
    from pylatex import Command, NoEscape
    from pylatex.base_classes import Environment

    spec = asset.spec
    spans = venue.is_two_column and spec.width != "columnwidth"
    floating = Environment(options=NoEscape("!htbp"))
    floating._latex_name = asset.kind + ("*" if spans else "")  # noqa: SLF001 - PyLaTeX names it by the class
    caption = [
        Command("caption", NoEscape(markup(spec.caption) if spec.caption else escape(asset.id))),
        Command("label", NoEscape(label_of(asset))),
    ]
    body = [Command("centering"), Command("input", NoEscape(str(path.with_suffix(""))))]
    above = asset.kind == "table"
    # Standard classes leave no room between a caption and what stands below it.
    for part in (body[0], *caption, Command("smallskip"), body[1]) if above else (*body, *caption):
        floating.append(part)
    return floating
