"""What a manifest's frames can be told without loading any data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paperkit.data.check import problems
from paperkit.data.sources import readers
from paperkit.manifest.model import FrameSpec


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("runs_a.csv", "runs_b.csv", "x.pkl", "x.xls"):
        (tmp_path / "data" / name).write_text("m,v\n1,2\n")
    return tmp_path


def found(root: Path, **frames: dict[str, Any]) -> list[str]:
    specs = {name: FrameSpec.model_validate(spec) for name, spec in frames.items()}
    return [str(problem) for problem in problems(specs, root)]


def test_a_good_manifest_has_no_problems(root: Path) -> None:
    assert (
        found(
            root,
            runs={
                "read": "data/runs_{run}.csv",
                "header": ["model"],
                "index": "dataset",
                "values": "acc",
                "options": {"sep": ",", "decimal": ".", "skiprows": 0, "na_values": ["-"], "encoding": "latin-1"},
                "where": "model.family == 'ViT'",
                "baseline": {"where": "model == 'a'", "on": ["dataset"]},
                "derive": {"gain": "acc - baseline.acc"},
                "check": ["unique(model, dataset)", "mean(acc) > 3"],
            },
            other={"from": "runs"},
            pickled={"read": "data/x.pkl", "trust": "sha256:" + "0" * 64},
        )
        == []
    )


def test_sources(root: Path) -> None:
    assert found(
        root,
        none={},
        both={"read": "data/x.pkl", "from": "none"},
        typo={"from": "nnoe"},
        a={"from": "b"},
        b={"from": "a"},
        c={"from": "typo"},
        missing={"read": "data/run_{run}.csv"},
        outside={"read": "../x.csv"},
        suffix={"read": "data/x.xls"},
        kinds={"read": "data/x.{kind}"},
    ) == [
        'data.none: the frame has no source\n    read = "data/runs.csv", or from = "…"',
        "data.both: a frame has either read or from, not both",
        "data.typo.from: there is no [data.nnoe], did you mean 'none'?",
        "data.b.from: the frame is made from itself: a -> b -> a",
        "data.a.from: the frame is made from itself: b -> a -> b",
        (
            "data.outside.read: '../x.csv' leads outside the project\n"
            "    write a path inside the project, relative to paper.toml"
        ),
        "data.suffix.read: nothing reads 'data/x.xls', did you mean '.xlsx'?",
        f"data.kinds.read: nothing reads 'data/x.{{kind}}'\n    the suffixes are {', '.join(sorted(readers()))}",
    ]


def test_a_missing_file_is_no_fault_of_the_manifest_but_what_is_said_of_it_may_be(root: Path) -> None:
    assert found(
        root,
        one={"read": "data/gone.csv", "header": ["m"], "index": "i", "values": "v", "options": {"sep": ";"}},
        many={"read": "data/run_{run}.csv", "options": {"separator": ";"}, "trust": "sha256:0"},
        any={"read": "data/none_*", "options": {"separator": ";"}},
        kind={"read": "data/gone.xls"},
        brace={"read": "data/{run.csv"},
    ) == [
        (
            "data.many.options.separator: unknown option 'separator'\n    the options are sep, decimal, thousands, "
            "encoding, comment, skiprows, na_values, keep_default_na, quotechar"
        ),
        "data.many.trust: this kind of file runs no code and needs no trust\n    remove it",
        "data.kind.read: nothing reads 'data/gone.xls', did you mean '.xlsx'?",
        "data.brace.read: a brace in 'data/{run.csv' has no partner",
    ]


def test_shapes_and_options(root: Path) -> None:
    read = "data/runs_{run}.csv"
    assert found(
        root,
        a={"read": read, "header": ["model"]},
        b={"read": read, "values": "acc"},
        c={"read": read, "header": ["m", "m"], "index": "m", "values": "run"},
        d={"read": read, "options": {"seperator": ";", "sep": ";;", "decimal": 1, "dtype": "str", "skiprows": -1}},
        e={"read": "data/x.pkl", "options": {"sep": ","}, "header": ["m"], "index": "i", "values": "v", "trust": "md5"},
        g={"read": read, "trust": "sha256:0"},
        h={"from": "a", "header": ["m"], "index": "i", "values": "v", "options": {"sep": ","}},
    ) == [
        'data.a.header: header needs index beside it\n    index = "dataset" names the first column',
        'data.a.header: header needs values beside it\n    values = "accuracy" names the cells',
        'data.b.values: values needs header beside it\n    header = ["model"] names the header row of a wide file',
        "data.c.read: 'run' is captured from the file's name too",
        "data.c.header: header, index and values name 'm' twice",
        (
            "data.d.options.seperator: unknown option 'seperator'\n    the options are sep, decimal, thousands, "
            "encoding, comment, skiprows, na_values, keep_default_na, quotechar"
        ),
        "data.d.options.sep: must be one character, not ';;'",
        "data.d.options.decimal: must be one character, not 1",
        (
            "data.d.options.dtype: unknown option 'dtype'\n    the options are sep, decimal, thousands, encoding, "
            "comment, skiprows, na_values, keep_default_na, quotechar"
        ),
        "data.d.options.skiprows: must be a number of lines or a list of line numbers that count from 0, not -1",
        "data.e.options.sep: unknown option 'sep'\n    this kind of file has none",
        "data.e.header: this kind of file has no header rows to melt",
        "data.e.trust: 'md5' is no hash\n    it is the word sha256, a colon and 64 hexadecimal digits",
        "data.g.trust: this kind of file runs no code and needs no trust\n    remove it",
        *(f"data.h.{key}: {key} belongs to read; this frame starts from another" for key in ("options", "header")),
        *(f"data.h.{key}: {key} belongs to read; this frame starts from another" for key in ("index", "values")),
    ]


def test_expressions(root: Path) -> None:
    assert found(
        root,
        f={
            "read": "data/x.pkl",
            "where": "a = 1",
            "baseline": {"where": "foo(", "on": []},
            "derive": {"x": "mean(a)", "baseline.y": "1", "": "2"},
            "check": ["unique(a)", "a ==", "each.x == 1"],
        },
    ) == [
        "data.f.where: syntax error at column 3\n    write == to compare",
        "data.f.baseline.where: syntax error at column 4\n    a parenthesis or quote is never closed",
        'data.f.baseline.on: on is empty\n    on = ["dataset"] names the columns that a row and its baseline share',
        (
            "data.f.derive.x: mean(…) sums up a whole column and cannot stand in a row (column 1)\n"
            '    stat = { mean = "mean(a)" } in a frame of its own, joined here, does it; macros and checks take it'
        ),
        "data.f.derive.\"baseline.y\": a column cannot be called 'baseline.y'",
        "data.f.derive.\"\": a column cannot be called ''",
        "data.f.check[1]: syntax error at column 5",
        "data.f.check[2]: a frame has no each.x\n    each belongs to tables, figures and macros",
    ]
