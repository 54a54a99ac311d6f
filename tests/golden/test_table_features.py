r"""What tables can do: one test per row of the list of features, from a small file and a manifest to LaTeX.

The expected texts, colours and marks are computed with pandas and matplotlib, or written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import CenteredNorm, LogNorm, TwoSlopeNorm
from pypdf import PdfReader

from tests.golden.built_tables import build, colors, contrast_ratio, hexadecimal, run_in, stretched

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

PAIR = pd.DataFrame({"task": ["a", "b", "c"], "acc": [60.5, 71.3, 90.0], "time": [12.0, 3.0, 99.0]})
BOTH = 'rows = "task"\ncells = ["acc", "time"]\nprecision = 1\n'
LONG = pd.DataFrame(
    [(task, model, 10.0 * i**2 + j) for i, task in enumerate("abc") for j, model in enumerate(["x", "y", "z"])],
    columns=["task", "model", "acc"],
)
WIDE = LONG.pivot_table(index="task", columns="model", values="acc")
BY_MODEL = 'rows = "task"\ncolumns = "model"\ncells = "acc"\n'
DIRECTIONS = '[labels.cells]\nacc = { direction = "higher" }\ntime = { direction = "lower" }\n'


def name_of(feature: str) -> str:
    return "test_" + re.sub(r"\W+", "_", feature).lower()


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_has_a_test_and_a_line_in_the_docs(feature: str) -> None:
    assert name_of(feature) in globals()
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
        r"\phantom{0}\pksecond{71.3}\pkpm{\phantom{0}0.2}",
        r"\phantom{00}9.4\pkpm{10.2}",
        r"\pkbest{100.0}\pkpm{\phantom{0}0.1}",
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


LEVELS = pd.DataFrame(
    [("t", a, b, c, 1.5) for a in "AB" for b in "xy" for c in ("1", "2")], columns=["task", "a", "b", "c", "score"]
)
THREE = 'rows = "task"\ncolumns = ["a", "b", "c"]\ncells = "score"\nstubhead = "Task"\n'


def test_multi_level_heads(tmp_path: Path) -> None:
    built = build(tmp_path, LEVELS, THREE)
    assert [line for line in built.heads if "cmidrule" not in line] == [
        r"& \multicolumn{4}{c}{A} & \multicolumn{4}{c@{}}{B} \\",
        r"& \multicolumn{2}{c}{x} & \multicolumn{2}{c}{y} & \multicolumn{2}{c}{x} & \multicolumn{2}{c@{}}{y} \\",
        r"Task & 1 & 2 & 1 & 2 & 1 & 2 & 1 & 2 \\",
    ]


def test_cmidrules(tmp_path: Path) -> None:
    built = build(tmp_path, LEVELS, THREE)
    assert [line for line in built.heads if "cmidrule" in line] == [
        r"\cmidrule(lr){2-5}\cmidrule(l){6-9}",
        r"\cmidrule(lr){2-3}\cmidrule(lr){4-5}\cmidrule(lr){6-7}\cmidrule(l){8-9}",
    ]


def test_row_groups(tmp_path: Path) -> None:
    frame = pd.DataFrame({"family": ["CNN", "CNN", "ViT"], "method": ["a", "b", "c"], "acc": [1.0, 2.0, 3.0]})
    keys = 'rows = ["family", "method"]\ncells = "acc"\n'
    assert build(tmp_path, frame, keys).lines == [
        r"\multicolumn{2}{@{}l@{}}{\pkgroup{CNN}} \\",
        r"\quad{}a & 1.0 \\",
        r"\quad{}b & 2.0 \\",
        r"\addlinespace[0.5ex]",
        r"\multicolumn{2}{@{}l@{}}{\pkgroup{ViT}} \\",
        r"\quad{}c & 3.0 \\",
    ]
    built = build(tmp_path, frame, keys + 'row_groups = { show = "column", between = "rule" }')
    assert [re.sub(" +", " ", line) for line in built.lines] == [
        r"CNN & a & 1.0 \\", r" & b & 2.0 \\", r"\midrule", r"ViT & c & 3.0 \\",
    ]  # fmt: skip


def test_header_line_breaks(tmp_path: Path) -> None:
    before = '[labels.cells]\nacc = "Accuracy\\n(top 1)"\n'
    built = build(tmp_path, PAIR, 'rows = "task"\ncells = "acc"\nprecision = 1', before)
    assert built.heads == [r"& \pklines{c}{Accuracy\\(top 1)} \\"]


def test_header_rotation(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + "rotate = 90")
    assert built.heads == [r"& \pkturned{acc} & \pkturned{time} \\"]
    assert re.search(
        r"\\providecommand\{\\pkturned\}\[1\]\{\\rotatebox\{90\}\{\\pklines\{l\}\{#1\}.*\}\}%\n", built.tex
    )


def test_units(tmp_path: Path) -> None:
    before = '[labels.cells]\nacc = { label = "Acc.", unit = "%" }\ntime = { unit = "m s$^{-2}$" }\n'
    assert build(tmp_path, PAIR, BOTH, before).heads == [r"& Acc.\,(\%) & time\,(m s$^{-2}$) \\"]
    built = build(tmp_path, PAIR, BOTH + 'units = "row"', before)
    assert built.heads == [r"& Acc. & time \\", r"& (\%) & (m s$^{-2}$) \\"]
    assert build(tmp_path, PAIR, BOTH + 'units = "none"', before).heads == [r"& Acc. & time \\"]


def test_decimal_alignment(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abcd"), "score": [71.25, -9.5, 100, 1000.125]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "score"')
    # A minus and four digits before the point, three behind it: room for them is in every row.
    assert [row[1] for row in built.sources] == [
        r"\phantom{$-$00}71.25\phantom{0}", r"\phantom{000}$-$9.5\phantom{00}",
        r"\phantom{$-$0}100.0\phantom{00}", r"\phantom{$-$}1000.125",
    ]  # fmt: skip
    built = build(tmp_path, frame[:3], 'rows = "task"\ncells = "score"\nprecision = 0\nshade = {}')
    sources = [re.sub(r"\\cellcolor\{\w+\}|\\color\{white\}", "", row[1]) for row in built.sources]
    assert sources == [r"\phantom{$-$0}71", r"\phantom{0}$-$10", r"\phantom{$-$}100"]


def test_real_minus_sign(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("ab"), "score": [-3.5, -0.001]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "score"\nprecision = 1\nemphasis = {}')
    # Zero has no sign; the digits of a negative number stay in the font of the text, which can be bold.
    assert built.texts == [["$-$3.5"], ["0.0"]]


def test_notes(tmp_path: Path) -> None:
    keys = BOTH + (
        'notes = { a = "Trained twice.", b = "Wall clock." }\n'
        '[[table.main.override]]\nwhere = "task == \'b\'"\ncells = "acc"\nnote = "a"\n'
    )
    before = '[labels.cells]\ntime = { note = "b" }\n'
    built = build(tmp_path, PAIR, keys, before)
    assert built.heads == [r"& acc & time\textsuperscript{b} \\"]
    assert built.texts == [["60.5", "12.0"], [r"71.3\textsuperscript{a}", "3.0"], ["90.0", "99.0"]]
    below = built.tex.split("\\bottomrule\n")[1]
    first, second = (
        below.index(text) for text in (r"\textsuperscript{a}\,Trained twice.", r"\textsuperscript{b}\,Wall clock.")
    )
    assert below.index(r"\pknotes") < first < second
    below = build(tmp_path, PAIR, BOTH + 'notes = "All runs."').tex.split("\\bottomrule\n")[1]
    assert "\nAll runs." in below or " All runs." in below


def test_colour_bar(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abc"), "score": [-1.5, 2.0, 3.0]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "score"\nshade = { legend = true, levels = 4 }')
    names = {color: name for name, color in built.colors.items()}
    swatches = "".join(rf"\pkswatch{{{names[str(color)]}}}" for color in colors([0, 1 / 3, 2 / 3, 1]))
    assert rf"{{$-$1.5~{swatches}~\,3}}" in built.tex.split("\\bottomrule")[1]


def test_long_tables(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + 'form = "longtable"\ncaption = "All."')
    parts = [r"\begin{longtable}", r"\caption{All.}\label{tab:main}", r"\endfirsthead", "(continued)", r"\endhead"]
    parts += [r"\endfoot", r"\endlastfoot", "a & ", r"\end{longtable}"]
    places = [built.tex.index(part) for part in parts]
    assert places == sorted(places)
    assert r"\begin{tabular}" not in built.tex
    assert r"\usepackage{longtable}" in (tmp_path / "paperkit-preamble.tex").read_text()


def test_landscape_and_fit_to_width(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + 'form = "sidewaystable"\ncaption = "All."')
    assert r"\begin{sidewaystable}" in built.tex
    assert r"\usepackage{rotating}" in (tmp_path / "paperkit-preamble.tex").read_text()
    many = pd.DataFrame([("t", f"a long label {k}", 0.5) for k in range(9)], columns=["task", "model", "acc"])
    built = build(tmp_path, many, BY_MODEL)
    assert "it was fitted: rotated labels" in built.said
    built = build(tmp_path, LONG, BY_MODEL + 'width = "textwidth"')
    # Three columns of 10.0 and the stub have 2 × 3 + 1 separations, the outer ones trimmed.
    (solved,) = re.findall(r"\\setlength\{\\tabcolsep\}\{([\d.]+)pt\}", built.tex)
    # Computer Modern at 10 pt: digits are 5.0 pt wide, the point 2.78 pt, an a 5.0 pt (c is narrower, b wider).
    natural = 3 * (3 * 5.00002 + 2.77779) + 5.55557
    assert natural + 6 * float(solved) == pytest.approx(345.0, abs=0.01)


def test_escaping(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": [r"\input{x}", "a&b_c#d%e$f^g~h"], "note": ["{}", "x"]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "note"')
    assert built.stubs == [
        r"\textbackslash{}input\{x\}",
        r"a\&b\_c\#d\%e\$f\textasciicircum{}g\textasciitilde{}h",
    ]
    assert built.texts == [[r"\{\}"], ["x"]]


def test_escapes_for_ot1(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": ["a < b", "c > d", "e | f", '"g"'], "x": [1, 2, 3, 4]})
    stubs = build(tmp_path, frame, 'rows = "task"\ncells = "x"').stubs
    assert stubs[:3] == [r"a \textless{} b", r"c \textgreater{} d", r"e \textbar{} f"]
    assert '"' not in stubs[3]


def test_markup_and_escape(tmp_path: Path) -> None:
    before = '[labels.cells]\nacc = "$R^2$ & 95 % of $x_1$"\n'
    built = build(tmp_path, PAIR, 'rows = "task"\ncells = "acc"\nprecision = 1', before)
    assert built.heads == [r"& $R^2$ \& 95 \% of $x_1$ \\"]


def test_colour_definitions(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": range(20), "score": [1.0, 2.0] * 10})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "score"\nshade = { colormap = "Reds" }')
    low, high = colors([0, 1], "Reds")
    assert built.colors == {"pkReds0": low, "pkReds255": high}
    assert len(re.findall(r"\\definecolor", built.tex)) == 2
    # Local to the table.
    assert built.tex.index(r"\begingroup") < built.tex.index(r"\definecolor") < built.tex.index(r"\endgroup")
    built = build(tmp_path, frame, 'rows = "task"\ncells = "score"\nshade = { colormap = ["white", "tab:blue"] }')
    assert list(built.colors.values()) == ["FFFFFF", hexadecimal((31 / 255, 119 / 255, 180 / 255))]


def test_caption_and_label(tmp_path: Path) -> None:
    keys = BOTH + 'form = "table"\nplacement = "tb"\ncaption = "Runs of $x$ & y."\nlabel = "tab:runs"'
    tex = build(tmp_path, PAIR, keys).tex
    assert "\n\\begin{table}[tb]\n\\centering\n\\caption{Runs of $x$ \\& y.}" in tex
    assert tex.count(r"\label{tab:runs}") == tex.count(r"\caption{") == 1
    assert tex.index(r"\caption{") < tex.index(r"\label{") < tex.index(r"\begin{tabular}")
    below = build(tmp_path, PAIR, keys, '[paper]\nvenue = "aaai2026"\n').tex
    assert below.index(r"\caption{") > below.index(r"\end{tabular}")


def test_bare_tabular(tmp_path: Path) -> None:
    tex = build(tmp_path, PAIR, BOTH + 'caption = "Runs."').tex
    lines = [line for line in tex.splitlines() if not line.startswith("%")]
    assert lines[0] == r"\begingroup%"
    assert lines[-1] == r"\endgroup"
    assert r"\begin{tabular}{@{}lcc@{}}" in lines
    assert not re.search(r"\\(caption|label|centering|begin\{table)", tex)


@pytest.mark.tex
def test_standalone_pdf(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    require_program("pdflatex")
    build(tmp_path, PAIR, BOTH + 'shade = {}\ncaption = "Runs of today."')
    said = run_in(tmp_path, "proof")
    assert said.code == 0, said.text
    text = PdfReader(tmp_path / "proof" / "proof.pdf").pages[0].extract_text()
    for words in ("Runs of today.", "60.5", "71.3", "99.0"):
        assert words in text


def test_html(tmp_path: Path) -> None:
    built = build(tmp_path, PAIR, BOTH + 'shade = { within = "column" }')
    said = run_in(tmp_path, "show", "table.main", "--format", "html")
    assert said.code == 0, said.text
    rows = re.findall(r"<tr>(.*?)</tr>", said.text, re.DOTALL)[1:]
    found = [re.findall(r"background(?:-color)?:\s*#([0-9a-fA-F]{6})", row) for row in rows]
    assert [[color.upper() for color in row] for row in found] == built.fills


def test_deterministic_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(build(tmp_path / name, LONG, BY_MODEL + "shade = {}\nemphasis = {}").tex)
    assert made[0] == made[1]


def test_required_packages(tmp_path: Path) -> None:
    def needed(keys: str) -> list[str]:
        tex = build(tmp_path, PAIR, BOTH + keys).tex
        (line,) = [line for line in tex.splitlines() if line.startswith("% needs: ")]
        return re.findall(r"\\usepackage\{(\w+)\}", line)

    assert needed("") == ["booktabs"]
    assert needed("shade = {}") == ["booktabs", "xcolor", "colortbl"]
    assert needed("rotate = 90") == ["booktabs", "graphicx"]
    assert needed('form = "longtable"') == ["booktabs", "longtable"]
    assert needed('form = "sidewaystable"') == ["booktabs", "rotating"]
    preamble = (tmp_path / "paperkit-preamble.tex").read_text()
    assert {"booktabs", "xcolor", "colortbl", "graphicx", "rotating"} <= set(re.findall(r"\{(\w+)\}", preamble))


def test_tagged_header_rows(tmp_path: Path) -> None:
    for keys, frame, rows in ((BOTH, PAIR, "1"), (THREE, LEVELS, "1,2,3")):
        tex = build(tmp_path, frame, keys).tex
        before, tagged, _ = tex.partition(rf"\tagpdfsetup{{table/header-rows={{{rows}}}}}")
        assert tagged
        # Nothing where the document is not tagged, before TeX's kernel knew of it.
        assert r"\ifdefined\tagpdfsetup" in before.splitlines()[-1] + before.splitlines()[-2]


def test_greyscale_and_colour_blind_check(tmp_path: Path) -> None:
    said = build(tmp_path, PAIR, BOTH + 'shade = { colormap = "RdYlGn" }').said
    assert "table.main.shade.colormap: in greyscale, low and high values look alike on 'RdYlGn'" in said
    assert "protanopia" in said
    assert "table.main" not in build(tmp_path, PAIR, BOTH + 'shade = { colormap = "Blues" }').said.replace(
        "built      table.main", ""
    )
