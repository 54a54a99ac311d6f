"""`paperkit.Table` of a DataFrame: wide as it stands, or tidy in the manifest's words."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import paperkit
from paperkit import PaperkitError, Table
from tests.unit.tables.read_outputs import Page, csv_rows, latex_rows, markdown_rows, text_rows

WIDE = pd.DataFrame({"small": [96.6, 84.671, np.nan], "large": [98.96, 9.5, -1.0]}, index=["CIFAR-10", "a_b", "C & D"])
TIDY = pd.DataFrame(
    {
        "model": ["vit", "vit", "mae", "mae"],
        "task": ["x", "y", "x", "y"],
        "accuracy": np.array([1.25, 2.5, 3.0, 4.0], dtype="float32"),
        "n": [1, 2, 3, 4],
    }
)


def body(table: Table) -> list[list[str]]:
    return csv_rows(table.to_csv().replace("-", "−"))[len(table.model.heads) :]


def test_a_wide_frame_is_printed_as_it_stands() -> None:
    table = Table.from_frame(WIDE, precision=1, missing="n/a")
    rows = [["CIFAR-10", "96.6", "99.0"], ["a_b", "84.7", "9.5"], ["C & D", "n/a", "−1.0"]]
    assert [label.plain for label in table.model.heads[0]] == ["small", "large"]
    assert Page(table.to_html()).texts("tbody") == rows
    assert markdown_rows(table.to_markdown())[2:] == rows
    assert text_rows(table.to_text())[1:] == rows
    assert body(table) == [[text.replace("-", "−") for text in row] for row in rows]
    assert [[text.replace(r"\_", "_") for text in row] for row in latex_rows(table.to_latex())] == rows
    assert table._repr_html_() == table.to_html()
    assert table.notices == ()


@pytest.mark.parametrize("within", ["row", "column", "table"])
def test_fills_are_those_of_matplotlib(within: str) -> None:
    values = np.random.default_rng(1).normal(size=(7, 5))
    table = Table.from_frame(pd.DataFrame(values), precision=2, shade={"within": within, "colormap": "Reds"})
    axis = {"row": 1, "column": 0, "table": None}[within]
    low, high = values.min(axis=axis, keepdims=True), values.max(axis=axis, keepdims=True)
    expected = mpl.colormaps["Reds"]((values - low) / (high - low))
    found = [[f"#{cell.fill.html.lower()}" for cell in row.cells if cell.fill] for row in table.model.body]
    assert found == [[to_hex(color) for color in row] for row in expected]


def test_levels_are_spanners_and_row_groups() -> None:
    frame = pd.DataFrame(
        [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        index=pd.MultiIndex.from_tuples([("g", "a"), ("h", "a")], names=["kind", None]),
        columns=pd.MultiIndex.from_tuples([("A", 1), ("A", 2), ("B", 1)], names=["model", "size"]),
    )
    table = Table.from_frame(
        frame, precision=0, labels={"model": {"A": "Model A", "B": {"label": "Model B", "format": ".1f"}}},
        row_groups={"show": "column"},
    )  # fmt: skip
    assert [[(label.plain, label.span) for label in level] for level in table.model.heads] == [
        [("Model A", 2), ("Model B", 1)], [("1", 1), ("2", 1), ("1", 1)],
    ]  # fmt: skip
    assert body(table) == [["g", "a", "1", "2", "3.0"], ["h", "a", "4", "5", "6.0"]]


def test_expressions_see_a_row_per_cell() -> None:
    table = Table.from_frame(
        WIDE, precision=1,
        override=[{"where": "value > 90 and column == 'small'", "format": "{value:.2f}!"},
                  {"where": "index == 'a_b'", "precision": 0}],
        shade={"where": "column == 'large'", "colormap": "Blues"},
    )  # fmt: skip
    assert body(table) == [["CIFAR−10", "96.60!", "99.0"], ["a_b", "85", "10"], ["C & D", "", "−1.0"]]
    assert [[cell.fill is not None for cell in row.cells] for row in table.model.body] == [[False, True]] * 3


def test_rows_are_chosen_ordered_and_turned() -> None:
    chosen = Table.from_frame(WIDE, precision=1, where="index != 'a_b'", order={"column": ["large"]})
    assert [label.plain for label in chosen.model.heads[0]] == ["large", "small"]
    assert body(chosen) == [["CIFAR−10", "99.0", "96.6"], ["C & D", "−1.0", ""]]
    turned = Table.from_frame(WIDE, precision=1, transpose=True)
    assert body(turned) == [["small", "96.6", "84.7", ""], ["large", "99.0", "9.5", "−1.0"]]


def test_empty_columns_stay_unless_they_are_to_go() -> None:
    frame = WIDE.assign(none=np.nan)
    assert [label.plain for label in Table.from_frame(frame).model.heads[0]] == ["small", "large", "none"]
    assert [label.plain for label in Table.from_frame(frame, dropna=True).model.heads[0]] == ["small", "large"]


def test_columns_of_numbers_texts_flags_and_dates() -> None:
    frame = pd.DataFrame(
        {
            "n": [1, 2],
            "text": ["x", None],
            "flag": [True, False],
            "day": pd.to_datetime(["2024-01-02", "2024-02-03"]),
            "mixed": [1.5, "n/a"],
            7: pd.array([1, None], dtype="Int64"),
        }
    )
    table = Table.from_frame(frame, precision=1, shade={})
    assert [label.plain for label in table.model.heads[0]] == ["n", "text", "flag", "day", "mixed", "7"]
    assert csv_rows(table.to_csv())[1:] == [
        ["0", "1", "x", "True", "2024-01-02", "1.5", "1"],
        ["1", "2", "", "False", "2024-02-03", "n/a", ""],
    ]


def test_a_tidy_frame_takes_the_words_of_a_manifest() -> None:
    table = Table.from_frame(
        TIDY, rows="task", columns="model", cells=["accuracy", "n"], format="{accuracy:.2f} ({n})", where="n < 4",
        labels={"task": {"y": "Task y", "x": "Task x"}}, name="mine", form="table", caption="Accuracy",
        override=[{"cells": "n", "format": "d"}],
    )  # fmt: skip
    assert body(table) == [["Task y", "2.50 (2)", "2", "", ""], ["Task x", "1.25 (1)", "1", "3.00 (3)", "3"]]
    assert (table.model.caption, table.model.label) == ("Accuracy", "tab:mine")
    assert all(part in table.to_latex() for part in (r"\caption{Accuracy}", r"\label{tab:mine}", r"\begin{table}"))
    indexed = Table.from_frame(TIDY.set_index(["task", "model"]), rows="task", columns="model", cells="n")
    assert body(indexed) == [["x", "1", "3"], ["y", "2", "4"]]


def test_the_venue_tells_how_wide_a_table_may_be() -> None:
    frame = pd.DataFrame(np.full((2, 16), 1000.5))
    wide = Table.from_frame(frame, fit=False, venue="iclr2026")
    (notice,) = wide.notices
    assert str(notice).startswith(f"the table is {wide.model.width:.1f} pt wide, the text of iclr2026 397.5 pt")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"precison": 2}, "precison: unknown key, did you mean 'precision'?"),
        ({"shade": {"colormap": "Redz"}}, "shade.colormap: unknown colormap 'Redz', did you mean 'Reds'?"),
        ({"shade": ({"vmin": "x"},)}, "shade[0].vmin: expected a number, got 'x'"),
        (
            {"override": [{"where": "colum == 'x'", "precision": 1}]},
            "override[0].where: unknown column 'colum', did you mean 'column'?",
        ),
        ({"labels": {"index": {"a_b": {"label": 1}}}}, "labels.index.a_b.label: expected text, got 1"),
        ({"data": "runs"}, "data: this key belongs to a manifest\n    the frame is the argument"),
        ({"rows": "index"}, "key 'cells' is missing"),
        ({"venue": "iclr2062"}, "venue: unknown venue 'iclr2062', did you mean 'iclr2026'?"),
    ],
)
def test_problems_in_the_words_of_the_call(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(PaperkitError) as caught:
        Table.from_frame(WIDE, **keys)
    assert str(caught.value) == message


def test_frames_that_are_no_table() -> None:
    problems = {
        "several rows of the frame are index 'x'\n    give the frame a further level that tells them apart": (
            pd.DataFrame({"a": [1, 2]}, index=["x", "x"])
        ),
        "a row of the frame has no label\n    give it a value": pd.DataFrame({"a": [1, 2]}, index=["x", None]),
        (
            "column 'a' holds values that are neither numbers nor text, such as [1]\n"
            "    make it numbers or text, such as by .astype(str)"
        ): pd.DataFrame({"a": [[1], {}]}),
        (
            "column 'a' holds whole numbers that are too large for a float\n"
            "    make it numbers or text, such as by .astype(str)"
        ): pd.DataFrame({"a": [10**400, 1.5]}),
        "the frame has 0 rows and 1 columns\n    a table needs one of each": pd.DataFrame({"a": []}),
    }
    for message, frame in problems.items():
        with pytest.raises(PaperkitError) as caught:
            Table.from_frame(frame)
        assert str(caught.value) == message
    with pytest.raises(PaperkitError, match=r"^the frame has 2 levels of columns\n"):
        Table.from_frame(pd.concat({"a": WIDE}, axis=1), rows="index", cells="small")
    with pytest.raises(PaperkitError, match=r"^several columns, or index levels, of the frame are called 'a'\n"):
        Table.from_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]), rows="a", cells="a")


def test_a_label_stays_inside_its_argument() -> None:
    with pytest.raises(PaperkitError) as caught:
        Table.from_frame(WIDE, form="table", label=r"a}\input{b")
    hint = "\n    letters, digits, spaces and : . - _ / +"
    assert str(caught.value) == r"label: 'a}\input{b' is no label for LaTeX: it has } \ {" + hint
    with pytest.raises(PaperkitError) as caught:
        Table.from_styler(WIDE.style, name="a%b")
    assert str(caught.value) == "'tab:a%b' is no label for LaTeX: it has %" + hint


def test_what_is_no_frame_is_told() -> None:
    hint = "    pandas.DataFrame(…) makes one of lists, dicts and arrays; other libraries have a .to_pandas()"
    for value, message in (
        ([[1]], f"expected a DataFrame, got list\n{hint}"),
        (np.ones((1, 1)), f"expected a DataFrame, got ndarray\n{hint}"),
    ):
        with pytest.raises(PaperkitError) as caught:
            Table.from_frame(value)  # type: ignore[arg-type]
        assert str(caught.value) == message


def test_a_series_is_a_frame_of_one_column() -> None:
    for series, name in (
        (WIDE["small"], "small"),
        (WIDE["small"].rename(None), "value"),
        (WIDE["small"].rename(3), "3"),
    ):
        table = Table.from_frame(series, precision=1)
        assert csv_rows(table.to_csv()) == [["", name], ["CIFAR-10", "96.6"], ["a_b", "84.7"], ["C & D", ""]]
    tidy = Table.from_frame(TIDY.set_index("task")["n"].iloc[:2], rows="task", cells="n")
    assert body(tidy) == [["x", "1"], ["y", "2"]]


@pytest.mark.parametrize(
    "column",
    [
        np.array([2**64 - 1, 7], dtype="uint64"),
        pd.array([2**64 - 1, 7], dtype="UInt64"),
        pd.Series([12345678901234567890123, 7], dtype=object),
        pd.Series([3 * 10**23, 7, None], dtype=object),
        pd.Series([-(2**200), 10**308], dtype=object),
    ],
    ids=str,
)
def test_whole_numbers_keep_all_of_their_digits(column: Any) -> None:
    frame = pd.DataFrame({"a": column})
    shown = ["" if pd.isna(value) else str(value) for value in column]
    tidy = frame.assign(row=range(len(frame)))
    keys: dict[str, Any] = {"shade": {}, "emphasis": {}}
    for table in (
        Table.from_frame(frame, **keys),
        Table.from_frame(frame, shade={"where": "value > 1"}),
        Table.from_frame(tidy, rows="row", cells="a", dropna=False, **keys),
    ):
        assert [row[1] for row in csv_rows(table.to_csv())[1:]] == shown
        assert all(text in table.to_latex() for text in shown if not text.startswith("-"))
    turned = Table.from_frame(frame, transpose=True, dropna=False)
    assert csv_rows(turned.to_csv())[1][1:] == shown
    labels = [text for text in shown if text]
    index = Table.from_frame(pd.DataFrame({"n": range(len(labels))}, index=list(column)[: len(labels)]))
    assert [row[0] for row in csv_rows(index.to_csv())[1:]] == labels


def test_names_of_levels_that_no_expression_could_call() -> None:
    frame = pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="top.1"))
    assert body(Table.from_frame(frame, shade={"where": "top_1 == 'x'"})) == [["x", "1"]]


def test_nothing_is_left_switched_off() -> None:
    assert gc.isenabled()
    with pytest.raises(PaperkitError):
        Table.from_frame(WIDE, precison=1)
    Table.from_frame(WIDE).to_latex()
    assert gc.isenabled()


def test_the_same_frame_gives_the_same_bytes_and_is_not_changed() -> None:
    before = WIDE.copy()
    keys: dict[str, Any] = {"precision": 1, "shade": {"within": "row"}, "emphasis": {}}
    first, second = Table.from_frame(WIDE, **keys), Table.from_frame(WIDE, **keys)
    assert (first.to_latex(), first.to_html()) == (second.to_latex(), second.to_html())
    pd.testing.assert_frame_equal(WIDE, before)


def test_the_name_is_exported_lazily() -> None:
    assert paperkit.Table is Table
    program = "import sys, paperkit; sys.exit(any(name in sys.modules for name in ('pandas', 'pydantic', 'rich')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
