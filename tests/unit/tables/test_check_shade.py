from __future__ import annotations

from typing import Any

import pytest

from paperkit.manifest.labels import Labels
from paperkit.tables.check_shade import problems, reference_problems
from tests.unit.tables.tiny_records import make_labels, table_asset

LABELS = make_labels(model={"vit": {"colormap": "Reds", "family": "ViT"}, "mae": {"colormap": "Bluse"}})
BLOCKS = "\n    one of row, column, table, task, model"
ONE = "\n    leave out one of the two"


def found(labels: Labels = LABELS, **keys: Any) -> list[str]:
    asset = table_asset(**({"columns": "model"} | keys))
    return [str(problem) for problem in problems(asset, labels)]


@pytest.mark.parametrize(
    "shade",
    [
        {"within": ["row", "model", "model.family"], "colormap": "viridis"},
        {"within": [], "colormap": ["white", "#ff0000"], "levels": 9, "part": [0, 1]},
        {"norm": "log", "vmin": 0.1, "percentiles": [5, 95]},
        {"norm": "symlog", "linthresh": 1},
        {"norm": "twoslope", "vcenter": 1, "vmin": 0, "vmax": 2},
        {"norm": "centered", "vcenter": "model == 'vit'", "where": "score > 1"},
        {"boundaries": [0, 1, 2], "colormap": "tab10"},
        {"cells": "score", "by": "anything", "legend": True},
        [{"where": "score > 1"}, {"cells": "score"}, {}],
        False,
    ],
)
def test_what_is_right_has_no_problem(shade: Any) -> None:
    assert found(shade=shade) == []


CASES: list[tuple[dict[str, Any], str]] = [
    ({"within": ["rows"]}, f"shade.within[0]: unknown block 'rows', did you mean 'row'?{BLOCKS}"),
    ({"within": ["row", "seed"]}, f"shade.within[1]: unknown block 'seed'{BLOCKS}"),
    (
        {"within": ["model.famly"]},
        (
            "shade.within[0]: no label of 'model' has an attribute 'famly', did you mean 'family'?\n"
            "    attributes: colormap, family"
        ),
    ),
    ({"within": ["task.kind"]}, "shade.within[0]: no [labels.task] to take 'kind' from"),
    ({"colormap": "blue"}, "shade.colormap: unknown colormap 'blue', did you mean 'Blues'?"),
    ({"colormap": ["whit", "red"]}, "shade.colormap[0]: unknown colour 'whit', did you mean 'white'?"),
    (
        {"colormap": ["red"]},
        "shade.colormap: a colormap goes through two colours or more\n    such as ['white', 'tab:blue']",
    ),
    (
        {"colormap": "model.colormap"},
        "shade.colormap: unknown colormap 'Bluse', did you mean 'Blues'? (model.colormap of 'mae')",
    ),
    (
        {"colormap": "modle.colormap"},
        (
            "shade.colormap: 'modle.colormap': 'modle' gives neither rows nor columns, did you mean 'model'?\n"
            "    one of task, model, or a colormap"
        ),
    ),
    (
        {"colormap": "Set1", "levels": 12},
        "shade.levels: 12 colours are needed, 'Set1' has 9\n    a continuous colormap such as 'viridis' has 256",
    ),
    (
        {"colormap": "tab10_r", "boundaries": list(range(12))},
        (
            "shade.boundaries: 11 colours are needed, 'tab10_r' has 10\n"
            "    a continuous colormap such as 'viridis' has 256"
        ),
    ),
    ({"vmin": 2, "vmax": 1}, "shade.vmin: vmin 2 is greater than vmax 1"),
    (
        {"percentiles": [95, 5]},
        "shade.percentiles: [95, 5] must increase, from 0 or more to 100 or less\n    such as [5, 95]",
    ),
    (
        {"percentiles": [5, 105]},
        "shade.percentiles: [5, 105] must increase, from 0 or more to 100 or less\n    such as [5, 95]",
    ),
    (
        {"part": [0.8, 0.1]},
        (
            "shade.part: [0.8, 0.1] must increase, from 0 or more to 1 or less\n"
            "    such as [0.1, 0.8]; a name with _r, such as 'Blues_r', is the colormap the other way round"
        ),
    ),
    (
        {"boundaries": [0.05]},
        (
            "shade.boundaries: one boundary has nothing between\n"
            "    with what is below and above it, such as [0, 0.05, 1]"
        ),
    ),
    ({"boundaries": [0, 2, 1]}, "shade.boundaries: boundaries must increase, 1 follows 2"),
    (
        {"norm": "symlog"},
        "shade.norm: norm = 'symlog' needs linthresh\n    such as linthresh = 1: from -1 to 1 the norm is linear",
    ),
    ({"norm": "log", "vmin": 0}, "shade.vmin: 0 has no logarithm\n    leave it out, or norm = 'symlog'"),
    ({"norm": "log", "vmax": -1}, "shade.vmax: -1 has no logarithm\n    leave it out, or norm = 'symlog'"),
    (
        {"norm": "twoslope", "vcenter": 3, "vmin": 0, "vmax": 2},
        "shade.vcenter: vcenter 3 must lie between vmin and vmax, here vmin 0, vmax 2",
    ),
    ({"norm": "twoslope", "vmin": 1}, "shade.norm: vcenter 0 must lie between vmin and vmax, here vmin 1"),
    (
        {"vcenter": 0},
        (
            "shade.vcenter: vcenter = 0 has no effect, since norm = 'linear' has no centre\n"
            "    norm = 'centered' or 'twoslope'"
        ),
    ),
    (
        {"norm": "log", "vcenter": "model == 'vit'"},
        (
            "shade.vcenter: vcenter = \"model == 'vit'\" has no effect, since norm = 'log' has no centre\n"
            "    norm = 'centered' or 'twoslope'"
        ),
    ),
    (
        {"linthresh": 0.5},
        (
            "shade.linthresh: linthresh = 0.5 has no effect, since norm = 'linear' is not linear around zero only\n"
            "    norm = 'symlog'"
        ),
    ),
    (
        {"boundaries": [0, 1], "levels": 3},
        f"shade.levels: levels = 3 has no effect, since boundaries tell where colours change{ONE}",
    ),
    (
        {"boundaries": [0, 1], "vmin": 0},
        f"shade.vmin: vmin = 0 has no effect, since boundaries tell where colours change{ONE}",
    ),
    (
        {"boundaries": [0, 1], "percentiles": [5, 95]},
        f"shade.percentiles: percentiles = [5, 95] has no effect, since boundaries tell where colours change{ONE}",
    ),
    (
        {"boundaries": [0, 1], "norm": "log"},
        f"shade.norm: norm = 'log' has no effect, since boundaries tell where colours change{ONE}",
    ),
    (
        {"vmin": 0, "vmax": 1, "percentiles": [5, 95]},
        f"shade.percentiles: percentiles = [5, 95] has no effect, since vmin and vmax are the limits{ONE}",
    ),
    ({"cells": ["scroe"]}, "shade.cells: 'scroe' gives no cells, did you mean 'score'?\n    one of score"),
    ({"cells": ["score", "time"]}, "shade.cells[1]: 'time' gives no cells\n    one of score"),
]


@pytest.mark.parametrize(("shade", "expected"), CASES)
def test_mistakes_of_a_shade(shade: dict[str, Any], expected: str) -> None:
    assert found(shade=shade) == [expected]


@pytest.mark.parametrize("key", ["where", "vcenter"])
def test_expressions_are_parsed(key: str) -> None:
    (problem,) = found(shade={"norm": "centered", key: "score >"})
    assert problem.startswith(f"shade.{key}: ")


def test_all_problems_of_several_shades_come_at_once() -> None:
    assert found(shade=[{"vmin": 2, "vmax": 1, "colormap": "Redz"}, {"part": [1, 0.5], "where": "a == 1"}]) == [
        "shade[0].colormap: unknown colormap 'Redz', did you mean 'Reds'?",
        "shade[0].vmin: vmin 2 is greater than vmax 1",
        (
            "shade[0]: it fits all cells, so that the shades behind it have none\n"
            "    put it at the end, or say by 'where' or 'cells' what it is for"
        ),
        (
            "shade[1].part: [1, 0.5] must increase, from 0 or more to 1 or less\n"
            "    such as [0.1, 0.8]; a name with _r, such as 'Blues_r', is the colormap the other way round"
        ),
    ]


def test_a_summary_has_cells_only() -> None:
    reason = "has no effect, since a summary is made of cells, not of rows of the data\n    leave it out"
    assert found(summary=[{"stat": "mean", "shade": {"where": "a > 1", "legend": True, "colormap": "Redz"}}]) == [
        "summary[0].shade.colormap: unknown colormap 'Redz', did you mean 'Reds'?",
        f"summary[0].shade.where: where = 'a > 1' {reason}",
        f"summary[0].shade.legend: legend = true {reason}",
    ]
    assert found(summary=[{"stat": "mean", "shade": True}, {"stat": "mean", "shade": {"within": "row"}}]) == []


@pytest.mark.parametrize(
    ("emphasis", "expected"),
    [
        ({"within": "rows"}, f"emphasis.within[0]: unknown block 'rows', did you mean 'row'?{BLOCKS}"),
        ({"cells": "scroe"}, "emphasis.cells: 'scroe' gives no cells, did you mean 'score'?\n    one of score"),
        (
            {"interval": ["a", "b", "c"]},
            "emphasis.interval: an interval is one column, its half width, or two, its ends, not 3",
        ),
        ({"alpha": 0.1}, "emphasis.alpha: alpha = 0.1 has no effect without p\n    p = 'COLUMN', with the p-values"),
        (
            {"by": "best", "interval": "half"},
            f"emphasis.interval: interval = ['half'] has no effect, since by = 'best' tells what is best{ONE}",
        ),
        (
            {"by": "best", "p": "p"},
            f"emphasis.p: p = 'p' has no effect, since by = 'best' tells what is best{ONE}",
        ),
    ],
)
def test_mistakes_of_an_emphasis(emphasis: dict[str, Any], expected: str) -> None:
    assert found(emphasis=emphasis) == [expected]


def test_an_emphasis_may_be_right() -> None:
    assert (
        found(emphasis={"interval": ["low", "high"], "p": "p", "alpha": 0.1, "within": ["row", "model.family"]}) == []
    )
    assert found(emphasis=False) == found() == []


def test_attributes_of_references() -> None:
    assert list(reference_problems(("rows",), "task.label", LABELS)) == []
    (problem,) = reference_problems(("rows",), "modell.family", LABELS)
    assert str(problem) == "rows: no [labels.modell] to take 'family' from, did you mean 'model'?"
