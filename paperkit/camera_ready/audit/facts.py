"""What a PDF says about itself: plain records, read once, judged by the rules.

Lengths on the page are PDF points (1/72 in); sizes of type and widths of lines are TeX points (1/72.27 in), as authors
and venues write them, after all scaling.
"""

from __future__ import annotations

from dataclasses import dataclass

# Of 1/72 in; what TeX calls a pt.
TEX_POINTS = 72.27 / 72


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle on the page in PDF points, from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Return the width in PDF points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the height in PDF points."""
        return self.top - self.bottom


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """A place that names a font: its page, and the included file (`/PTEX.FileName`) when it stands in one.

    `inner` is a file that the included file includes in turn; `form` is the number of the outermost form, by which a
    file that the PDF does not name may be known all the same.
    """

    page: int
    form: int | None = None
    asset: str | None = None
    inner: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Font:
    """A font of the PDF, in the words of `pdffonts`: `kind` is such as `Type 1C`, `CID TrueType`, `Type 3`."""

    name: str
    kind: str
    is_embedded: bool
    is_subset: bool
    has_unicode: bool
    uses: tuple[Use, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Runs of one size within a block: TeX points after scaling, the shortest sample of it, how many characters."""

    size: float
    sample: str
    count: int
    is_script: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """An image as it is placed: pixels, resolution on the page in both directions (dpi), colour space."""

    pixels: tuple[int, int]
    dpi: tuple[float, float]
    space: str
    is_mask: bool
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """Text on a filled ground: the contrast ratio of WCAG, and the two colours as `#rrggbb`."""

    ratio: float
    ink: str
    ground: str
    sample: str
    size: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """What one included file paints on a page, or the page's own content (`form` and `image` false).

    `asset` is the file that the PDF names as its origin, `inner` one that this file includes in turn; `natural` is the
    size of the file's own box in PDF points; `form` is the number of its object, `outer` that of a form
    without a name around it; `ink` is what is painted, as
    clipped. `thinnest` is the width of the thinnest visible line in TeX points. `spaces` are the colour spaces
    (`gray`, `rgb`, `cmyk`, `icc3`, …), `transparent` says what makes it so.
    """

    asset: str | None
    inner: str | None
    form: int | None
    outer: int | None
    is_form: bool
    is_image: bool
    natural: tuple[float, float] | None
    ink: Box | None
    texts: tuple[Text, ...]
    thinnest: float | None
    images: tuple[Image, ...]
    spaces: tuple[str, ...]
    transparent: tuple[str, ...]
    contrast: Contrast | None
    low_contrast_runs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the page's own text: where it begins and ends, its baseline, its words without spaces."""

    left: float
    right: float
    baseline: float
    size: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page: its number from 1, its visible box, what is painted on it; `unread` says why not all was read."""

    number: int
    box: Box
    rotation: int
    has_group: bool
    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    unread: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What the file says outside its pages' content.

    `annotations` are pairs of page and subtype (`Link`, …); `external` are pages and addresses of links that leave the
    document; `javascript` and `attachments` say where they are; `figures` counts the `Figure` elements of the structure
    tree, `described` those with alternative text; `repairs` are what had to be mended to read the file.
    """

    size: int
    version: str
    pages: int
    is_encrypted: bool
    repairs: tuple[str, ...]
    title: str
    shows_title: bool
    language: str
    producer: str
    creator: str
    is_tagged: bool
    figures: int
    described: int
    has_xmp: bool
    claims: tuple[str, ...]
    bookmarks: int
    annotations: tuple[tuple[int, str], ...]
    external: tuple[tuple[int, str], ...]
    javascript: tuple[str, ...]
    attachments: tuple[str, ...]
    output_intents: int
    fonts: tuple[Font, ...]
    unread: tuple[str, ...]
