"""Text and flags where numbers are to be shaded or rounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paperkit.data.load import Frames
from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec
from paperkit.style.venue import load_venue
from paperkit.tables import resolve
from tests.unit.tables.tiny_records import Records, resolved, table_asset, texts

MIXED = Records("task score", *((f"t{i}", value) for i, value in enumerate((1.5, "OOM", None, "OOM", True, "-", "x"))))


def failed(records: Records, **keys: Any) -> list[str]:
    with pytest.raises(AssetError) as caught:
        resolved(records, **keys)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("keys", "path", "words"),
    [
        ({"precision": 0}, "precision", "precision needs"),
        ({"shade": {"colormap": "Reds"}}, "shade", "shade needs"),
        ({"shade": {}, "precision": 2}, "shade", "shade and precision need"),
    ],
)
def test_a_column_that_mixes_numbers_and_text(keys: dict[str, Any], path: str, words: str) -> None:
    assert failed(MIXED, **keys) == [
        (
            f"table.main.{path}: {words} numbers, but column 'score' has 'OOM' (data/runs.csv:3:2), "
            "'OOM' (data/runs.csv:5:2), 'True' (data/runs.csv:6:2) and 2 more\n"
            '    in [data.runs]: numeric = ["score"]; if it means a missing value: options = { na_values = ["OOM"] }'
        )
    ]


def test_a_column_of_text_or_flags() -> None:
    assert failed(Records("task score", ("a", "95%"), ("b", None)), precision=1) == [
        (
            "table.main.precision: precision needs numbers, but column 'score' has '95%' (data/runs.csv:2:2)\n"
            '    in [data.runs]: numeric = ["score"]; write it without the percent sign in the source, and the unit '
            "into a label"
        )
    ]
    assert failed(Records("task score", ("a", True), ("b", False)), shade={}) == [
        (
            "table.main.shade: shade needs numbers, but column 'score' has 'True' (data/runs.csv:2:2), "
            "'False' (data/runs.csv:3:2)\n"
            '    in [data.runs]: numeric = ["score"]'
        )
    ]


def test_numbers_that_a_text_made_texts_are_not_to_blame() -> None:
    records = Records("task score time", ("a", "1.5", "1"), ("b", "n/a", "2"), ("c", "2", None))
    assert failed(records, cells=["score", "time"], precision=1) == [
        (
            "table.main.precision: precision needs numbers, but column 'score' has 'n/a' (data/runs.csv:3:2)\n"
            '    in [data.runs]: numeric = ["score"]; if it means a missing value: options = { na_values = ["n/a"] }'
        ),
        (
            "table.main.precision: precision needs numbers, but column 'time' has '1' (data/runs.csv:2:3), "
            "'2' (data/runs.csv:3:3)\n"
            '    in [data.runs]: numeric = ["time"]'
        ),
    ]


def test_every_mixed_column_is_named() -> None:
    records = Records("task score time", ("a", 1.0, "fast"), ("b", "x", 2.0))
    assert [problem.split(":")[0] for problem in failed(records, cells=["score", "time"], shade={})] == [
        "table.main.shade",
        "table.main.shade",
    ]


def test_text_beside_a_column_of_numbers_is_a_notice() -> None:
    records = Records("task score verdict", ("a", 1.25, "good"), ("b", 2.0, None))
    table = resolved(records, cells=["score", "verdict"], precision=1)
    assert texts(table) == [["a", "1.2", "good"], ["b", "2.0", ""]]
    assert [str(notice) for notice in table.notices] == [
        (
            "table.main.precision: precision needs numbers, but column 'verdict' has 'good' (data/runs.csv:2:3)\n"
            '    in [data.runs]: numeric = ["verdict"]; if it means a missing value: '
            'options = { na_values = ["good"] }'
        )
    ]


@pytest.mark.parametrize("keys", [{}, {"shade": False}])
def test_without_shade_and_precision_text_is_fine(keys: dict[str, Any]) -> None:
    assert [line[1] for line in texts(resolved(MIXED, **keys))] == ["1.5", "OOM", "", "OOM", "True", "-", "x"]


def test_numbers_and_missing_values_are_fine() -> None:
    records = Records("task score", ("a", 1), ("b", None), ("c", float("inf")), ("d", 2.5))
    assert not resolved(records, shade={}, precision=1).notices
    assert not resolved(Records("task score", ("a", None)), shade={}, precision=1, dropna=False).notices


def test_the_place_of_a_real_frame_is_that_of_the_cell_after_where(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("task,score\na,1\nb,2\nc,n/a!\n")
    frame = Frames(tmp_path, {"runs": FrameSpec(read="x.csv")}, Labels()).load("runs")
    asset = table_asset(where="task != 'a' and score != '2'", precision=2)
    with pytest.raises(AssetError) as caught:
        resolve(asset, frame, Labels(), load_venue("article"))
    assert caught.value.problems[0].message == ("precision needs numbers, but column 'score' has 'n/a!' (x.csv:4:2)")
