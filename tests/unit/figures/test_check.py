from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from paperkit import figures
from tests.unit.figures.figure_cases import asset, labels

MODELS = labels(model={"a": {"label": "A", "family": "x"}, "b": {"label": "B", "family": "y"}})


def found(*panels: dict[str, Any], **keys: Any) -> list[str]:
    return [str(problem) for problem in figures.problems(asset(*panels, **keys), MODELS)]


def test_a_sound_figure_has_no_problems() -> None:
    assert (
        found(
            {"hue": "model.family", "where": "score > 3", "options": {"width": 0.5}, "axhline": [{"y": 0}]},
            width="3in",
            height="4cm",
            palette={"hue": "model.family", "colors": ["tab10"]},
        )
        == []
    )


@pytest.mark.parametrize(
    ("panel", "keys", "expected"),
    [
        (
            {},
            {"width": "textwdth"},
            (
                "figure.demo.width: 'textwdth' is not a length, did you mean 'textwidth'?\n"
                "    a length is a number and one of pt, bp, in, cm, mm, pc, such as '3.2in'; "
                "or a word of article: textwidth, columnwidth"
            ),
        ),
        ({}, {"height": -1}, "figure.demo.height: '-1' is not positive"),
        ({}, {"width": "0in"}, "figure.demo.width: '0in' is not positive"),
        ({}, {"panels": {"width_ratios": [1, 2]}}, "figure.demo.panels.width_ratios: 2 ratios for 1 column"),
        (
            {},
            {"palette": {"colors": ["tab20d:1..2"]}},
            "figure.demo.palette.colors[0]: unknown colormap 'tab20d', did you mean 'tab20'?",
        ),
        (
            {"hue": "model"},
            {"palette": {"hue": "modle", "colors": ["tab10"]}},
            "figure.demo.palette.hue: no panel has the hue 'modle', did you mean 'model'?",
        ),
        ({"mark": "bxo"}, {}, "figure.demo.panel[0].mark: unknown mark 'bxo', did you mean 'box'?"),
        (
            {"options": {"wdth": 1}},
            {},
            "figure.demo.panel[0].options.wdth: unknown option 'wdth' of mark 'box', did you mean 'width'?",
        ),
        (
            {"hue": "model.famly"},
            {},
            "figure.demo.panel[0].hue: no value of 'model' has an attribute 'famly', did you mean 'family'?",
        ),
        (
            {"x": "modle.family"},
            {},
            "figure.demo.panel[0].x: no [labels.modle] to take 'family' from, did you mean 'model'?",
        ),
        (
            {"axhline": [{}]},
            {},
            "figure.demo.panel[0].axhline[0]: 'y' is missing\n    'axhline' stands at a value of y",
        ),
        (
            {"axvline": [{"x": 1, "color": "gry"}]},
            {},
            "figure.demo.panel[0].axvline[0].color: unknown colour 'gry', did you mean 'grey'?",
        ),
    ],
)
def test_a_problem_is_said_whole(panel: dict[str, Any], keys: dict[str, Any], expected: str) -> None:
    assert found(panel, **keys) == [expected]


def test_a_wrong_colour_of_a_label_is_found_where_a_figure_needs_it() -> None:
    names = labels(model={"a": {"label": "A", "color": "gry"}})
    (problem,) = figures.problems(asset({"hue": "model"}), names)
    assert str(problem) == "labels.model.a.color: unknown colour 'gry', did you mean 'grey'?"
    assert figures.problems(asset(), names) == ()


def test_an_expression_that_cannot_be_read_is_placed() -> None:
    (problem,) = figures.problems(asset({"where": "score >"}), MODELS)
    assert problem.path == ("figure", "demo", "panel", 0, "where")


def test_all_problems_come_at_once() -> None:
    assert len(found({"mark": "bxo"}, {"options": {"wdth": 1}}, width="?", palette={"colors": ["nope"]})) == 4


def test_checking_a_figure_imports_no_drawing_library() -> None:
    code = """
import sys
from paperkit import figures
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, FigureSpec
spec = FigureSpec.model_validate({"panel": [{"data": "d", "mark": "box", "x": "x", "y": "y", "where": "x > 1"}]})
figures.problems(Asset(kind="figure", name="f", path=("figure", "f"), each={}, spec=spec), Labels())
assert not {"matplotlib", "numpy", "pandas", "seaborn", "jinja2"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
