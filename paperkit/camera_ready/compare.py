"""Compare two PDFs: pages, their sizes, text, pixels. Two renderers are known; one is enough."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

DPI = 100
BYTES = "the bytes of the PDF"


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How a PDF looks: a hash of the pixels of each page, the text of each, and the program that drew them."""

    pixels: tuple[str, ...]
    texts: tuple[str, ...]
    renderer: str

    @property
    def text(self) -> str:
        """Return all text."""
        return "\n".join(self.texts)


def renderer() -> str:
    """Return the name of what can draw a PDF here; without any, only PDFs with the same bytes count as equal."""
    try:
        import pypdfium2 as pdfium
    except ImportError:
        both = shutil.which("pdftoppm") and shutil.which("pdftotext")
        return "poppler" if both else BYTES
    return f"pypdfium2 {pdfium.PYPDFIUM_INFO.version}"


def look_of(pdf: bytes) -> Look:
    """Return how a PDF looks at 100 dpi.

    Raises:
        ValueError: the PDF cannot be read.

    """
    name = renderer()
    if name == BYTES:
        return Look(pixels=(hashlib.sha256(pdf).hexdigest(),), texts=("",), renderer=BYTES)
    return _poppler(pdf) if name == "poppler" else _pdfium(pdf, name)


def difference(before: Look, after: Look) -> str | None:
    """Return in words how `after` differs, the first page that does, or None."""
    if len(before.pixels) != len(after.pixels):
        return f"{len(after.pixels)} pages, not {len(before.pixels)}"
    for number, (old, new) in enumerate(zip(before.texts, after.texts, strict=True), 1):
        if old != new:
            return f"the text of page {number}"
    for number, (old, new) in enumerate(zip(before.pixels, after.pixels, strict=True), 1):
        if old != new:
            return f"the look of page {number}"
    return None


def _pdfium(pdf: bytes, name: str) -> Look:
    import pypdfium2 as pdfium

    pixels, texts = [], []
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise ValueError(str(error)) from error
    program = shutil.which("pdftotext")
    try:
        for page in document:
            bitmap = page.render(scale=DPI / 72, may_draw_forms=False)
            size = f"{bitmap.width}x{bitmap.height}:{page.get_width():.2f}x{page.get_height():.2f}:"
            pixels.append(hashlib.sha256(size.encode() + bytes(bitmap.buffer)).hexdigest())
            bitmap.close()
            if program is None:
                text = page.get_textpage()
                texts.append(text.get_text_range())
                text.close()
            page.close()
    finally:
        document.close()
    if program is not None:
        return Look(pixels=tuple(pixels), texts=_pdftotext(program, pdf), renderer=f"{name}, pdftotext")
    return Look(pixels=tuple(pixels), texts=tuple(texts), renderer=name)


def _pdftotext(program: str, pdf: bytes) -> tuple[str, ...]:
    done = subprocess.run(  # noqa: S603 - a list, no shell
        [program, "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=False, timeout=300
    )
    return tuple(done.stdout.decode("utf-8", "replace").split("\f")[:-1])


def _poppler(pdf: bytes) -> Look:
    draw, read = shutil.which("pdftoppm") or "", shutil.which("pdftotext") or ""
    with tempfile.TemporaryDirectory(prefix="paperkit-") as name:
        folder = Path(name)
        (folder / "in.pdf").write_bytes(pdf)
        command = [draw, "-r", str(DPI), "in.pdf", "page"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=600)  # noqa: S603
        pages = sorted(folder.glob("page-*.ppm"), key=lambda path: int(re.findall(r"\d+", path.name)[-1]))
        if done.returncode != 0 or not pages:
            raise ValueError(done.stderr.decode("utf-8", "replace").strip() or "no pages")
        pixels = tuple(hashlib.sha256(page.read_bytes()).hexdigest() for page in pages)
    return Look(pixels=pixels, texts=_pdftotext(read, pdf), renderer="poppler")
