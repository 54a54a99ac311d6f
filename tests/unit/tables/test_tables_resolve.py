from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.load import Frames
from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec
from paperkit.style.venue import load_venue
from paperkit.tables import resolve
from paperkit.tables.latex import to_latex
from paperkit.templates import Templates
from tests.unit.tables.tiny_records import Records, head_texts, make_labels, resolved, table_asset, texts

RUNS = Records(
    "task model size score time",
    ("b", "vit", "S", 1.0, 10),
    ("a", "vit", "S", 2.0, 11),
    ("b", "mae", "S", 3.0, 12),
    ("b", "vit", "L", 4.0, 13),
    ("a", "mae", "B", None, 14),
)


def test_one_metric_without_columns_is_one_column() -> None:
    runs = Records("task score", ("x", 1.0), ("y", 2.5))
    table = resolved(runs)
    assert texts(table) == [["x", "1.0"], ["y", "2.5"]]
    assert head_texts(table) == [[("score", 1)]]


def test_several_metrics_are_columns_named_by_their_labels() -> None:
    runs = Records("task score time", ("x", 1.0, 7), ("y", 2.5, 8))
    labels = make_labels(cells={"time": {"label": "Time $t$ [s]"}})
    table = resolved(runs, labels, cells=["score", "time"])
    assert head_texts(table) == [[("score", 1), ("Time $t$ [s]", 1)]]
    assert table.heads[0][1].lines == ("Time $t$ {[}s{]}",)
    assert texts(table) == [["x", "1.0", "7"], ["y", "2.5", "8"]]


def test_metrics_are_the_innermost_level_below_columns() -> None:
    runs = Records("task model score time", ("x", "m", 1.0, 7), ("x", "n", 2.0, 8))
    table = resolved(runs, cells=["score", "time"], columns=["model"])
    assert head_texts(table) == [[("m", 2), ("n", 2)], [("score", 1), ("time", 1), ("score", 1), ("time", 1)]]
    assert texts(table) == [["x", "1.0", "7", "2.0", "8"]]


def test_only_combinations_that_occur_have_a_column_and_empty_ones_are_dropped() -> None:
    table = resolved(RUNS, columns=["model", "size"])
    assert head_texts(table) == [[("vit", 2), ("mae", 1)], [("S", 1), ("L", 1), ("S", 1)]]
    assert texts(table) == [["b", "1.0", "4.0", "3.0"], ["a", "2.0", "", ""]]


def test_without_dropna_empty_columns_stay() -> None:
    table = resolved(RUNS, columns=["model", "size"], dropna=False, missing="--")
    assert head_texts(table)[1] == [("S", 1), ("L", 1), ("S", 1), ("B", 1)]
    dash = r"\textendash{}"
    assert texts(table) == [["b", "1.0", "4.0", "3.0", dash], ["a", "2.0", dash, dash, dash]]
    assert table.body[0].cells[3].emphasis == "missing"


@pytest.mark.parametrize(
    ("missing", "plain"), [("-", "-"), ("--", "–"), ("---", "—"), ("$--$", "$--$"), ("n/a", "n/a"), ("", "")]
)
def test_a_missing_cell_has_the_dashes_of_latex(missing: str, plain: str) -> None:
    table = resolved(RUNS, columns=["model", "size"], dropna=False, missing=missing)
    assert table.body[1].cells[3].plain == plain


COEFFICIENTS = Records(
    "task group v ci",
    ("a", "g", 1.0, 0.5),
    ("b", "g", 2.0, None),
    ("c", "h", None, 0.5),
    ("d", "h", 4.0, 0.5),
    where={"d": lambda row: row["task"] == "d"},
)
PAIRS: dict[str, Any] = {"cells": "v", "format": ["{v:.2f}", "({ci:.2f})"]}


def test_both_lines_of_a_cell_have_its_fill() -> None:
    shades: list[dict[str, Any]] = [{}, {"by": "ci"}]
    for shade in shades:
        table = resolved(COEFFICIENTS, **PAIRS, shade=shade)
        fills = [row.cells[0].fill for row in table.body]
        assert fills[::2] == fills[1::2]
        assert [fill is None for fill in fills[::2]] == [False, "by" in shade, True, False]
        assert {row.above for row in table.body} == {"none"}
        inks = [row.cells[0].ink for row in table.body]
        assert inks[::2] == inks[1::2]


def test_cells_of_two_lines_are_parted_by_a_gap() -> None:
    table = resolved(COEFFICIENTS, **PAIRS)
    assert [row.above for row in table.body] == ["none", "none", "gap", "none", "gap", "none", "gap", "none"]
    assert to_latex(table, Templates()).count("\\\n\\addlinespace[0.4ex]\n") == 3
    table = resolved(COEFFICIENTS, **PAIRS, rows=["group", "task"])
    wanted = ["none", "none", "none", "gap", "none", "space", "none", "none", "gap", "none"]
    assert [row.above for row in table.body] == wanted
    table = resolved(COEFFICIENTS, **PAIRS, override=[{"where": "d", "format": ".2f"}])
    assert [row.above for row in table.body] == ["none", "none", "gap", "none", "gap", "none", "gap"]


def test_a_note_that_nothing_refers_to_is_told() -> None:
    labels = make_labels(task={"a": {"note": "a"}})
    keys: dict[str, Any] = {
        "columns": ["model", "size"],
        "notes": {"a": "One.", "b": "Two.", "c": "Three."},
        "override": [{"note": "b"}],
    }
    assert list(map(str, resolved(RUNS, labels, **keys).notices)) == [
        (
            "table.main.notes.c: nothing refers to the note 'c'\n"
            "    note = 'c' in a label or an override; notes = ['…'] prints texts without marks"
        )
    ]
    assert resolved(RUNS, labels, **{**keys, "notes": ["One."], "override": []}).notices == ()


def test_labels_give_text_and_order() -> None:
    labels = make_labels(model={"mae": {"label": "MAE\n& friends"}, "vit": {}}, task={"a": {}, "b": {"label": "$b_1$"}})
    table = resolved(RUNS, labels, columns=["model", "size"])
    assert head_texts(table)[0] == [("MAE\n& friends", 1), ("vit", 2)]
    assert table.heads[0][0].lines == ("MAE", r"\& friends")
    assert [row.stubs[0].lines for row in table.body] == [("a",), ("$b_1$",)]


def test_a_label_for_some_values_moves_none() -> None:
    labels = make_labels(model={"mae": {"label": "MAE"}}, size={"L": {}}, task={"a": {}})
    table = resolved(RUNS, labels, columns=["model", "size"])
    assert head_texts(table) == [[("vit", 2), ("MAE", 1)], [("S", 1), ("L", 1), ("S", 1)]]
    assert [row.plain for row in table.body] == ["b", "a"]


def test_unlabelled_inner_values_keep_their_order_within_each_spanner() -> None:
    runs = Records(
        "task model setup score", ("x", "m", "first", 1), ("x", "m", "last", 2), ("x", "n", "middle", 3),
        ("x", "n", "last", 4),
    )  # fmt: skip
    assert head_texts(resolved(runs, columns=["model", "setup"]))[1] == [
        ("first", 1), ("last", 1), ("middle", 1), ("last", 1),
    ]  # fmt: skip


def test_an_attribute_reference_prints_the_attribute_and_groups_by_the_column() -> None:
    labels = make_labels(model={"vit": {"head": "A_1"}, "mae": {"head": "A_1"}})
    table = resolved(RUNS, labels, columns=["model.head", "size"])
    assert head_texts(table)[0] == [("A_1", 2), ("A_1", 1)]
    assert table.heads[0][0].lines == (r"A\_1",)


def test_where_is_applied_with_each_and_its_place() -> None:
    runs = Records("task score", ("x", 1.0), ("y", 2.5), where={"score > 2": lambda row: row["score"] > 2})
    asset = table_asset(where="score > 2", each={"family": "ViT"})
    table = resolve(asset, runs, Labels(), load_venue("article"))
    assert texts(table) == [["y", "2.5"]]
    assert runs.asked == [("score > 2", {"family": "ViT"}, ("table", "main", "where"))]


def test_caption_label_and_looks() -> None:
    runs = Records("task score", ("x", 1.0))
    table = resolved(runs, caption="Score & $R^2$", stubhead="Task", fontsize="small", arraystretch=1.3, rotate=90)
    assert (table.caption, table.caption_plain, table.label) == (r"Score \& $R^2$", "Score & $R^2$", "tab:main")
    assert (table.stub_heads[0].lines, table.fontsize, table.arraystretch, table.rotate) == (
        ("Task",),
        "small",
        1.3,
        90,
    )
    assert resolved(runs, label="tab:x").label == "tab:x"


def message(records: Records, labels: Labels | None = None, **keys: Any) -> str:
    with pytest.raises(AssetError) as caught:
        resolved(records, labels, **keys)
    return str(caught.value)


def test_rows_that_share_a_cell_are_an_error() -> None:
    runs = Records("task model score", *[("x", "m", 1.0)] * 3, ("y", "m", 1.0), *[("z", "m", 1.0)] * 2)
    assert message(runs, columns=["model"]) == (
        "table.main: several rows of the data 'runs' share a cell: 3 rows for task 'x', model 'm'; "
        "2 rows for task 'z', model 'm'\n"
        "    add a where or a level of columns that tells them apart; "
        'group = ["task", "model"] with stat = { score = "mean(score)" } in the frame makes them one'
    )
    names = Records("task score", ("x", "good"), ("x", "bad"))
    assert message(names) == (
        "table.main: several rows of the data 'runs' share a cell: 2 rows for task 'x'\n"
        "    add a where or a level of columns that tells them apart; they hold text, which has no mean: "
        'group = ["task"] with stat = { score = "first(score)" } in the frame makes them one, the first'
    )


def test_missing_columns_are_all_named() -> None:
    assert message(Records("tsk score", ("x", 1.0)), columns=["model.head"]) == (
        "table.main.rows: no column 'task' in the data 'runs', did you mean 'tsk'?\n    columns: tsk, score\n"
        "table.main.columns[0]: no column 'model' in the data 'runs'\n    columns: tsk, score"
    )


def test_nothing_left_is_an_error() -> None:
    runs = Records("task score", ("x", 1.0), where={"False": lambda _: False})
    assert message(runs, where="False") == (
        "table.main: no row of the data 'runs' is left\n"
        '    where = "False" lets nothing through, or only missing values'
    )
    assert message(Records("task score", ("x", None))) == "table.main: no value of score is left"


def test_what_emptied_a_real_frame_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("task,score\nalpha,1\nbeta,2\n")
    frame = Frames(tmp_path, {"runs": FrameSpec(read="x.csv")}, Labels()).load("runs")
    with pytest.raises(AssetError) as caught:
        resolve(table_asset(where="task == 'alhpa'"), frame, Labels(), load_venue("article"))
    assert str(caught.value) == (
        "table.main: no row of the data 'runs' is left\n"
        "    where = \"task == 'alhpa'\" lets nothing through, or only missing values\n"
        "    table.main.where: no row has task 'alhpa', did you mean 'alpha'?\n"
        "    table.main.where: no row is left of 2"
    )


def test_rows_without_a_name_are_an_error() -> None:
    assert message(Records("task score", ("x", 1.0), (None, 2.0))) == (
        "table.main: 1 of 2 rows of the data 'runs' have no 'task'\n    leave them out: where = \"not isnull(task)\""
    )


def test_unprintable_characters_are_all_named_with_their_cell() -> None:
    runs = Records("task model score", ("x", "m", "漢"), ("\N{PILE OF POO}", "m", "fine"))
    assert message(runs, columns=["model"]) == (
        "data/runs.csv:2:3: table.main: task 'x', model 'm': '漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) "
        "cannot be typeset by pdfLaTeX\n"
        "    replace it in the data, or give the value a label in the manifest\n"
        "data/runs.csv:3:1: table.main: task '\N{PILE OF POO}': '\N{PILE OF POO}' (U+1F4A9 PILE OF POO) "
        "cannot be typeset by pdfLaTeX\n"
        "    replace it in the data, or give the value a label in the manifest"
    )


def test_an_unprintable_character_has_its_place_in_a_real_frame(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text("task,model,score\nx,m,fine\ny,m,漢\n", encoding="utf-8")
    frames = Frames(tmp_path, {"runs": FrameSpec(read="runs.csv")}, Labels())
    asset = table_asset(columns=["model"], where="task == 'y'")
    with pytest.raises(AssetError) as caught:
        resolve(asset, frames.load("runs"), Labels(), load_venue("article"))
    assert str(caught.value.problems[0].place) == "runs.csv:3:3"


def test_unprintable_characters_of_the_manifest_are_named_with_their_key() -> None:
    labels = make_labels(task={"x": {"label": "漢"}}, score={"score": {"label": "y"}})
    problems = (
        "labels.task.x.label: '漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) cannot be typeset by pdfLaTeX",
        "table.main.caption: '}' without '{' in the formula '$}$'",
        "table.main.stubhead: '\N{PILE OF POO}' (U+1F4A9 PILE OF POO) cannot be typeset by pdfLaTeX",
    )
    text = message(Records("task score", ("x", 1.0)), labels, caption="$}$", stubhead="\N{PILE OF POO}")
    assert sorted(line for line in text.splitlines() if not line.startswith(" ")) == sorted(problems)


def test_a_bad_length_is_an_error() -> None:
    assert message(Records("task score", ("x", 1.0)), width="wide").startswith(
        "table.main.width: 'wide' is not a length"
    )
    assert message(Records("task score", ("x", 1.0)), tabcolsep="3").startswith("table.main.tabcolsep: '3': the unit")


def test_a_table_wider_than_the_text_is_noticed() -> None:
    runs = Records("task model score", *[("x", f"a fairly long column label {index}", 1.0) for index in range(9)])
    (notice,) = resolved(runs, columns=["model"]).notices
    assert notice.path == ("table", "main")
    assert re.fullmatch(
        r"the table is \d+\.\d pt wide, the text of article 345.0 pt; it was fitted: rotated labels", notice.message
    )
    assert notice.hint == (
        "split = 2 and line breaks in the labels keep the type larger; fit = false leaves it as it is"
    )
    (notice,) = resolved(runs, columns=["model"], fit=False).notices
    assert notice.message.endswith("pt wide, the text of article 345.0 pt")
    assert notice.hint == "try fontsize = 'small', rotate = 90, line breaks in the labels, split = 2"
    assert resolved(runs, columns=["model"], rotate=90).notices == ()


def test_a_width_that_cannot_be_reached_is_noticed() -> None:
    runs = Records("task model score", *[("x", f"a fairly long column label {index}", 1.0) for index in range(9)])
    table = resolved(runs, columns=["model"], width="textwidth", fontsize="tiny", rotate=0)
    (notice,) = table.notices
    assert notice.path == ("table", "main", "width")
    assert notice.hint == "try rotate = 90, line breaks in the labels, split = 2"
    assert table.tabcolsep == 1.5
    assert table.width > 345


@given(st.permutations([(task, model, task * 10 + model) for task in range(4) for model in range(3)]))
def test_every_value_is_in_its_row_and_column_whatever_the_order(rows: list[tuple[int, int, int]]) -> None:
    table = resolved(Records("task model score", *rows), columns=["model"])
    for row in table.body:
        for label, cell in zip(table.heads[0], row.cells, strict=True):
            assert cell.plain == str(int(row.plain) * 10 + int(label.plain))


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique_by=lambda row: row[0], min_size=1))
def test_any_text_is_printed_or_refused(rows: list[tuple[str, str]]) -> None:
    try:
        table = resolved(Records("task score", *rows))
    except AssetError as error:
        assert all("cannot be typeset" in problem.message for problem in error.problems)  # noqa: PT017
    else:
        assert [row.plain for row in table.body] == [task for task, _ in rows]


def test_a_note_with_an_empty_mark_stands_for_itself() -> None:
    table = resolved(Records("task score", ("x", 1.0)), notes={"": "Means over five seeds."})
    assert [(note.mark, note.plain) for note in table.notes] == [("", "Means over five seeds.")]
    assert table.notices == ()
