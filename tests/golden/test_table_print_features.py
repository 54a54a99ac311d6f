"""What tables can do, continued: structure, text, form and output; test_table_features.py lists the features."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from tests.golden.built_tables import BOTH, BY_MODEL, LONG, PAIR, build, colors, hexadecimal, run_in

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
        r"\phantom{$-$00}71.25\pkdigit{}", r"\pkdigit{}\pkdigit{}\pkdigit{}$-$9.5\pkdigit{}\pkdigit{}",
        r"\phantom{$-$0}100.0\pkdigit{}\pkdigit{}", r"\phantom{$-$}1000.125",
    ]  # fmt: skip
    built = build(tmp_path, frame[:3], 'rows = "task"\ncells = "score"\nprecision = 0\nshade = {}')
    sources = [re.sub(r"\\cellcolor\{\w+\}|\\color\{white\}", "", row[1]) for row in built.sources]
    assert sources == [r"\phantom{$-$0}71", r"\pkdigit{}$-$10", r"\phantom{$-$}100"]


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
    assert below.index(r"\pkbelow") < first < second
    below = build(tmp_path, PAIR, BOTH + 'notes = "All runs."').tex.split("\\bottomrule\n")[1]
    assert r"{All runs.}" in below


def test_colour_bar(tmp_path: Path) -> None:
    frame = pd.DataFrame({"task": list("abc"), "score": [-1.5, 2.0, 3.0]})
    built = build(tmp_path, frame, 'rows = "task"\ncells = "score"\nshade = { legend = true, levels = 4 }')
    names = {color: name for name, color in built.colors.items()}
    swatches = "".join(rf"\pkswatch[18.2pt]{{{names[str(color)]}}}" for color in colors([0, 1 / 3, 2 / 3, 1]))
    assert rf"{{$-$1.5~{swatches}\kern0.2pt~3}}" in built.tex.split("\\bottomrule")[1]


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
