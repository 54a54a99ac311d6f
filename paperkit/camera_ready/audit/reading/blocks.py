"""What is painted on a page, gathered by the included file that paints it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from paperkit.camera_ready.audit.facts import TEX_POINTS, Block, Box, Contrast, Image, Text
from paperkit.camera_ready.audit.reading.matrices import Bounds, union

_MOST_SIZES = 200
_MOST_IMAGES = 500
_SAMPLE = 24
# WCAG 2.2, success criterion 1.4.3: text of 18 pt and more may have 3:1.
_LARGE = 18.0
_ENOUGH, _ENOUGH_LARGE = 4.5, 3.0


@dataclass(kw_only=True, slots=True)
class Gathered:
    """A block while its content is read."""

    asset: str | None = None
    inner: str | None = None
    form: int | None = None
    outer: int | None = None
    is_form: bool = False
    is_image: bool = False
    natural: tuple[float, float] | None = None
    ink: Bounds | None = None
    texts: dict[tuple[float, bool], Text] = field(default_factory=dict)
    thinnest: float | None = None
    images: list[Image] = field(default_factory=list)
    spaces: set[str] = field(default_factory=set)
    transparent: set[str] = field(default_factory=set)
    contrast: Contrast | None = None
    low_contrast_runs: int = 0

    def paint(self, bounds: Bounds) -> None:
        """Add what was painted to the ink."""
        self.ink = union(self.ink, bounds)

    def add_text(self, size: float, sample: str, *, is_script: bool) -> None:
        """Add a run of text of a size in PDF points."""
        key = (round(size * TEX_POINTS, 2), is_script)
        known = self.texts.get(key)
        if known is not None:
            self.texts[key] = replace(known, count=known.count + len(sample))
        elif len(self.texts) < _MOST_SIZES:
            self.texts[key] = Text(size=key[0], sample=sample[:_SAMPLE], count=len(sample), is_script=is_script)

    def add_line(self, width: float) -> None:
        """Add a line of a width in PDF points."""
        width = round(width * TEX_POINTS, 3)
        if self.thinnest is None or width < self.thinnest:
            self.thinnest = width

    def add_image(self, image: Image) -> None:
        """Add an image; of very many the first ones."""
        if len(self.images) < _MOST_IMAGES:
            self.images.append(image)

    def add_contrast(self, found: Contrast) -> None:
        """Add text on a ground; the hardest to read is kept."""
        if found.ratio < (_ENOUGH_LARGE if found.size >= _LARGE else _ENOUGH):
            self.low_contrast_runs += 1
        if self.contrast is None or found.ratio < self.contrast.ratio:
            self.contrast = found

    def done(self) -> Block:
        """Return the block, frozen."""
        return Block(
            asset=self.asset,
            inner=self.inner,
            form=self.form,
            outer=self.outer,
            is_form=self.is_form,
            is_image=self.is_image,
            natural=self.natural,
            ink=None if self.ink is None else as_box(self.ink),
            texts=tuple(text for _, text in sorted(self.texts.items())),
            thinnest=self.thinnest,
            images=tuple(self.images),
            spaces=tuple(sorted(self.spaces)),
            transparent=tuple(sorted(self.transparent)),
            contrast=self.contrast,
            low_contrast_runs=self.low_contrast_runs,
        )


def as_box(bounds: Bounds) -> Box:
    """Return bounds as a record, to a hundredth of a point."""
    left, bottom, right, top = (round(value, 2) for value in bounds)
    return Box(left=left, bottom=bottom, right=right, top=top)
