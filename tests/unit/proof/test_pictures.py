"""Two versions of a figure as pixels: what differs, how much, and what cannot be compared."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from paperkit.errors import PaperkitError
from paperkit.proof import pictures
from paperkit.proof.pictures import DPI, compare_pictures, rasterise


def picture(width: int = 100, box: tuple[int, int, int, int] | None = None, color: str = "black") -> Image.Image:
    image = Image.new("RGB", (width, 50), "white")
    if box is not None:
        ImageDraw.Draw(image).rectangle(box, fill=color)
    return image


def saved(image: Image.Image, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=form, resolution=DPI)
    return buffer.getvalue()


@pytest.fixture(params=["pypdfium2", "pdftoppm"])
def drawer(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], str]
) -> str:
    name: str = request.param
    if name == "pdftoppm":
        require_program(name)
        monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    else:
        pytest.importorskip(name)
        monkeypatch.setenv("PATH", "")
    return name


@pytest.mark.usefixtures("drawer")
def test_a_pdf_is_drawn_at_its_size() -> None:
    # 100 pixels at 150 dpi are 48 points, 50 are 24.
    drawn = rasterise(saved(picture(box=(0, 0, 49, 49)), "PDF"))
    assert (drawn.size, drawn.getpixel((10, 25)), drawn.getpixel((90, 25))) == ((100, 50), (0, 0, 0), (255, 255, 255))


@pytest.mark.usefixtures("drawer")
def test_what_differs_in_a_pdf_is_counted() -> None:
    before, after = (saved(picture(box=box), "PDF") for box in ((0, 0, 49, 49), (0, 0, 59, 49)))
    found = compare_pictures(before, after)
    # Compression of the embedded picture blurs its edge.
    assert found.share == pytest.approx(0.1, abs=0.03)


def test_what_differs_in_a_png_is_exact() -> None:
    found = compare_pictures(saved(picture(box=(0, 0, 49, 49))), saved(picture(box=(0, 0, 59, 49))))
    assert (found.share, found.words) == (0.1, "10 % of its pixels differ")
    assert found.difference is not None
    assert found.difference.getpixel((55, 25)) == (214, 39, 40)
    assert found.difference.getpixel((90, 25)) == (255, 255, 255)
    one = compare_pictures(saved(picture(4000)), saved(picture(4000, (0, 0, 0, 0))))
    assert one.words == "less than 0.01 % of its pixels differ"


@pytest.mark.usefixtures("drawer")
def test_other_bytes_and_the_same_pixels() -> None:
    before = saved(picture(box=(0, 0, 49, 49)), "PDF")
    found = compare_pictures(before, before.replace(b"startxref", b"% a comment\nstartxref"))
    assert (found.share, found.words) == (0.0, "its file differs, but not one pixel at 150 dpi")


def test_another_size() -> None:
    found = compare_pictures(saved(picture(150)), saved(picture(300)))
    assert found.words == "its size is another: 1.00 × 0.33 in → 2.00 × 0.33 in"
    assert found.difference is not None
    assert found.difference.size == (300, 50)


def test_transparency_is_seen_on_white() -> None:
    clear = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    assert compare_pictures(saved(clear), saved(picture())).share == 0


def test_one_version_alone() -> None:
    found = compare_pictures(None, saved(picture()))
    assert (found.share, found.difference, found.words) == (None, None, "it cannot be compared")


@pytest.mark.parametrize("content", [b"%PDF-1.4 nothing", b"\x89PNG\r\n\x1a\nnothing", b"", b"<svg/>"])
def test_what_is_damaged_is_told(content: bytes) -> None:
    with pytest.raises(PaperkitError) as caught:
        rasterise(content)
    assert str(caught.value).startswith("the picture cannot be read: ")


def test_without_a_drawer_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PaperkitError) as caught:
        rasterise(b"%PDF-1.4")
    hint = "pip install 'paperkit-assets[images]', or install pdftoppm (poppler-utils)"
    assert str(caught.value) == f"nothing is installed that draws PDF\n    {hint}"
