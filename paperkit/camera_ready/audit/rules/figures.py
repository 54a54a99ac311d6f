"""What is painted: sizes of type and lines after scaling, images, colours, transparency, contrast, margins."""

from __future__ import annotations

from collections.abc import Iterator

from paperkit.camera_ready.audit.facts import TEX_POINTS, Box, Image, Text
from paperkit.camera_ready.audit.margins import Margins, find_margins, stated_margins
from paperkit.camera_ready.audit.report import Finding
from paperkit.camera_ready.audit.rule import Rule, failed, listed
from paperkit.camera_ready.audit.subject import Shown, Subject
from paperkit.style.submission import Fact

_NEARLY = 0.95  # 4.98 pt is what 5 pt becomes when a figure is scaled to a width of rounded points.
_SCRIPTS = 0.7  # matplotlib's scripts, and TeX's at 10 pt, are this part of the text's size.
_PIXELS = 4096  # An image of fewer is data (a heat map, the bar of a legend), not a picture that is too coarse.
_OWN_LEAST = 4.5
_TABLE_RULE = 0.2  # PDF points: the rules that booktabs draws below some columns, in the smallest type
_BEYOND = 1.5  # PDF points: what is nearer to a margin is rounding, or the half of a line.
_ABOVE = 0.72  # What of the type's size letters take above the baseline.
_TEXT_BEYOND = 3.0  # Microtype lets punctuation hang out of the line.


def _text_size(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    for shown in subject.shown():
        least = min(fact.value, _OWN_LEAST) if shown.is_own else fact.value
        small = [
            text for text in shown.block.texts if text.size < _NEARLY * (least * _SCRIPTS if text.is_script else least)
        ]
        if small:
            text = min(small, key=lambda text: text.size)
            yield failed(
                "text-size",
                f"{_what(shown)} has text of {text.size:.1f} pt (“{text.sample}”)",
                fact,
                asset=shown.asset,
                page=shown.page.number,
                measured=f"{text.size:.1f} pt",
                allowed=f"at least {least:g} pt",
                fix=_larger(shown, text, least),
            )


def _larger(shown: Shown, text: Text, least: float) -> str:
    if shown.is_own:
        return "use a larger size, or leave out \\resizebox and \\scalebox"
    return f"make the figure at its final width, or its type {least / max(text.size, 0.1):.1f} times as large"


def _line_width(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    for shown in subject.shown():
        thinnest = shown.block.thinnest
        # Venues speak of figures; among a page's own lines are the rules of tables, which are thinner on purpose.
        least = min(fact.value, _TABLE_RULE) if shown.is_own else fact.value
        if thinnest is not None and thinnest < _NEARLY * least:
            yield failed(
                "line-width",
                f"{_what(shown)} has a line of {thinnest:.2g} pt",
                fact,
                asset=shown.asset,
                page=shown.page.number,
                measured=f"{thinnest:.2g} pt",
                allowed=f"at least {least:g} pt",
                fix=f"draw it with at least {least:g} pt at the figure's final width",
            )


def _resolution(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    for shown in subject.shown():
        coarse = [image for image in shown.block.images if _dpi(image) < _NEARLY * fact.value and _is_picture(image)]
        if coarse:
            image = min(coarse, key=_dpi)
            width, height = image.pixels
            has = "has" if shown.block.is_image else "has an image of"
            yield failed(
                "image-resolution",
                f"{_what(shown)} {has} {_dpi(image):.0f} dpi ({width} × {height} pixels)",
                fact,
                asset=shown.asset,
                page=shown.page.number,
                measured=f"{_dpi(image):.0f} dpi",
                allowed=f"at least {fact.value:g} dpi",
                fix="include the original at more pixels, or as vectors; do not enlarge it",
            )


def _dpi(image: Image) -> float:
    return min(image.dpi)


def _is_picture(image: Image) -> bool:
    return image.pixels[0] * image.pixels[1] >= _PIXELS and _dpi(image) > 0


def _colours(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    for shown in subject.shown():
        wrong = [space for space in shown.block.spaces if space not in {*fact.value, "pattern", "unknown"}]
        if wrong and not shown.is_own:
            yield failed(
                "colour-space",
                f"{_what(shown)} has colours in {listed(wrong)}",
                fact,
                asset=shown.asset,
                page=shown.page.number,
                measured=listed(wrong),
                allowed=listed(fact.value),
                fix=f"convert the figure's colours to {fact.value[0].upper()}",
            )


def _mixed_colours(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    if subject.venue.get("colours") is not None:
        return
    spaces: dict[str, Shown] = {}
    for shown in subject.shown():
        for space in shown.block.spaces:
            if not shown.is_own:
                spaces.setdefault({"icc4": "cmyk", "icc3": "rgb"}.get(space, space), shown)
    if {"rgb", "cmyk"} <= spaces.keys():
        shown = spaces["cmyk"]
        yield failed(
            "mixed-colours",
            f"{_what(shown)} has CMYK colours, other figures RGB: equal colours will look different",
            severity="warning",
            asset=shown.asset,
            page=shown.page.number,
            measured="cmyk and rgb",
            allowed="one colour space",
            fix="save the image as RGB",
        )


def _transparency(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for shown in subject.shown():
        if shown.block.transparent:
            yield failed(
                "transparency",
                f"{_what(shown)} is transparent ({listed(shown.block.transparent)})",
                severity="note",
                asset=shown.asset,
                page=shown.page.number,
                measured=listed(shown.block.transparent),
                allowed="opaque, for some printers",
                fix="use a lighter opaque colour where the venue prints",
            )


def _contrast(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    for shown in subject.shown():
        found = shown.block.contrast
        if found is not None and shown.block.low_contrast_runs and found.ratio < fact.value:
            more = shown.block.low_contrast_runs - 1
            yield failed(
                "contrast",
                f"{_what(shown)} has text of contrast {found.ratio:.1f}:1 "
                f"(“{found.sample}”, {found.ink} on {found.ground})" + (f", and {more} more" if more else ""),
                fact,
                severity="warning" if fact.grade != "rule" else "error",
                asset=shown.asset,
                page=shown.page.number,
                measured=f"{found.ratio:.1f}:1",
                allowed=f"at least {fact.value:g}:1",
                fix="darken the text, or choose black or white by the ground (paperkit's tables do)",
            )


def _off_page(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for shown in subject.shown():
        ink, page = shown.block.ink, shown.page.box
        if ink is None:
            continue
        out = max(page.left - ink.left, ink.right - page.right, page.bottom - ink.bottom, ink.top - page.top)
        if out > _BEYOND:
            yield failed(
                "off-page",
                f"{_what(shown)} sticks {out:.0f} pt out of the page",
                asset=shown.asset,
                page=shown.page.number,
                measured=f"{out:.0f} pt",
                allowed="within the page",
                fix=_NARROWER,
            )


_NARROWER = "\\includegraphics[width=\\linewidth]{…}, or make it at the width of the text"


def _margins(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    stated = stated_margins(subject.venue.get("margins"))
    found = find_margins(subject.pages)
    unknown = [
        page.number for page in subject.pages if page.blocks and stated is None and found.get(page.number) is None
    ]
    for page in subject.pages:
        bounds = _bounds(stated, found.get(page.number))
        if bounds is None or page.rotation:
            continue
        fact = subject.venue.get("margins")
        for shown in (entry for entry in subject.shown() if entry.page is page):
            yield from _beyond(shown, bounds, fact)
    if unknown and len(unknown) == len(subject.pages):
        yield Finding(
            rule="margins",
            status="skipped",
            severity="warning",
            message="the width of the text could not be told from so little text",
        )


def _bounds(stated: Margins | None, found: Margins | None) -> Margins | None:
    return stated if stated is not None else found


def _beyond(shown: Shown, bounds: Margins, fact: Fact | None) -> Iterator[Finding]:
    """Yield what of a block stands in a margin: an included file as a whole, of the page itself its lines."""
    if shown.is_own:
        left, right = bounds.on(shown.page)
        for line in shown.page.lines:
            height = _ABOVE * line.size / TEX_POINTS
            box = Box(left=line.left, bottom=line.baseline, right=line.right, top=line.baseline + height)
            out = bounds.beyond(shown.page, box)
            # What stands wholly in a margin at the side is meant to: notes, and the numbers of a review copy's lines.
            if out > _TEXT_BEYOND and line.left < right and line.right > left:
                yield _sticks("a line of text", f" (“{line.text.strip()[:40]}”)", out, shown, fact)
        return
    ink = shown.block.ink
    out = 0.0 if ink is None else bounds.beyond(shown.page, ink)
    if out > _BEYOND:
        yield _sticks(_what(shown), "", out, shown, fact)


def _sticks(what: str, more: str, out: float, shown: Shown, fact: Fact | None) -> Finding:
    return failed(
        "margins",
        f"{what} sticks {out:.0f} pt into the margin{more}",
        fact,
        severity="error" if fact is not None else "warning",
        asset=shown.asset,
        page=shown.page.number,
        measured=f"{out:.0f} pt",
        allowed="within the margins",
        fix=_NARROWER if not shown.is_own else "make the line or the table narrower",
    )


def _what(shown: Shown) -> str:
    """Return what a block is called at the head of a message, where its file stands before it."""
    if shown.is_own:
        return "the page's own content"
    if shown.inner is not None:
        return f"{shown.inner}, which the figure includes,"
    return "the image" if shown.block.is_image else "the figure"


RULES = (
    Rule(
        name="text-size",
        title="all text is large enough",
        check=_text_size,
        fact="figure_text",
        needs=("content",),
        is_once=True,
        for_figures=True,
    ),
    Rule(
        name="line-width",
        title="all lines are thick enough",
        check=_line_width,
        fact="line_width",
        needs=("content",),
        is_once=True,
        for_figures=True,
    ),
    Rule(
        name="image-resolution",
        title="all images are fine enough",
        check=_resolution,
        fact="dpi",
        needs=("content",),
        is_once=True,
        for_figures=True,
    ),
    Rule(
        name="colour-space",
        title="all figures have colours that the venue takes",
        check=_colours,
        fact="colours",
        needs=("content",),
        is_once=True,
        for_figures=True,
    ),
    Rule(name="mixed-colours", title="figures do not mix RGB and CMYK", check=_mixed_colours, needs=("content",)),
    Rule(
        name="transparency",
        title="nothing is transparent",
        check=_transparency,
        needs=("content",),
        is_once=True,
        for_figures=True,
    ),
    Rule(
        name="contrast",
        title="all text stands out from its ground",
        check=_contrast,
        fact="contrast",
        needs=("content",),
        is_once=True,
        for_figures=True,
    ),
    Rule(name="off-page", title="nothing sticks out of the page", check=_off_page, needs=("content",)),
    Rule(name="margins", title="nothing sticks into the margins", check=_margins, needs=("content",)),
)
