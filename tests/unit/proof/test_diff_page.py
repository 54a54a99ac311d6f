"""The page of a diff: one file, every moved cell marked, nothing in it that runs."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pandas as pd
from PIL import Image

from paperkit import Table
from paperkit.macros.changes import MacroChange
from paperkit.proof.diff_page import diff_page
from paperkit.review.diff import AssetDiff, Diff, File
from paperkit.tables.changes import compare

FRAME = pd.DataFrame({"a<b": [1.5, 2.5], "b": [3.5, 4.5]}, index=["x & y", "z"])


class Cells(HTMLParser):
    """The cells of the tables of a page: their classes, styles and texts; and the tags that are open at the end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        if tag in ("td", "th"):
            own = dict(attrs)
            self.cells.append((own.get("class") or "", own.get("style") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            classes, style, text = self.cells[-1]
            self.cells[-1] = (classes, style, f"{text} {data}".strip())


def table_diff() -> AssetDiff:
    after = FRAME.copy()
    after.loc["z", "b"] = -7
    texts = [
        Table.from_frame(frame, precision=1, shade={"within": "table", "colormap": "Reds"}).to_latex().encode()
        for frame in (FRAME, after)
    ]
    files = (File(path="tables/main.tex", before=texts[0], after=texts[1]),)
    return AssetDiff(id="table.main", kind="table", fate="changed", files=files, table=compare(*texts))


def png(color: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(buffer, format="PNG")
    return buffer.getvalue()


def page(*assets: AssetDiff) -> str:
    text, notices = diff_page(Diff(before="v1 <0>", after="now", assets=assets))
    assert notices == ()
    return text


def test_a_moved_cell_shows_both_texts_on_its_colour() -> None:
    found = Cells(page(table_diff()))
    assert found.open == ["html", "body"][:0]
    moved = [cell for cell in found.cells if "moved" in cell[0]]
    # The lowest value has the first colour of the colormap, on which black is read.
    assert moved == [("moved", "background:#FFF5F0;color:black", "4.5 −7.0")]
    assert [text for _, _, text in found.cells] == ["", "a<b", "b", "x & y", "1.5", "3.5", "z", "2.5", "4.5 −7.0"]


def test_every_kind_has_its_section() -> None:
    pictures = tuple(File(path="figures/f.png", before=png(one), after=png(other)) for one, other in [("red", "blue")])
    svg = (File(path="figures/g.svg", before=b"<svg/>", after=None),)
    text = page(
        table_diff(),
        AssetDiff(id="figure.f", kind="figure", fate="changed", files=pictures, numbers=("median of <i> 3 → 4",)),
        AssetDiff(id="figure.g", kind="figure", fate="gone", files=svg),
        AssetDiff(
            id="macros", kind="macros", fate="changed", files=(), macros=(MacroChange(name="m", before="1", after="2"),)
        ),
        AssetDiff(id="preamble", kind="preamble", fate="changed", files=(), source=("-\\usepackage{a}", "+<b>")),
    )
    Cells(text)
    assert re.findall(r'<h2 id="([^"]+)"', text) == ["table.main", "figure.f", "figure.g", "macros", "preamble"]
    assert "<li>median of &lt;i&gt; 3 → 4</li>" in text
    assert "<li>100 % of its pixels differ</li>" in text
    assert re.findall(r"<figcaption>(\w+)", text) == ["before", "after", "difference", "before"]
    assert "<li>\\m 1 → 2</li>" in text
    assert "<del>-\\usepackage{a}</del>\n<ins>+&lt;b&gt;</ins>" in text
    assert '<span class="fate gone">gone</span>' in text


def test_it_needs_no_other_file_and_runs_nothing() -> None:
    text = page(table_diff())
    assert not re.search(r"<script|https?:|\bon\w+=|<link|url\(", text)
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text
    assert page(table_diff()) == text


def test_what_cannot_be_drawn_is_a_notice() -> None:
    files = (File(path="figures/f.pdf", before=b"%PDF", after=b"%PDF-"),)
    broken = AssetDiff(id="figure.f", kind="figure", fate="changed", files=files)
    text, (notice,) = diff_page(Diff(before="v1", after="now", assets=(broken,)))
    assert str(notice).startswith("figure.f: the picture cannot be read: ")
    assert "<figure>" not in text
