"""Each rule about the file as a whole, on a PDF that is made to break it, and on one that keeps it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from paperkit.camera_ready.audit import Finding, audit
from paperkit.camera_ready.audit.facts import Document, Page
from paperkit.camera_ready.audit.read import Reading
from paperkit.camera_ready.audit.reading.pages import read_pages
from paperkit.camera_ready.audit.rules import all_rules
from paperkit.style.submission import load_submission
from tests.unit.camera_ready.hostile import form, type3

Fill = Callable[[Pdf], None]


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: another one for each of these files would take most of the time."""

    def read(path: Path, *, timeout: float) -> Reading:
        del timeout
        size = path.stat().st_size
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            records = tuple(read_pages(pdf, size))
        document = next(record for record in records if isinstance(record, Document))
        pages = tuple(record for record in records if isinstance(record, Page))
        return Reading(size=size, document=document, pages=pages, trouble=None)

    monkeypatch.setattr("paperkit.camera_ready.audit.run.read_pdf", read)


def _pdf(fill: Fill | None = None, *, pages: int = 1, size: tuple[int, int] = (612, 792)) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=size)
    if fill is not None:
        fill(pdf)
    stream = io.BytesIO()
    pdf.save(stream, fix_metadata_version=False)
    return stream.getvalue()


def _found(data: bytes, rule: str, venue: str | None = None) -> list[Finding]:
    return [finding for finding in audit(data, venue=venue).findings if finding.rule == rule]


def _with_text(pdf: Pdf, lines: list[str], page: int = 0, size: int = 10) -> None:
    """Write lines of text on a page, 12 pt apart."""
    content = f"BT /F {size} Tf 12 TL 72 700 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    target = pdf.pages[page].obj
    target.Contents = pdf.make_stream(content.encode("latin-1"))
    target.Resources = Dictionary(
        Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier))
    )


def _script_at_start(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _named_script(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript)])))


def _script_behind_a_link(pdf: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://a.org"), Next=Dictionary(S=Name.JavaScript, JS=String("1")))
    pdf.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.Link, A=action)])


def _attached(pdf: Pdf) -> None:
    pdf.attachments["data.csv"] = b"1,2"


def _linked(pdf: Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.Link), Dictionary(Subtype=Name.Text)])


def _bookmarked(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend([pikepdf.OutlineItem("One", 0), pikepdf.OutlineItem("Two", 0)])


def _tagged(pdf: Pdf) -> None:
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    described = Dictionary(S=Name.Figure, Alt=String("A plot."))
    pdf.Root.StructTreeRoot = Dictionary(K=Array([Dictionary(S=Name.Figure), described]))


def _claiming(pdf: Pdf) -> None:
    xmp = b'<x><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></x><y pdfuaid:part="1"/>'
    pdf.Root.Metadata = pdf.make_stream(xmp)


def _turned(pdf: Pdf) -> None:
    pdf.pages[1].obj.MediaBox = Array([0, 0, 792, 612])


# rule, venue, how to break it, how many pages, what is said
BROKEN: list[tuple[str, str | None, Fill | None, int, str, str]] = [
    ("javascript", None, _script_at_start, 1, "warning",
     "the file runs a script: what is done when the document is opened (/OpenAction)"),
    ("javascript", "arxiv", _named_script, 1, "error",
     "the file runs a script: the document's scripts (/Names /JavaScript)"),
    ("javascript", "arxiv", _script_behind_a_link, 1, "error", "the file runs a script: an annotation on page 1"),
    ("attachments", None, _attached, 1, "warning", "a file is attached: data.csv"),
    ("links", "aaai2026", _linked, 1, "error", "the file has 1 link"),
    ("links", "ieee", _linked, 1, "warning", "the file has 1 link"),
    ("annotations", "ieee", _linked, 1, "warning", "the file has annotations (Text)"),
    ("bookmarks", "aaai2026", _bookmarked, 1, "error", "the file has 2 bookmarks"),
    ("paper-size", "acl", None, 2, "error", "the paper is letter, as on 1 more"),
    ("mixed-paper", None, _turned, 2, "warning", "the paper is 792 × 612 pt here, 612 × 792 pt elsewhere"),
    ("alt-text", None, _tagged, 1, "warning", "1 of 2 figures have no alternative text"),
    ("claims", None, _claiming, 1, "warning", "the file claims to be PDF/A-2b, PDF/UA-1, but names no output intent"),
    ("title", None, None, 1, "note", "the file has no title"),
    ("language", None, None, 1, "note", "the file does not say its language"),
    ("tagged", None, None, 1, "note", "the file is not tagged"),
]  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_found(case: tuple[str, str | None, Fill | None, int, str, str]) -> None:
    rule, venue, fill, pages, severity, message = case
    found = _found(_pdf(fill, pages=pages), rule, venue)

    assert [(f.status, f.severity, f.message) for f in found] == [("failed", severity, message)]
    assert found[0].fix


def test_what_is_kept_has_passed() -> None:
    def fill(pdf: Pdf) -> None:
        pdf.docinfo[Name.Title] = "A paper"
        pdf.Root.Lang = String("en")

    report = audit(_pdf(fill), venue="aaai2026")
    passed = {finding.rule for finding in report.passed}

    assert passed >= {
        "readable", "damaged", "encryption", "javascript", "attachments", "links", "bookmarks", "title", "language",
        "claims", "paper-size", "mixed-paper", "type3-font", "unembedded-font", "text-size", "line-width", "off-page",
    }  # fmt: skip


def test_every_rule_has_one_verdict_or_findings() -> None:
    report = audit(_pdf(), venue="neurips2026")

    names = {rule.name for rule in all_rules()} | {"readable"}
    assert {finding.rule for finding in report.findings} == names
    assert not {finding.rule for finding in report.passed} & {f.rule for f in (*report.failed, *report.skipped)}


def test_a_venue_without_a_rule_skips_the_check() -> None:
    [found] = _found(_pdf(_linked), "links", "tmlr")

    assert (found.status, found.severity, found.message) == ("skipped", "note", "no rule of tmlr is known")


def test_the_body_ends_where_the_references_begin() -> None:
    def fill(pdf: Pdf) -> None:
        for page in range(8):
            _with_text(pdf, ["words"] * 5, page)
        _with_text(pdf, ["more words"] * 5 + ["References", "[1] A."], 8)

    [found] = _found(_pdf(fill, pages=12), "page-limit", "cvpr2026")
    assert found.message == "the body has 9 pages; without references it may have 8"
    assert (found.page, found.measured, found.allowed, found.severity) == (9, "9", "8", "error")


def test_references_at_the_head_of_a_page_leave_it_out_of_the_body() -> None:
    def fill(pdf: Pdf) -> None:
        for page in range(8):
            _with_text(pdf, ["words"] * 5, page)
        _with_text(pdf, ["A running head", "REFERENCES", "[1] A."], 8)

    assert [f.status for f in _found(_pdf(fill, pages=12), "page-limit", "cvpr2026")] == ["passed"]


def test_a_body_that_cannot_be_counted_is_skipped() -> None:
    [found] = _found(_pdf(pages=12), "page-limit", "cvpr2026")

    assert found.status == "skipped"
    assert (
        found.message == "no heading of references was found, so the body's pages cannot be counted (the file has 12)"
    )


def test_a_required_section_is_found_by_its_heading() -> None:
    assert [f.message for f in _found(_pdf(), "sections", "icml2026")] == ["there is no section 'Impact Statement'"]
    written = _pdf(lambda pdf: _with_text(pdf, ["5. Impact Statement"]))
    assert [f.status for f in _found(written, "sections", "icml2026")] == ["passed"]


def test_a_file_larger_than_the_venue_takes() -> None:
    def fill(pdf: Pdf) -> None:
        pdf.Root.Big = pdf.make_stream(bytes(range(256)) * 50_000)
        pdf.Root.Big.Filter = Name.DCTDecode  # Not packed any further.

    [found] = _found(_pdf(fill), "file-size", "icml2026")
    assert (found.measured, found.allowed, found.severity) == ("12.8 MB", "10 MB", "error")


def test_only_fonts_of_the_venues_kinds() -> None:
    def fill(pdf: Pdf) -> None:
        _with_text(pdf, ["a"])
        program = pdf.make_stream(b"x")
        descriptor = Dictionary(FontFile2=program)
        pdf.pages[0].obj.Resources.Font.F = Dictionary(
            Subtype=Name.TrueType, BaseFont=Name("/ABCDEF+Arial"), FontDescriptor=descriptor
        )

    [found] = _found(_pdf(fill), "font-kind", "icml2026")
    assert (found.message, found.page, found.severity) == ("font Arial is TrueType", 1, "warning")
    assert [f.status for f in _found(_pdf(fill), "font-kind", "gecco")] == ["passed"]


def test_fonts_without_a_name_are_said_once_for_all_pages() -> None:
    def fill(pdf: Pdf) -> None:
        for page in pdf.pages:
            page.obj.Resources = Dictionary(Font=Dictionary(A=type3(pdf), B=type3(pdf)))

    [found] = _found(_pdf(fill, pages=2), "type3-font")
    assert (found.message, found.page) == ("Type 3 font [none], and on 1 more page", 1)
    assert found.fix.startswith("use outline fonts")


def test_fonts_without_a_name_of_the_text_and_of_a_figure_have_their_own_advice() -> None:
    def fill(pdf: Pdf) -> None:
        figure = form(pdf, b"")
        figure.Resources.Font = Dictionary(A=type3(pdf))
        pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(A=type3(pdf)), XObject=Dictionary(F=figure))

    found = _found(_pdf(fill), "type3-font")
    assert [(f.message, f.fix.split()[0]) for f in found] == [
        ("Type 3 font [none]", "use"),
        ("Type 3 font [none]", "make"),
    ]


def test_fonts_of_one_name_are_each_of_their_own_kind() -> None:
    def fill(pdf: Pdf) -> None:
        program = Dictionary(FontFile2=pdf.make_stream(b"x"))
        simple = Dictionary(Subtype=Name.TrueType, BaseFont=Name("/ABCDEF+Arial"), FontDescriptor=program)
        inner = Dictionary(Subtype=Name.CIDFontType2, FontDescriptor=program)
        large = Dictionary(Subtype=Name.Type0, BaseFont=Name("/ABCDEF+Arial"), DescendantFonts=Array([inner]))
        pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(A=simple, B=large))

    found = _found(_pdf(fill), "font-kind", "icml2026")
    assert [f.message for f in found] == ["font Arial is CID TrueType", "font Arial is TrueType"]


@pytest.mark.parametrize(
    ("content", "rule", "message"),
    [
        ("0.1 w 0 0 m 9 9 l S", "line-width", "the page's own content has a line of 0.1 pt"),
        ("0.1 0 0 0.1 0 0 cm 1 w 0 0 m 900 900 l S", "line-width", "the page's own content has a line of 0.1 pt"),
        ("0 w 0 0 m 9 9 l S", "line-width", "the page's own content has a line of 0 pt"),
        ("q 0 0 5 5 re W n 0.1 w 50 50 m 90 90 l S Q", "line-width", None),
        ("1 0 0 rg 1 0 0 RG 0.1 w 50 50 9 9 re B", "line-width", None),
        ("1 0 0 rg 0 0 1 RG 0.1 w 50 50 9 9 re B", "line-width", "the page's own content has a line of 0.1 pt"),
        ("1 G 0.1 w 50 50 m 90 90 l S", "line-width", None),
        ("BT /F 3 Tf (x) Tj ET", "text-size", "the page's own content has text of 3.0 pt (“x”)"),
        ("BT /F 1 Tf 3 0 0 3 9 9 Tm (x) Tj ET", "text-size", "the page's own content has text of 3.0 pt (“x”)"),
        ("0 3 -3 0 50 50 cm BT /F 1 Tf (x) Tj ET", "text-size", "the page's own content has text of 3.0 pt (“x”)"),
        ("BT 3 Tr /F 3 Tf (x) Tj ET", "text-size", None),
        ("BT /F 10 Tf (10) Tj /F 5 Tf 5 Ts (2) Tj ET", "text-size", None),
        ("1 0 0 rg 0 0 99 99 re f 1 1 0 rg BT /F 10 Tf 20 20 Td (x) Tj ET", "contrast",
         "the page's own content has text of contrast 3.7:1 (“x”, #ffff00 on #ff0000)"),
        ("0 0 0 0.5 k 0 0 99 99 re f 0 g BT /F 10 Tf 20 20 Td (x) Tj ET", "contrast", None),
        ("1 1 0 rg BT /F 10 Tf 20 20 Td (x) Tj ET", "contrast",
         "the page's own content has text of contrast 1.1:1 (“x”, #ffff00 on #ffffff)"),
        ("0 g 0 0 m 50 0 l 50 50 l f 1 g BT /F 10 Tf 20 20 Td (x) Tj ET", "contrast", None),
        ("700 10 50 50 re f", "off-page", "the page's own content sticks 138 pt out of the page"),
        ("q 0 0 612 792 re W n 600 10 50 50 re f Q", "off-page", None),
        ("/T gs 10 10 50 50 re f", "transparency",
         "the page's own content is transparent (blend mode Multiply, opacity)"),
    ],
)  # fmt: skip
def test_what_is_painted(content: str, rule: str, message: str | None) -> None:
    def fill(pdf: Pdf) -> None:
        _with_text(pdf, [])
        page: Any = pdf.pages[0].obj
        page.Contents = pdf.make_stream(content.encode("latin-1"))
        page.Resources.ExtGState = Dictionary(T=Dictionary(ca=0.5, BM=Name.Multiply))

    found = _found(_pdf(fill), rule)
    assert [f.message for f in found if f.status == "failed"] == ([] if message is None else [message])


@pytest.mark.parametrize(
    ("content", "more", "sticks"),
    [
        ("q 500 300 300 100 re W n /S sh Q", {}, 188),
        ("q 500 300 100 100 re W n /S sh Q", {}, None),
        ("/S sh", {}, None),
        ("q 500 300 300 100 re W n /S sh Q", {"BBox": Array([0, 0, 632, 792])}, 20),
        ("1 0 0 1 50 0 cm /S sh", {"BBox": Array([0, 0, 600, 792])}, 38),
        ("q 500 300 300 100 re W n /S sh Q", {"ShadingType": 5}, None),
    ],
)
def test_a_gradient_paints_its_clip(content: str, more: dict[str, Any], sticks: int | None) -> None:
    def fill(pdf: Pdf) -> None:
        page: Any = pdf.pages[0].obj
        gradient = {"ShadingType": 2, "ColorSpace": Name.DeviceGray, "Coords": Array([0, 0, 1, 1]), **more}
        shading = Dictionary({f"/{key}": value for key, value in gradient.items()})
        page.Resources = Dictionary(Shading=Dictionary(S=shading))
        page.Contents = pdf.make_stream(content.encode())

    found = [f.message for f in _found(_pdf(fill), "off-page") if f.status == "failed"]
    assert found == ([] if sticks is None else [f"the page's own content sticks {sticks} pt out of the page"])


@pytest.mark.parametrize(
    ("x", "y", "sticks"),
    [(72, 700, None), (72, 800, 21), (60, 700, 9), (505, 700, 36), (72, 20, None), (20, 700, None)],
)
def test_margins_that_a_venue_states(x: int, y: int, sticks: int | None) -> None:
    def fill(pdf: Pdf) -> None:
        _with_text(pdf, [])
        page: Any = pdf.pages[0].obj
        page.Resources.Font.F.Widths, page.Resources.Font.F.FirstChar = Array([600]), 120
        page.Contents = pdf.make_stream(f"BT /F 10 Tf {x} {y} Td ({'x' * (10 if x != 20 else 3)}) Tj ET".encode())

    # ACL: 69 pt on the left, 66.5 pt on the right, 56 pt above, nothing below; a letter is 6 pt wide and 7.2 pt high.
    found = _found(_pdf(fill, size=(595, 842)), "margins", "acl")
    said = [] if sticks is None else [f"a line of text sticks {sticks} pt into the margin (“xxxxxxxxxx”)"]
    assert [(f.message, f.severity) for f in found if f.status == "failed"] == [(text, "error") for text in said]


def test_good_practice_never_is_an_error() -> None:
    data = _pdf(lambda pdf: _with_text(pdf, ["small"], size=3))

    assert [f.severity for f in _found(data, "text-size")] == ["warning"]
    assert [f.severity for f in _found(data, "text-size", "aaai2026")] == ["error"]
    fact = load_submission("aaai2026").get("figure_text")
    assert fact is not None
    assert [f.basis for f in _found(data, "text-size", "aaai2026")] == [fact.basis]


def test_rules_about_a_part_that_was_not_read_have_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("paperkit.camera_ready.audit.reading.fonts.FontWalk.page", fail)
    report = audit(_pdf(), venue="ieee")

    skipped = {finding.rule: finding.message for finding in report.skipped if finding.severity == "warning"}
    fonts = dict.fromkeys(("type3-font", "unembedded-font", "whole-font", "font-without-unicode"), "fonts: ValueError")
    assert {rule: skipped[rule] for rule in fonts} == {rule: f"not all was read: {why}" for rule, why in fonts.items()}
    assert [f.message for f in report.failed if f.rule == "damaged"] == ["could not be read: fonts: ValueError"]
