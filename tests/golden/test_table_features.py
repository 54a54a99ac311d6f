r"""What tables can do: one test per row of the list of features, from a small file and a manifest to LaTeX.

The expected texts, colours and marks are computed with pandas and matplotlib, or written by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import CenteredNorm, LogNorm, TwoSlopeNorm

from tests.golden import test_table_print_features
from tests.golden.built_tables import (
    BOTH,
    BY_MODEL,
    DIRECTIONS,
    LONG,
    PAIR,
    WIDE,
    build,
    colors,
    contrast_ratio,
    stretched,
)

FEATURES = """\
gradient per column
gradient per row
gradient over whole table
per-block norm
diverging with explicit centre
log and custom norm
custom vmin and vmax
per-column direction
auto-contrast text
missing value not coloured
discrete levels
best value bold
second best underline
ties at printed precision
best per group and direction
statistically tied
mean and std from data
plus-minus aligned
significance stars
deltas against a baseline
multi-level heads
cmidrules
row groups
header line breaks
header rotation
units
decimal alignment
real minus sign
notes
colour bar
long tables
landscape and fit to width
escaping
escapes for OT1
markup and escape
colour definitions
caption and label
bare tabular
standalone PDF
HTML
deterministic bytes
required packages
tagged header rows
greyscale and colour-blind check
""".splitlines()


def name_of(feature: str) -> str:
    return "test_" + re.sub(r"\W+", "_", feature).lower()


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_has_a_test_and_a_line_in_the_docs(feature: str) -> None:
    assert name_of(feature) in globals() or hasattr(test_table_print_features, name_of(feature))
    docs = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert f"\n| {feature} | " in docs.split("## What tables can do")[1]


def test_gradient_per_column(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + 'shade = { within = "column" }')
    expected = stretched(PAIR[["acc", "time"]])
    assert built.fills == [colors(row) for row in expected.to_numpy()]


def test_gradient_per_row(tmp_path: Path) -> None:
    built = build(tmp_path, LONG, BY_MODEL + 'shade = { within = "row", colormap = "Reds" }')
    assert built.fills == [colors(row, "Reds") for row in stretched(WIDE.T).T.to_numpy()]


def test_gradient_over_whole_table(tmp_path: Path) -> None:
    built = build(tmp_path, LONG, BY_MODEL + "shade = {}")
    assert built.fills == [colors(row) for row in stretched(WIDE, 0.0, 42.0).to_numpy()]


def test_per_block_norm(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [(g, t, m, s, i * i * (-1) ** i) for i, (g, t, m, s) in enumerate(
            (g, g + t, m, s) for g in "AB" for t in "12" for m in "MN" for s in "xy")],
        columns=["group", "task", "model", "size", "score"],
    )  # fmt: skip
    keys = 'rows = ["group", "task"]\ncolumns = ["model", "size"]\ncells = "score"\n'
    built = build(tmp_path, frame, keys + 'shade = { within = ["group", "model"] }')
    position = frame.groupby(["group", "model"])["score"].transform(stretched)
    wide = frame.assign(position=position).pivot_table(
        index=["group", "task"], columns=["model", "size"], values="position"
    )
    expected = [colors(row) for row in wide.to_numpy()]
    assert built.fills == expected


def test_diverging_with_explicit_centre(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abcd"), "gain": [-2.0, 0.0, 1.0, 7.0]})
    keys = 'rows = "task"\ncells = "gain"\n'
    shade = 'shade = { colormap = "RdBu", norm = "%s", vcenter = %d }'
    for norm, expected in (("centered", CenteredNorm(1)), ("twoslope", TwoSlopeNorm(1, -2, 7))):
        built = build(tmp_path, frame, keys + shade % (norm, 1))
        assert built.fills == [[color] for color in colors(expected(frame["gain"]), "RdBu")], norm


def test_log_and_custom_norm(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abcde"), "time": [0.01, 0.3, 1.0, 40.0, 1000.0]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "time"\nshade = { norm = "log" }')
    assert built.fills == [[color] for color in colors(LogNorm(0.01, 1000)(frame["time"]))]
    # A norm of one's own: thresholds, whose four classes have four colours as far apart as possible.
    shade = 'shade = { boundaries = [0, 0.5, 10, 50, 5000], colormap = "viridis" }'
    built = build(tmp_path, frame, f'rows = "task"\ncells = "time"\n{shade}')
    assert built.fills == [[color] for color in colors([k / 3 for k in (0, 0, 1, 2, 3)], "viridis")]


def test_custom_vmin_and_vmax(tmp_path: Path) -> None:
    built = build(tmp_path, LONG, BY_MODEL + "shade = { vmin = 5, vmax = 20 }")
    expected = stretched(WIDE, 5, 20).clip(0, 1)
    assert built.fills == [colors(row) for row in expected.to_numpy()]


def test_per_column_direction(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + 'shade = { within = "column" }\nemphasis = {}', DIRECTIONS)
    expected = stretched(PAIR[["acc", "time"]])
    expected["time"] = 1 - expected["time"]
    assert built.fills == [colors(row) for row in expected.to_numpy()]
    assert built.best == [[None, "second"], ["second", "best"], ["best", None]]
    assert built.heads == [r"& acc\,$\uparrow$ & time\,$\downarrow$ \\"]


@pytest.mark.parametrize("colormap", ["viridis", "Greys", "RdYlBu"])
def test_auto_contrast_text(tmp_path: Path, colormap: str) -> None:
    frame = pd.DataFrame({"task": range(256), "score": range(256)})
    keys = f'rows = "task"\ncells = "score"\nshade = {{ colormap = "{colormap}" }}'
    for (cell,) in build(tmp_path, frame, keys).cells:
        assert cell.fill is not None
        black, white = contrast_ratio(cell.fill, "000000"), contrast_ratio(cell.fill, "FFFFFF")
        assert cell.ink == ("white" if white > black else "black")
        assert max(black, white) >= 4.5


def test_missing_value_not_coloured(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abcd"), "acc": [1.0, None, 3.0, float("inf")]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "acc"\nshade = {}\nmissing = "n/a"\nemphasis = {}')
    low, high = colors([0, 1])
    assert built.fills == [[low], [None], [high], [None]]
    assert [row[0] for row in built.texts] == ["1.0", "n/a", "3.0", r"$\infty$"]
    assert built.best[1] == ["missing"]


def test_discrete_levels(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": range(50), "score": [k * k for k in range(50)]})
    keys = 'rows = "task"\ncells = "score"\nshade = { levels = 5, colormap = "Greens" }'
    built = build(tmp_path, frame, keys)
    # Five equal steps of the values, five colours from end to end.
    steps = [min(int(k * k / 49**2 * 5), 4) / 4 for k in range(50)]
    assert built.fills == [[color] for color in colors(steps, "Greens")]
    assert len(built.colors) == 5


def test_best_value_bold(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + "emphasis = {}")
    assert built.best == [[None, "second"], ["second", None], ["best", "best"]]
    # Not \textbf: in Computer Modern only this bold has digits as wide as the regular ones.
    assert re.search(r"\\providecommand\{\\pkbest\}\[1\]\{.*\\fontseries\{b\}\\selectfont #1.*\}%\n", built.tex)
    assert [row[1] for row in built.sources] == ["60.5", r"\pksecond{71.3}", r"\pkbest{90.0}"]


def test_second_best_underline(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abcde"), "acc": [3.0, 2.0, 3.0, 2.0, 1.0]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "acc"\nemphasis = {}')
    assert built.best == [["best"], ["second"], ["best"], ["second"], [None]]
    assert r"\providecommand{\pksecond}[1]{\underline{#1}}%" in built.tex


def test_ties_at_printed_precision(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abcd"), "acc": [0.8512, 0.8509, 0.8449, 0.846]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "acc"\nprecision = 2\nemphasis = {}')
    assert [row[0] for row in built.texts] == ["0.85", "0.85", "0.84", "0.85"]
    assert built.best == [["best"], ["best"], ["second"], ["best"]]


def test_best_per_group_and_direction(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"group": list("AAABBB"), "task": list("abcdef"), "acc": [1.0, 2, 3, 9, 8, 7], "time": [1.0, 2, 3, 9, 8, 7]}
    )
    keys = 'rows = ["group", "task"]\ncells = ["acc", "time"]\nemphasis = { within = ["group", "column"] }'
    up = frame.groupby("group")["acc"].rank(ascending=False)
    down = frame.groupby("group")["time"].rank()
    names = {1.0: "best", 2.0: "second", 3.0: None}
    expected = [[names[one], names[other]] for one, other in zip(up, down, strict=True)]
    assert build(tmp_path, frame, keys, DIRECTIONS).best == expected


def test_statistically_tied(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"task": list("abcd"), "acc": [90.0, 89.0, 80.0, 70.0], "ci": [0.5, 0.6, 0.1, 0.1], "p": [None, 0.3, 0.2, 0.01]}
    )
    keys = 'rows = "task"\ncells = "acc"\nemphasis = { %s }'
    # [89.5, 90.5] and [88.4, 89.6] overlap.
    assert build(tmp_path, frame, keys % 'interval = "ci"').best == [["best"], ["best"], ["second"], [None]]
    assert build(tmp_path, frame, keys % 'p = "p"').best == [["best"], ["best"], ["best"], ["second"]]
    assert build(tmp_path, frame, keys % 'p = "p", alpha = 0.25').best == [["best"], ["best"], ["second"], [None]]


SEEDS = pd.DataFrame(
    [(m, s) for m, scores in {"a": [71.1, 71.3, 71.5], "b": [5.0, 9.5, 14.0]}.items() for s in scores],
    columns=["model", "score"],
)
MEANS = '[data.means]\nfrom = "runs"\ngroup = "model"\nstat = { score = "mean(score)", std = "std(score)" }\n'


def test_mean_and_std_from_data(tmp_path: Path) -> None:
    keys = 'rows = "model"\ncells = "score"\nuncertainty = "std"\nprecision = 2'
    built = build(tmp_path, SEEDS, keys, MEANS, frame_name="means")
    stats = SEEDS.groupby("model")["score"].agg(["mean", "std"])
    assert built.texts == [[rf"{mean:.2f}\pkpm{{{std:.2f}}}"] for mean, std in stats.to_numpy()]
    assert r"\providecommand{\pkpm}[1]{{\,$\pm$\,#1}}%" in built.tex


def test_plus_minus_aligned(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abc"), "acc": [71.3, 9.4, 100.0], "std": [0.2, 10.2, 0.05]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "acc"\nuncertainty = "std"\nprecision = 1\nemphasis = {}')
    # Every number is as wide as the widest: three digits before the point, and two behind the sign.
    assert [row[1] for row in built.sources] == [
        r"\pkdigit{}\pksecond{71.3}\pkpm{\pkdigit{}0.2}",
        r"\pkdigit{}\pkdigit{}9.4\pkpm{10.2}",
        r"\pkbest{100.0}\pkpm{\pkdigit{}0.1}",
    ]
    frame["std"] = [0.2, 1.2, 0.05]
    built = build(tmp_path, frame, 'rows = "task"\ncells = "acc"\nuncertainty = "std"\nprecision = "uncertainty"')
    assert built.texts == [[r"71.3\pkpm{0.2}"], [r"9.4\pkpm{1.2}"], [r"100.0\pkpm{0.1}"]]


def test_significance_stars(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": list("abcd"), "coef": [1.5, -20.25, 3.0, 4.0], "p": [0.0005, 0.03, 0.5, 0.05]})
    built = build(tmp_path, frame, 'rows = "x"\ncells = "coef"\nprecision = 2\nstars = { by = "p" }')
    assert [row[1] for row in built.sources] == [
        r"\phantom{$-$0}1.50$^{***}$",
        r"$-$20.25$^{*\phantom{**}}$",
        r"\phantom{$-$0}3.00\phantom{$^{***}$}",
        r"\phantom{$-$0}4.00\phantom{$^{***}$}",
    ]


def test_deltas_against_a_baseline(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": "t", "method": ["ERM", "A", "B"], "acc": [70.0, 72.5, 69.0]})
    data = (
        '[data.gains]\nfrom = "runs"\nbaseline = { where = "method == \'ERM\'", on = "task" }\n'
        'derive.gain = "acc - baseline.acc"\n'
    )
    plain = 'rows = "method"\ncells = "acc"\nprecision = 1\n'
    keys = plain + (
        'shade = { colormap = "RdBu", norm = "centered", by = "gain" }\n'
        '[[table.main.override]]\nwhere = "gain > 0"\nformat = "{acc} ($\\\\uparrow${gain})"\n'
        '[[table.main.override]]\nwhere = "gain < 0"\nformat = "{acc} ({gain:+.1f})"\n'
    )
    built = build(tmp_path, frame, keys, data, frame_name="gains")
    expected = [[color] for color in colors(CenteredNorm(0)([0.0, 2.5, -1.0]), "RdBu")]
    assert built.texts == [["70.0"], [r"72.5\ ($\uparrow$2.5)"], [r"69.0\ ($-$1.0)"]]
    assert built.fills == expected
    # The same without a column of differences: the fill compares with a row.
    shade = 'shade = { colormap = "RdBu", norm = "centered", vcenter = "method == \'ERM\'" }'
    # 2.5 is the farthest from 0.
    assert build(tmp_path, frame, plain + shade).fills == expected
