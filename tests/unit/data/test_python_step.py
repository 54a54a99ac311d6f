"""Frames that a function of the project makes: its signature, its isolation, what it returns and raises."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.clauses.context import Context
from paperkit.data.python_step import load, static_problems
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec

RUNS = pd.DataFrame({"model": ["a", "b", "a"], "accuracy": [1.5, 2.0, None], "ok": [True, False, True]})
MODELS = pd.DataFrame({"model": ["a", "b"], "size": pd.array([1, None], dtype="Int64")})
NOTE = Problem(message="worth knowing", place=Place(file="runs.csv", line=2))
FRAMES: Mapping[str, Rows] = MappingProxyType(
    {
        "runs": Rows(table=RUNS.set_axis([4, 7, 9]), notices=(NOTE,)),
        "model-size": Rows(table=MODELS),
    }
)
TIDY = '    name each summary: .agg(mean=("v", "mean")); or make it tidy: frame.stack()'
PLAIN = "    a column is numbers, texts or flags: .astype(str), or .explode() for lists"
TWO = "data.made.params.{0}: '{0}' is a frame too, [data.{1}]\n    give the parameter another name"
UNFILLED = "prep.py:1: data.made.python: the parameter '{}' of gain is neither a frame nor in params{}"


def _specs(**params: Any) -> dict[str, FrameSpec]:
    made = FrameSpec(python="prep.py:gain", params=params)
    return {"made": made, "runs": FrameSpec(read="runs.csv"), "model-size": FrameSpec(read="models.csv")}


def _write(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / f"{name}.py").write_text(textwrap.dedent(text))


def _load(root: Path, code: str | None = None, **params: Any) -> Rows:
    if code is not None:
        _write(root, prep=code)
    specs = _specs(**params)
    context = Context(name="made", labels=Labels(columns={}), load=FRAMES.__getitem__, root=root)
    return load(specs["made"], context, specs)


def _failure(root: Path, code: str | None = None, **params: Any) -> str:
    with pytest.raises(DataError) as caught:
        _load(root, code, **params)
    return str(caught.value)


def _returning(root: Path, expression: str) -> pd.DataFrame:
    return _load(root, f"import numpy as np, pandas as pd\ndef gain(runs):\n    return {expression}\n").table


def test_frames_and_params_by_name(tmp_path: Path) -> None:
    code = """
    def gain(runs, /, factor, model_size, *rest, add=[1], **more):
        assert list(runs.index) == [0, 1, 2]
        assert str(model_size["size"].dtype) == "Int64"
        assert more == {"extra": "x"} and rest == ()
        runs["gain"] = runs.accuracy * factor + add[0]
        add.append(1)
        return runs[["model", "gain"]]
    """
    params = {"factor": 2, "add": [10], "extra": "x"}
    for _ in range(2):
        rows = _load(tmp_path, code, **params)
        expected = pd.DataFrame({"model": ["a", "b", "a"], "gain": [13.0, 14.0, None]})
        pd.testing.assert_frame_equal(rows.table, expected)
    assert rows.notices == (NOTE,)
    assert rows.place(0) is None
    assert list(FRAMES["runs"].columns) == ["model", "accuracy", "ok"]
    assert params["add"] == [10]


def test_a_parameter_by_position_keeps_its_default(tmp_path: Path) -> None:
    rows = _load(tmp_path, "def gain(factor=3, runs=None, /):\n    return runs.assign(f=factor)\n")
    assert rows.table["f"].tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("signature", "params", "messages"),
    [
        ("runs, factor=1", {}, []),
        ("**params", {"anything": 1}, []),
        (
            "rusn",
            {},
            [
                UNFILLED.format("rusn", ", did you mean 'runs'?"),
            ],
        ),
        (
            "runs, factor",
            {"fcator": 1},
            [
                UNFILLED.format("factor", ", did you mean 'fcator'?"),
                "data.made.params.fcator: gain takes no 'fcator', did you mean 'factor'?",
            ],
        ),
        (
            "xyz",
            {},
            [
                UNFILLED.format(
                    "xyz", "\n    the frames are made, runs, model-size; or give it in params, or a default"
                ),
            ],
        ),
        ("runs", {"zzz": 1}, ["data.made.params.zzz: gain takes no 'zzz'\n    it takes runs"]),
        ("", {"zzz": 1}, ["data.made.params.zzz: gain takes no 'zzz'\n    it takes nothing"]),
        (
            "model_size",
            {"model_size": 1},
            [
                TWO.format("model_size", "model-size"),
            ],
        ),
    ],
)
def test_the_signature_is_checked_without_running(
    tmp_path: Path, signature: str, params: dict[str, Any], messages: list[str]
) -> None:
    _write(tmp_path, prep=f"def gain({signature}): ...\nraise SystemExit\n")
    specs = _specs(**params)
    found = static_problems(specs["made"], "made", specs, tmp_path)
    assert [str(problem) for problem in found] == messages


def test_what_is_no_function_is_said_under_python(tmp_path: Path) -> None:
    _write(tmp_path, prep="def again(): ...\n")
    specs = _specs()
    found = static_problems(specs["made"], "made", specs, tmp_path)
    assert [str(problem) for problem in found] == [
        "prep.py: data.made.python: there is no function 'gain', did you mean 'again'?"
    ]
    lonely = FrameSpec(read="x.csv", params={"a": 1})
    assert [str(problem) for problem in static_problems(lonely, "lonely", specs, tmp_path)] == [
        'data.lonely.params: params belongs to python\n    python = "prep.py:function"'
    ]
    assert static_problems(specs["runs"], "runs", specs, tmp_path) == ()


@pytest.mark.parametrize(
    ("expression", "columns"),
    [
        ("{'x': [1, 2], 'y': ['a', None]}", {"x": [1, 2], "y": ["a", None]}),
        ("runs.groupby('model').accuracy.mean()", {"model": ["a", "b"], "accuracy": [1.5, 2.0]}),
        ("runs.groupby(['model', 'ok']).size().rename('n')", {"model": ["a", "b"], "ok": [True, False], "n": [2, 1]}),
        ("runs[runs.ok]", {"model": ["a", "a"], "accuracy": [1.5, None], "ok": [True, True]}),
        ("pd.DataFrame({0: [1.0]}, index=['r'])", {"index": ["r"], "0": [1.0]}),
        ("pd.DataFrame({'x': pd.Categorical(['b', 'a'])})", {"x": ["b", "a"]}),
        ("pd.DataFrame({'x': pd.to_datetime(['2024-01-02', None])})", {"x": ["2024-01-02", None]}),
        ("pd.DataFrame({'x': []})", {"x": []}),
        ("{'x': np.array([1.5]), 'y': ('a',)}", {"x": [1.5], "y": ["a"]}),
        (
            "__import__('pyarrow').table({'x': [2**60, None], 'y': [True, None]})",
            {"x": [2**60, None], "y": [True, None]},
        ),
    ],
)
def test_what_may_be_returned(tmp_path: Path, expression: str, columns: dict[str, list[Any]]) -> None:
    table = _returning(tmp_path, expression)
    assert list(table.index) == list(range(len(table)))
    found = {name: [None if pd.isna(value) else value for value in table[name].tolist()] for name in table.columns}
    assert found == columns


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("None", "returns nothing, not a DataFrame\n    does it return anything?"),
        ("[1]", "returns a list, not a DataFrame\n    does it return anything?"),
        ("runs.accuracy.rename(None)", 'returns a Series without a name\n    name it: .rename("gain")'),
        ("runs[['ok', 'ok']]", "returns several columns called 'ok'"),
        (
            "runs.set_index('ok').assign(ok=1)",
            "returns a column and an index called 'ok'\n    drop one of them: frame.reset_index(drop=True)",
        ),
        (
            "pd.concat({'a': runs}, axis=1)",
            f"returns a frame with 2 levels of columns\n{TIDY}",
        ),
        (
            "pd.DataFrame({'took': pd.to_timedelta([1, None], unit='s')})",
            "returns a column 'took' of Timedelta\n    make numbers of it: .dt.total_seconds()",
        ),
        (
            "{'x': [[1], [2]]}",
            f"returns a column 'x' of list\n{PLAIN}",
        ),
        (
            "pd.DataFrame({'x': [1, 'a', None]})",
            f"returns a column 'x' of int and str\n{PLAIN}",
        ),
        ("{'x': [1], 'y': [1, 2]}", "returns a dict that is no table: All arrays must be of the same length"),
        (
            "{'x': 1}",
            "returns a dict that is no table: If using all scalar values, you must pass an index",
        ),
    ],
)
def test_what_may_not_be_returned(tmp_path: Path, expression: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        _returning(tmp_path, expression)
    assert str(caught.value) == f"prep.py:2: data.made.python: gain {message}"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "def gain(runs):\n    return 1 / 0\n",
            "prep.py:2: data.made.python: ZeroDivisionError: division by zero (in gain)",
        ),
        (
            "x = {}['a']\ndef gain(runs): ...\n",
            "prep.py:1: data.made.python: KeyError: 'a' (while it is imported)",
        ),
        (
            "import helpers\ndef gain(runs):\n    return helpers.half(0)\n",
            "helpers.py:2: data.made.python: ZeroDivisionError: division by zero (in half)",
        ),
        (
            "def gain(runs):\n    return runs.assign(x=runs['acuracy'])\n",
            "prep.py:2: data.made.python: KeyError: 'acuracy' (in gain)\n    did you mean 'accuracy'?",
        ),
        (
            "def gain(runs):\n    return runs.apply(lambda row: row.model + 1, axis=1)\n",
            'prep.py:2: data.made.python: TypeError: can only concatenate str (not "int") to str (in gain.<lambda>)',
        ),
        (
            "import sys\ndef gain(runs):\n    sys.exit('enough')\n",
            "prep.py:3: data.made.python: SystemExit: enough (in gain)",
        ),
        (
            "def gain(runs):\n    raise ValueError('one\\ntwo')\n",
            "prep.py:2: data.made.python: ValueError: one (in gain)",
        ),
        ("def gain(runs):\n    raise ValueError\n", "prep.py:2: data.made.python: ValueError (in gain)"),
        (
            "def gain(runs):\n    import importlib\n    importlib.import_module('bad')\n",
            "bad.py:1:5: data.made.python: is not Python: invalid syntax",
        ),
        (
            "def off(f):\n    return lambda: f\n@off\ndef gain(runs): ...\n",
            "prep.py:4: data.made.python: TypeError: off.<locals>.<lambda>() got an unexpected keyword argument 'runs'",
        ),
        (
            "import absent\ndef gain(runs): ...\n",
            "prep.py:1: data.made.python: ModuleNotFoundError: No module named 'absent' (while it is imported)",
        ),
    ],
)
def test_an_exception_is_said_with_the_last_line_of_the_project(tmp_path: Path, code: str, message: str) -> None:
    _write(tmp_path, helpers="def half(x):\n    return 1 / x\n", bad="x = = 1\n")
    path = list(sys.path)
    assert _failure(tmp_path, code) == message
    assert sys.path == path
    assert not {"prep", "helpers", "bad"} & set(sys.modules)


def test_an_exception_of_compiled_code_is_placed_where_it_was_called(tmp_path: Path) -> None:
    code = "import pandas as pd\ndef gain(runs):\n    return pd.to_numeric(pd.Series(['abc'], dtype=object))\n"
    expected = "prep.py:3: data.made.python: ValueError: Unable to parse string 'abc' at position 0 (in gain)"
    assert _failure(tmp_path, code).replace('"', "'") == expected  # pandas before version 3 writes double quotes


def test_two_papers_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        code = """
        import dataclasses, helpers, json
        from lab import stats
        @dataclasses.dataclass
        class Point:
            x: "str"
        def gain(runs):
            import late
            return {"x": [Point(helpers.NAME).x, stats.NAME, late.NAME, json.dumps(1)]}
        """
        _write(folder, prep=code, helpers=f"NAME = '{name}'\n", late=f"NAME = 'late {name}'\n")
        (folder / "lab").mkdir()
        _write(folder / "lab", stats=f"NAME = 'stats {name}'\n")
    monkeypatch.setitem(sys.modules, "helpers", sys)
    modules, path, cwd = dict(sys.modules), list(sys.path), Path.cwd()
    for name in ("one", "two", "one"):
        found = _load(tmp_path / name).table["x"].tolist()
        assert found == [name, f"stats {name}", f"late {name}", "1"]
    assert sys.modules == modules
    assert (sys.path, Path.cwd()) == (path, cwd)
    assert not sys.dont_write_bytecode
    assert not list(tmp_path.rglob("__pycache__"))


def test_an_edit_is_seen_at_once(tmp_path: Path) -> None:
    for number in range(3):
        _write(tmp_path, helpers=f"NUMBER = {number}\n")
        rows = _load(tmp_path, f"import helpers\ndef gain(runs):\n    return {{'x': [helpers.NUMBER, {number}]}}\n")
        assert rows.table["x"].tolist() == [number, number]


def test_prints_go_to_standard_error_and_files_are_read_from_the_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "extra.txt").write_text("7")
    code = """
    from pathlib import Path
    print("importing")
    def gain(runs):
        print("working")
        return {"x": [Path("extra.txt").read_text()]}
    """
    assert _load(tmp_path, code).table["x"].tolist() == ["7"]
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "importing\nworking\n")


def test_a_keyboard_interrupt_is_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        _load(tmp_path, "def gain(runs):\n    raise KeyboardInterrupt\n")


CELLS = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=5),
    st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=1, max_size=5),
    st.lists(st.one_of(st.none(), st.text()), min_size=1, max_size=5),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=1, max_size=5),
)


@given(CELLS)
def test_any_column_comes_back_as_it_is(tmp_path_factory: pytest.TempPathFactory, cells: list[Any]) -> None:
    root = tmp_path_factory.mktemp("cells")
    table = _load(root, "def gain(runs, cells):\n    return {'x': cells}\n", cells=cells).table
    found = [None if pd.isna(value) else value for value in table["x"].tolist()]
    assert found == cells


def test_inputs_belong_to_python_and_must_exist(tmp_path: Path) -> None:
    from paperkit.data.patterns import sources

    spec = FrameSpec.model_validate({"read": "runs.csv", "inputs": ["side.json"]})
    said = [str(problem) for problem in static_problems(spec, "a", {"a": spec}, tmp_path)]
    assert said == ['data.a.inputs: inputs belongs to python\n    python = "prep.py:function"']
    made = FrameSpec.model_validate({"python": "prep.py:make", "inputs": "side.json"})
    with pytest.raises(DataError) as caught:
        sources("a", {"a": made}, tmp_path)
    assert str(caught.value).splitlines()[0] == "data.a.inputs: there is no file 'side.json'"
    (tmp_path / "side.json").write_text("{}")
    assert sources("a", {"a": made}, tmp_path) == (tmp_path / "side.json",)
