"""The page that a document wrote: read strictly, used where it differs, never a reason to fail."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.style.page import Facts, read_page, venue_of_document
from paperkit.style.venue import load_venue

ICLR = load_venue("iclr2026")
LINES = [
    "paperkit page 1",
    "venue iclr2026",
    "textwidth 397.48499pt",
    "columnwidth 397.48499pt",
    "encoding OT1",
    "family ptm",
    "normalsize 10 11.0pt",
    "small 9 10.0pt",
    "footnotesize 9 10.0pt",
    "scriptsize 7 8.0pt",
    "tiny 6 7.0pt",
    "end",
]
SAME = "\n".join(LINES) + "\n"
HINT = "\n    the venue's page is used; compile the paper again, or delete the file"


def changed(**values: str) -> str:
    """Return the page of ICLR with some lines otherwise."""
    keys = [line.split(" ")[0] for line in LINES]
    assert set(values) <= set(keys)
    return "".join(
        f"{key} {values[key]}\n" if key in values else f"{line}\n" for key, line in zip(keys, LINES, strict=True)
    )


def facts(folder: Path, text: str, **keys: bool) -> Facts:
    (folder / "paper.pkdims").write_text(text)
    return venue_of_document(ICLR, folder, None, **keys)


def test_without_a_page_the_venue_holds(tmp_path: Path) -> None:
    assert venue_of_document(ICLR, tmp_path, None) == Facts(venue=ICLR)
    assert venue_of_document(ICLR, tmp_path, "paper.tex") == Facts(venue=ICLR)


def test_the_venues_own_page_changes_nothing(tmp_path: Path) -> None:
    assert facts(tmp_path, SAME) == Facts(venue=ICLR, file="paper.pkdims")
    assert facts(tmp_path, SAME.replace("\n", "\r\n")) == Facts(venue=ICLR, file="paper.pkdims")


def test_another_page_is_used_and_told(tmp_path: Path) -> None:
    found = facts(tmp_path, changed(textwidth="390.0pt", columnwidth="190.0pt"))
    assert found.venue == replace(ICLR, text_width=390.0, column_width=190.0, document_class="")
    assert [str(notice) for notice in found.notices] == [
        (
            "paper.pkdims: the document has textwidth 390 pt instead of 397.485 pt, columnwidth 190 pt instead of "
            "397.485 pt, as iclr2026 has it: using the document's\n"
            '    to keep to the venue, say [paper] document = "none"'
        )
    ]


def test_a_venue_that_nobody_chose_is_replaced_in_silence(tmp_path: Path) -> None:
    found = facts(tmp_path, changed(textwidth="400.0pt"), is_chosen=False)
    assert (found.venue.text_width, found.notices) == (400.0, ())


def test_other_type_takes_captions_along(tmp_path: Path) -> None:
    icml = load_venue("icml2026")
    page = changed(venue="icml2026", textwidth="487.8225pt", columnwidth="234.8775pt", normalsize="12 14.5pt")
    (tmp_path / "paper.pkdims").write_text(page.replace("small 9 10.0pt", "small 10.95 13.6pt", 1))
    found = venue_of_document(icml, tmp_path, None)
    assert (found.venue.body_size, found.venue.caption_size) == (12.0, 10.95)
    assert found.venue.sizes["normalsize"] == 12.0
    assert found.venue.leading["small"] == 13.6
    assert found.venue.document_class == icml.document_class
    assert "type of 12 pt instead of 10 pt" in str(found.notices[0])


@pytest.mark.parametrize(
    ("encoding", "family", "expected"),
    [
        ("T1", "ptm", ("T1", "ptm")),
        ("TU", "lmr", ("T1", "lmr")),
        ("TU", "TeXGyreTermes(0)", ("T1", "ptm")),
        ("OT1", "cmr", ("OT1", "cmr")),
    ],
)
def test_the_documents_font_is_measured(encoding: str, family: str, expected: tuple[str, str], tmp_path: Path) -> None:
    found = facts(tmp_path, changed(encoding=encoding, family=family))
    assert (found.venue.encoding, found.venue.family) == expected
    assert f"font {expected[0]}/{expected[1]} instead of OT1/ptm" in str(found.notices[0])


def test_a_font_without_metrics_is_told(tmp_path: Path) -> None:
    found = facts(tmp_path, changed(encoding="TU", family="ComicNeue(0)"))
    assert found.venue == ICLR
    assert [str(notice) for notice in found.notices] == [
        (
            "paper.pkdims: no metrics for the document's font 'ComicNeue(0)' in TU: text is laid out in 'ptm' of "
            "iclr2026\n"
            "    labels may need more or less room than they are given; nothing is set in another font"
        )
    ]


def test_the_page_of_another_venue_is_stale(tmp_path: Path) -> None:
    found = facts(tmp_path, changed(venue="icml2026", textwidth="400.0pt"))
    assert found.venue == ICLR
    assert [str(notice) for notice in found.notices] == [
        (
            "paper.pkdims: tells of icml2026, the paper is for iclr2026: it is not used\n"
            "    build, then compile the paper in its new class"
        )
    ]


def test_rules_for_artwork_hold_in_any_document(tmp_path: Path) -> None:
    nature = load_venue("nature")
    (tmp_path / "paper.pkdims").write_text(changed(venue="nature"))
    assert venue_of_document(nature, tmp_path, None) == Facts(venue=nature)


def test_several_documents_of_one_folder(tmp_path: Path) -> None:
    for name in ("paper", "supplement"):
        (tmp_path / f"{name}.pkdims").write_text(SAME)
    assert venue_of_document(ICLR, tmp_path, None) == Facts(venue=ICLR, file="paper.pkdims")
    (tmp_path / "supplement.pkdims").write_text(changed(textwidth="500.0pt"))
    found = venue_of_document(ICLR, tmp_path, None)
    assert found.venue == ICLR
    assert [str(notice) for notice in found.notices] == [
        (
            "paper: paper.pkdims and supplement.pkdims have different pages: keeping to iclr2026\n"
            '    say whose page is meant: [paper] document = "paper.tex"'
        )
    ]
    assert venue_of_document(ICLR, tmp_path, "supplement.tex").venue.text_width == 500.0
    assert venue_of_document(ICLR, tmp_path, "none") == Facts(venue=ICLR)


def test_a_document_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "main.pkdims").write_text(changed(textwidth="410.0pt"))
    assert venue_of_document(ICLR, tmp_path, None).venue == ICLR
    assert venue_of_document(ICLR, tmp_path, "build/main.tex").venue.text_width == 410.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "paper.pkdims:1: was not written by paperkit's preamble"),
        ("\\input{/etc/passwd}\n", "paper.pkdims:1: was not written by paperkit's preamble"),
        (SAME + "x" * 4000, "paper.pkdims:1: was not written by paperkit's preamble"),
        (SAME[:70], "paper.pkdims:4: no 'columnwidth' can be read here"),
        (SAME.removesuffix("end\n"), "paper.pkdims:12: is not complete: 'end' is missing"),
        (changed(textwidth="1e9pt"), "paper.pkdims:3: no 'textwidth' can be read here"),
        (changed(textwidth="nanpt"), "paper.pkdims:3: no 'textwidth' can be read here"),
        (changed(textwidth="16383.99998pt"), "paper.pkdims:3: 'textwidth' of 16384 pt is not between 36 and 4000 pt"),
        (changed(columnwidth="0.0pt"), "paper.pkdims:4: 'columnwidth' of 0 pt is not between 36 and 4000 pt"),
        (changed(columnwidth="398.0pt"), "paper.pkdims:4: the column is wider than the text"),
        (changed(tiny="0.1 7"), "paper.pkdims:11: 'tiny' of 0.1 pt is not between 1 and 200 pt"),
        (SAME + "more\n", "paper.pkdims:13: has more than a page"),
        (changed(family="a b"), "paper.pkdims:6: no 'family' can be read here"),
    ],
)
def test_what_the_preamble_did_not_write_is_told_and_left_alone(text: str, message: str, tmp_path: Path) -> None:
    found = facts(tmp_path, text)
    assert (found.venue, found.file) == (ICLR, None)
    assert [str(notice) for notice in found.notices] == [message + HINT]


@given(content=st.binary(max_size=3000) | st.text().map(lambda text: f"{LINES[0]}\n{text}".encode()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_breaks_a_build(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "paper.pkdims").write_bytes(content)
    found = venue_of_document(ICLR, tmp_path, None)
    assert found.venue == ICLR
    assert len(found.notices) == 1


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text(SAME)
    root = tmp_path / "root"
    (root / "folder.pkdims").mkdir(parents=True)
    (root / "link.pkdims").symlink_to(outside)
    (root / "gone.pkdims").symlink_to(tmp_path / "nothing")
    os.mkfifo(root / "pipe.pkdims")
    for name in ("folder", "link", "gone", "pipe"):
        with pytest.raises(PaperkitError) as caught:
            read_page(root / f"{name}.pkdims", root)
        assert str(caught.value) == f"{name}.pkdims: is not a file of this project{HINT}"
    assert venue_of_document(ICLR, root, None).venue == ICLR
