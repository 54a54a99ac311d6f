"""Markdown, plain text and CSV; and that all outputs say the same."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from paperkit.errors import AssetError
from paperkit.tables import to_html
from paperkit.tables.latex import to_latex
from paperkit.tables.markdown import to_markdown
from paperkit.tables.model import Cell, ColumnLabel, Row, Table
from paperkit.tables.plain import to_text
from paperkit.tables.values import to_csv
from paperkit.templates import Templates
from paperkit.tex.text import Tex
from tests.unit.tables.read_outputs import Page, csv_rows, latex_rows, markdown_rows, text_rows
from tests.unit.tables.tiny_records import Records, make_labels, resolved

RUNS = Records(
    "task model size score std p",
    ("a_b", "vit", "S", 1.0, 0.25, 0.5),
    ("a_b", "vit", "L", -22.5, 0.5, 0.001),
    ("c|d", "vit", "S", 3.25, 10.0, 0.04),
    ("c|d", "vit", "L", None, None, None),
    ("a_b", "mae", "S", 7.0, 1.0, 1.0),
    ("c|d", "mae", "S", 8.0, 1.0, 1.0),
)
LABELS = make_labels(size={"S": {"label": "small\n(S)", "unit": "%"}})


def test_markdown_is_a_pipe_table_of_github() -> None:
    table = resolved(
        RUNS, LABELS, columns=["model", "size"], precision=1, missing="–", stubhead="Task", caption="All *scores*",
        emphasis={"within": "row"}, notes=["See [1]."],
    )  # fmt: skip
    assert to_markdown(table) == (
        "All \\*scores\\*\n"
        "\n"
        "| Task | vit / small<br>(S) (%) | vit / L | mae / small<br>(S) (%) |\n"
        "| :--- | :--------------------: | :-----: | :--------------------: |\n"
        "| a\\_b | <u>1.0</u>             | −22.5   | **7.0**                |\n"
        "| c\\|d | <u>3.2</u>             | –       | **8.0**                |\n"
        "\n"
        "See \\[1\\].\n"
    )


def test_text_lines_up_under_its_heads() -> None:
    table = resolved(
        RUNS, LABELS, columns=["model", "size"], precision=1, missing="–", stubhead="Task", units="row",
        summary=[{"stat": "max"}],
    )  # fmt: skip
    assert to_text(table) == (
        "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n"
        "             vit        mae\n"
        "         ────────────  ─────\n"
        "         small         small\n"
        "Task      (S)     L     (S)\n"
        "          (%)           (%)\n"
        "─────────────────────────────\n"
        "a_b       1.0   −22.5   7.0\n"
        "c|d       3.2     –     8.0\n"
        "─────────────────────────────\n"
        "Maximum   3.2   −22.5   8.0\n"
        "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n"
    )


def test_wide_and_combining_characters_keep_their_columns() -> None:
    stubs = ("cafe\u0301", "漢字", "ab")
    rows = [
        Row(stubs=(ColumnLabel(lines=(Tex(""),), plain=stub),), cells=(Cell(Tex(number), number),))
        for stub, number in zip(stubs, ("1.5", "22.25", "3"), strict=True)
    ]
    corner = ColumnLabel(lines=(Tex(""),), plain="")
    head = ColumnLabel(lines=(Tex(""),), plain="n")
    table = Table(name="t", stub_heads=(corner,), heads=((head,),), alignments=("c",), body=tuple(rows))
    assert to_text(table).splitlines()[3:-1] == ["cafe\u0301   1.5", "漢字  22.25", "ab     3"]
    assert "| café | 1.5".replace("é", "e\u0301") in to_markdown(table)


def test_csv_is_read_back_by_a_spreadsheet() -> None:
    table = resolved(RUNS, LABELS, columns=["model", "size"], precision=1, missing="–", units="row", stubhead="Task")
    assert csv_rows(to_csv(table)) == [
        ["", "vit", "vit", "mae"],
        ["Task", "small (S)", "L", "small (S)"],
        ["", "(%)", "", "(%)"],
        ["a_b", "1.0", "-22.5", "7.0"],
        ["c|d", "3.2", "–", "8.0"],
    ]


def test_a_row_group_is_a_line_of_its_own_everywhere() -> None:
    table = resolved(RUNS, rows=["model", "task"], columns="size", precision=1, dropna=False)
    expected = [["vit"], ["a_b", "1.0", "−22.5"], ["c|d", "3.2"], ["mae"], ["a_b", "7.0"], ["c|d", "8.0"]]
    found = [
        [row for row in Page(to_html(table)).texts("tbody") if any(row)],
        markdown_rows(to_markdown(table))[2:],
        text_rows(to_text(table))[1:],
        csv_rows(to_csv(table).replace("-", "−"))[1:],
    ]
    assert [[[text for text in row if text] for row in rows] for rows in found] == [expected] * 4
    assert "&emsp;a\\_b" in to_markdown(table)


def test_all_outputs_say_the_same() -> None:
    table = resolved(
        RUNS, columns=["model", "size"], precision=2, uncertainty="std", missing="none", stars={"by": "p"},
        emphasis={"within": "row"}, shade={"within": "row"}, summary=[{"stat": "mean", "label": "Mean"}],
    )  # fmt: skip
    expected = [
        ["a_b", "1.00 ± 0.25", "−22.50** ± 0.50", "7.00 ± 1.00"],
        ["c|d", "3.25* ± 10.00", "none", "8.00 ± 1.00"],
        ["Mean", "2.12", "−22.50", "7.50"],
    ]
    assert Page(to_html(table)).texts("tbody") == expected
    assert markdown_rows(to_markdown(table).replace(r"\*", "STAR"))[2:] == [
        [text.replace("*", "STAR") for text in row] for row in expected
    ]
    assert text_rows(to_text(table))[2:] == expected
    assert csv_rows(to_csv(table).replace("-", "−"))[2:] == expected
    latex = latex_rows(to_latex(table, Templates()))
    assert [[text.replace(r"\_", "_").replace(r"\textbar{}", "|") for text in row] for row in latex] == expected


WORDS = st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Cf"]), min_size=1, max_size=6)


@given(WORDS, WORDS)
def test_what_stands_in_a_cell_is_read_from_every_output(task: str, score: str) -> None:
    try:
        table = resolved(Records("task score", (task, score)))
    except AssetError:
        return
    rendered = MarkdownIt("commonmark").enable("table").render(to_markdown(table))
    assert [" ".join(text.split()) for text in Page(rendered).texts("tbody")[0]] == [
        " ".join(text.replace("\xa0", " ").split()) for text in (task, score)
    ] or "\xa0" in task + score
    # The line of text holds both, whatever they are.
    assert re.sub(r"\s", "", "".join(to_text(table).splitlines()[-2])) == re.sub(r"\s", "", task + score)
    assert [text.strip() for text in csv_rows(to_csv(table))[-1]] == [task.strip(), score.strip()]
