"""The file that pgfplots reads: its numbers are those of NumPy, and every line says what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.check import problems
from paperkit.figures.pgfplots import to_pgfplots
from tests.unit.figures.figure_cases import asset, compiled, labels

NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"
KEYS = ("lower whisker", "lower quartile", "median", "upper quartile", "upper whisker")
NAMES = labels(method={"new": "Ours $\\beta$", "old": "50 % old_1"})


def rows(seed: int = 3) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {"model": model, "method": method, "step": step, "score": float(rng.standard_t(2) * 3 + 20)}
        for model in ("a", "b")
        for method in ("new", "old")
        for step in (1, 10)
        for _ in range(15)
    ]


def of(data: list[dict[str, Any]], **keys: Any) -> Any:
    return np.array([row["score"] for row in data if all(row[key] == value for key, value in keys.items())])


def file(data: list[dict[str, Any]], panel: Mapping[str, Any], **keys: Any) -> str:
    return to_pgfplots(compiled(data, {"hue": "method", **panel}, names=NAMES, formats=["pgfplots"], **keys))


def test_every_box_is_one_commented_line_with_the_numbers_of_numpy() -> None:
    data = rows()
    text = file(data, {})
    for model in ("a", "b"):
        for method, name in (("new", "Ours $\\beta$"), ("old", "50 % old_1")):
            (line,) = [one for one in text.splitlines() if one.endswith(f"% {name}, {model} (n = 30)")]
            values = of(data, model=model, method=method)
            q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
            inside = values[(values >= q1 - 1.5 * (q3 - q1)) & (values <= q3 + 1.5 * (q3 - q1))]
            found = [float(re.findall(rf"{key}={NUMBER}", line)[0]) for key in KEYS]
            assert found == pytest.approx([inside.min(), q1, median, q3, inside.max()], rel=1e-12)
            fliers = [float(value) for value in re.findall(rf"\(0,{NUMBER}\)", line)]
            assert sorted(fliers) == sorted(set(values) - set(inside))
    assert text.count("boxplot prepared") == 4


def test_bars_and_their_intervals_are_those_of_numpy() -> None:
    data = rows()
    text = file(data, {"mark": "bar", "options": {"errorbar": "sd"}})
    found = re.findall(rf"\({NUMBER},{NUMBER}\) \+= \(0,{NUMBER}\) -= \(0,{NUMBER}\)% (.*)", text)
    assert [name for *_, name in found] == ["a (n = 30)", "b (n = 30)"] * 2
    numbers = np.array([line[:4] for line in found], dtype=float)
    groups = [of(data, model=model, method=method) for method in ("new", "old") for model in ("a", "b")]
    assert numbers[:, 0] == pytest.approx([-0.2, 0.8, 0.2, 1.2], abs=1e-6)
    assert numbers[:, 1] == pytest.approx([values.mean() for values in groups], rel=1e-12)
    for side in (2, 3):
        assert numbers[:, side] == pytest.approx([values.std(ddof=1) for values in groups], rel=1e-10)
    assert text.index("% Ours") < text.index("% 50 % old_1")


def test_stacked_bars_stand_on_each_other() -> None:
    data = rows()
    text = file(data, {"mark": "bar", "options": {"stacked": True}})
    corners = re.findall(
        rf"coordinates {{\({NUMBER},{NUMBER}\) .*?\({NUMBER},{NUMBER}\)}} -- cycle;% old|-- cycle", text
    )
    assert len(corners) == 4
    means = {method: of(data, model="a", method=method).mean() for method in ("new", "old")}
    (line,) = [one for one in text.splitlines() if one.endswith(f"% 50 % old_1, a (n = 30): {float(means['old'])!r}")]
    heights = [float(y) for _, y in re.findall(rf"\({NUMBER},{NUMBER}\)", line)]
    assert heights == pytest.approx([means["new"], means["new"], *[sum(means.values())] * 2], rel=1e-12)


def test_lines_and_bands_are_those_of_numpy() -> None:
    data = rows()
    text = file(data, {"mark": "line", "x": "step", "options": {"errorbar": "sd"}})
    means, highs = [], []
    for method in ("new", "old"):
        values = [of(data, step=step, method=method) for step in (1, 10)]
        means += [one.mean() for one in values]
        highs += [one.mean() + one.std(ddof=1) for one in values]
    found = [float(y) for _, y in re.findall(rf"^\({NUMBER},{NUMBER}\)%$", text, re.MULTILINE)]
    assert found == pytest.approx(means, rel=1e-12)
    bands = re.findall(rf"name path=pkhigh\d\] coordinates {{\(1,{NUMBER}\)\(10,{NUMBER}\)}}", text)
    assert [float(y) for band in bands for y in band] == pytest.approx(highs, rel=1e-10)
    assert text.count("fill between") == 2


def test_axes_stand_where_they_are_solved() -> None:
    made = compiled(rows(), {"hue": "method"}, {"mark": "bar"}, names=NAMES, formats=["pgfplots"])
    text = to_pgfplots(made)
    places = re.findall(rf"at={{\({NUMBER}bp,{NUMBER}bp\)}}.*\n  width={NUMBER}bp,height={NUMBER}bp", text)
    size = np.array([made.width, made.height] * 2) * 72 / 72.27
    expected = np.array([axes.get_position().bounds for axes in made.canvas.axes]) * size
    assert np.array(places, dtype=float) == pytest.approx(expected, abs=0.001)
    limits = re.findall(rf"xmin={NUMBER},xmax={NUMBER}", text)
    assert np.array(limits, dtype=float) == pytest.approx(np.array([axes.get_xlim() for axes in made.canvas.axes]))
    assert r"xticklabels={{a},{b}}" in text
    assert f"rectangle ({made.width:g}pt,{made.height:g}pt)" in text


def test_it_is_the_same_each_time() -> None:
    texts = {file(rows(), {"mark": "line", "x": "step", "options": {"markers": True}}) for _ in range(2)}
    assert len(texts) == 1


def test_what_it_has_no_words_for_is_named() -> None:
    inset = {"inset": {"bounds": [0.1, 0.1, 0.3, 0.3]}}
    layer = {"layer": [{"mark": "strip"}]}
    entry = asset({}, {"mark": "violin"}, layer, inset, formats=["pgfplots"])
    hint = "\n    it knows bar, box, line; the other formats hold everything: formats = ['hybrid']"
    assert [str(problem) for problem in problems(entry, labels())] == [
        f"figure.demo.panel[1].mark: pgfplots figures cannot hold the mark 'violin'{hint}",
        f"figure.demo.panel[2].layer[0].mark: pgfplots figures cannot hold the mark 'strip'{hint}",
        f"figure.demo.panel[3].inset: pgfplots figures cannot hold an inset{hint}",
    ]


def test_a_scale_that_pgfplots_lacks_is_named() -> None:
    with pytest.raises(AssetError) as caught:
        file(rows(), {"axes": {"yscale": "symlog"}})
    assert str(caught.value) == (
        "figure.demo.panel[0].axes.yscale: pgfplots figures cannot hold a 'symlog' axis\n"
        "    pgf and hybrid are set by the paper's TeX too"
    )


def test_a_style_has_a_line_with_dashes_for_each_level() -> None:
    data = rows()
    text = file(data, {"mark": "line", "x": "step", "style": "model", "options": {"errorbar": "none"}})
    expected = [
        of(data, step=step, method=method, model=model).mean()
        for method in ("new", "old")
        for model in ("a", "b")
        for step in (1, 10)
    ]
    found = [float(y) for _, y in re.findall(rf"^\({NUMBER},{NUMBER}\)%$", text, re.MULTILINE)]
    assert found == pytest.approx(expected, rel=1e-12)
    lines = re.findall(r"\\addplot\[(pk style \w+)\]", text)
    styles = dict(re.findall(r"(pk style \w+)/\.style={(.*)},%", text))
    assert ["dash pattern" in styles[line] for line in lines] == [False, True] * 2


def test_python_figures_are_refused() -> None:
    entry = asset(formats=["pgfplots"])
    spec = entry.spec.model_copy(update={"python": "plots.py:draw", "panel": ()})
    found = problems(type(entry)(kind="figure", name="demo", path=entry.path, each={}, spec=spec), labels())
    assert [problem.message for problem in found] == ["pgfplots figures cannot hold what Python draws"]
    assert figures.mark_names()
