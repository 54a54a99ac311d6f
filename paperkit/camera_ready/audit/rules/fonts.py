"""Fonts: what kind they are, whether they are in the file, and which included file brings them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from paperkit.camera_ready.audit.facts import Font, Use
from paperkit.camera_ready.audit.report import Finding
from paperkit.camera_ready.audit.rule import Rule, counted, failed, listed
from paperkit.camera_ready.audit.subject import Subject
from paperkit.style.submission import Fact

_MATPLOTLIB = "make the figure with matplotlib's pdf.fonttype 42 (paperkit's own figures have it), or as PGF"
_BITMAP = "use outline fonts: \\usepackage{lmodern}, or install cm-super; never \\usepackage{bbold}"


def _type3(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    def is_own(use: Use) -> bool:
        return use.form is None

    for font, use, name, pages in _offending(subject, lambda font: font.kind == "Type 3", is_own):
        fix = _BITMAP if name is None and is_own(use) else _MATPLOTLIB
        yield failed(
            "type3-font",
            f"Type 3 font {font.name}{pages}",
            fact,
            asset=name,
            page=use.page,
            measured="Type 3",
            allowed="outline fonts (Type 1, TrueType)",
            fix=fix,
        )


def _unembedded(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    for font, use, name, pages in _offending(subject, lambda font: not font.is_embedded):
        where = "in the program that made the figure" if name else "in the font map (updmap: dvipsDownloadBase14 true)"
        yield failed(
            "unembedded-font",
            f"font {font.name} is not embedded{pages}",
            fact,
            asset=name,
            page=use.page,
            measured="not embedded",
            allowed="all fonts embedded",
            fix=f"embed it {where}, or choose a font that is",
        )


def _unsubset(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    def whole(font: Font) -> bool:
        return font.is_embedded and not font.is_subset and font.kind != "Type 3"

    for font, use, name, pages in _offending(subject, whole):
        yield failed(
            "whole-font",
            f"font {font.name} is embedded whole{pages}",
            fact,
            asset=name,
            page=use.page,
            measured="whole font",
            allowed="subsets",
            fix="make the figure again with a program that embeds subsets",
        )


def _kinds(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    taken = {*fact.value, "Type 3"}  # Type 3 and fonts that are not embedded have rules of their own.

    def other(font: Font) -> bool:
        return font.kind not in taken and font.is_embedded

    for font, use, name, pages in _offending(subject, other):
        yield failed(
            "font-kind",
            f"font {font.name} is {font.kind}{pages}",
            fact,
            asset=name,
            page=use.page,
            measured=font.kind,
            allowed=listed(fact.value, 12),
            fix="make the figure with usetex or as PGF, so that it has the paper's own Type 1 fonts",
        )


def _unicode(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    # Simple Latin fonts are read by the names of their glyphs; Type 3 and CID fonts by this map alone.
    def deaf(font: Font) -> bool:
        return not font.has_unicode and (font.kind == "Type 3" or font.kind.startswith("CID"))

    for font, use, name, pages in _offending(subject, deaf):
        yield failed(
            "font-without-unicode",
            f"the text of font {font.name} cannot be searched or copied{pages}",
            severity="warning",
            asset=name,
            page=use.page,
            measured="no /ToUnicode",
            allowed="/ToUnicode for all fonts",
            fix="\\input{glyphtounicode}\\pdfgentounicode=1, or make the figure with another program",
        )


def _offending(
    subject: Subject, wrong: Callable[[Font], bool], apart: Callable[[Use], bool] = bool
) -> Iterator[tuple[Font, Use, str | None, str]]:
    """Yield wrong fonts once for each file that brings them in: the font, its first use, that file, on which pages.

    Fonts of one name and kind, such as those without a name, are one, but for those whose first uses
    `apart` tells from each other; the first of them is given.
    """
    alike: dict[tuple[str, str, bool], tuple[Font, dict[tuple[str | None, str | None], list[Use]]]] = {}
    for font in filter(wrong, subject.document.fonts):
        _, uses = alike.setdefault((font.name, font.kind, apart(font.uses[0])), (font, {}))
        for use in font.uses:
            uses.setdefault(subject.culprit(use), []).append(use)
    for font, uses in alike.values():
        for (name, inner), places in uses.items():
            others = len({use.page for use in places}) - 1
            more = f", in {inner} which it includes" if inner else ""
            more += f", and on {counted(others, 'more page')}" if others else ""
            yield font, min(places, key=lambda use: use.page), name, more


RULES = (
    Rule(name="type3-font", title="no font is Type 3", check=_type3, fact="type3", needs=("fonts",), for_figures=True),
    Rule(
        name="unembedded-font",
        title="every font is embedded",
        check=_unembedded,
        fact="unembedded",
        needs=("fonts",),
        for_figures=True,
    ),
    Rule(
        name="whole-font",
        title="fonts are embedded as subsets",
        check=_unsubset,
        fact="unsubset",
        needs=("fonts",),
        for_figures=True,
    ),
    Rule(
        name="font-kind",
        title="every font is of a kind that the venue takes",
        check=_kinds,
        fact="fonts",
        needs=("fonts",),
        for_figures=True,
    ),
    Rule(
        name="font-without-unicode",
        title="the text of every font can be searched",
        check=_unicode,
        needs=("fonts",),
        for_figures=True,
    ),
)
