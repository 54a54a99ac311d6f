"""Write docs/gallery.png, all figures of docs/gallery as one picture: run it after `paperkit build` there."""

from __future__ import annotations

import tomllib
from pathlib import Path

from PIL import Image

GALLERY = Path(__file__).parent.parent / "docs" / "gallery"
WIDTH, ACROSS, DOWN = 1420, 40, 28


def main() -> None:
    """Put the figures side by side as they are wide, in the order of the manifest."""
    names = tomllib.loads((GALLERY / "paper.toml").read_text(encoding="utf-8"))["figure"]
    placed: list[tuple[Image.Image, tuple[int, int]]] = []
    x = y = height = 0
    for name in names:
        picture = Image.open(GALLERY / "figures" / f"{name}.png").convert("RGBA")
        if x + picture.width > WIDTH:
            x, y, height = 0, y + height + DOWN, 0
        placed.append((picture, (x, y)))
        x, height = x + picture.width + ACROSS, max(height, picture.height)
    sheet = Image.new("RGB", (WIDTH, y + height), "white")
    for picture, at in placed:
        sheet.paste(picture, at, picture)
    sheet.quantize(128).save(GALLERY.parent / "gallery.png", optimize=True)


if __name__ == "__main__":
    main()
