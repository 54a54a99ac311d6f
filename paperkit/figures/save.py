r"""Write a figure: the formats that the manifest asks for, and the wrapper that `\input` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from paperkit.errors import PaperkitError
from paperkit.figures.facts import facts
from paperkit.figures.figure import Figure
from paperkit.figures.source_data import source_rows, to_csv
from paperkit.files import Artifact
from paperkit.manifest.model import FORMAT_FILES, RASTER_FILE, SOURCE_DATA, FigureAsset, Format
from paperkit.templates import Templates
from paperkit.tex.lengths import format_pt
from paperkit.tex.text import UnprintableError, escape

# A tenth of a point: TeX's own rounding and that of a class must not warn.
_SLACK = 0.1


def write(
    figure: Figure, asset: FigureAsset, *, folder: str, formats: Sequence[Format], templates: Templates
) -> tuple[Artifact, ...]:
    r"""Return the files of `figure` below `folder`: those of each format, source data, and `NAME.tex`.

    A PGF whose marks are too many for TeX has its images in `NAME-raster.pdf`.

    The wrapper shows the first format. It finds its files beside itself however it is reached; on LaTeX before 2020 it
    also looks into `\pkfigdir`, `folder` and `../folder`. Nothing is written to the disk.

    Raises:
        AssetError: a format cannot hold what the figure draws.

    """
    drawn = (
        Artifact(path=f"{folder}/{figure.name}{end}", content=content)
        for form in formats
        for end, content in zip((*FORMAT_FILES[form], RASTER_FILE), _WRITERS[form](figure, asset), strict=False)
    )
    panels = [] if not asset.spec.source_data else list(enumerate(_source_data(figure), 1))
    data = (
        Artifact(path=f"{folder}/{figure.name}{SOURCE_DATA.format(number)}", content=content)
        for number, content in panels
    )
    wrapper = _wrapper(figure, asset, folder=folder, form=formats[0], templates=templates)
    return (*drawn, *data, Artifact(path=f"{folder}/{figure.name}.tex", content=wrapper.encode()))


def _source_data(figure: Figure) -> tuple[bytes, ...]:
    """Return the CSV of each panel of the manifest, all its facets together."""
    found = facts(figure.scene)
    panels = range(1, len(figure.scene.asset.spec.panel) + 1)
    return tuple(to_csv(source_rows([fact for fact in found if fact.panel == number])).encode() for number in panels)


def _pdf(figure: Figure, asset: FigureAsset) -> tuple[bytes, ...]:
    from paperkit.figures.pdf import to_pdf

    return (to_pdf(figure, title=asset.spec.caption, subject=_alt(figure, asset)),)


def _pgf(figure: Figure, asset: FigureAsset) -> tuple[bytes, ...]:
    from paperkit.figures.pdf import images_to_pdf
    from paperkit.figures.pgf import draw_pgf

    del asset
    text, images = draw_pgf(figure)
    return (text.encode(), images_to_pdf(images)) if images else (text.encode(),)


def _hybrid(figure: Figure, asset: FigureAsset) -> tuple[bytes, ...]:
    from paperkit.figures.hybrid import to_hybrid

    made = to_hybrid(figure, title=asset.spec.caption, subject=_alt(figure, asset))
    return made.pdf, made.overlay.encode()


def _pgfplots(figure: Figure, asset: FigureAsset) -> tuple[bytes, ...]:
    from paperkit.figures.pgfplots import to_pgfplots

    del asset
    return (to_pgfplots(figure).encode(),)


def _svg(figure: Figure, asset: FigureAsset) -> tuple[bytes, ...]:
    from paperkit.figures.preview import to_svg

    return (to_svg(figure, title=asset.spec.caption, description=_alt(figure, asset)),)


def _png(figure: Figure, asset: FigureAsset) -> tuple[bytes, ...]:
    from paperkit.figures.preview import to_png

    return (to_png(figure, title=asset.spec.caption, description=_alt(figure, asset)),)


_WRITERS: Mapping[str, Callable[[Figure, FigureAsset], tuple[bytes, ...]]] = {
    "pdf": _pdf,
    "pgf": _pgf,
    "hybrid": _hybrid,
    "pgfplots": _pgfplots,
    "svg": _svg,
    "png": _png,
}


def _alt(figure: Figure, asset: FigureAsset) -> str:
    return asset.spec.alt or figure.alt


def _printed(figure: Figure, asset: FigureAsset) -> str:
    encoding = figure.theme.encoding
    if asset.spec.alt:
        return escape(" ".join(asset.spec.alt.split()), encoding=encoding)
    # A draft stops no build: what LaTeX cannot print is a question mark there.
    return escape("".join(c if _is_printable(c, encoding) else "?" for c in figure.alt), encoding=encoding)


def _is_printable(character: str, encoding: str) -> bool:
    try:
        escape(character, encoding=encoding)
    except UnprintableError:
        return False
    return True


def _wrapper(figure: Figure, asset: FigureAsset, *, folder: str, form: Format, templates: Templates) -> str:
    try:
        alt = _printed(figure, asset)
    except PaperkitError as error:
        raise type(error)(*(problem.under((*asset.path, "alt")) for problem in error.problems)) from error
    file, *overlay = (f"{figure.name}{end}" for end in FORMAT_FILES[form])
    return templates.render(
        "figure.tex",
        file=file,
        overlay="".join(overlay),
        format=form,
        folder=folder,
        subject=asset.id,
        width=format_pt(figure.width),
        narrowest=format_pt(figure.width - _SLACK),
        alt=alt,
    )
