"""Findings: whatever a manifest contains, loading it gives problems, never a crash."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit.errors import ManifestError
from paperkit.manifest.findings import known_keys, validate
from paperkit.manifest.load import load
from paperkit.manifest.model import FigureSpec, FrameSpec, TableSpec

WORDS = st.sampled_from(
    ["data", "rows", "columns", "cells", "shade", "within", "colormap", "panel", "mark", "x", "y", "each", "from",
     "from_", "read", "header", "baseline", "where", "on", "precision", "width", "options", "axes", "legend", "value"]
)  # fmt: skip
SCALARS = st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.sampled_from(["a", "*", "{b}", ""])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=10
)
SECTIONS = st.sampled_from(["paper", "labels", "style", "data", "table", "figure", "macros", "tables"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(SECTIONS, VALUES | st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES)), max_size=5))
def test_any_toml_gives_problems_with_places(document: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paper.toml")
        path.write_text(tomli_w.dumps(document), encoding="utf-8")
        try:
            manifest = load(path)
        except ManifestError as error:
            problems = error.problems
        else:
            problems = manifest.problems
    for problem in problems:
        assert str(problem).startswith("paper.toml")
        assert problem.message


def _messages(model: Any, value: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in validate(model, value, ("table", "t"))[1]]


def test_messages_speak_toml() -> None:
    assert _messages(TableSpec, {"data": 3, "rows": 2, "cells": {"a": 1}, "precision": 1.5, "rotate": 45}) == [
        "table.t.precision: expected a whole number or 'uncertainty', got 1.5",
        "table.t.rotate: expected 0 or 90, got 45",
        "table.t.data: expected text, got 3",
        "table.t.rows: expected a list, got 2",
        "table.t.cells: expected a list, got a table",
    ]


def test_missing_keys_are_named_at_their_entry() -> None:
    assert _messages(TableSpec, {"rows": "a"}) == ["table.t: key 'data' is missing", "table.t: key 'cells' is missing"]


def test_bounds_say_what_is_wrong_with_the_value() -> None:
    assert _messages(TableSpec, {"data": "d", "rows": "r", "cells": "c", "precision": 13, "arraystretch": 0}) == [
        "table.t.precision: expected a number of at most 12 or 'uncertainty', got 13",
        "table.t.arraystretch: expected a number greater than 0, got 0",
    ]


def test_numbers_are_finite_and_lists_not_empty() -> None:
    panel = {"data": "d", "mark": "box", "x": "x", "y": "y", "axes": {"xlim": [float("nan"), 1.0], "margins": -1}}
    assert _messages(FigureSpec, {"panel": [panel], "panels": {"width_ratios": [0.0]}}) == [
        "table.t.panels.width_ratios[0]: expected a number greater than 0, got 0.0",
        "table.t.panel[0].axes.xlim[0]: expected a finite number, got nan",
        "table.t.panel[0].axes.margins: expected a number of at least 0, got -1",
    ]
    assert _messages(FigureSpec, {"panel": []}) == ["table.t.panel: expected at least 1 of them, got an empty list"]


def test_one_name_may_stand_for_a_list_of_names() -> None:
    record, problems = validate(TableSpec, {"data": "d", "rows": "r", "cells": "c", "columns": "model"}, ())
    assert problems == ()
    assert record is not None
    assert record.columns == ("model",)


def test_a_python_name_is_no_key() -> None:
    assert _messages(FrameSpec, {"from_": "runs"}) == ["table.t.from_: unknown key, did you mean 'from'?"]


def test_words_with_fixed_choices_are_suggested() -> None:
    figure = {
        "panel": [{"data": "d", "mark": "box", "x": "x", "y": "y", "axes": {"xscale": "lgo"}}],
        "formats": ["pfd"],
    }
    formats = "'pdf', 'pgf', 'hybrid', 'pgfplots', 'svg' or 'png'"
    assert _messages(FigureSpec, figure) == [
        f"table.t.formats[0]: expected {formats}, got 'pfd', did you mean 'pdf'?",
        "table.t.panel[0].axes.xscale: expected 'linear', 'log', 'symlog' or 'date', got 'lgo', did you mean 'log'?",
    ]


def test_known_keys_follow_lists_and_unions() -> None:
    assert "frameon" in known_keys(FigureSpec, ("legend",))
    assert "linestyle" in known_keys(FigureSpec, ("panel", 0, "axhline", 1))
    assert "within" in known_keys(TableSpec, ("shade",))
