"""Source data: the CSV of a panel is read back by pandas, and holds what pandas and NumPy compute of the rows."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit import figures
from paperkit.figures.facts import facts, plain, shown
from paperkit.templates import Templates
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue

RUNS = pd.DataFrame(runs("a", "b", n=12)).assign(dataset=["p", "q", "r", "p"] * 6, step=[1, 2, 4] * 8)
RECORDS: Any = RUNS.to_dict("records")


def written(*panels: dict[str, Any], **keys: Any) -> dict[str, str]:
    """Return the CSV files of a figure of the runs, by name."""
    spec = asset(*panels, formats=["pdf"], source_data=True, **keys)
    names = labels(method={"new": "Ours\n$\\alpha$", "old": "100 $"})
    figure = figures.compile(spec, {"runs": frame(RECORDS)}, names, venue())
    made = figures.write(figure, spec, folder="out", formats=["pdf"], templates=Templates())
    return {file.path: file.content.decode() for file in made if file.path.endswith(".csv")}


def table(*panels: dict[str, Any]) -> pd.DataFrame:
    (text,) = written(*panels).values()
    return pd.read_csv(io.StringIO(text))


def test_a_panel_of_the_manifest_has_a_file() -> None:
    assert list(written({}, {"mark": "strip", "col": "dataset"})) == ["out/demo-panel-1.csv", "out/demo-panel-2.csv"]


def test_without_the_key_there_is_none() -> None:
    spec = asset(formats=["pdf"])
    figure = figures.compile(spec, {"runs": frame(RECORDS)}, labels(), venue())
    made = figures.write(figure, spec, folder="out", formats=["pdf"], templates=Templates())
    assert [file.path for file in made] == ["out/demo.pdf", "out/demo.tex"]


def test_boxes_of_facets_have_their_five_numbers() -> None:
    found = table({"hue": "method", "col": "dataset"})
    assert list(found.columns[:5]) == ["dataset", "model", "method", "mark", "n"]
    boxes = found[found["n"].notna()]
    assert len(boxes) == RUNS.groupby(["dataset", "model", "method"]).ngroups
    for row in boxes.to_dict("records"):
        method = {"Ours alpha": "new", "100 $": "old"}[row["method"]]
        same = (RUNS["dataset"] == row["dataset"]) & (RUNS["model"] == row["model"]) & (RUNS["method"] == method)
        expected = np.quantile(RUNS.loc[same, "score"], [0.25, 0.5, 0.75])
        np.testing.assert_allclose([row["q1"], row["median"], row["q3"]], expected, rtol=1e-12)


def test_every_point_of_a_layer_is_a_row_under_its_own_name() -> None:
    found = table({"layer": [{"mark": "strip"}]})
    assert sorted(found["mark"].unique()) == ["box", "strip"]
    strip = found[found["mark"] == "strip"]
    assert sorted(strip["score"]) == sorted(RUNS["score"])
    assert strip["median"].isna().all()


def test_estimates_say_what_their_interval_is() -> None:
    found = table({"mark": "line", "x": "step", "options": {"errorbar": ["sd", 1]}})
    expected = RUNS.groupby("step")["score"].agg(["mean", "std"])
    assert list(found["step"]) == [1, 2, 4]
    assert set(found["interval"]) == {"one standard deviation"}
    np.testing.assert_allclose(found["high"], expected["mean"] + expected["std"], rtol=1e-12)


def test_what_is_said_about_all_points_has_rows_of_its_own() -> None:
    found = table({"mark": "scatter", "x": "step", "options": {"fit": "linear", "corr": "pearson"}})
    assert list(found.columns) == ["mark", "step", "score", "n", "slope", "intercept", "pearson"]
    slope, intercept = np.polyfit(RUNS["step"], RUNS["score"], 1)
    fit = found[found["mark"] == "fit"]
    np.testing.assert_allclose(fit[["slope", "intercept"]].to_numpy(), [[slope, intercept]])
    (strength,) = found.loc[found["mark"] == "correlation", "pearson"]
    assert strength == pytest.approx(np.corrcoef(RUNS["step"], RUNS["score"])[0, 1])


def test_a_column_of_the_frame_may_have_the_name_of_a_number() -> None:
    renamed = [{"n": record["model"], "score": record["score"]} for record in RECORDS]
    spec = asset({"x": "n"}, formats=["pdf"], source_data=True)
    figure = figures.compile(spec, {"runs": frame(renamed)}, labels(), venue())
    made = figures.write(figure, spec, folder="out", formats=["pdf"], templates=Templates())
    assert made[1].content.decode().splitlines()[0].startswith("n,mark,n (drawn),whisker_low,")


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=9))
def test_numbers_have_all_their_digits(values: list[float]) -> None:
    spec = asset({"mark": "strip"}, formats=["pdf"], source_data=True)
    records = [{"model": "a", "score": value} for value in values]
    figure = figures.compile(spec, {"runs": frame(records)}, labels(), venue())
    found = [value for fact in facts(figure.scene) for value in fact.columns["score"]]
    assert found == values


def test_maths_and_line_breaks_are_read_as_words() -> None:
    assert plain("$R^{2}$ of\n$\\alpha$ \\$5") == "R^2 of alpha $5"


def test_facts_know_where_they_stand() -> None:
    figure = compiled(RECORDS, {"row": "dataset", "layer": [{"mark": "strip"}]}, {"mark": "bar"})
    found = facts(figure.scene)
    assert {(fact.panel, fact.layer, fact.kind) for fact in found} == {(1, 1, "box"), (1, 2, "strip"), (2, 1, "bar")}
    assert [fact.places["dataset"].value for fact in found if fact.kind == "box"] == ["p", "p", "q", "q", "r", "r"]
    assert [tuple(fact.places) for fact in found if fact.kind == "bar"] == [("model",)] * 2


def test_dates_stay_dates() -> None:
    moments = ("2024-02-28", "2024-02-29", "2024-03-01T18:30")
    records = [{"when": moment, "score": float(rank)} for rank, moment in enumerate(moments)]
    made = compiled(records, {"mark": "line", "x": "when", "axes": {"xscale": "date"}})
    assert [shown(found) for found in made.scene.encoded[0][0].x] == ["2024-02-28", "2024-02-29", "2024-03-01T18:30:00"]
