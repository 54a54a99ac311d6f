"""Macros: the value, its text, the file; and every reason why one cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paperkit.data.frame import Frame
from paperkit.data.load import Frames
from paperkit.errors import AssetError
from paperkit.macros import Macro, problems, resolve, write
from paperkit.macros.resolve import formatted
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, FrameSpec, Label, MacroAsset, MacroSpec, Scalar
from paperkit.tex.text import Tex

RUNS = """model,method,gain,note,flag
vit_base,linear,-1.5,50%,True
vit_base,attentive,5.25,x_y & z,True
clip-b,linear,0.5,"two
lines",False
clip-b,attentive,,,True
dino,linear,inf,,True
"""
LABELS = Labels(
    columns={
        "model": {
            "vit_base": Label.model_validate({"label": "ViT\n($B$) 50%", "family": "ViT_s"}),
            "clip-b": Label.model_validate({"family": "CLIP"}),
            "dino": Label.model_validate({"family": "DINO"}),
        }
    }
)


@pytest.fixture
def frame(tmp_path: Path) -> Frame:
    """Return five runs, one without a gain, one with an infinite gain."""
    (tmp_path / "runs.csv").write_text(RUNS)
    return Frames(tmp_path, {"runs": FrameSpec(read="runs.csv")}, LABELS).load("runs")


def asset(value: str, name: str = "gainAll", each: dict[str, Scalar] | None = None, **spec: Any) -> MacroAsset:
    record = MacroSpec.model_validate({"data": "runs", "value": value, **spec})
    return Asset(kind="macro", name=name, path=("macros", name), each=each or {}, spec=record)


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        ({"value": "max(gain)", "where": "gain < 100", "format": ".1f"}, "5.2", 5.25),
        ({"value": "min(gain)", "format": ".2f"}, r"\ensuremath{-}1.50", -1.5),
        ({"value": "min(gain)"}, r"\ensuremath{-}1.5", -1.5),
        ({"value": "min(gain) / 1000", "format": ".2f"}, "0.00", -0.0015),
        ({"value": "min(gain) / 1000", "format": "+.1f"}, "+0.0", -0.0015),
        ({"value": "min(gain) / 1000", "format": ".0%"}, r"0\%", -0.0015),
        ({"value": "min(gain) / 1e6", "format": ".1e"}, r"\ensuremath{-}1.5e\ensuremath{-}06", -1.5e-06),
        ({"value": "1234.5 * count(gain)", "format": ",.0f"}, "4,938", 4938.0),
        ({"value": "1000 * count()", "format": ",d"}, "5,000", 5000),
        ({"value": "count(gain)"}, "4", 4),
        ({"value": "max(gain)", "where": "gain < 100", "format": "8.1f"}, "5.2", 5.25),
        ({"value": "argmin(mean(gain), model)", "where": "gain < 100"}, "clip-b", "clip-b"),
        ({"value": "argmax(max(gain), model)", "where": "gain < 100"}, r"ViT ($B$) 50\%", "vit_base"),
        ({"value": "first(col('model'))", "where": "gain == 5.25"}, r"ViT ($B$) 50\%", "vit_base"),
        ({"value": "first(model.family)", "where": "gain == 5.25"}, r"ViT\_s", "ViT_s"),
        ({"value": "max(note)"}, r"x\_y \& z", "x_y & z"),
        ({"value": "first(note)", "where": "gain == 0.5"}, "two lines", "two\nlines"),
        ({"value": "'up' if mean(gain) > 0 else 'down'", "where": "gain < 100"}, "up", "up"),
    ],
)
def test_texts(frame: Frame, spec: dict[str, Any], text: str, value: object) -> None:
    macro = resolve(asset(**spec), frame, LABELS)
    assert macro == Macro(name="gainAll", text=Tex(text), value=value, notices=macro.notices)  # type: ignore[arg-type]
    assert isinstance(macro.text, Tex)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"value": "min(gain)"}, ["1 of 5 values of gain is missing; min skips it"]),
        ({"value": "max(note)"}, ["2 of 5 values of note are missing; max skips them"]),
        ({"value": "min(gain)", "where": "model != 'clip-b'"}, []),
        ({"value": "count(gain)"}, []),
        ({"value": "count()"}, []),
        (
            {"value": "quantile(gain, 0.5) - median(gain) + min(gain) - min(gain)"},
            ["1 of 5 values of gain is missing; quantile, median and min skip it"],
        ),
        ({"value": "min(gain * 100)"}, ["1 of 5 values inside min(…) is missing; min skips it"]),
        ({"value": "min(col('gain'))"}, ["1 of 5 values of gain is missing; min skips it"]),
        (
            {"value": "argmin(min(gain), model)"},
            ["1 of 5 values of gain is missing; min skips it"],
        ),
        (
            {"value": "nunique(note) + min(gain)"},
            [
                "2 of 5 values of note are missing; nunique skips them",
                "1 of 5 values of gain is missing; min skips it",
            ],
        ),
        ({"value": "1 if count() > 0 else mean(note)"}, ["2 of 5 values of note are missing; mean skips them"]),
        ({"value": "max(each.scale)", "each": {"scale": 2}}, []),
    ],
)
def test_values_that_are_skipped_are_counted(frame: Frame, spec: dict[str, Any], expected: list[str]) -> None:
    macro = resolve(asset(**spec), frame, LABELS)
    assert [str(notice) for notice in macro.notices] == [f"macros.gainAll.value: {message}" for message in expected]
    assert all(notice.path == ("macros", "gainAll", "value") for notice in macro.notices)


def test_each_reaches_both_expressions(frame: Frame) -> None:
    macro = resolve(
        asset("each.scale * max(gain)", each={"m": "vit_base", "scale": 2}, where="model == each.m"), frame, LABELS
    )
    assert macro.value == 10.5


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"value": "mean(gain)"}, "macros.gainAll.value: the value is inf: it cannot be printed"),
        ({"value": "None if count() > 0 else 1"}, "macros.gainAll.value: the value is missing"),
        (
            {"value": "min(flag)"},
            (
                "macros.gainAll.value: the value is False, neither a number nor text\n"
                '    write "yes" if … else "no", or a number'
            ),
        ),
        (
            {"value": "mean(gain)", "where": "model == 'nobody'"},
            "macros.gainAll.value: mean(…) needs at least one value of 'gain', but there are none",
        ),
        ({"value": "mean(gian)"}, "macros.gainAll.value: unknown column 'gian', did you mean 'gain'?"),
        (
            {"value": "mean(gain)", "where": "modl == 1"},
            "macros.gainAll.where: unknown column 'modl', did you mean 'model'?",
        ),
        (
            {"value": "min(gain)", "format": "d"},
            "macros.gainAll.format: 'd' does not suit -1.5: Unknown format code 'd' for object of type 'float'",
        ),
        (
            {"value": "max(model)", "format": ".2f"},
            "macros.gainAll.format: the value is the text 'vit_base': a format belongs to numbers",
        ),
    ],
)
def test_reasons_why_not(frame: Frame, spec: dict[str, Any], expected: str) -> None:
    with pytest.raises(AssetError) as caught:
        resolve(asset(**spec), frame, LABELS)
    assert str(caught.value) == expected


def test_unprintable_text_is_an_asset_error(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text("note\n🙂\n")
    frame = Frames(tmp_path, {"runs": FrameSpec(read="runs.csv")}, Labels()).load("runs")
    with pytest.raises(AssetError) as caught:
        resolve(asset("first(note)"), frame, Labels())
    assert [problem.subject for problem in caught.value.problems] == ["macros.gainAll"]


def test_the_file(frame: Frame) -> None:
    assets = (
        asset("max(gain)", name="best", where="gain <\n   100", format=".1f"),
        asset("min(gain)", name="worst", each={"a": 1, "b": "x\n\\end"}),
        asset("first(model)", name="aModel", where="gain == 5.25 or " + " or ".join(["gain == 5.25"] * 9)),
    )
    artifact = write([(entry, resolve(entry, frame, LABELS)) for entry in assets], path="out/macros.tex")
    assert artifact.path == "out/macros.tex"
    assert artifact.content.decode().splitlines() == [
        r"\ifdefined\PaperkitHasOutMacrosTex\expandafter\endinput\fi",
        r"\newcommand{\PaperkitHasOutMacrosTex}{}% a second \input is skipped",
        r"\newcommand{\best}{5.2}% max(gain) of runs where gain < 100",
        r"\newcommand{\worst}{\ensuremath{-}1.5}% min(gain) of runs (a = 1, b = x \end)",
        (
            r"\newcommand{\aModel}{ViT ($B$) 50\%}% first(model) of runs where gain == 5.25 or gain == 5.25 "
            r"or gain == 5.25 or gain == 5.25 or gain == …"
        ),
    ]


def test_a_name_twice_is_refused(frame: Frame) -> None:
    entry = asset("count()")
    pairs = [(entry, resolve(entry, frame, LABELS))] * 2
    with pytest.raises(AssetError) as caught:
        write(pairs, path="macros.tex")
    assert str(caught.value) == r"macros.gainAll: \gainAll is defined twice"


def test_a_good_entry_has_no_problems() -> None:
    assert problems(asset("mean(gain)", each={"m": "a"}, where="model == each.m", format="+,.2f")) == ()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            asset("count()", name="gain2"),
            "macros.gain2: 'gain2' is no macro name: TeX's names are made of the letters a to z\n",
        ),
        (asset("count()", name="größe"), "macros.\"größe\": 'größe' is no macro name"),
        (asset("count()", name=""), "macros.\"\": '' is no macro name"),
        (asset("count()", name="sum"), "macros.sum: LaTeX or a common package has a command \\sum already\n"),
        (asset("count()", name="alpha"), "macros.alpha: LaTeX or a common package has a command \\alpha already\n"),
        (
            asset("count()", name="endgain"),
            "macros.endgain: LaTeX keeps names that begin with 'end' to itself: \\endgain",
        ),
        (asset("gain"), "macros.gainAll.value: 'gain' has a value per row, but one value is asked for (column 1)\n"),
        (asset("mean(gain"), "macros.gainAll.value: syntax error at column 5\n    a parenthesis"),
        (asset("count()", where="a = 1"), "macros.gainAll.where: syntax error at column 3\n    write == to compare"),
        (
            asset("count()", where="a == each.modl", each={"model": 1}),
            "macros.gainAll.where: unknown key 'each.modl', did you",
        ),
        (asset("each.q * count()"), "macros.gainAll.value: unknown key 'each.q'\n    the entry has no each"),
        (asset("count()", format="2f.."), "macros.gainAll.format: '2f..' is no number format\n    Python's format"),
        (asset("count()", format="{:.2f}"), "macros.gainAll.format: '{:.2f}' is no number format\n"),
        (asset("count()", format=".9999999f"), "macros.gainAll.format: '.9999999f' is no number format\n"),
        (asset("count()", format="s"), "macros.gainAll.format: 's' is no number format\n"),
    ],
)
def test_problems_of_an_entry(entry: MacroAsset, expected: str) -> None:
    (problem,) = problems(entry)
    assert str(problem).startswith(expected)


NUMBERS: st.SearchStrategy[float] = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9)


@example(-1.7e307, ".1%")
@given(NUMBERS, st.sampled_from([".0f", ".2f", "+.1f", ".3e", ".1%", ",.2f", "g", None]))
def test_formats_are_pythons_but_for_a_negative_zero(value: float, spec: str | None) -> None:
    plain = str(value) if spec is None else format(value, spec)
    if "inf" in plain:
        with pytest.raises(AssetError, match="is too large for"):
            formatted(value, spec)
        return
    text = formatted(value, spec)
    shows_zero: Callable[[str], bool] = lambda shown: not any(c in "123456789" for c in shown.split("e")[0])  # noqa: E731
    if plain.startswith("-") and shows_zero(plain):
        assert text == plain.replace("-", "+" if (spec or "").startswith("+") else "", 1)
    else:
        assert text == plain
