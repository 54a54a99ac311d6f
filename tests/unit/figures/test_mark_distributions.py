"""Histograms, densities and cumulative shares, against seaborn's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.density import kernel_density
from paperkit.manifest.labels import Labels
from tests.unit.figures.figure_cases import asset, compiled


def times() -> tuple[dict[str, Any], ...]:
    noise = np.random.default_rng(11)
    return tuple(
        {"method": method, "time": float(noise.lognormal(rank, 0.7))}
        for rank, (method, count) in enumerate((("new", 40), ("old", 25)))
        for _ in range(count)
    )


def both(mark: str, *, hue: str | None, is_log: bool = False, **options: Any) -> tuple[Any, Any]:
    """Return our axes and those of seaborn."""
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    keys: dict[str, Any] = {"mark": mark, "x": "time", "y": None, "options": options}
    scale = {"axes": {"xscale": "log"}} if is_log else {}
    (ours,) = compiled(times(), {**keys, **scale, **({} if hue is None else {"hue": hue})}).canvas.axes
    theirs: Any = Canvas().subplots()
    function = {"hist": sns.histplot, "kde": sns.kdeplot, "ecdf": sns.ecdfplot}[mark]
    more = {} if hue is None else {"hue": hue, "hue_order": ["new", "old"]}
    function(pd.DataFrame(times()), x="time", ax=theirs, log_scale=is_log or None, **more, **options)
    return ours, theirs


def bars(axes: Any) -> list[tuple[float, ...]]:
    boxes = [(bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()) for bar in axes.patches]
    return sorted(tuple(round(float(part), 9) for part in box) for box in boxes if box[3])


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("hue", [None, "method"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stat": "density", "bins": 7},
        {"stat": "percent", "multiple": "stack"},
        {"stat": "probability", "common_norm": False},
        {"bins": "sturges"},
    ],
)
def test_bins_and_heights_are_those_of_seaborn(hue: str | None, options: dict[str, Any]) -> None:
    ours, theirs = both("hist", hue=hue, **options)
    assert np.ravel(bars(ours)) == pytest.approx(np.ravel(bars(theirs)))
    assert ours.get_ylabel() == theirs.get_ylabel()
    assert (ours.get_xlabel(), ours.get_ylim()[0]) == ("time", 0)


@pytest.mark.filterwarnings("ignore")
def test_bins_of_a_logarithmic_axis_are_those_of_the_logarithms() -> None:
    ours, theirs = both("hist", hue=None, is_log=True, bins=6)
    assert np.ravel(bars(ours)) == pytest.approx(np.ravel(bars(theirs)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("hue", [None, "method"])
@pytest.mark.parametrize("options", [{}, {"bw_adjust": 0.5, "cut": 0}, {"common_norm": False, "gridsize": 50}])
@pytest.mark.parametrize("is_log", [False, True])
def test_densities_are_those_of_seaborn(hue: str | None, options: dict[str, Any], is_log: bool) -> None:
    ours, theirs = both("kde", hue=hue, is_log=is_log, **options)
    expected = theirs.lines if hue is None else theirs.lines[::-1]
    for found, line in zip(ours.lines, expected, strict=True):
        x, y = np.asarray(line.get_xydata()).T
        ours_x, ours_y = np.asarray(found.get_xydata()).T
        # seaborn's places reach as far for all levels, ours for each level as far as it needs.
        inside = (x >= ours_x[0]) & (x <= ours_x[-1])
        assert np.interp(x[inside], ours_x, ours_y) == pytest.approx(y[inside], abs=4e-3 * y.max())


def test_a_density_is_that_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = [record["time"] for record in times()]
    found = kernel_density(values, bw_adjust=1, cut=3, gridsize=200)
    assert found is not None
    places, heights = found
    assert heights == pytest.approx(stats.gaussian_kde(values)(places))
    width = np.std(values, ddof=1) * len(values) ** -0.2
    assert (places[0], places[-1]) == pytest.approx((min(values) - 3 * width, max(values) + 3 * width))


def test_bins_are_as_wide_as_wished() -> None:
    (axes,) = compiled(times(), {"mark": "hist", "x": "time", "y": None, "options": {"binwidth": 1.5}}).canvas.axes
    values = np.array([record["time"] for record in times()])
    edges = values.min() + 1.5 * np.arange(6)
    assert edges[-2] < values.max() < edges[-1]
    assert [height for _, _, _, height in bars(axes)] == list(np.histogram(values, edges)[0])
    assert {width for _, _, width, _ in bars(axes)} == {1.5}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("options", [{}, {"stat": "percent"}, {"stat": "count", "complementary": True}])
def test_shares_are_those_of_seaborn(options: dict[str, Any]) -> None:
    ours, theirs = both("ecdf", hue="method", **options)
    for found, line in zip(ours.lines, theirs.lines[::-1], strict=True):
        expected = np.asarray(line.get_xydata())
        assert np.asarray(found.get_xydata())[1:] == pytest.approx(expected[np.isfinite(expected).all(axis=1)])
    assert ours.get_ylabel() == theirs.get_ylabel()


def test_values_that_are_all_the_same_have_no_density() -> None:
    records = [*times(), *({"method": "flat", "time": 3.0} for _ in range(3))]
    figure = compiled(records, {"mark": "kde", "x": "time", "y": None, "hue": "method"})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].x: the values of 'flat' are all the same and have no density"
    ]
    assert len(figure.canvas.axes[0].lines) == 2


def test_missing_values_are_counted_at_x() -> None:
    records = [*times(), {"method": "new", "time": None}]
    figure = compiled(records, {"mark": "ecdf", "x": "time", "y": None})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].x: 1 of 66 values of 'time' are missing and are not drawn"
    ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"mark": "hist"}, "figure.demo.panel[0].y: 'hist' counts the values of x and has no y"),
        (
            {"mark": "box", "y": None},
            "figure.demo.panel[0]: key 'y' is missing\n    'box' draws the values of a column y",
        ),
    ],
)
def test_a_mark_has_a_y_or_none(keys: dict[str, Any], expected: str) -> None:
    found = figures.problems(asset(keys), Labels())
    assert [str(problem) for problem in found] == [expected]
    with pytest.raises(AssetError):
        compiled([{"model": 1.0, "score": 2.0}], keys)


def test_bars_of_a_histogram_that_do_not_start_at_zero_are_said() -> None:
    panel = {"mark": "hist", "x": "time", "y": None}
    (found,) = (str(notice) for notice in compiled(times(), {**panel, "axes": {"ylim": [2, 40]}}).notices)
    assert found == (
        "figure.demo.panel[0].axes.ylim: the bars start at 2, not at zero: their lengths mislead\n"
        "    mark = 'kde' has no lengths to compare"
    )
    assert compiled(times(), {**panel, "axes": {"ylim": [0, 40]}}).notices == ()
