"""One table of each kind that papers have: what the tests of table files compile, measure and look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from paperkit.style.venue import Venue, load_venue
from paperkit.tables import Table, resolve
from tests.unit.tables.tiny_records import Records, make_labels, table_asset

# Files that fit here fit everywhere: no column is narrower, hardly any type wider.
WIDE = replace(load_venue("article"), text_width=307.0, column_width=307.0)
NARROW = replace(WIDE, text_width=229.5, column_width=229.5)

LABELS = make_labels(
    cells={
        "acc": {"label": "Accuracy", "unit": "%", "direction": "higher", "precision": 1},
        "time": {"label": "Time", "unit": "s", "direction": "lower", "format": ",.0f", "note": "b"},
        "delta": {"label": "$\\Delta$", "format": "+.2f"},
        "p": {"label": "$p$", "format": ".1e", "direction": "lower"},
        "lr": {"label": "Rate", "format": "#.2g", "unit": "1/s"},
    },
    data={"cifar": {"label": "CIFAR"}, "inet": {"label": "ImageNet"}},
    setup={"one": {"label": "one\nlayer"}, "all": {"label": "all\nlayers"}, "cls": {"label": "[CLS]\nonly"}},
    family={"conv": {"label": "Convolutional"}, "vit": {"label": "Transformers & co."}},
    method={"ours": {"label": "Ours", "note": "a"}, "rn": {"label": "ResNet-50"}, "b16": {"label": "ViT-B/16"}},
    term={"x": {"label": "Size, $\\log n$"}, "xy": {"label": "Size $\\times$ depth"}, "one": {"label": "(Intercept)"}},
)
_METHODS = (("conv", "rn"), ("conv", "[net] v2"), ("vit", "b16"), ("vit", "ours"))


def _value(*key: int) -> float:
    """Return a number from 0 to 1 that looks random."""
    place = 1
    for part in key:
        place = (place * 48271 + part * 16807 + 11) % 2147483647
    return (place * 48271 % 2147483647) / 2147483647


HEAT = Records(
    "task data setup score",
    *[
        (f"task {row}", data, setup, 100 * _value(row, column))
        for row in range(6)
        for column, (data, setup) in enumerate(product(("cifar", "inet"), ("one", "all", "cls")))
    ],
)
RUNS = Records(
    "family method data acc std time delta p lr",
    *[
        (
            family,
            method,
            data,
            None if (row, place) == (1, 1) else 60 + 35 * _value(row, place),
            0.05 + 14 * _value(row, place, 1) ** 3,
            10 ** (1 + 4 * _value(row, place, 2)),
            20 * _value(row, place, 3) - 10,
            10 ** (-8 * _value(row, place, 4)),
            10 ** (-3 * _value(row, place, 5)),
        )
        for row, (family, method) in enumerate(_METHODS)
        for place, data in enumerate(("cifar", "inet"))
    ],
    where={"method == 'rn'": lambda row: row["method"] == "rn", "data == 'inet'": lambda row: row["data"] == "inet"},
)
MODEL = Records(
    "term model coef se p",
    *[
        (term, f"({model + 1})", 4 * _value(row, model) - 2, 0.9 * _value(row, model, 1), _value(row, model, 2) ** 6)
        for row, term in enumerate(("x", "xy", "one"))
        for model in range(3)
        if (row, model) != (1, 0)
    ],
)
FITS = Records("model n r2", *[(f"({model + 1})", 1200 + 97 * model, 0.31 + 0.07 * model) for model in range(3)])
STEPS = Records("step acc time", *[(f"step {row}", 100 * _value(row), 10 ** (5 * _value(row, 1))) for row in range(60)])

_HEAT = {
    "rows": "task",
    "columns": ["data", "setup"],
    "cells": "score",
    "precision": 1,
    "stubhead": "Task",
    "shade": {"within": ["row", "data"], "colormap": "Blues"},
    "emphasis": {"within": ["row", "data"]},
}
_FRAMES: Mapping[str, Records] = {"heat": HEAT, "runs": RUNS, "model": MODEL, "fits": FITS, "steps": STEPS}
_UNCERTAIN = {
    "data": "runs",
    "rows": ["family", "method"],
    "columns": "data",
    "cells": "acc",
    "uncertainty": "std",
    "precision": 1,
    "missing": "–",
    "stubhead": "Method",
    "emphasis": {},
    "shade": {"colormap": "viridis", "legend": True},
    "summary": [{"stat": "mean"}, {"stat": "mean", "axis": "column", "shade": True}],
    "override": [{"where": "method == 'rn'", "note": "b"}],
    "notes": {
        "a": "Trained twice as long as all others, with the same data and of the same size.",
        "b": "From the literature.",
    },
}
_METRICS = {"data": "runs", "rows": ["family", "method"], "where": "data == 'inet'", "stubhead": "Method"}
_CAPTION = {"caption": "A caption that says in some more words than fit into one line what there is to see."}
# name → the keys of the table, and the venue whose text it must fit
KINDS: Mapping[str, tuple[dict[str, Any], Venue]] = {
    "heat": ({"data": "heat", **_HEAT}, NARROW),
    "uncertain": (_UNCERTAIN, NARROW),
    "regression": (
        {
            "data": "model",
            "rows": "term",
            "columns": "model",
            "cells": "coef",
            "format": ["{coef:.3f}", "({se:.3f})"],
            "stars": {"by": "p"},
            "statistic": [
                {"label": "Observations", "data": "fits", "value": "n", "format": ",d"},
                {"label": "$R^2$", "data": "fits", "value": "r2", "precision": 2},
            ],
            "notes": "Standard errors in parentheses. * $p<0.05$, ** $p<0.01$, *** $p<0.001$.",
        },
        NARROW,
    ),
    "groups": (
        {
            **_METRICS,
            "cells": ["acc", "time"],
            "row_groups": {"show": "column", "between": "rule"},
            "stubhead": ["Family", "Method"],
            "emphasis": {},
            "shade": {"within": ["cells", "family"], "colormap": "Greens", "part": [0.1, 0.8]},
            "notes": {"a": "Ours.", "b": "On one device."},
        },
        NARROW,
    ),
    "units": (
        {
            **_METRICS,
            "cells": ["acc", "time", "delta", "p", "lr"],
            "units": "row",
            "row_groups": {"between": "rule"},
            "emphasis": {"best": "italic"},
            "rotate": 90,
            "fontsize": "footnotesize",
        },
        NARROW,
    ),
    "turned": (
        {"data": "heat", **_HEAT, "rotate": 90, "fontsize": "scriptsize", "arraystretch": 1.3, "width": "5cm"},
        NARROW,
    ),
    "transposed": (
        {**_METRICS, "rows": "method", "cells": ["acc", "time"], "transpose": True, "emphasis": {}, "shade": {}}
        | {"stubhead": "Metric"},
        NARROW,
    ),
    "float": ({"data": "heat", **_HEAT, "form": "table", "placement": "tbp", **_CAPTION}, NARROW),
    "split": ({"data": "heat", **_HEAT, "split": 2, "form": "table", **_CAPTION}, NARROW),
    "scaled": ({**_UNCERTAIN, "columns": "data", "tabcolsep": "30pt", "fontsize": "small", "least_size": 4.5}, NARROW),
    "fitted": (
        {
            "data": "runs",
            "rows": "method",
            "columns": "data",
            "cells": ["acc", "time", "delta"],
            "shade": {"within": "column", "colormap": "Oranges"},
        },
        NARROW,
    ),
    "wide": ({**_UNCERTAIN, "form": "table*", **_CAPTION}, WIDE),
    "sideways": ({"data": "heat", **_HEAT, "form": "sidewaystable", **_CAPTION}, WIDE),
    "long": (
        {
            "data": "steps",
            "rows": "step",
            "cells": ["acc", "time"],
            "form": "longtable",
            "shade": {"within": "column", "colormap": "Purples"},
            "notes": {"b": "On one device, without what it takes to start."},
            **_CAPTION,
        },
        WIDE,
    ),
}
FLOATS = ("float", "split", "wide", "sideways", "long")


def make_table(kind: str, venue: Venue | None = None, **keys: Any) -> Table:
    """Return a table of a kind: made for `venue`, or for the narrowest in which it makes sense."""
    own, narrowest = KINDS[kind]
    asset = table_asset(**({"label": f"tab:{kind}"} | own | keys))
    return resolve(asset, _FRAMES[asset.spec.data], LABELS, venue or narrowest, others=_FRAMES)
