from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from paperkit.manifest.labels import Labels
from paperkit.style.venue import load_venue
from paperkit.tables import problems
from tests.unit.tables.tiny_records import make_labels, table_asset

ARTICLE = load_venue("article")
LABELS = make_labels(model={"vit": {"colormap": "Reds", "family": "ViT"}, "mae": {"colormap": "Bluse"}})

CASES = [
    ({}, None),
    ({"columns": ["model.family"]}, None),
    ({"columns": ["model"], "shade": {"within": ["row", "model", "model.family"], "colormap": "viridis"}}, None),
    ({"columns": ["model.famly"]}, "columns[0]: no label of 'model' has an attribute 'famly', did you mean 'family'?"),
    ({"rows": "modell.family"}, "rows: no [labels.modell] to take 'family' from, did you mean 'model'?"),
    ({"shade": {"colormap": "blue"}}, "shade.colormap: unknown colormap 'blue', did you mean 'Blues'?"),
    (
        {"columns": ["model"], "shade": {"colormap": "model.colormap"}},
        "shade.colormap: unknown colormap 'Bluse', did you mean 'Blues'? (model.colormap of 'mae')",
    ),
    (
        {"columns": ["model"], "shade": {"colormap": "modle.colormap"}},
        "shade.colormap: 'modle.colormap': 'modle' gives neither rows nor columns, did you mean 'model'?",
    ),
    (
        {"columns": ["model"], "shade": {"within": ["rows"]}},
        "shade.within[0]: unknown block 'rows', did you mean 'row'?",
    ),
    ({"shade": {"vmin": 2, "vmax": 1}}, "shade.vmin: vmin 2 is greater than vmax 1"),
    ({"where": "score >"}, "where: "),
    ({"width": "textwith"}, "width: 'textwith' is not a length, did you mean 'textwidth'?"),
    ({"width": "3.2in"}, None),
    ({"tabcolsep": "3em"}, "tabcolsep: '3em': the unit 'em' depends on the font"),
    (
        {"tabcolsep": "3pt", "width": "textwidth"},
        "tabcolsep: tabcolsep = '3pt' has no effect, since width = 'textwidth' decides it",
    ),
    ({"columns": ["cells"], "cells": ["cells", "b"]}, "cells: a column cannot be called 'cells' here"),
]


@pytest.mark.parametrize(("keys", "expected"), CASES)
def test_static_checks(keys: dict[str, Any], expected: str | None) -> None:
    found = problems(table_asset(**keys), LABELS, ARTICLE)
    if expected is None:
        assert found == ()
    else:
        (problem,) = found
        assert str(problem).split("\n")[0].startswith(f"table.main.{expected}")


def test_all_problems_come_at_once() -> None:
    found = problems(
        table_asset(columns=["model.x"], where="(", width="w", shade={"colormap": "Redz"}), LABELS, ARTICLE
    )
    assert [problem.path[2] for problem in found] == ["columns", "where", "shade", "width"]


def test_checking_needs_no_pandas_numpy_or_matplotlib() -> None:
    code = (
        "import sys; from paperkit.tables import problems; from paperkit.manifest.labels import Labels;"
        "from paperkit.manifest.model import Asset, TableSpec;"
        "from paperkit.style.venue import load_venue;"
        "spec = TableSpec(data='d', rows='r', cells='c', where='r > 1', shade={'colormap': 'Blues'});"
        "asset = Asset(kind='table', name='n', path=('table', 'n'), each={}, spec=spec);"
        "assert problems(asset, Labels(), load_venue('article')) == ();"
        "raise SystemExit(any(name in sys.modules for name in ('pandas', 'numpy', 'matplotlib', 'jinja2')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert problems(table_asset(), Labels(), ARTICLE) == ()
