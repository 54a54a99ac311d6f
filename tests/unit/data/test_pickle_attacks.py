"""Pickles that would crash numpy and pandas, or make them read memory that is not theirs."""

from __future__ import annotations

import hashlib
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas._libs.internals import BlockPlacement
from pandas.core.internals.managers import BlockManager

from tests.unit.data.test_pickle_source import MALICIOUS
from tests.unit.data.test_unpickle import INDEXES, SERIES

ROOT = Path(__file__).parents[3]
BIG = (10**8).to_bytes(8, "little")


def named(module: str, name: str) -> bytes:
    """Return the opcode that names `module.name`."""
    return f"c{module}\n{name}\n".encode()


def call(function: bytes, *arguments: bytes) -> bytes:
    """Return the opcodes of a call."""
    return function + b"(" + b"".join(arguments) + b"t" + b"R"


def text(content: str) -> bytes:
    """Return the opcode of a text."""
    return b"V" + content.encode() + b"\n"


def raw(content: bytes) -> bytes:
    """Return the opcode of some bytes."""
    return b"B" + len(content).to_bytes(4, "little") + content


def array(shape: bytes, code: str, content: bytes) -> bytes:
    """Return the opcodes of an array as numpy writes it."""
    empty = call(named("numpy.core.multiarray", "_reconstruct"), named("numpy", "ndarray"), b"(K\x00t", raw(b"b"))
    return empty + b"(K\x01" + shape + dtype(code) + b"\x89" + content + b"tb"


def dtype(code: str) -> bytes:
    """Return the opcodes of a dtype."""
    return call(named("numpy", "dtype"), text(code))


def swapped(found: Any, old: bytes, new: bytes) -> bytes:
    """Return the pickle of an object with the last occurrence of some bytes replaced by as many others."""
    content = pickle.dumps(found, protocol=4)
    assert len(old) == len(new)
    assert old in content
    return new.join(content.rsplit(old, 1))


def misplaced() -> bytes:
    """Return a frame whose second column says that it is column 10^8."""
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    manager: Any = table._mgr
    (block,) = manager.blocks
    block._mgr_locs = BlockPlacement(np.array([0, 10**8], dtype=np.intp))
    wrong = BlockManager((block,), manager.axes, verify_integrity=False)
    made: Any = pd.DataFrame
    return pickle.dumps(made._from_mgr(wrong, wrong.axes), protocol=4)


DATAFRAME = named("pandas", "DataFrame")
NDARRAY = named("numpy", "ndarray")
LEVELS = pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)]))
DEEP = b"N" + b"\x85" * 200_000
DOUBLED = b"N" + b"2\x86" * 60  # DUP, TUPLE2
REFUSED = {
    "pointers": (
        b"\x80\x04" + call(DATAFRAME, call(NDARRAY, b"(K\x01t", dtype("O"), raw(b"A" * 8))) + b".",
        "a call of pandas.DataFrame",
    ),
    "memory": (call(NDARRAY, b"(K\x08t", text("i8")) + b".", "a call of numpy.ndarray"),
    "a pointer": (
        call(named("numpy.core.multiarray", "scalar"), dtype("O"), raw(b"A" * 8)) + b".",
        "an object made of bytes",
    ),
    "pointers of a buffer": (
        call(named("numpy._core.numeric", "_frombuffer"), raw(b"A" * 8), dtype("O"), b"(K\x01t", text("C")) + b".",
        "an array of objects made of bytes",
    ),
    "a field": (dtype("V8") + b".", "the numpy dtype V8"),
    "room": (call(named("builtins", "bytearray"), b"J\xff\xff\xff\x7f") + b".", "a call of builtins.bytes"),
    "keywords": (named("pandas", "Series") + b")}\x92.", "a call with keywords"),
    "a changed list": (b"]}b.", "a change of a list"),
    "two states": (DATAFRAME + b")\x81}b}b.", "a change of a Node"),
    "a called value": (b"K\x01)R.", "a call of a int"),
}
DAMAGED = {
    "place": (misplaced(), "a block has a place outside of the frame"),
    "pointers for objects": (
        array(b"(K\x01t", "O8", raw(b"A" * 8)) + b".",
        "the array is longer or shorter than its shape",
    ),
    "negative": (array(b"(J\xff\xff\xff\xfft", "i8", raw(b"")) + b".", "the array has no shape"),
    "characters": (array(b"(K\x01t", "U1", raw(b"\xff" * 4)) + b".", "the array holds numbers that are no characters"),
    "wide nothing": (
        array(b"(J\xff\xff\xff\x7ft", "S0", raw(b"")) + b".",
        "the arrays are larger than the file can say",
    ),
    "category": (
        swapped(pd.Series(pd.Categorical(["a", "b"])), b"C\x02\x00\x01", b"C\x02\x00\x7f"),
        "codes need to be between -1 and len(categories)-1",
    ),
    "level": (swapped(LEVELS, b"C\x02\x00\x01", b"C\x02\x00\x7f"), "an index has a value that is none of its level"),
    "sparse": (
        swapped(SERIES["sparse"], b"\x02\x00\x00\x00\x03\x00\x00\x00", b"\x02\x00\x00\x00\xff\xff\xff\x7f"),
        "a sparse array has a place outside of it",
    ),
    "range": (
        swapped(pd.DataFrame(index=pd.RangeIndex(0x11223344)), b"J\x44\x33\x22\x11", b"J\x44\x33\x22\x12"),
        "the frame says that it has 304231236 rows, more than the file has bytes",
    ),
    "deep key": (b"}" + DEEP + b"Ns.", "a key is neither text, a number nor a simple tuple"),
    "doubled key": (b"}" + DOUBLED + b"Ns.", "a key is neither text, a number nor a simple tuple"),
    "deep": (b"]" + DEEP + b"a.", "a value is nested too deeply, or holds itself"),
    "doubled": (b"]" + b"N" + b"2\x86" * 30 + b"a.", "a value has too many parts"),
    "deep calls": (
        named("pandas", "Interval") + b"\x94" + b"h\x00" * 200_000 + b"N" + b"\x85R" * 200_000 + b".",
        "a value is nested too deeply, or holds itself",
    ),
    "deep states": (
        DATAFRAME + b"\x94" + b"h\x00)\x81" * 200_000 + b"N" + b"b" * 200_000 + b".",
        "a DataFrame has no state",
    ),
    "itself": (b"]\x94h\x00h\x00a.", "a value is nested too deeply, or holds itself"),
    "long": (b"]\x8b\x00\x40\x00\x00" + b"\x7f" * 0x4000 + b"a.", "a number has thousands of digits"),
    "bytearray": (b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"x.", "a bytearray is longer than the file"),
    "day": (call(named("datetime", "date"), raw(b"\x07\xe8\x02\xff")) + b".", "day is out of range for month"),
    "order": (swapped(pd.Series([0.5]), b"\x8c\x01<", b"\x8c\x01?"), None),
}


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run the loader on a folder of pickles in a process of its own, and return what it says."""
    command = [sys.executable, "-m", "tests.unit.data.pickle_child", str(folder), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_no_pickle_crashes_the_reader(tmp_path: Path) -> None:
    contents = {name: content for name, (content, _) in (REFUSED | DAMAGED).items()}
    for name, content in contents.items():
        (tmp_path / f"{name}.pkl").write_bytes(content)
    expected: dict[str, list[str] | None] = {}
    for name, (content, asked) in REFUSED.items():
        digest = hashlib.sha256(content).hexdigest()
        expected[name] = [
            (
                f"{name}.pkl: data.f.read: {name}.pkl asks for '{asked}', which could run code; it was not loaded\n"
                f'    if you made the file yourself: trust = "sha256:{digest}"'
            )
        ]
    for name, (_, message) in DAMAGED.items():
        problem = f"{name}.pkl is not a pickle that can be read (ValueError: {message})"
        expected[name] = None if message is None else [f"{name}.pkl: data.f.read: {problem}"]
    assert run(tmp_path) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_changed_pickles_are_frames_or_errors(tmp_path: Path, seed: int) -> None:
    tables = [pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]}, index=index) for index in INDEXES.values()]
    contents = [pickle.dumps(found, protocol=p) for found in (*SERIES.values(), *tables) for p in (0, 2, 4, 5)]
    contents += [content for content, _ in (*MALICIOUS.values(), *REFUSED.values()) if len(content) < 10_000]
    contents += [path.read_bytes() for path in sorted((Path(__file__).parent / "pickles").glob("*.pkl"))]
    for number, content in enumerate(contents):
        (tmp_path / f"{number:03}.pkl").write_bytes(content)
    found = run(tmp_path, str(seed), "1500")
    assert sum(found.values()) == 1500
    assert min(found.values()) > 50
