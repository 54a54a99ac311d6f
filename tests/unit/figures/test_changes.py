"""What changed between two builds of a figure, in numbers that pandas and NumPy compute here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit import Paper
from paperkit.cli.main import run
from paperkit.figures.changes import changes

HEAD = "model,mark,n,median\n"
NAMES = st.text('ab,"é ', min_size=1, max_size=4)
TABLES = st.dictionaries(NAMES, st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0), max_size=5)


def table(groups: dict[str, float]) -> str:
    rows = [{"model": name, "mark": "box", "n": 9, "median": value} for name, value in groups.items()]
    return pd.DataFrame(rows, columns=["model", "mark", "n", "median"]).to_csv(index=False)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("ViT,box,9,3.3217\n", "ViT,box,9,3.41\n", "median of ViT 3.32 → 3.41"),
        ("ViT,box,9,81.25\n", "ViT,box,9,81.2501\n", "median of ViT 81.25 → 81.2501"),
        ("ViT,box,27,5\n", "ViT,box,26,5\n", "n of ViT 27 → 26"),
        ("ViT,box,9,5\n", "ViT,box,9,5\nDTD,box,9,6\n", "DTD is new"),
        ("ViT,box,9,5\n", "", "ViT is gone"),
        (",fit,9,5\n", ",fit,9,-5\n", "median of fit 5 → -5"),
        ("ViT,strip,,1\nViT,strip,,2\n", "ViT,strip,,1\nViT,strip,,3\n", "1 of 2 median of ViT changed"),
        ("ViT,strip,,1\nViT,strip,,2\n", "ViT,strip,,1\n", "number of median of ViT 2 → 1"),
    ],
)
def test_a_change_is_one_line(before: str, after: str, said: str) -> None:
    assert changes(HEAD + before, HEAD + after) == (said,)


def test_numbers_are_named_with_their_column() -> None:
    head = "step,method,mark,interval,n,mean\n"
    before, after = "10,old,line,one standard error,5,1\n", "10,old,line,95% confidence intervals,5,1\n"
    said = "interval of step 10, old one standard error → 95% confidence intervals"
    assert changes(head + before, head + after) == (said,)


def test_another_column_of_groups_is_said_once() -> None:
    after = "model,method,mark,n,median\nViT,old,box,9,5\n"
    assert changes(HEAD + "ViT,box,9,5\n", after) == ("groups by model → by model, method",)
    assert changes("", HEAD) == ("groups by nothing → by model",)


@given(TABLES)
def test_the_order_of_groups_does_not_count(groups: dict[str, float]) -> None:
    assert changes(table(groups), table(dict(reversed(groups.items())))) == ()


@given(TABLES, TABLES)
def test_every_difference_is_told_and_nothing_else(before: dict[str, float], after: dict[str, float]) -> None:
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    lines = changes(table(before), table(after))
    assert len(lines) == len(differing)
    assert all(any(name in line for line in lines) for name in differing)


def test_a_build_says_which_drawn_numbers_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = '[[figure.size.panel]]\ndata = "runs"\nmark = "box"\nx = "model"\ny = "score"\n'
    manifest = f'[data.runs]\nread = "runs.csv"\n[figure.size]\nformats = ["pdf"]\nsource_data = true\n{panel}'
    (tmp_path / "paper.toml").write_text(manifest)
    monkeypatch.chdir(tmp_path)
    values = [3.0, 3.5, 4.25, 9.0]
    medians = []
    for score in (values, [*values[:2], 5.0, *values[3:]]):
        (tmp_path / "runs.csv").write_text("model,score\n" + "".join(f"a,{value}\n" for value in score))
        medians.append(f"{np.median(score):.3g}")
        assert run(["build"]) == 0
    assert f"           median of a {medians[0]} → {medians[1]}\n" in capsys.readouterr().out
    (tmp_path / "runs.csv").write_text("model,score\na,1\n")
    outcome = Paper.load(tmp_path / "paper.toml").build(["figure.*"]).outcomes[0]
    assert "n of a 4 → 1" in outcome.changes
