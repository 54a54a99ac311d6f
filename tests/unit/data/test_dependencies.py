"""Which frames a frame is made from: of its clauses, its SQL and the signature of its function, without loading."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.dependencies import all_frames, frames_used, reach, sql_frames, sql_words
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec

NOWHERE = Path("/nowhere")
NAMES = ("runs", "models", "gain", "model-size", "old")


def _specs(**frames: Mapping[str, Any]) -> dict[str, FrameSpec]:
    return {name: FrameSpec.model_validate(frame) for name, frame in frames.items()}


@pytest.mark.parametrize(
    ("sql", "frames"),
    [
        ("SELECT * FROM runs", ("runs",)),
        ("FROM RUNS SELECT gain", ("runs",)),
        ("SELECT gain, old FROM runs, models AS old", ("runs", "models")),
        ("SELECT gain AS models FROM runs AS gain", ("runs",)),
        ("SELECT old.x FROM runs old LEFT JOIN models USING (gain)", ("runs", "models")),
        ("SELECT * FROM runs ASOF JOIN (models CROSS JOIN old)", ("runs", "models", "old")),
        ("SELECT * FROM (SELECT gain, old FROM runs), models", ("runs", "models")),
        ("SELECT * FROM runs WHERE gain IN (SELECT gain, x FROM models) AND y IN (old, 1)", ("runs", "models")),
        ('SELECT * FROM "model-size" JOIN "gain" ON true', ("model-size", "gain")),
        ("WITH best AS (SELECT max(gain), old FROM runs GROUP BY x, models) SELECT * FROM best", ("runs",)),
        ("PIVOT runs ON gain USING sum(old)", ("runs",)),
        ("SELECT 'FROM models', \"FROM models\" FROM runs -- , models\n/* , old /* , gain */ , old */", ("runs",)),
        ("SELECT $$ FROM models $$, $a$ FROM old $$ $a$, 'it''s', E'\\' FROM gain' FROM runs", ("runs",)),
        ("SELECT * FROM gain(runs)", ()),
        ("SELECT * FROM r : runs, m : models", ("runs", "models")),
        ("SELECT * FROM memory.runs", ("runs",)),
        ("SELECT 1", ()),
        ("SELECT '", ()),
        (") FROM runs )) (", ("runs",)),
        ("SELECT 1e5FROM runs", ()),
        ("SELECT * FROM runs UNION ALL SELECT gain, old FROM models ORDER BY gain, old", ("runs", "models")),
        ("DESCRIBE runs", ("runs",)),
    ],
)
def test_frames_stand_where_tables_may(sql: str, frames: tuple[str, ...]) -> None:
    assert sql_frames(sql, NAMES) == frames


@given(st.text())
def test_any_text_is_read_as_sql(sql: str) -> None:
    assert set(sql_frames(sql, NAMES)) <= set(NAMES)
    assert all(isinstance(word, str) for word in sql_words(sql))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="'")))
def test_what_a_string_holds_is_no_table(text: str) -> None:
    assert sql_frames(f"SELECT '{text}' FROM runs", NAMES) == ("runs",)


def test_words_leave_strings_comments_and_quoted_names_out() -> None:
    sql = "SELECT \"order by\" FROM runs -- order by\nWHERE x = 'order by' ORDER  BY y"
    assert sql_words(sql) == ("select", "from", "runs", "where", "x", "=", "order", "by", "y")


def test_every_kind_of_dependency(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_text("def made(runs, alpha, *rest, model_size=None, **more): ...\n")
    specs = _specs(
        runs={"read": "runs.csv"},
        joined={"from": "runs", "join": [{"frame": "models", "on": "m"}, {"frame": "runs", "on": "m"}]},
        models={"rows": [{"m": "a"}], "concat": ["runs", "joined"]},
        asked={"sql": "SELECT * FROM models JOIN asked"},
        database={"sql": "SELECT * FROM models", "read": "runs.sqlite"},
        made={"python": "prep.py:made", "params": {"alpha": 1}},
        alpha={"rows": [{"m": "a"}]},
        unmade={"python": "prep.py:nothing"},
        **{"model-size": {"rows": [{"m": "a"}]}},
    )
    found = {name: frames_used(name, specs, tmp_path) for name in specs}
    assert found == {
        "runs": (),
        "joined": ("runs", "models"),
        "models": ("runs", "joined"),
        "asked": ("models",),
        "database": (),
        "made": ("runs", "model-size"),
        "alpha": (),
        "unmade": (),
        "model-size": (),
    }


def test_all_frames_come_behind_what_they_are_made_from() -> None:
    specs = _specs(
        a={"from": "b", "concat": ["c"]}, b={"sql": "FROM d"}, c={"from": "d"}, d={"read": "x.csv"}, e={"from": "d"}
    )
    assert all_frames(["a"], specs, NOWHERE) == ("d", "b", "c", "a")
    assert all_frames(["c", "a", "c"], specs, NOWHERE) == ("d", "c", "b", "a")
    assert reach(["a"], specs, NOWHERE) == ("a", "b", "d", "c")
    assert reach(["a", "nothing"], specs | _specs(d={"from": "a"}), NOWHERE) == ("a", "b", "d", "c")


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (
            {"a": {"from": "b"}, "b": {"sql": "SELECT * FROM c"}, "c": {"read": "x.csv", "concat": ["runs", "b"]}},
            "data.c.concat: the frame is made from itself: b -> c -> b",
        ),
        ({"a": {"read": "x.csv", "concat": ["a"]}}, "data.a.concat: the frame is made from itself: a -> a"),
        ({"a": {"from": "rusn"}}, "data.a.from: there is no [data.rusn], did you mean 'runs'?"),
        (
            {"a": {"read": "x.csv", "join": [{"frame": "rnus", "on": "m"}]}},
            "data.a.join[0].frame: there is no [data.rnus], did you mean 'runs'?",
        ),
        ({}, "there is no [data.a]"),
    ],
)
def test_circles_and_unknown_frames(frames: Mapping[str, Mapping[str, Any]], message: str) -> None:
    with pytest.raises(DataError) as caught:
        all_frames(["a"], _specs(runs={"read": "x.csv"}, **frames), NOWHERE)
    assert str(caught.value) == message
