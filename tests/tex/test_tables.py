"""Emitted tables compile in the classes of TeX Live, and are as wide as predicted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from paperkit.style.venue import Venue, load_venue
from paperkit.tables import Table, write
from paperkit.templates import Templates
from tests.golden.heat_tables import MODELS, heat_table
from tests.tex.engines import document, run
from tests.tex.table_kinds import KINDS, make_table
from tests.unit.tables.tiny_records import Records, make_labels, resolved

# What fits 14 columns into the text at 7 pt (or, in a wide font and narrow text, at 5 pt).
HEAT_SIZES = {"article": "tiny", "lncs": "tiny"}
# Their mathematics is not Computer Modern, whose wider symbols are what is measured.
OTHER_MATHS = ("acmart-sigconf", "elsarticle-5p")
VENUES = ["article", "ieee-conference", "acmart-sigconf", "lncs", "elsarticle-5p", "revtex-reprint"]
INFINITY = float("inf")
SPECIAL = r"""\ { } $ & # % ^ _ ~ < > | " ' ` [ ] * ± − ≥"""
NASTY = Records(
    "task model setup score",
    (SPECIAL, r"\input{x}", "a & b", 1.0),
    (SPECIAL, r"\input{x}", "%", -INFINITY),
    (SPECIAL, "m", "%", None),
    ("[box]", r"\input{x}", "a & b", -120.25),
    ("[box]", r"\input{x}", "%", INFINITY),
    ("[box]", "m", "%", 0.5),
    ("*star", r"\input{x}", "a & b", -0.001),
    ("*star", r"\input{x}", "%", 7.0),
    ("*star", "m", "%", 3.125),
    ("two", r"\input{x}", "a & b", 99.99),
    ("two", r"\input{x}", "%", None),
    ("two", "m", "%", -1.5),
)
TEXTS = Records("task answer count", ("a", "[yes]", 12), ("[b", "*no & 50%", -3), ("c", None, 1000), ("d", "x_y", None))
POWERS = Records("task score", ("a", 1e-5), ("b", -2.5e-12), ("c", 1e22), ("d", 0.1 + 0.2), ("e", None))
LABELS = make_labels(
    task={"two": {"label": "a stub of\n[two] lines, $R^2$"}},
    setup={"%": {"label": "three\n*lines*\n[here]"}, "a & b": {"label": "$\\Delta$ & more"}},
    model={"m": {"label": "a spanner that is wider than its only column"}},
)
SHADE = {"within": ["table"], "colormap": "viridis"}


def nasty_tables(venue: str) -> list[Table]:
    def nasty(**keys: object) -> Table:
        return resolved(NASTY, LABELS, venue, columns=["model", "setup"], precision=2, missing="--", **keys)

    return [
        nasty(),
        nasty(shade=SHADE, stubhead="Task\n[unit]"),
        nasty(shade=SHADE, rotate=90, fontsize="footnotesize", tabcolsep="2.5pt"),
        nasty(rotate=90, fontsize="tiny", arraystretch=1.5),
        nasty(shade=SHADE, width="textwidth", fontsize="scriptsize"),
        nasty(width="11cm", fontsize="small", rotate=90),
        resolved(TEXTS, venue=venue, cells=["answer", "count"]),
        resolved(POWERS, venue=venue, shade=SHADE),
        resolved(TEXTS, venue=venue, cells=["count", "answer"], shade=SHADE, width="columnwidth"),
    ]


def heat_tables(venue: str) -> list[Table]:
    return [
        heat_table(family, venue, fontsize=HEAT_SIZES.get(venue, "scriptsize"), rotate=90, width="textwidth")
        for family in MODELS
    ]


def paper(venue: Venue, tables: Sequence[Table], folder: Path, preamble: str = "") -> str:
    """Return a document of the venue's class with each of `tables` in a float of its own, measured."""
    templates = Templates()
    env = "table*" if venue.is_two_column else "table"
    parts = [r"Text.\newlength{\measured}"]
    for number, table in enumerate(tables):
        (folder / f"t{number}.tex").write_bytes(write(table, path=f"t{number}.tex", templates=templates).content)
        measured = rf"\settowidth{{\measured}}{{\input{{t{number}}}}}\typeout{{WIDTH {number} \the\measured}}"
        parts.append(
            rf"\begin{{{env}}}[tp]\centering\caption{{{table.caption}}}\input{{t{number}}}{measured}\end{{{env}}}"
            "\n\\clearpage"
        )
    own = templates.render("preamble.tex", venue="article", pgf=False, pgfplots=False, rotating=False, longtable=False)
    return document(venue, "\n".join(parts), own + preamble)


def overfull(log: str) -> int:
    # Those met while \\output is active are a class's own headers and footers.
    return len(re.findall(r"^Overfull \\hbox (?!.*output is active)", log, re.MULTILINE))


def widths(log: str) -> list[float]:
    return [float(width) for width in re.findall(r"^WIDTH \d+ ([0-9.]+)pt$", log, re.MULTILINE)]


@pytest.mark.tex
@pytest.mark.parametrize("name", VENUES)
def test_tables_are_as_wide_as_predicted(name: str, tmp_path: Path, require_program: Callable[[str], str]) -> None:
    venue = load_venue(name)
    full = heat_tables(name)
    assert [table.notices for table in full] == [()] * len(MODELS)
    others = [*nasty_tables(name), *(make_table(kind, venue, form="tabular") for kind in KINDS if kind != "split")]
    log = run(require_program("pdflatex"), paper(venue, [*full, *others], tmp_path), tmp_path)
    measured = widths(log)
    predicted = [table.width for table in others]
    assert measured[: len(full)] == pytest.approx([venue.text_width] * len(full), abs=0.02)
    if name in OTHER_MATHS:
        assert all(real < width + 0.5 for real, width in zip(measured[len(full) :], predicted, strict=True))
    else:
        assert measured[len(full) :] == pytest.approx(predicted, abs=0.5)
    assert overfull(log) <= sum(table.width > venue.text_width + 0.1 for table in others)


@pytest.mark.tex
def test_tables_compile_in_lualatex(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    tables = [*heat_tables("article"), *nasty_tables("article")]
    log = run(require_program("lualatex"), paper(load_venue("article"), tables, tmp_path), tmp_path)
    assert "Missing character" not in log


@pytest.mark.tex
@pytest.mark.parametrize("before", ["", r"\usepackage[table]{xcolor}\usepackage{graphicx}\usepackage{tikz}"])
def test_the_preamble_is_harmless_after_other_packages(
    before: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    source = paper(load_venue("article"), heat_tables("article")[:1], tmp_path)
    marked = source.replace("\\usepackage{booktabs}", f"{before}\n\\usepackage{{booktabs}}", 1)
    run(require_program("pdflatex"), marked, tmp_path)


@pytest.mark.tex
def test_colours_and_macros_stay_inside_the_table(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    body = (
        r"\input{t0}\makeatletter"
        r"\typeout{LEFT \@ifundefined{pkturned}{}{macro}\@ifundefined{\string\color@pkReds0}{}{colour}"
        r"\the\tabcolsep/\f@size/\arraystretch}"
    )
    source = paper(load_venue("article"), heat_tables("article")[:1], tmp_path)
    log = run(require_program("pdflatex"), source.replace(r"\end{document}", body + r"\end{document}"), tmp_path)
    assert "LEFT 6.0pt/10/1\n" in log


@pytest.mark.tex
def test_a_paper_restyles_a_macro_once(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    source = paper(
        load_venue("article"), nasty_tables("article")[:1], tmp_path, r"\newcommand{\pkmissing}[1]{\typeout{MINE}#1}"
    )
    assert "MINE" in run(require_program("pdflatex"), source, tmp_path)
