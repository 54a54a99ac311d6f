"""Pictures: two versions of a figure as pixels, and how much of them differs.

PDF needs pypdfium2 (the extra `images`) or poppler's `pdftoppm`; PNG nothing; SVG is shown, but not compared.
"""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from paperkit.errors import PaperkitError, Problem

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 150
_INCH = 72.0
_SECONDS = 60
# Of the 255 of a channel: what a rasteriser rounds otherwise is no difference.
_NOISE = 2
# Larger pictures are drawn with fewer pixels; a file may claim any size.
_MOST_PIXELS = 16_000_000
# Percents: the least that is named, and from where on whole ones are enough.
_LEAST, _ROUGH = 0.01, 10
# What is drawn as pixels.
PICTURE_ENDS = (".pdf", ".png")
_HINT = "pip install 'paperkit-assets[images]', or install pdftoppm (poppler-utils)"


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Two versions of a figure, either of which may be missing, on canvases of one size where both are there."""

    before: Image | None
    after: Image | None
    sizes: tuple[tuple[int, int] | None, tuple[int, int] | None]

    @cached_property
    def difference(self) -> Image | None:
        """Return what differs in red, on what is equal in pale grey; None where a version is missing."""
        from PIL import Image, ImageChops

        if self.before is None or self.after is None:
            return None
        pale = Image.blend(self.after.convert("L").convert("RGB"), Image.new("RGB", self.after.size, "white"), 0.75)
        apart = ImageChops.difference(self.before, self.after).convert("RGB")
        strongest = ImageChops.lighter(ImageChops.lighter(*apart.split()[:2]), apart.split()[2])
        mask = strongest.point(lambda level: 255 if level > _NOISE else 0)
        pale.paste(Image.new("RGB", pale.size, (214, 39, 40)), mask=mask)
        return pale

    @cached_property
    def share(self) -> float | None:
        """Return the part of the pixels that differ, 0 to 1; None where a version is missing."""
        from PIL import ImageChops

        if self.before is None or self.after is None:
            return None
        channels = ImageChops.difference(self.before, self.after).split()
        strongest = channels[0]
        for channel in channels[1:]:
            strongest = ImageChops.lighter(strongest, channel)
        counts = strongest.histogram()
        return sum(counts[_NOISE + 1 :]) / max(sum(counts), 1)

    @property
    def words(self) -> str:
        """Return how much differs, as a sentence without its point."""
        if self.share is None:
            return "it cannot be compared"
        if None not in self.sizes and self.sizes[0] != self.sizes[1]:
            old, new = (f"{size[0] / DPI:.2f} × {size[1] / DPI:.2f} in" for size in self.sizes if size)
            return f"its size is another: {old} → {new}"
        if self.share == 0:
            return f"its file differs, but not one pixel at {DPI} dpi"
        percent = self.share * 100
        if percent < _LEAST:
            return f"less than {_LEAST} % of its pixels differ"
        return f"{percent:.{0 if percent >= _ROUGH else 2}{'f' if percent >= _ROUGH else 'g'}} % of its pixels differ"


def compare_pictures(before: bytes | None, after: bytes | None) -> Pictures:
    """Return two versions of a PDF or PNG as pixels at 150 dpi, on white.

    Raises:
        PaperkitError: there is nothing that can draw a PDF, or a file is damaged.

    """
    drawn = [None if content is None else rasterise(content) for content in (before, after)]
    sizes = [None if image is None else image.size for image in drawn]
    if sizes[0] is not None and sizes[1] is not None and sizes[0] != sizes[1]:
        width, height = (max(pair) for pair in zip(*(size for size in sizes if size), strict=True))
        drawn = [None if image is None else _on_canvas(image, width, height) for image in drawn]
    return Pictures(before=drawn[0], after=drawn[1], sizes=(sizes[0], sizes[1]))


def rasterise(content: bytes) -> Image:
    """Return a PNG, or the first page of a PDF at 150 dpi, on white.

    Raises:
        PaperkitError: there is nothing that can draw a PDF, or the file is damaged.

    """
    if not content.startswith(b"%PDF"):
        return _opened(content)
    return _by_pdfium(content) if find_spec("pypdfium2") else _by_poppler(content)


def _opened(content: bytes) -> Image:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            shown = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PaperkitError(Problem(message=f"the picture cannot be read: {error}")) from error
    white = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(white, shown).convert("RGB")


def _by_pdfium(content: bytes) -> Image:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[0]
            scale = _scale(*page.get_size())
            image: Image = page.render(scale=scale).to_pil().convert("RGB")
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
        raise PaperkitError(Problem(message=f"the picture cannot be read: {error}")) from error
    return image


def _scale(width: float, height: float) -> float:
    """Return the pixels for each point."""
    pixels = width * height * (DPI / _INCH) ** 2
    return DPI / _INCH * min(1.0, math.sqrt(_MOST_PIXELS / max(pixels, 1.0)))


def _by_poppler(content: bytes) -> Image:
    program = shutil.which("pdftoppm")
    if program is None:
        raise PaperkitError(Problem(message="nothing is installed that draws PDF", hint=_HINT))
    with TemporaryDirectory() as folder:
        (Path(folder) / "in.pdf").write_bytes(content)
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell
                [program, "-png", "-r", str(DPI), "-f", "1", "-singlefile", "in.pdf", "out"],
                cwd=folder,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PaperkitError(Problem(message=f"the picture cannot be read: {error}")) from error
        drawn = Path(folder) / "out.png"
        if done.returncode != 0 or not drawn.exists():
            raise PaperkitError(Problem(message="the picture cannot be read: pdftoppm refuses it"))
        return _opened(drawn.read_bytes())


def _on_canvas(image: Image, width: int, height: int) -> Image:
    from PIL import Image

    canvas = Image.new("RGB", (width, height), "white")
    canvas.paste(image, (0, 0))
    return canvas
