"""Macros of a figure: the number in the text is the number that is drawn, and both are pandas' and NumPy's."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from paperkit import Paper
from paperkit.build.run import Result
from paperkit.cli.main import run
from paperkit.figures.facts import facts

FIGURE = """[labels.model]
a = { label = "ViT-A", family = "ViT" }
b = { label = "CLIP ($b$)", family = "CLIP" }
[data.runs]
read = "runs.csv"
[figure.size]
formats = ["pdf"]
[[figure.size.panel]]
data = "runs"
mark = "box"
x = "model"
y = "accuracy"
[[figure.size.panel]]
data = "runs"
mark = "line"
x = "step"
y = "accuracy"
col = "model"
"""
RUNS = pd.DataFrame(
    {
        "model": ["a", "b"] * 12,
        "step": [1, 2, 3] * 8,
        "accuracy": np.random.default_rng(5).normal(70, 6, size=24).round(2),
    }
)


def project(folder: Path, macros: str, figure: str = FIGURE) -> Paper:
    (folder / "paper.toml").write_text(f"{figure}\n[macros]\n{macros}\n")
    RUNS.to_csv(folder / "runs.csv", index=False)
    return Paper.load(folder / "paper.toml")


def printed(folder: Path, **macros: str) -> dict[str, str]:
    lines = "\n".join(f"{name} = {{ figure = 'size', {entry} }}" for name, entry in macros.items())
    report = project(folder, lines).build(["macros"])
    assert not report.outcomes[0].problems, report.outcomes[0].problems
    text = (folder / "macros.tex").read_text()
    found = dict(re.findall(r"\\newcommand\{\\(\w+)\}\{(.*?)\}% ", text))
    return {name: found[name] for name in macros}


def test_the_numbers_of_boxes_are_rows(tmp_path: Path) -> None:
    found = printed(
        tmp_path,
        low="value = 'first(q1)', where = \"model == 'b' and panel == 1\", format = '.6f'",
        named="value = 'first(q3)', where = \"group == 'CLIP (b)'\", format = '.6f'",
        best="value = 'max(median)', format = '.6f'",
        who="value = 'argmax(max(median), model)', where = 'panel == 1'",
        family="value = 'min(n)', where = \"panel == 1 and model.family == 'ViT'\"",
    )
    groups = RUNS.groupby("model")["accuracy"]
    assert found["low"] == f"{np.quantile(RUNS.loc[RUNS['model'] == 'b', 'accuracy'], 0.25):.6f}"
    assert found["named"] == f"{np.quantile(RUNS.loc[RUNS['model'] == 'b', 'accuracy'], 0.75):.6f}"
    assert found["best"] == f"{groups.median().max():.6f}"
    assert found["who"] == {"a": "ViT-A", "b": "CLIP ($b$)"}[str(groups.median().idxmax())]
    assert found["family"] == "12"


def test_bootstrapped_ends_are_those_that_are_drawn(tmp_path: Path) -> None:
    where = "panel == 2 and step == 2 and model == 'a'"
    found = printed(
        tmp_path,
        high=f'value = "first(high)", where = "{where}", format = ".12g"',
        kind='value = "first(interval)", where = "panel == 2"',
    )
    figure = Paper.load(tmp_path / "paper.toml").figure("size")
    (drawn,) = (
        fact.statistics.numbers["high"]
        for fact in facts(figure.scene)
        if fact.panel == 2 and {fact.places["step"].value, fact.places["model"].value} == {2, "a"}
    )
    assert found == {"high": f"{drawn:.12g}", "kind": r"95\% confidence intervals"}


def test_an_idle_build_makes_nothing_and_a_change_of_the_figure_makes_it_again(tmp_path: Path) -> None:
    macro = "best = { figure = 'size', value = 'max(q3)', where = 'panel == 1' }"
    project(tmp_path, macro).build()
    idle = Paper.load(tmp_path / "paper.toml").build()
    assert {outcome.result for outcome in idle.outcomes} == {Result.UNCHANGED}
    (changed,) = project(tmp_path, macro, FIGURE.replace('x = "model"', 'x = "step"')).build(["macros"]).outcomes
    assert changed.reasons == ('paper.toml:11:1: panel[0].x "model" → "step"',)
    RUNS.assign(accuracy=RUNS["accuracy"] + 1).to_csv(tmp_path / "runs.csv", index=False)
    (again,) = Paper.load(tmp_path / "paper.toml").build(["macros"]).outcomes
    assert again.reasons == ("runs.csv changed",)
    assert again.result is Result.BUILT


def test_what_depends_on_a_frame_has_the_macros_of_its_figures(tmp_path: Path) -> None:
    paper = project(tmp_path, "best = { figure = 'size', value = 'max(q3)', where = 'panel == 1' }")
    assert [step.target.id for step in paper.plan(["data.runs+"])] == ["figure.size", "macros"]


def test_the_comment_names_the_figure(tmp_path: Path) -> None:
    printed(tmp_path, best="value = 'max(median)'")
    assert "% max(median) of figure.size\n" in (tmp_path / "macros.tex").read_text()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("value = 'max(q1)'", "key 'data' is missing"),
        ("data = 'runs', figure = 'size', value = 'max(q1)'", "from 'data' or from 'figure', not from both"),
        ("figure = 'siez', value = 'max(q1)'", "there is no figure 'siez', did you mean 'size'?"),
    ],
)
def test_what_has_no_rows_is_said(
    entry: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "paper.toml").write_text(f"{FIGURE}\n[macros]\nbest = {{ {entry} }}\n")
    assert run(["check"]) == 2
    assert said in capsys.readouterr().err
