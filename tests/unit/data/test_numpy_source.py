"""NumPy archives: arrays side by side are columns; nothing is unpickled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from paperkit.data.sources import numpy as source
from tests.unit.data.reading import kinds, places, problems, rows, values


def archive(**arrays: Any) -> Callable[[Path], object]:
    """Return a function that writes the arrays."""
    return lambda path: np.savez(path, **arrays)


def test_every_type(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        {
            "x.npz": archive(
                acc=np.array([0.5, np.nan, np.inf]),
                half=np.array([0.5, 1, 2], dtype=np.float16),
                seed=np.array([1, 2, 3], dtype=np.uint8),
                swapped=np.array([1, 2, 3], dtype=">i4"),
                huge=np.array([1, 2, 2**64 - 1], dtype=np.uint64),
                flag=np.array([True, False, True]),
                model=np.array(["A", "", "ü"]),
                code=np.array([b"a", b"b", "ü".encode()]),
                day=np.array(["2024-01-02", "NaT", "2024-01-03"], dtype="datetime64[D]"),
                lr=np.float64(0.1),
                name=np.array("run"),
                points=np.array([[1, 2], [3, 4], [5, 6]]),
                record=np.array([(1, "x"), (2, "y"), (3, "z")], dtype=[("a", "i8"), ("b", "U1")]),
            )
        },
    )
    assert values(found) == {
        "acc": [0.5, None, np.inf],
        "half": [0.5, 1.0, 2.0],
        "seed": [1, 2, 3],
        "swapped": [1, 2, 3],
        "huge": [1, 2, 2**64 - 1],
        "flag": [True, False, True],
        "model": ["A", "", "ü"],
        "code": ["a", "b", "ü"],
        "day": ["2024-01-02", None, "2024-01-03"],
        "lr": [0.1, 0.1, 0.1],
        "name": ["run", "run", "run"],
        "points_0": [1, 3, 5],
        "points_1": [2, 4, 6],
        "record.a": [1, 2, 3],
        "record.b": ["x", "y", "z"],
    }
    assert {kinds(found)[name] for name in ("seed", "swapped", "points_0", "record.a")} == {"int64"}
    assert {kinds(found)[name] for name in ("acc", "half", "lr")} == {"float64"}
    assert kinds(found)["flag"] == "bool"
    assert places(found) == ["x.npz"] * 3


def test_numbers_of_their_own_are_one_row_and_files_are_many(tmp_path: Path) -> None:
    files = {f"s{seed}.npz": archive(acc=seed / 4, n=seed) for seed in (1, 2)}
    found = rows(tmp_path, files, read="s{seed:int}.npz")
    assert values(found) == {"seed": [1, 2], "acc": [0.25, 0.5], "n": [1, 2]}


def test_only_the_arrays_that_are_wanted(tmp_path: Path) -> None:
    written = {"x.npz": archive(loss=[1, 2, 3], acc=[4, 5], bad=np.array([None]))}
    assert values(rows(tmp_path, written, options={"columns": ["acc"]})) == {"acc": [4, 5]}
    assert problems(tmp_path, written, options={"columns": ["ac", "xyz"]}) == [
        "x.npz: there is no array 'ac', did you mean 'acc'?",
        "x.npz: there is no array 'xyz'\n    the arrays are loss, acc, bad",
    ]
    assert source.option_problem("columns", ["a"]) is None
    assert source.option_problem("columns", []) == "columns must be a list of the arrays to read, not []"


def test_a_matrix_without_columns_makes_none(tmp_path: Path) -> None:
    assert values(rows(tmp_path, {"x.npz": archive(a=[1, 2], m=np.empty((2, 0)))})) == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        (
            {"a": [1, 2], "b": [1], "c": 3},
            (
                "x.npz: the arrays have different lengths: 'a' 2, 'b' 1\n"
                '    options = { columns = ["a"] } reads only these'
            ),
        ),
        ({"a": np.zeros((2, 3, 4))}, "x.npz: the array 'a' has 3 dimensions (2 × 3 × 4): a table has two"),
        ({"a": [1j]}, "x.npz: the array 'a' holds complex128, which is neither numbers nor text"),
        ({"a": [b"\xff"]}, "x.npz: the array 'a' holds bytes that are not UTF-8"),
        ({"a": [[1]], "a_0": [1]}, "x.npz: two arrays make the column 'a_0'"),
        (
            {"a": np.array([print])},
            (
                "x.npz: the array 'a' holds Python objects, which could run code; it was not loaded\n"
                "    save it with a type of its own: array.astype(float) or .astype(str)"
            ),
        ),
    ],
)
def test_what_has_no_place_in_a_table(tmp_path: Path, arrays: dict[str, Any], expected: str) -> None:
    assert problems(tmp_path, {"x.npz": archive(**arrays)}) == [expected]


def test_what_is_no_archive(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.arange(1000))
    whole = (tmp_path / "x.npz").read_bytes()
    np.save(tmp_path / "y.npy", [1])
    for name, content in {"a": b"", "b": b"model,acc", "c": whole[:-30], "d": whole[:30] + b"x" + whole[31:]}.items():
        (problem,) = problems(tmp_path, {f"{name}.npz": content})
        assert problem.startswith(f"{name}.npz: the file is no archive that can be read (")
        assert "\n" not in problem
    assert problems(tmp_path, {"e.npz": (tmp_path / "y.npy").read_bytes()}) == [
        "e.npz: the file is no archive of arrays\n    write it with numpy.savez"
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.integers(0, 5).flatmap(lambda n: st.tuples(*(npst.arrays(t, n) for t in ("i8", "f8", "?", "U5")))))
def test_what_was_written_is_read(tmp_path: Path, arrays: tuple[Any, ...]) -> None:
    names = ("int", "float", "flag", "text")
    found = values(rows(tmp_path, {"x.npz": archive(**dict(zip(names, arrays, strict=True)))}))
    expected = {name: array.tolist() for name, array in zip(names, arrays, strict=True)}
    expected["float"] = [None if np.isnan(value) else value for value in expected["float"]]
    assert found == expected
