"""Whatever a PDF does, an audit ends, and says what it could not read."""

from __future__ import annotations

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.camera_ready.audit import Report, audit
from paperkit.camera_ready.audit.facts import Page
from paperkit.camera_ready.audit.reading.content import Shared
from paperkit.camera_ready.audit.reading.lexer import operations
from paperkit.camera_ready.audit.reading.limits import Budget
from paperkit.camera_ready.audit.reading.pages import read_page, read_pages
from tests.unit.camera_ready import hostile

_BLANK = hostile.with_page(lambda _, __: None)
_LOCKED = hostile.with_page(lambda _, __: None, encryption=pikepdf.Encryption(user="a", owner="b"))


def _failed(report: Report, rule: str) -> list[str]:
    return [finding.message for finding in report.failed if finding.rule == rule]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file cannot be read: unable to find trailer dictionary while recovering damaged file"),
        (b"hello", "the file cannot be read: unable to find trailer dictionary while recovering damaged file"),
        (
            hostile.deep_objects(),
            "the file cannot be read: unable to find trailer dictionary while recovering damaged file",
        ),
        (
            hostile.deep_page_tree(),
            "the file cannot be read: (object 102 0): /Pages structure too deeply nested (getAllPages)",
        ),
        (
            hostile.page_tree_loop(),
            "the file cannot be read: (object 2 0): Loop detected in /Pages structure (getAllPages)",
        ),
        (_LOCKED, "the file asks for a password"),
    ],
    ids=["empty", "text", "deep objects", "deep page tree", "page tree loop", "password"],
)
def test_a_file_that_cannot_be_read_is_one_finding_and_no_rule_has_passed(data: bytes, message: str) -> None:
    report = audit(data)

    assert [str(finding) for finding in report.failed] == [f"readable: {message}"]
    assert report.passed == ()
    assert {finding.message for finding in report.skipped} == {"the PDF could not be read"}
    assert not report.is_fine()


@pytest.mark.parametrize("data", [_BLANK[: len(_BLANK) // 2], _BLANK.replace(b"startxref\n", b"startxref\n9")])
def test_a_damaged_file_is_read_and_said_to_be_damaged(data: bytes) -> None:
    report = audit(data)

    assert _failed(report, "damaged") == ["the file is damaged, and was mended to be read: file is damaged"]


def test_a_file_with_restrictions_is_read_and_said_to_be_encrypted() -> None:
    data = hostile.with_page(lambda _, __: None, encryption=pikepdf.Encryption(user="", owner="b"))

    assert _failed(audit(data), "encryption") == ["the file is encrypted"]


def test_a_reader_that_does_not_end_is_stopped() -> None:
    report = audit(_BLANK, timeout=0.01)

    assert _failed(report, "readable") == ["the file cannot be read: reading it did not end within 0.01 seconds"]


def test_checks_of_a_page_that_was_not_read_to_its_end_are_skipped() -> None:
    report = audit(hostile.with_page(hostile.inflated))

    reason = "not all was read: page 1 (a stream of more than 64 MB)"
    skipped = {finding.rule for finding in report.skipped if finding.message == reason}
    assert skipped == {
        "contrast", "image-resolution", "line-width", "margins", "mixed-colours", "off-page", "question-marks",
        "text-size", "transparency",
    }  # fmt: skip
    assert report.is_fine()
    assert not report.is_fine(strict=True)


@pytest.mark.parametrize(
    ("build", "unread"),
    [
        (hostile.shows_itself, "a form that shows itself"),
        (hostile.deep_forms, "forms within forms, more than 24 deep"),
        (hostile.thousandfold, "more than 1500000 drawing operators"),
        (hostile.many_operators, "more than 1500000 drawing operators"),
        (hostile.inflated_twice, "a stream of more than 64 MB"),
        (hostile.nested_arrays, None),
        (hostile.broken_operands, None),
        (hostile.wrong_types, None),
        (hostile.loops, None),
    ],
)
def test_a_hostile_page_is_read_up_to_a_limit(build: hostile.Fill, unread: str | None) -> None:
    with pikepdf.open(io.BytesIO(hostile.with_page(build)), suppress_warnings=True) as pdf:
        shared = Shared(budget=Budget(on_page=30_000))  # The limit itself would take seconds.
        page = read_page(pdf.pages[0].obj, 1, shared)

    assert page.unread == unread


def test_loops_outside_the_pages_are_walked_once() -> None:
    with pikepdf.open(io.BytesIO(hostile.with_page(hostile.loops))) as pdf:
        document = next(iter(read_pages(pdf, 1)))

    assert not isinstance(document, Page)
    assert (document.bookmarks, document.figures, document.described, document.javascript) == (1, 1, 0, ())
    assert document.annotations == ((1, "Link"),)


@pytest.mark.parametrize("build", [hostile.deep_font, hostile.masked_font, hostile.font_of_a_state, hostile.font_loop])
def test_a_font_is_found_wherever_it_stands(build: hostile.Fill) -> None:
    report = audit(hostile.with_page(build))

    assert _failed(report, "type3-font") == ["Type 3 font [none]"]


def test_rules_about_fonts_have_not_passed_when_not_all_fonts_were_read() -> None:
    report = audit(hostile.with_page(hostile.many_fonts), venue="ieee")

    reason = "not all was read: fonts: too many in one place"
    assert {finding.rule for finding in report.skipped if finding.message == reason} >= {
        "type3-font", "unembedded-font", "whole-font", "font-without-unicode",
    }  # fmt: skip
    assert "type3-font" not in {finding.rule for finding in report.passed}


@given(st.binary(max_size=400))
def test_any_bytes_are_operations(data: bytes) -> None:
    for word, operands in operations(data):
        assert isinstance(word, bytes)
        assert isinstance(operands, list)


@settings(max_examples=60)
@given(st.data())
def test_a_page_of_any_operators_is_read(data: st.DataObject) -> None:
    numbers = st.sampled_from(["0", "-1", "1e5", "1000000000000", ".5", "--3"])
    operands = st.one_of(numbers, st.sampled_from(["/F", "(a\\)b)", "[(a) -9 <41>]", "<<>>", "true", "<4"]))
    words = st.sampled_from(
        [
            "q",
            "Q",
            "cm",
            "w",
            "gs",
            "m",
            "l",
            "c",
            "re",
            "W",
            "n",
            "f",
            "S",
            "B",
            "g",
            "rg",
            "k",
            "cs",
            "scn",
            "sh",
            "BT",
            "Tf",
            "Tc",
            "Tz",
            "Td",
            "TD",
            "Tm",
            "T*",
            "Tj",
            "TJ",
            "'",
            "BI",
            "Do",
        ]
    )
    content = " ".join(data.draw(st.lists(st.one_of(operands, numbers, words), max_size=80)))
    with pikepdf.open(io.BytesIO(_BLANK)) as pdf:
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(content.encode())
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pikepdf.Dictionary(Subtype=pikepdf.Name.Type1)))

        assert read_page(page, 1, Shared(budget=Budget())).unread is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(_BLANK) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_file_with_changed_bytes_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(_BLANK)
    for place, value in changes:
        data[place] = value
    try:
        with pikepdf.open(io.BytesIO(bytes(data)), suppress_warnings=True) as pdf:
            records = list(read_pages(pdf, len(data)))
    except pikepdf.PdfError:
        return
    assert records
