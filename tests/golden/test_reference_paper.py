"""The repository's own paper.toml and its committed outputs hold the notebooks' numbers and colours."""

from __future__ import annotations

import csv
import re
import statistics
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.seal import SealState, seal_state
from tests.golden.heat_tables import MODELS
from tests.golden.test_heat_tables import Printed, expected, parsed, resolved

ROOT = Path(__file__).parents[2]
TWO_LINES = {"Diabetic Retinopathy": "Diabetic Retinopathy", "PASCAL VOC 2007": "PASCAL VOC07"}


@pytest.fixture(scope="module")
def paper() -> Paper:
    return Paper.load(ROOT / "paper.toml")


def _joined(stub: str) -> str:
    return re.sub(r"\s+", " ", stub.replace("\n", " "))


@pytest.mark.parametrize("family", MODELS)
def test_the_manifests_tables_are_those_of_the_notebook(paper: Paper, family: str) -> None:
    stubs, rows = resolved(paper.table(f"appendix-{family.lower()}").model)
    datasets, cells = expected(family)
    assert [_joined(stub) for stub in stubs] == [TWO_LINES.get(name, name) for name in datasets]
    assert rows == cells


@pytest.mark.parametrize("family", MODELS)
def test_the_committed_tables_are_those_of_the_notebook(family: str) -> None:
    latex = (ROOT / "tables" / f"appendix-{family.lower()}.tex").read_text(encoding="utf-8")
    assert parsed(latex)[1] == expected(family)[1]


def test_the_committed_outputs_are_sealed_and_hold_what_they_say(paper: Paper) -> None:
    outputs = [output for target in paper.targets for output in target.outputs]
    assert len(outputs) == 9
    for output in outputs:
        assert seal_state((ROOT / output).read_bytes()) is SealState.INTACT, output


def test_the_committed_numbers_are_the_mean_gains() -> None:
    gains: dict[str, list[float]] = {}
    for path in sorted((ROOT / "data").glob("*.csv")):
        if "mae-" in path.name:
            continue
        with path.open(newline="") as file:
            _, experiments, _, *rows = csv.reader(file)
        for row in rows:
            cells = dict(zip(experiments[1:], map(float, row[1:]), strict=True))
            for experiment, value in cells.items():
                gains.setdefault(experiment, []).append(value - cells["CLS last layer"])
    means = {experiment: statistics.mean(values) for experiment, values in gains.items()}
    said = dict(re.findall(r"\\newcommand\{\\(\w+)\}\{(.*?)\}%", (ROOT / "macros.tex").read_text(encoding="utf-8")))
    assert said["gainAllAttentive"] == f"{means['CLS+AP layers from all blocks (attentive)']:.2f}"
    assert said["gainAllTokens"] == f"{means['All tokens last layer (attentive)']:.2f}"
    assert said["gainAllLinear"] == f"{means['CLS+AP layers from all blocks (linear)']:.2f}"
    assert max(means, key=lambda experiment: means[experiment]) == "CLS+AP layers from all blocks (attentive)"
    assert said["bestExperiment"] == "All layers (CLS+AP, attentive)"


def test_a_cell_is_compared_whole() -> None:
    assert Printed("1.00", "#ffffff", "black") != Printed("1.00", "#fffffe", "black")
