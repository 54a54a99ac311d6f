"""What is said of two versions of a table: cells by their rows and columns, and nothing that did not change."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit import Table
from paperkit.tables.changes import Moved, compare

FRAME = pd.DataFrame(
    {"ours": [71.25, 64.0, 9.5], "base": [70.0, 66.5, 9.25], "other": [60.0, 61.0, 9.0]}, index=["x", "y & z", "w"]
)


def written(frame: pd.DataFrame, **keys: Any) -> bytes:
    return Table.from_frame(frame, **{"precision": 2, **keys}).to_latex().encode()


def changed(after: pd.DataFrame, before: pd.DataFrame = FRAME, **keys: Any) -> tuple[str, ...]:
    return compare(written(before, **keys), written(after, **keys)).lines()


def with_cell(row: str, column: str, value: float) -> pd.DataFrame:
    frame = FRAME.copy()
    frame.loc[row, column] = value
    return frame


def test_a_cell_is_named_by_its_row_and_column() -> None:
    assert changed(with_cell("y & z", "ours", -64.5)) == ("1 of 9 cells moved", "y & z, ours: 64.00 → −64.50")
    found = compare(written(FRAME), written(with_cell("y & z", "ours", -64.5)))
    assert found.moved == (Moved(row="y & z", column="ours", before="64.00", after="−64.50", at=(1, 0)),)


def test_equal_tables_have_no_changes() -> None:
    found = compare(written(FRAME), written(FRAME).replace(b"\n", b"\r\n"))
    assert (bool(found), found.lines()) == (False, ())


def test_a_long_list_is_cut() -> None:
    lines = compare(written(FRAME), written(FRAME + 1)).lines(most=2)
    assert lines == ("9 of 9 cells moved", "x, ours: 71.25 → 72.25", "x, base: 70.00 → 71.00", "and 7 more")


def test_the_best_of_a_row_moves() -> None:
    keys: Any = {"emphasis": {"within": "row"}, "direction": "higher"}
    assert changed(with_cell("x", "base", 72), **keys) == (
        "1 of 9 cells moved",
        "x, base: 70.00 → 72.00",
        "best of x: ours → base",
        "second best of x: base → ours",
    )


def test_the_best_of_a_column_moves() -> None:
    keys: Any = {"emphasis": {"within": "column"}, "direction": "higher"}
    assert changed(with_cell("w", "other", 99), **keys)[2] == "best of other: y & z → w"


def test_the_strongest_shade_moves_where_nothing_is_marked() -> None:
    lines = changed(with_cell("x", "base", 72), shade={"within": "row"})
    assert lines[-2] == "strongest shade of x: ours → base"


def test_rows_and_columns_come_go_and_move() -> None:
    more = pd.concat([FRAME, pd.DataFrame({"ours": [1.0], "base": [2.0], "other": [3.0]}, index=["new"])])
    assert changed(more) == ("row added: new",)
    assert changed(FRAME, more) == ("row removed: new",)
    assert changed(FRAME.drop(columns=["ours", "base"])) == ("2 columns removed: ours, base",)
    assert changed(FRAME.iloc[::-1]) == ("the rows stand in another order",)
    assert changed(FRAME[["base", "ours", "other"]]) == ("the columns stand in another order",)


def test_a_renamed_line_is_found_by_its_cells() -> None:
    assert changed(FRAME.rename(index={"y & z": "yz"})) == ("row renamed: y & z → yz",)
    assert changed(FRAME.rename(columns={"base": "baseline"})) == ("column renamed: base → baseline",)


def test_colours_alone() -> None:
    shades = [written(FRAME, shade={"within": "row", "colormap": name}) for name in ("Reds", "Blues")]
    assert compare(*shades).lines() == ("only colours changed (9 cells)",)


def test_what_stands_around_the_cells() -> None:
    notes = written(FRAME, notes=["one"]), written(FRAME, notes=["two"])
    assert compare(*notes).lines() == ("the notes below it changed",)
    sizes = written(FRAME, fontsize="small"), written(FRAME, fontsize="tiny")
    assert compare(*sizes).lines() == ("its layout changed",)
    captions = [
        written(FRAME).replace(b"\\begingroup%", b"\\caption{" + text + b"}\\begingroup%") for text in (b"a", b"b")
    ]
    assert compare(*captions).lines() == ("the caption changed",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"77.34 ", b"77.4 ", "DTD, ViT / A: 77.34 → 77.4"),
        (b"\\textbf{77.34}", b"\\textbf{77.4}", "DTD, ViT / A: 77.34 → 77.4"),
        (b"$-1.5$", b"$-$2.5", "DTD, ViT / A: −1.5 → −2.5"),
        (b"5.1\\,$\\pm$\\,0.2", b"5.1 $\\pm$ 0.3", "DTD, ViT / A: 5.1 ± 0.2 → 5.1 ± 0.3"),
        (b"77.34", b"77.34~\\citep{me}", "DTD, ViT / A: 77.34 → 77.34 \\citep{me}"),
        (b"77.34", b"", "DTD, ViT / A: 77.34 → nothing"),
    ],
)
def test_a_table_that_people_write(old: bytes, new: bytes, said: str) -> None:
    table = (
        rb"\begin{tabular}{l|c*{1}{r}} \hline & \multicolumn{2}{c}{\textbf{ViT}} \\ \cmidrule(lr){2-3} Data & A & B \\"
        rb" \midrule DTD & @ & 5 % 6 & 7 \\" + b"\n" + rb"\\[2pt] \bottomrule \end{tabular}"
    )
    assert compare(table.replace(b"@", old), table.replace(b"@", new)).lines() == ("1 of 2 cells moved", said)


def test_what_is_no_table_is_told_line_by_line() -> None:
    before, after = written(FRAME), b"% paperkit seal x\nnothing\n"
    assert compare(b"a\nb\n", b"a\nc\n").lines() == ("-b", "+c")
    assert compare(before, after).lines(1)[-1].startswith("and ")


@given(st.binary(), st.binary())
def test_it_never_raises(before: bytes, after: bytes) -> None:
    assert isinstance(compare(before, after).lines(), tuple)
    assert isinstance(compare(written(FRAME), after).lines(), tuple)
