"""What goes wrong with coloured tables elsewhere: each of these is compiled, measured or looked at."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.image as mpl_image
import numpy as np
import numpy.typing as npt
import pytest

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.style.venue import load_venue
from paperkit.tables import Table, problems, write
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.tex.table_classes import CLASSES
from tests.tex.table_kinds import KINDS, WIDE, make_table
from tests.unit.tables.tiny_records import Records, make_labels, resolved, table_asset

ARTICLE = CLASSES["article"]
NUMBER = re.compile(r"(?<![\\A-Za-z0-9.])-[0-9]")
# Families, encodings and sizes in which bold digits are none of them as wide as regular ones.
FONTS = (("OT1", "cmr", 10), ("OT1", "cmr", 7), ("OT1", "cmss", 9), ("T1", "LinuxLibertineT-TLF", 9), ("OT1", "ptm", 8))


def latex(table: Table) -> str:
    return write(table, path="t.tex", templates=Templates()).content.decode()


ENVIRONMENTS = {"tabular", "table", "table*", "sidewaystable", "longtable", "minipage"}
ALL = {kind: latex(make_table(kind)) for kind in KINDS}


def measured(parts: Sequence[str], folder: Path, engine: str, before: str = "") -> list[float]:
    """Return the width in points of each of `parts`."""
    setup = r"\newlength{\measured}"
    body = [rf"\settowidth{{\measured}}{{{part}}}\typeout{{WIDTH \the\measured}}" for part in parts]
    log = run(engine, ARTICLE.document([setup, before, *body, "x"]), folder)
    return [float(width) for width in re.findall(r"^WIDTH ([0-9.]+)pt$", log, re.MULTILINE)]


def rows(text: str) -> list[list[str]]:
    """Return the cells of the rows of a file that have one for each column."""
    lines = [line.removesuffix(r" \\") for line in text.splitlines() if line.endswith(r" \\") and "&" in line]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", line)] for line in lines]


def unshaded(cell: str) -> str:
    return re.sub(r"\\cellcolor\{\w+\}(?:\\color\{white\})?", "", cell)


def macros(text: str) -> str:
    found = [line.removesuffix("%") for line in text.splitlines() if line.startswith(r"\providecommand")]
    # The one of several lines is about notes.
    return "".join(line for line in found if r"\pkbelow" not in line)


def test_no_package_beyond_the_preamble_is_asked_for() -> None:
    preamble = Templates().render(
        "preamble.tex", venue="article", rotating=True, longtable=True, pgf=False, pgfplots=False
    )
    assert set(re.findall(r"\\usepackage(.*)", preamble)) == {
        f"{{{name}}}" for name in ("booktabs", "xcolor", "colortbl", "graphicx", "rotating", "longtable")
    }
    for kind, text in ALL.items():
        needs, own = text.split("\n", 1)
        named = set(re.findall(r"\\usepackage\{(\w+)\}", needs))
        assert needs == "% needs: " + "".join(re.findall(r"\\usepackage\{\w+\}", needs))
        assert named <= set(re.findall(r"\\usepackage\{(\w+)\}", preamble))
        assert ("graphicx" in named) is bool(re.search(r"\\(?:rotate|scale)box", own))
        assert ("longtable" in named, "rotating" in named) == (kind == "long", kind == "sideways")
        assert not re.search(r"\\usepackage|multirow|tabular\*|tabularx|threeparttable|adjustbox|resizebox", own)
        assert not re.search(r"\\[rlc]lap|rowcolor|\\setcounter|\\vspace", own)
        assert set(re.findall(r"\\begin\{(\w+\*?)\}", own)) <= ENVIRONMENTS


def test_shading_neither_moves_a_cell_nor_precedes_a_multicolumn() -> None:
    for text in ALL.values():
        assert not re.search(r"\\cellcolor\{\w+\}(?:\\color\{white\})?\s", text.replace("  ", "")), "a blank shifts it"
        assert not re.search(r"\\cellcolor\{\w+\}(?:\\color\{white\})?\\multicolumn", text)


@pytest.mark.tex
def test_a_shaded_table_is_as_wide_as_the_same_without_fills(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    kinds = ("heat", "uncertain", "groups", "fitted")
    for kind in kinds:
        (tmp_path / f"{kind}.tex").write_text(ALL[kind], encoding="utf-8")
        (tmp_path / f"{kind}-bare.tex").write_text(unshaded(ALL[kind]), encoding="utf-8")
        # Notes below are as wide as the table, and no wider.
        (tmp_path / f"{kind}-alone.tex").write_text(
            latex(replace(make_table(kind), notes=(), bars=())), encoding="utf-8"
        )
    names = [f"{kind}{suffix}" for kind in kinds for suffix in ("", "-bare", "-alone")]
    found = measured([rf"\input{{{name}}}" for name in names], tmp_path, require_program("pdflatex"))
    for shaded, bare, alone in zip(found[::3], found[1::3], found[2::3], strict=True):
        assert shaded == pytest.approx(bare, abs=0.01) == pytest.approx(alone, abs=0.01)


@pytest.mark.tex
def test_bold_and_italic_cells_are_as_wide_as_regular_ones(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    definitions = [macros(latex(make_table("heat", emphasis={"best": best}))) for best in ("bold", "italic")]
    parts = []
    for encoding, family, size in FONTS:
        font = rf"\fontencoding{{{encoding}}}\fontfamily{{{family}}}\fontsize{{{size}}}{{12}}\selectfont"
        parts += [rf"{font}88.8"]
        parts += [rf"{font}{definition}\pkbest{{88.8}}" for definition in definitions]
    found = measured(parts, tmp_path, require_program("pdflatex"))
    for regular, bold, italic in zip(found[::3], found[1::3], found[2::3], strict=True):
        assert regular == pytest.approx(bold, abs=0.01) == pytest.approx(italic, abs=0.01)


@pytest.mark.tex
def test_all_cells_of_a_column_line_up(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    """Numbers with ±, stars, marks and two lines are one cell each, padded to the same width: nothing hangs out."""
    runs = []
    for kind, column in (("uncertain", 1), ("uncertain", 2), ("regression", 2), ("regression", 3), ("units", 4)):
        body = rows(ALL[kind].split("\\midrule\n", 1)[1].split("\\bottomrule")[0])
        numbers = [row for row in body if len(row) > column and not re.match(r"Observ|\$R\^2", row[0])]
        cells = [unshaded(row[column]) for row in numbers if "pkmissing" not in row[column] and row[column]]
        runs.append((macros(ALL[kind]), cells))
    parts = [definitions + cell for definitions, cells in runs for cell in cells]
    found = iter(measured(parts, tmp_path, require_program("pdflatex")))
    for _, cells in runs:
        widths = [next(found) for _ in cells]
        assert len(widths) > 3
        assert widths == pytest.approx([widths[0]] * len(widths), abs=0.02)


def test_every_row_has_one_cell_per_column_and_no_hyphen_for_a_minus() -> None:
    for kind, text in ALL.items():
        body = text.split("\\midrule\n", 1)[1].rsplit("\\bottomrule", 1)[0]
        counts = {len(row) for row in rows(body) if r"\multicolumn" not in row[0]}
        assert len(counts) == 1 or kind == "split", kind
        assert r"@{$\pm$}" not in text
        assert not NUMBER.search(re.sub(r"\^\{-\d+\}|\[[^]]*\]", "", body))
    assert r"$-$0.830" in ALL["regression"]


def luminance(red: float, green: float, blue: float) -> float:
    """Return the relative luminance that WCAG 2.1 defines."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_ink_is_readable_on_every_fill() -> None:
    seen = 0
    heats = [latex(make_table("heat", shade={"colormap": name})) for name in ("viridis", "RdBu", "jet", "Greys")]
    for text in (*ALL.values(), *heats):
        defined = re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{(\w+)\}", text)
        colors = {name: bytes.fromhex(code) for name, code in defined}
        for name, is_white in re.findall(r"\\cellcolor\{(\w+)\}(\\color\{white\})?", text):
            fill = luminance(*(part / 255 for part in colors[name]))
            ratio = 1.05 / (fill + 0.05) if is_white else (fill + 0.05) / 0.05
            assert ratio >= 4.5, (name, is_white)
            seen += 1
    assert seen > 100


def test_no_row_begins_with_an_argument_for_the_rule_above() -> None:
    labels = make_labels(task={"[b]": {}, "*s": {}})
    text = latex(resolved(Records("task score", ("[b]", 1), ("*s", 2)), labels, stubhead="[x]\n*y"))
    for given in (*ALL.values(), text):
        assert not re.search(r"(?:\\\\|(?:top|mid|bottom)rule)\s*[\[*]", given)


@pytest.mark.tex
def test_unicode_is_printed_or_refused(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    known = "−↔Δα≥≤≈≠∞ℓ★✓✗±×÷·°µ²½↑↓→←†‡§–—…€éüłß<>|"
    runs = Records("task score", *[(f"a{character}b", float(place)) for place, character in enumerate(known)])
    (tmp_path / "t.tex").write_text(latex(resolved(runs)), encoding="utf-8")
    log = run(require_program("pdflatex"), ARTICLE.document([r"\input{t}"]), tmp_path)
    assert "Missing character" not in log
    with pytest.raises(AssetError) as error:
        resolved(Records("task score", ("漢", 1.0), ("b", 2.0)))
    (problem,) = error.value.problems
    assert "'漢'" in problem.message
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (2, 1)


@pytest.mark.parametrize("venue", ["icml2026", "cvpr2026", "ieee-conference", "elsarticle-5p", "revtex-reprint"])
def test_a_longtable_is_refused_in_two_columns(venue: str) -> None:
    found = problems(table_asset(form="longtable"), Labels(), load_venue(venue))
    assert [(problem.message, problem.hint) for problem in found] == [
        (
            f"LaTeX's longtable does not work in the two columns of {venue}",
            "form = 'table*', and fewer rows in each of several tables",
        )
    ]
    assert problems(table_asset(form="longtable"), Labels(), load_venue("article")) == ()


@pytest.mark.tex
@pytest.mark.parametrize("first", ["", r"\DocumentMetadata{testphase=phase-II}"])
def test_the_guard_for_tagging_is_harmless(first: str, tmp_path: Path, require_program: Callable[[str], str]) -> None:
    (tmp_path / "t.tex").write_text(ALL["heat"] + ALL["uncertain"], encoding="utf-8")
    paper = replace(ARTICLE, first=first + ARTICLE.first)
    run(require_program("pdflatex"), paper.document([r"\input{t}"]), tmp_path)


@pytest.mark.tex
def test_a_fitted_table_is_within_the_text_and_its_type_is_told(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    venues = [replace(WIDE, text_width=float(width), column_width=float(width)) for width in range(110, 410, 20)]
    tables = [make_table("fitted", venue, label="tab:x") for venue in venues]
    for number, table in enumerate(tables):
        (tmp_path / f"t{number}.tex").write_text(latex(table), encoding="utf-8")
    parts = [rf"\input{{t{number}}}" for number in range(len(tables))]
    found = measured(parts, tmp_path, require_program("pdflatex"))
    for venue, table, width in zip(venues, tables, found, strict=True):
        told = table.notices[0].message if table.notices else ""
        assert width == pytest.approx(table.width, abs=0.5)
        assert width <= venue.text_width + 0.1 or ("was fitted" not in told and told), told
        if table.scale is not None:
            size = table.scale * venue.sizes[table.fontsize or "normalsize"]
            assert size >= 6
            assert f"type of {size:.1f} pt" in told
    steps = [(table.scale, table.rotate, table.fontsize, table.tabcolsep) for table in tables]
    assert len(set(steps)) > 4
    assert steps[-1] == (None, 0, None, None)


def words(folder: Path, pdftotext: str) -> list[tuple[str, float, float]]:
    """Return the words of a document, each with where it begins from the left and ends from the top, in points."""
    subprocess.run([pdftotext, "-bbox", "paper.pdf", "words.html"], check=True, cwd=folder)
    found = re.findall(r'xMin="([\d.]+)".* yMax="([\d.]+)">(.*)</word>', (folder / "words.html").read_text("utf-8"))
    return [(text, float(left), float(bottom)) for left, bottom, text in found]


PLACES = [r"\noindent {}", r"\begin{{center}}{}\end{{center}}", r"\begin{{flushright}}{}\end{{flushright}}"]
PLACES += [r"\noindent\makebox[\linewidth]{{{}}}", r"\begin{{center}}\parbox{{60pt}}{{\centering {}}}\end{{center}}"]


@pytest.mark.tex
@pytest.mark.parametrize("form", ["tabular", "longtable"])
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex", "xelatex"])
def test_notes_of_a_narrow_table_have_room_and_do_not_move_it(
    engine: str, form: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    runs = Records("task score", ("First", 1.0), ("Second", 2.0))
    keys: dict[str, Any] = {"form": form, "shade": {"legend": True, "boundaries": [0, 1, 2, 3]}, "columns": []}
    note = "alpha beta gamma delta epsilon zeta eta"
    (tmp_path / "bare.tex").write_text(latex(resolved(runs, **keys | {"shade": {}})), encoding="utf-8")
    (tmp_path / "noted.tex").write_text(latex(resolved(runs, notes=[note], **keys)), encoding="utf-8")
    places = PLACES if form == "tabular" else PLACES[:1]
    parts = [place.format(rf"\input{{{name}}}") for name in ("bare", "noted") for place in places]
    for _ in range(3):
        run(require_program(engine), ARTICLE.document(parts), tmp_path)
    found = words(tmp_path, require_program("pdftotext"))
    lefts = [left for text, left, _ in found if text == "First"]
    # In the last place there is no more room than 60 points.
    assert lefts[: len(places)] == pytest.approx(lefts[len(places) :], abs=0.1)
    lines = [
        {bottom for text, _, bottom in found[start : start + 7]}
        for start, word in enumerate(found)
        if word[0] == "alpha"
    ]
    assert [len(line) <= 2 for line in lines] == [True, True, True, True, False][: len(places)]


def pages(folder: Path, pdftoppm: str, dpi: int) -> list[npt.NDArray[np.float64]]:
    subprocess.run([pdftoppm, "-r", str(dpi), "-png", "paper.pdf", "p"], check=True, cwd=folder)
    return [mpl_image.imread(path)[:, :, :3] for path in sorted(folder.glob("p-*.png"))]


@pytest.mark.tex
def test_swatches_of_a_colour_bar_touch(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    runs = Records("task score", *[(f"t{row}", float(row)) for row in range(5)])
    table = resolved(runs, shade={"colormap": ["#400000", "#a00000"], "legend": True})
    (tmp_path / "t.tex").write_text(latex(table), encoding="utf-8")
    document = ARTICLE.document([r"\pagestyle{empty}\input{t}"])
    run(require_program("pdflatex"), document, tmp_path)
    for dpi in (72, 110, 300):
        (image,) = pages(tmp_path, require_program("pdftoppm"), dpi)
        red = (image[:, :, 0] > 0.2) & (image[:, :, 1] < 0.1)
        bar = red[np.flatnonzero(red.any(axis=1))[-3]]
        columns = np.flatnonzero(bar)
        assert bar[columns[0] : columns[-1] + 1].all(), f"a line between swatches at {dpi} dpi"


@pytest.mark.tex
def test_stars_are_not_clipped_by_the_next_fill(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    """The last star of a cell has as much ink as the first, although a fill stands right of it."""
    runs = Records(
        "task setup score p", ("a", "x", 1.5, 1e-9), ("a", "y", 9.5, 0.9), ("b", "x", 2.5, 0.9), ("b", "y", 9.5, 1e-9)
    )
    keys: dict[str, Any] = {"rows": "task", "columns": "setup", "stars": {"by": "p"}, "tabcolsep": "0.5pt"}
    shade = {"colormap": ["#d0ffd0", "#d0ffd1"]}
    inks = []
    for number, fill in enumerate((shade, None)):
        (tmp_path / "t.tex").write_text(latex(resolved(runs, shade=fill, **keys)), encoding="utf-8")
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "t.tex").write_text((tmp_path / "t.tex").read_text(encoding="utf-8"), encoding="utf-8")
        run(require_program("pdflatex"), ARTICLE.document([r"\pagestyle{empty}\input{t}"]), folder)
        (image,) = pages(folder, require_program("pdftoppm"), 300)
        black = image.max(axis=2) < 0.4
        wide = black.sum(axis=1) > 60
        inks.append(int(black[~wide].sum()))
    assert inks[0] == pytest.approx(inks[1], rel=0.02)
