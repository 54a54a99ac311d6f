"""Source data in a build: plain CSV that every reader takes, and that is protected all the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from paperkit import Paper
from paperkit.build.run import Result

MANIFEST = """[data.runs]
read = "runs.csv"
[figure.size]
formats = ["pdf"]
source_data = true
[[figure.size.panel]]
data = "runs"
mark = "box"
x = "model"
y = "accuracy"
"""
RUNS = "model,accuracy\na,71.25\na,80.5\nb,64.0\nb,12.0\n"
OUTPUT = "figures/size-panel-1.csv"


def project(folder: Path) -> Paper:
    (folder / "paper.toml").write_text(MANIFEST)
    (folder / "runs.csv").write_text(RUNS)
    return Paper.load(folder / "paper.toml")


def test_the_table_is_written_and_an_idle_build_leaves_it(tmp_path: Path) -> None:
    paper = project(tmp_path)
    first = paper.build(["figure.*"])
    assert OUTPUT in first.outcomes[0].written
    found = pd.read_csv(tmp_path / OUTPUT)
    assert list(found["model"]) == ["a", "b"]
    assert list(found["median"]) == [75.875, 38.0]
    assert paper.build(["figure.*"]).outcomes[0].result is Result.UNCHANGED


def test_an_edited_table_is_left_alone_until_forced(tmp_path: Path) -> None:
    paper = project(tmp_path)
    paper.build(["figure.*"])
    ours = (tmp_path / OUTPUT).read_bytes()
    (tmp_path / OUTPUT).write_bytes(ours.replace(b"38", b"83"))
    outcome = paper.build(["figure.*"]).outcomes[0]
    assert outcome.result is Result.EDITED
    assert outcome.reasons == (f"{OUTPUT} was edited",)
    assert "+b,box,2,12,25,83,51,64" in outcome.diff
    forced = paper.build(["figure.*"], force=True).outcomes[0]
    assert forced.rescued == (f".paperkit/rescued/{OUTPUT}.1",)
    assert (tmp_path / OUTPUT).read_bytes() == ours


def test_a_table_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    paper = project(tmp_path)
    (tmp_path / "figures").mkdir()
    (tmp_path / OUTPUT).write_text("mine\n")
    outcome = paper.build(["figure.*"]).outcomes[0]
    assert (outcome.result, outcome.reasons[0]) == (Result.EDITED, f"{OUTPUT} was not written by paperkit")


def test_line_ends_are_not_an_edit(tmp_path: Path) -> None:
    paper = project(tmp_path)
    paper.build(["figure.*"])
    (tmp_path / OUTPUT).write_bytes((tmp_path / OUTPUT).read_bytes().replace(b"\n", b"\r\n"))
    assert paper.build(["figure.*"]).outcomes[0].result is not Result.EDITED


def test_an_edit_of_the_wrapper_is_not_one_of_the_table(tmp_path: Path) -> None:
    paper = project(tmp_path)
    paper.build(["figure.*"])
    wrapper = tmp_path / "figures/size.tex"
    wrapper.write_text(wrapper.read_text() + "% mine\n")
    assert paper.build(["figure.*"]).outcomes[0].reasons == ("figures/size.tex was edited",)
