"""ROC curves, precision and recall, and calibration, against their definitions in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.figures.alt import draft_alt
from paperkit.figures.classifiers import (
    average_precision,
    calibration,
    calibration_error,
    precision_recall_curve,
    roc_auc,
    roc_curve,
)
from tests.unit.figures.figure_cases import compiled

SCORES = st.integers(0, 20).map(lambda score: score / 20)
OUTCOMES = st.lists(st.tuples(SCORES, st.booleans()), min_size=2, max_size=40).filter(
    lambda found: len({is_positive for _, is_positive in found}) == 2
)
Outcomes = list[tuple[float, bool]]
CASES = {"x": "score", "y": "hit", "hue": "method"}


def records(n: int = 200, *, has_flags: bool = False) -> tuple[dict[str, Any], ...]:
    random = np.random.default_rng(4)
    return tuple(
        {"method": method, "score": round(float(score), 2), "hit": bool(hit) if has_flags else int(hit)}
        for method, power in (("new", 1.0), ("old", 2.0))
        for score in random.uniform(size=n)
        for hit in [random.uniform() < score**power]
    )


def split(found: Outcomes) -> tuple[Any, Any]:
    return np.array([score for score, _ in found]), np.array([is_positive for _, is_positive in found])


def of(method: str) -> Outcomes:
    return [(record["score"], record["hit"] == 1) for record in records() if record["method"] == method]


@given(OUTCOMES)
def test_the_roc_curve_has_a_point_for_each_threshold(found: Outcomes) -> None:
    scores, classes = split(found)
    points = [(0.0, 0.0)]
    for threshold in sorted(set(scores), reverse=True):
        above = scores >= threshold
        points.append((float(np.mean(above[~classes])), float(np.mean(above[classes]))))
    assert np.array(roc_curve(found)) == pytest.approx(np.array(points))


@given(OUTCOMES)
def test_its_area_is_the_chance_that_a_positive_case_has_the_higher_score(found: Outcomes) -> None:
    scores, classes = split(found)
    gaps = scores[classes][:, None] - scores[~classes][None, :]
    assert roc_auc(found) == pytest.approx(float(np.mean((gaps > 0) + 0.5 * (gaps == 0))))
    x, y = np.array(roc_curve(found)).T
    assert roc_auc(found) == pytest.approx(float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)))


@given(OUTCOMES)
def test_precision_and_recall_are_those_above_each_threshold(found: Outcomes) -> None:
    scores, classes = split(found)
    thresholds = sorted(set(scores), reverse=True)
    recall = np.array([np.mean(scores[classes] >= threshold) for threshold in thresholds])
    precision = np.array([np.mean(classes[scores >= threshold]) for threshold in thresholds])
    curve = np.array(precision_recall_curve(found))
    assert curve[1:] == pytest.approx(np.column_stack([recall, precision]))
    assert tuple(curve[0]) == (0.0, precision[0])
    assert average_precision(found) == pytest.approx(float(np.sum(np.diff([0, *recall]) * precision)))


@given(OUTCOMES, st.integers(1, 12), st.sampled_from(["uniform", "quantile"]))
def test_bins_hold_what_numpy_puts_into_them(found: Outcomes, count: int, strategy: Any) -> None:
    scores, classes = split(found)
    fractions = np.arange(count + 1) / count
    edges = fractions if strategy == "uniform" else np.quantile(scores, fractions)
    which = np.searchsorted(edges[1:-1], scores, side="left")
    bins = calibration(found, count, strategy)
    expected = [(which == rank) for rank in range(count) if (which == rank).any()]
    assert [one.n for one in bins] == [int(inside.sum()) for inside in expected]
    assert [one.mean for one in bins] == pytest.approx([scores[inside].mean() for inside in expected])
    assert [one.share for one in bins] == pytest.approx([classes[inside].mean() for inside in expected])
    gaps = [inside.mean() * abs(classes[inside].mean() - scores[inside].mean()) for inside in expected]
    assert calibration_error(bins) == pytest.approx(sum(gaps))


def drawn(mark: str, **options: Any) -> Any:
    figure = compiled(records(), {"mark": mark, **CASES, "options": options})
    assert not figure.notices
    (axes,) = figure.canvas.axes
    return axes


@pytest.mark.parametrize(
    ("mark", "names", "curve", "text"),
    [
        (
            "roc",
            ("False positive rate", "True positive rate"),
            roc_curve,
            f"AUC\nnew: {roc_auc(of('new')):.3f}\nold: {roc_auc(of('old')):.3f}",
        ),
        (
            "precision_recall",
            ("Recall", "Precision"),
            precision_recall_curve,
            f"AP\nnew: {average_precision(of('new')):.3f}\nold: {average_precision(of('old')):.3f}",
        ),
    ],
)
def test_each_method_has_its_curve_and_its_area(mark: str, names: tuple[str, str], curve: Any, text: str) -> None:
    axes = drawn(mark, labels=".3f")
    assert (axes.get_xlabel(), axes.get_ylabel()) == names
    assert axes.get_xlim() == (0, 1)
    assert axes.get_ylim() == pytest.approx((0, 1.05))
    lines = axes.lines[1:]
    for method, line in zip(("new", "old"), lines, strict=True):
        assert np.asarray(line.get_xydata()) == pytest.approx(np.array(curve(of(method))))
        assert line.get_drawstyle() == ("steps-pre" if mark == "precision_recall" else "default")
    assert axes.texts[0].get_text() == text
    chance = 1.0 if mark == "roc" else np.mean([record["hit"] for record in records()])
    assert axes.lines[0].get_ydata()[1] == pytest.approx(chance)


def test_calibration_draws_its_bins_their_error_and_their_sizes() -> None:
    axes = drawn("calibration", labels=".3f", hist=True, bins=5)
    found = [calibration(of(method), 5, "uniform") for method in ("new", "old")]
    for bins, line in zip(found, axes.lines[1:], strict=True):
        assert np.asarray(line.get_xydata()) == pytest.approx(np.array([(one.mean, one.share) for one in bins]))
    new, old = (calibration_error(bins) for bins in found)
    assert axes.texts[0].get_text() == f"ECE\nnew: {new:.3f}\nold: {old:.3f}"
    sizes = [one.n for bins in found for one in bins]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([0.2 * size / max(sizes) for size in sizes])


@pytest.mark.parametrize("mark", ["roc", "precision_recall", "calibration"])
def test_true_and_false_are_classes(mark: str) -> None:
    flags = compiled(records(has_flags=True), {"mark": mark, **CASES}).canvas.axes[0]
    numbers = compiled(records(), {"mark": mark, **CASES}).canvas.axes[0]
    for one, other in zip(flags.lines, numbers.lines, strict=True):
        assert np.array_equal(one.get_xydata(), other.get_xydata())


@pytest.mark.parametrize("mark", ["roc", "precision_recall", "calibration"])
def test_marks_say_the_numbers_that_they_draw(mark: str) -> None:
    figure = compiled(records(), {"mark": mark, **CASES})
    ((data,),) = figure.scene.encoded
    found = figure.scene.panels[0].first.mark.statistics(data, seed="")
    x, y = {"calibration": ("mean", "share"), "precision_recall": ("recall", "precision")}.get(
        mark, ("false_positive_rate", "true_positive_rate")
    )
    for one, line in zip(found, figure.canvas.axes[0].lines[1:], strict=True):
        assert np.column_stack([one.columns[x], one.columns[y]]) == pytest.approx(np.asarray(line.get_xydata()))
        assert one.numbers["n"] == 200


def test_the_draft_of_the_alt_text_says_the_areas() -> None:
    high, low = sorted(((roc_auc(of(method)), method) for method in ("new", "old")), reverse=True)
    assert draft_alt(compiled(records(), {"mark": "roc", **CASES}).scene) == (
        "ROC curves of hit against score by method (new, old): the highest area under the curve is "
        f"{high[0]:.3g} ({high[1]}), the lowest {low[0]:.3g} ({low[1]})."
    )


def test_without_a_hue_the_area_stands_alone() -> None:
    (axes,) = compiled(records(), {"mark": "roc", **CASES, "hue": None, "options": {"labels": ".2f"}}).canvas.axes
    assert axes.texts[0].get_text() == f"AUC = {roc_auc(of('new') + of('old')):.2f}"


def test_one_class_alone_and_thin_bins_are_noticed() -> None:
    rows = tuple(record for record in records() if record["method"] == "new" or record["hit"])
    count = sum(record["method"] == "old" for record in rows)
    (notice,) = compiled(rows, {"mark": "roc", **CASES}).notices
    assert str(notice) == f"figure.demo.panel[0].y: all {count} cases of 'old' are positive: no curve"
    (notice,) = compiled(records(20), {"mark": "calibration", **CASES, "hue": None, "options": {"bins": 4}}).notices
    scores = np.array([record["score"] for record in records(20)])
    sizes = np.bincount(np.searchsorted([0.25, 0.5, 0.75], scores), minlength=4)
    assert notice.message == f"{(sizes < 10).sum()} of 4 bins have fewer than 10 cases, the fewest {sizes.min()}"


@pytest.mark.parametrize(
    ("wrong", "mark", "message"),
    [
        ({"hit": 3}, "roc", "y: 'hit' holds 3: a class is 0 or 1, or false or true"),
        ({"hit": 3}, "calibration", "y: 'hit' holds 3: a class is 0 or 1, or false or true"),
        ({"score": 1.5}, "calibration", "x: x holds 1.5: a prediction is a probability, from 0 to 1"),
    ],
)
def test_what_is_no_class_and_no_probability_is_refused(wrong: dict[str, Any], mark: str, message: str) -> None:
    rows = ({**records()[0], **wrong}, *records()[1:])
    with pytest.raises(AssetError) as caught:
        compiled(rows, {"mark": mark, **CASES})
    assert str(caught.value) == f"figure.demo.panel[0].{message}"


def test_the_axes_can_be_set() -> None:
    figure = compiled(records(), {"mark": "roc", **CASES, "axes": {"xlim": [0, 0.2], "xlabel": "FPR"}})
    (axes,) = figure.canvas.axes
    assert not figure.notices
    assert axes.get_xlim() == (0, 0.2)
    assert axes.get_xlabel() == "FPR"


def test_small_rates_can_be_seen_on_a_logarithmic_axis() -> None:
    figure = compiled(records(), {"mark": "roc", **CASES, "axes": {"xscale": "log", "xlim": [0.001, 1]}})
    (axes,) = figure.canvas.axes
    assert not figure.notices
    assert axes.get_xlim() == (0.001, 1)
    for method, line in zip(("new", "old"), axes.lines[1:], strict=True):
        assert np.asarray(line.get_xydata()) == pytest.approx(np.array(roc_curve(of(method))))
    free = compiled(records(), {"mark": "roc", **CASES, "axes": {"xscale": "log"}}).canvas.axes[0]
    assert 0 < free.get_xlim()[0] < 1 / 60
