"""Lints: each fires on what it is about, with its whole message, and stays silent else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.estimates import ErrorBar
from paperkit.figures.intervals import interval_words, is_stated
from paperkit.figures.overlaps import penetration
from paperkit.figures.pdf import to_pdf
from paperkit.files import Artifact
from paperkit.manifest.labels import Labels
from paperkit.style.venue import load_venue, venue_names
from tests.unit.figures.figure_cases import asset, compiled, frame, runs, venue

POINT = 72 / 72.27
SPREAD = [{"model": "a", "score": score} for score in (1.0, 2.0, 30.0, 1.0)]
CLOSE = [{"model": "b", "score": score} for score in (1.0, 2.0, 3.0, 1.0)]
SD = {"mark": "point", "options": {"errorbar": "sd"}}


def said(
    records: Sequence[Mapping[str, Any]], *panels: Mapping[str, Any], of: Any = None, change: Any = None, **keys: Any
) -> list[str]:
    """Return the lints of a figure; `change` is called with what is drawn before."""
    what, where = asset(*panels, **keys), of or venue()
    made = figures.compile(what, {"runs": frame(records)}, Labels(), where)
    if change is not None:
        change(made.canvas)
    return [str(problem) for problem in figures.lint(made, what, venue=where)]


def test_a_plain_figure_has_nothing_to_say_of() -> None:
    assert said(runs(), {"hue": "method"}, caption="Scores.") == []


@pytest.mark.parametrize("name", venue_names())
def test_no_venue_finds_fault_with_the_figures_that_are_made_for_it(name: str) -> None:
    assert said(runs(), {"hue": "method"}, of=load_venue(name), width="columnwidth", height="2in", alt="Boxes.") == []


def test_labels_that_had_to_shrink_are_said() -> None:
    records = runs(*(f"model {index}" for index in range(12)))
    assert said(records, width="320pt") == [
        (
            "figure.demo.panel[0]: tick label of x 'model 0' is set in 6pt: hard to read below 7pt\n"
            "    shorten the labels, break them with \\n, or give the panel more room"
        )
    ]
    assert said(records, width="400pt") == []


def test_a_venue_that_takes_no_small_type_is_named() -> None:
    strict = venue(least_size=9.0)
    assert said(runs(), of=strict) == []
    (first, *_) = said(runs(), of=strict, change=lambda canvas: canvas.axes[0].yaxis.label.set_fontsize(8 * POINT))
    assert first == (
        "figure.demo.panel[0]: label of y 'score' is set in 8pt: demo takes no type below 9pt\n"
        "    shorten the labels, break them with \\n, or give the panel more room"
    )


def test_tick_labels_never_shrink_below_what_the_venue_takes() -> None:
    what = asset(width="320pt")
    records = frame(runs(*(f"model {index}" for index in range(12))))
    made = figures.compile(what, {"runs": records}, Labels(), venue(least_size=9.0))
    (size,) = {label.get_fontsize() for label in made.canvas.axes[0].get_xticklabels()}
    assert size == pytest.approx(9 * POINT)


def test_lines_too_thin_for_print_are_said() -> None:
    panel = {**SD, "options": {"errorbar": "sd", "linewidth": 0.2}}
    assert said(runs(), {}, panel, panels={"ncols": 1}, height="4in") == [
        (
            "figure.demo.panel[1]: the thinnest line is 0.2pt wide: print loses what is below 0.25pt\n"
            "    draw it with a larger 'linewidth'"
        )
    ]
    assert said(runs(), {**panel, "options": {"errorbar": "sd", "linewidth": 0.25}}) == []


def test_texts_over_the_edge_are_said() -> None:
    def change(canvas: Any) -> None:
        canvas.text(1.0, 0.5, "far out", fontsize=9 * POINT)
        canvas.text(0.0, 1.0, "high", fontsize=9 * POINT)

    found = said(runs(), change=change)
    assert len(found) == 1
    measured = re.fullmatch(
        r"figure\.demo: text 'far out' is cut off: ([\d.]+)pt of it are beyond the right edge of the figure, "
        r"and 1 other text\n    shorten it, or give the figure more room",
        found[0],
    )
    assert measured is not None
    # The widths of f, a, r, blank, o, u, t in Times (ptmr7t.tfm), in thousandths of an em.
    assert float(measured[1]) == pytest.approx(9 * (333 + 444 + 333 + 250 + 500 + 500 + 278) / 1000, abs=0.06)
    assert said(runs(), change=lambda canvas: canvas.text(0.5, 0.99, "inside", va="top", fontsize=9 * POINT)) == []


def test_texts_over_texts_are_said() -> None:
    records = runs(*(f"a-rather-long-name-{index}" for index in range(9)))
    (small, overlap) = said(records, width="300pt")
    assert small.startswith("figure.demo.panel[0]: tick label of x 'a-rather-long-name-0' is set in 6pt")
    assert re.fullmatch(
        r"figure\.demo\.panel\[0\]: tick labels of x overlap: 'a-rather-long-name-0' and 'a-rather-long-name-1' "
        r"by \d\.\dpt, and \d+ other pairs\n"
        r"    shorten the labels, break them with \\n, turn them \(xtickrotation = 30\) or widen the panel",
        overlap,
    )


def test_texts_of_two_panels_over_each_other_are_said() -> None:
    def change(canvas: Any) -> None:
        left, right = canvas.axes
        left.text(0.5, 0.5, "here", transform=left.transAxes)
        right.text(0.5, 0.5, "there", transform=left.transAxes)

    (found,) = said(runs(), {}, {}, change=change)
    assert re.fullmatch(
        r"figure\.demo: texts overlap: 'here' and 'there' by \d\.\dpt\n"
        r"    shorten them with another format, or give the panel more room",
        found,
    )


def test_turned_labels_that_pass_each_other_are_no_overlap() -> None:
    records = runs(*(f"a-rather-long-name-{index}" for index in range(9)))

    def turn(canvas: Any) -> None:
        for label in canvas.axes[0].get_xticklabels():
            label.set(rotation=60, ha="right", va="top", fontsize=8 * POINT)

    assert not [text for text in said(records, width="300pt", height="4in", change=turn) if "overlap" in text]


@pytest.mark.parametrize(
    ("other", "depth"),
    [
        (((3, 1), (9, 1), (9, 5), (3, 5)), 1.0),
        (((5, 0), (6, 0), (6, 2), (5, 2)), -1.0),
        # A square on its tip: its shadow on x begins at 4, but its corner is beside the other's.
        (((4, 3), (5, 2), (6, 3), (5, 4)), 0.5 * 2**0.5 - 2**0.5),
    ],
)
def test_how_far_rectangles_reach_into_each_other(other: Any, depth: float) -> None:
    one = ((0, 0), (4, 0), (4, 2), (0, 2))
    assert penetration(one, other) == pytest.approx(penetration(other, one))
    if depth > 0:
        assert penetration(one, other) == pytest.approx(depth)
    else:
        assert penetration(one, other) <= 0


def test_intervals_that_a_logarithmic_axis_cuts_are_counted() -> None:
    # Of 1, 2, 30, 1 mean and standard deviation are 8.5 and 14.3; of 1, 2, 3, 1 they are 1.75 and 0.96.
    log = {**SD, "options": {"errorbar": "sd", "capsize": 0.2}, "axes": {"yscale": "log"}}
    assert said([*SPREAD, *CLOSE], log) == [
        (
            "figure.demo.panel[0].axes.yscale: 1 of 2 intervals reach zero or below, where a logarithmic axis ends, "
            "and are cut\n    errorbar = 'pi' stays among the values; or yscale = 'symlog'"
        )
    ]
    assert said(CLOSE, log) == []


def test_bands_that_an_axis_cuts_are_counted() -> None:
    records = [{**row, "model": step} for step, rows in enumerate((SPREAD, CLOSE, SPREAD), 1) for row in rows]
    line = {"mark": "line", "options": {"errorbar": "sd"}, "axes": {"yscale": "log"}}
    assert said(records, line) == [
        (
            "figure.demo.panel[0].axes.yscale: 2 of 3 intervals reach zero or below, where a logarithmic axis ends, "
            "and are cut\n    errorbar = 'pi' stays among the values; or yscale = 'symlog'"
        )
    ]
    assert said(records, {**line, "axes": {"ylim": [-10, 9]}}) == [
        "figure.demo.panel[0].axes.ylim: 2 of 3 intervals reach beyond 'ylim' and are cut"
    ]
    assert said(records, {**line, "axes": {"ylim": [-10, 30]}}) == []


def test_lying_intervals_are_cut_by_the_x_axis() -> None:
    lying = {"mark": "point", "x": "score", "y": "model", "options": {"errorbar": "sd", "orient": "h"}}
    assert said([*SPREAD, *CLOSE], {**lying, "axes": {"xlim": [-7, 10]}}) == [
        "figure.demo.panel[0].axes.xlim: 1 of 2 intervals reach beyond 'xlim' and are cut"
    ]


@pytest.mark.parametrize("mark", ["point", "bar", "line"])
def test_a_caption_that_does_not_say_what_intervals_show_is_said(mark: str) -> None:
    panel = {"mark": mark, "options": {"errorbar": ["sd", 2]}}
    assert said(runs(), panel, caption="Scores over seeds.") == [
        (
            "figure.demo.caption: the caption does not say what the intervals show: 2 standard deviations\n"
            "    add a sentence: 'Intervals show 2 standard deviations.'"
        )
    ]
    assert said(runs(), panel, caption="Scores over seeds. Intervals show 2 standard deviations.") == []
    assert said(runs(), {**panel, "axes": {"ylabel": "mean score (± 2 SD)"}}, caption="Scores over seeds.") == []
    assert said(runs(), {"mark": mark, "options": {"errorbar": "none"}}, caption="Scores over seeds.") == []
    assert said(runs("a", n=1), panel, caption="One run has no interval.") == []
    # Without a caption here the paper's own TeX has it.
    assert said(runs(), panel) == []


KINDS: Sequence[tuple[ErrorBar, str, str]] = [
    ("ci", "95% confidence intervals", "Mean and 95% CI"),
    (("ci", 90.0), "90% confidence intervals", "confidence bands"),
    ("se", "one standard error", "mean ± SEM"),
    (("se", 1.96), "1.96 standard errors", "Standard errors"),
    ("sd", "one standard deviation", "mean (s.d.)"),
    (("pi", 50.0), "the central 50% of the values", "the 25th to 75th percentile"),
]


def kind(errorbar: ErrorBar) -> str:
    return errorbar if isinstance(errorbar, str) else errorbar[0]


@pytest.mark.parametrize(("errorbar", "words", "caption"), KINDS)
def test_what_intervals_show_has_words_that_papers_use(errorbar: ErrorBar, words: str, caption: str) -> None:
    assert interval_words(errorbar) == words
    assert is_stated(words, [caption])
    others = [other for bar, _, other in KINDS if kind(bar) != kind(errorbar)]
    assert not is_stated(words, others)


def test_panels_of_one_column_on_different_ranges_are_said() -> None:
    records = [{"model": model, "score": score} for model, score in (("a", 1), ("a", 2), ("b", 5), ("b", 9))]
    panels = [{"where": f"model == '{model}'"} for model in "ab"]
    (one,) = said(records, *panels)
    # matplotlib's margins: a twentieth of the range on each side.
    assert one == (
        "figure.demo.panel[0].axes: panels 1, 2 show 'score' on y axes with different limits\n"
        "    ylim = [0.95, 9.2] in all of them makes heights comparable"
    )
    assert said(records, *({**panel, "axes": {"ylim": [0, 10]}} for panel in panels)) == []
    assert said(records, *({**panel, "axes": {"ylim": [0, 9 + index]}} for index, panel in enumerate(panels))) == []
    assert said(records, panels[0], {**panels[1], "axes": {"yscale": "log"}}) == []


def test_acmart_is_promised_a_description() -> None:
    assert said(runs(), of=load_venue("acmart-sigconf")) == [
        (
            "figure.demo: no 'alt' text but a draft: acmart asks for a description of every figure\n"
            "    alt = '…' says what it shows; paperkit show figure.demo --alt prints the draft"
        )
    ]


def pdf_of(made: figures.Figure, fonttype: int) -> bytes:
    """Return the figure as matplotlib's own backend saves it."""
    import io

    buffer = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": fonttype}):
        canvas: Any = FigureCanvasPdf(made.canvas)
        canvas.print_pdf(buffer)
    return buffer.getvalue()


def wrong(made: figures.Figure, pdf: bytes) -> list[str]:
    with pytest.raises(AssetError) as caught:
        figures.lint(made, asset(), [Artifact(path="figures/demo.pdf", content=pdf)], venue=venue())
    return [str(problem) for problem in caught.value.problems]


REPORT = "    this is an error of paperkit: please report it with the figure's entry"


def test_a_type_3_font_is_an_error() -> None:
    made = compiled(runs())
    assert wrong(made, pdf_of(made, 3)) == [
        f"figure.demo: figures/demo.pdf has the Type 3 font STIXGeneral-Regular\n{REPORT}"
    ]


def test_a_font_that_is_not_embedded_is_an_error() -> None:
    made = compiled(runs())
    pdf = to_pdf(made)
    assert wrong(made, pdf.replace(b"/FontFile2", b"/OtherFile")) == [
        f"figure.demo: figures/demo.pdf does not embed the font STIXGeneral-Regular\n{REPORT}"
    ]


def test_a_page_of_another_size_is_an_error() -> None:
    made = compiled(runs(), width="300pt", height="100pt")
    other = to_pdf(compiled(runs(), width="301pt", height="100pt"))
    assert wrong(made, other) == [f"figure.demo: figures/demo.pdf is 301.00pt wide, not 300pt\n{REPORT}"]
    figures.lint(made, asset(), [Artifact(path="figures/demo.pdf", content=to_pdf(made))], venue=venue())


def test_linting_changes_nothing_that_is_drawn() -> None:
    made = compiled(runs(), {"hue": "method"}, legend={"title": "Method"})
    before = to_pdf(made)
    figures.lint(made, asset(), venue=venue())
    assert to_pdf(made) == before
