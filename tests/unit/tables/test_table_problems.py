"""What is wrong with a table as the manifest has it: every message, whole."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.manifest.labels import Labels
from paperkit.style.venue import load_venue
from paperkit.tables import problems
from tests.unit.tables.tiny_records import make_labels, table_asset

LABELS = make_labels(model={"vit": {"family": "ViT"}, "mae": {"family": "MAE"}})
TWO_LEVELS = "\n    a column gives rows or columns, and one level of them"


def found(labels: Labels = LABELS, venue: str = "article", **keys: Any) -> list[str]:
    return [
        str(problem).removeprefix("table.main.") for problem in problems(table_asset(**keys), labels, load_venue(venue))
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"rows": ["model.family", "task"], "columns": ["size"], "cells": ["score", "time"]},
        {"rows": ["cells"], "columns": ["task"], "cells": ["score", "time"], "order": {"cells": ["time"]}},
        {"rows": "score", "cells": "score"},
        {"tabcolsep": "0pt", "width": None, "placement": "!htb", "form": "table"},
        {"precision": "uncertainty", "override": [{"cells": "score", "format": "{score} ({std})"}]},
        {"precision": "uncertainty", "uncertainty": "std"},
        {"notes": {"a": "x"}, "override": [{"note": "a"}]},
        {"rows": ["a", "b"], "summary": [{"stat": "mean", "per": "group"}]},
        {"rows": ["a", "b"], "row_groups": {"show": "column"}, "stubhead": ["A", "B"]},
        {"columns": ["a", "b"], "transpose": True, "summary": [{"stat": "mean", "per": "group"}]},
    ],
)
def test_what_is_right_has_no_problem(keys: dict[str, Any]) -> None:
    assert found(**keys) == []


CASES: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"cells": ["score", "time"], "summary": [{"stat": "mean", "cells": ["time", "scor"]}]},
        ["summary[0].cells[1]: 'scor' gives no cells, did you mean 'score'?\n    one of score, time"],
    ),
    ({"rows": ["task", "model"], "columns": ["model"]}, [f"columns: 'model' is named twice, in rows too{TWO_LEVELS}"]),
    ({"columns": ["model", "model.family"]}, [f"columns[1]: 'model' is named twice{TWO_LEVELS}"]),
    ({"cells": ["score", "time", "score"]}, ["cells[2]: 'score' is named twice"]),
    (
        {"columns": "model", "order": {"modl": "natural", "seed": ["1"]}},
        [
            "order.modl: 'modl' gives neither rows nor columns, did you mean 'model'?\n    one of task, model",
            "order.seed: 'seed' gives neither rows nor columns\n    one of task, model",
        ],
    ),
    (
        {"rows": "model.famly"},
        ["rows: no label of 'model' has an attribute 'famly', did you mean 'family'?\n    attributes: family"],
    ),
    ({"rows": ["modl.family"]}, ["rows: no [labels.modl] to take 'family' from, did you mean 'model'?"]),
    (
        {"tabcolsep": "-1pt", "width": "3 foot"},
        [
            "tabcolsep: '-1pt': columns cannot overlap",
            "width: '3 foot': unknown unit 'foot'\n    textwidth or columnwidth, or a length such as '3.2in'",
            (
                "tabcolsep: tabcolsep = '-1pt' has no effect, since width = '3 foot' decides it\n"
                "    leave out one of the two"
            ),
        ],
    ),
    (
        {"rows": "cells", "cells": ["cells"]},
        ["cells: a column cannot be called 'cells' here\n    derive a column of another name"],
    ),
    (
        {
            "cells": ["score", "time"],
            "override": [{"cells": "scor", "note": ""}, {"cells": ["time", "x"], "precision": 1}],
        },
        [
            "override[0].cells: 'scor' gives no cells, did you mean 'score'?\n    one of score, time",
            "override[1].cells[1]: 'x' gives no cells\n    one of score, time",
        ],
    ),
    ({"precision": "uncertainty"}, [
        "precision: no column gives the uncertainty\n    uncertainty = 'COLUMN', or a format such as '{mean} ± {std}'"
    ]),
    (
        {"summary": [{"stat": "mean", "format": "{score:.1f}"}], "statistic": [
            {"label": "N", "data": "d", "value": "n", "format": "{n}"}]},
        [
            "summary[0].format: a computed number has no columns to fill a template from\n    a format such as '.1f'",
            "statistic[0].format: a computed number has no columns to fill a template from\n    a format such as '.1f'",
        ],
    ),
    (
        {"notes": {"a": "x", "b": "y"}, "override": [{"note": "A"}, {"note": "c"}]},
        [
            "override[0].note: there is no note 'A', did you mean 'a'?\n    one of a, b",
            "override[1].note: there is no note 'c'\n    one of a, b",
        ],
    ),
    ({"override": [{"note": "a"}]}, ["override[0].note: there is no note 'a'\n    notes = { a = '…' }"]),
    (
        {"override": [{"where": "task == 'a'", "cells": "score"}]},
        ["override[0]: it changes nothing\n    precision, format, note, shade = false, …"],
    ),
    (
        {"summary": [{"stat": "mean", "per": "group"}, {"stat": "mean", "per": "group", "axis": "column"}]},
        [
            "summary[0].per: there are no row groups: rows names one column\n    leave per out",
            "summary[1].per: there are no spanners: columns names one level\n    leave per out",
        ],
    ),
    (
        {"stubhead": ["A", "B"], "rows": ["a", "b"]},
        ["stubhead: 2 labels for a stub of one column\n    row_groups = { show = 'column' } gives row groups a column"],
    ),
    (
        {"stubhead": ["A", "B", "C"], "rows": ["a", "b"], "row_groups": {"show": "column"}},
        ["stubhead: 3 labels for a stub of 2 columns\n    leave some out"],
    ),
    (
        {"placement": "t"},
        ["placement: placement = 't' has no effect, since form = 'tabular' is no float\n    form = 'table'"],
    ),
    (
        {"placement": "x", "form": "table"},
        ["placement: 'x' is no placement\n    letters of h, t, b, p, ! and H, such as 'tb'"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "expected"), CASES)
def test_every_mistake_has_its_words(keys: dict[str, Any], expected: list[str]) -> None:
    assert found(**keys) == expected


@pytest.mark.parametrize(
    ("venue", "form", "expected"),
    [
        ("article", "longtable", []),
        ("neurips2026", "longtable", []),
        (
            "icml2026",
            "longtable",
            [
                (
                    "form: LaTeX's longtable does not work in the two columns of icml2026\n"
                    "    form = 'table*', and fewer rows in each of several tables"
                )
            ],
        ),
        (
            "acmart-sigconf",
            "longtable",
            [
                (
                    "form: acmart-sigconf does not take the package longtable\n"
                    "    form = 'table*' with split = 2, or two tables"
                )
            ],
        ),
        ("acmart-sigconf", "table*", []),
    ],
)
def test_forms_that_a_venue_does_not_take(venue: str, form: str, expected: list[str]) -> None:
    assert found(venue=venue, form=form) == expected


def test_expressions_that_cannot_be_read() -> None:
    keys: dict[str, Any] = {
        "where": "score >",
        "override": [{"where": "task = 'a'", "precision": 1}],
        "statistic": [{"label": "N", "data": "d", "value": "n", "where": "import os"}],
    }
    assert [text.split(":")[0] for text in found(**keys)] == ["where", "override[0].where", "statistic[0].where"]


FORMATS = (
    "\n    a format is Python's, such as '.2f', '.3g', '.2e', '.1%', ',d' or '+.1f', or a template, "
    "such as '{mean:.1f} ± {std:.1f}'"
)


def test_formats_that_cannot_be_read() -> None:
    keys: dict[str, Any] = {
        "format": [".1f", "{score:.1x}"],
        "override": [{"format": "{score"}],
        "summary": [{"stat": "mean", "format": ".1q"}],
        "statistic": [{"label": "N", "data": "d", "value": "n", "format": "n"}],
    }
    assert found(**keys) == [
        f"format[1]: '.1x' is not a number format{FORMATS}",
        (
            "override[0].format: '{' without '}' in '{score'\n"
            "    a field is written '{column}' or '{column:.2f}', a brace '{{' or '}}'"
        ),
        f"summary[0].format: '.1q' is not a number format{FORMATS}",
        f"statistic[0].format: 'n' is not a number format{FORMATS}",
    ]


def test_labels_of_the_table_are_checked_and_others_are_not() -> None:
    labels = make_labels(
        cells={"score": {"direction": "hihger", "format": ".1q"}, "time": {"precision": 99}},
        task={"a": {"target": "zero"}},
        elsewhere={"x": {"direction": "up"}},
    )
    shown = [str(problem) for problem in problems(table_asset(), labels, load_venue("article"))]
    assert shown == [
        "labels.task.a.target: expected a number, got 'zero'",
        "labels.cells.score.direction: expected 'higher' or 'lower', got 'hihger', did you mean 'higher'?",
        f"labels.cells.score.format: '.1q' is not a number format{FORMATS}",
        "labels.cells.time.precision: expected a whole number from 0 to 12, or 'uncertainty', got '99'",
    ]
