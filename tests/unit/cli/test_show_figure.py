"""`paperkit show figure.NAME`: the numbers that are drawn, as CSV, or the alt text."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from paperkit.cli.main import run

MANIFEST = """[data.runs]
read = "runs.csv"
[figure.size]
[[figure.size.panel]]
data = "runs"
mark = "box"
x = "panel"
y = "accuracy"
[[figure.size.panel]]
data = "runs"
mark = "scatter"
x = "step"
y = "accuracy"
options = { corr = "pearson" }
[figure.told]
alt = "As I say"
[[figure.told.panel]]
data = "runs"
mark = "strip"
x = "panel"
y = "accuracy"
"""
RUNS = "panel,step,accuracy\na,1,71.25\na,2,80.5\nb,3,64.0\nb,5,12.0\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text(RUNS)
    monkeypatch.chdir(tmp_path)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["show", *arguments]) == 0
    return capsys.readouterr().out


def test_the_numbers_of_all_panels_are_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    found = pd.read_csv(io.StringIO(shown(capsys, "figure.size")))
    assert list(found.columns[:4]) == ["panel", "group", "panel (level)", "mark"]
    assert list(found["mark"]) == ["box", "box", "scatter", "correlation"]
    assert list(found["group"]) == ["a", "b", "scatter", "correlation"]
    assert list(found["median"].dropna()) == [75.875, 38.0]
    assert list(found["pearson"].dropna()) == pytest.approx([np.corrcoef([1, 2, 3, 5], [71.25, 80.5, 64, 12])[0, 1]])


def test_the_alt_text_is_the_authors_or_a_draft(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "figure.told", "--alt") == "As I say\n"
    drafted = shown(capsys, "figure.size", "--alt")
    assert drafted.startswith("Panel 1: Box plots of accuracy by panel (a, b): the highest median is 75.9 (a), the")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["figure.size", "--limit", "3"], "--limit has no meaning here: figure.size is a figure"),
        (["runs", "--alt"], "--alt has no meaning here: runs is no figure"),
        (["figure.siez"], "there is no figure 'siez', did you mean 'size'?"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", *arguments]) == 2
    assert error in capsys.readouterr().err
