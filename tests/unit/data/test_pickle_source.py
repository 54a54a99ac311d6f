"""Pickles: every honest frame is read, no dishonest one does anything."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import pickletools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paperkit.data import opcodes, unpickle
from tests.unit.data.loading import Failure, Load

HERE = Path(__file__).parent
PROTOCOLS = range(6)
FIXTURES = sorted((HERE / "pickles").glob("*.pkl"))


def test_there_are_pickles_of_other_versions() -> None:
    assert len(FIXTURES) == 4


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_pickles_of_other_versions(load: Load, path: Path) -> None:
    if "pyarrow" in path.name:
        pytest.importorskip("pyarrow")
    elif "pandas-3" in path.name and pd.__version__ < "3":
        pytest.skip("an older pandas does not promise to read a newer one's pickles")
    frame = load(path.read_bytes(), read="x.pkl")
    assert {
        name: [value for (value,) in frame.rows(name)] for name in frame.columns if name not in ("delta", "path")
    } == {
        "base_model": ["mae-vit-base-p16", "OpenCLIP_ViT-B-32_openai"] * 3,
        "dataset": ["cifar10", "imagenet-subset-50k", "dtd"] * 2,
        "acc": [0.5, 0.25, None, float("inf"), 0.75, 1.0],
        "acc_obj": [0.5, 0.25, None, 0.125, 0.75, 1.0],
        "f32": [0.0, 0.5, 1.0, 1.5, 2.0, 2.5],
        "nr_layers": [1, 4, 1, 12, 1, 2],
        "small": [0, 1, 2, 3, 4, 5],
        "flag": [True, False] * 3,
        "flag_gap": [True, None] * 3,
        "cat": ["a", "b", None] * 2,
        "cat_num": [3, 1, 3] * 2,
        "day": [f"2024-01-0{day}" for day in range(1, 7)],
        "tz": [f"2024-01-0{day} 12:00:00+00:00" for day in range(1, 7)],
        "Int": [1, None, 3] * 2,
        "Float": [1.5, None, 3.0] * 2,
        "Bool": [True, None, False] * 2,
        "String": ["x", None, "z"] * 2,
        "nptxt": ["u", "v", "w"] * 2,
        "npscalar": [1.5, 2.0, 0.5] * 2,
        "ts_obj": ["2024-01-01", None, "2020-01-01"] * 2,
        "na_obj": [None, "a", None] * 2,
    }


def runs() -> pd.DataFrame:
    """Return a frame like the second customer's: 1152 rows, 88 columns of every kind."""
    experiments = [
        "CLS last layer",
        "All tokens last layer (attentive)",
        "CLS+AP layers from all blocks (linear)",
        "CLS+AP layers from all blocks (attentive)",
    ]
    size = 1152
    number = np.arange(size)
    columns: dict[str, Any] = {
        "base_model": [["mae-vit-base-p16", "vit_base_patch16_224", "dinov2-vit-small-p14"][i % 3] for i in number],
        "dataset": [["cifar10", "imagenet-subset-50k", "dtd", "pets"][i // 3 % 4] for i in number],
        "Experiment": pd.Categorical([experiments[i // 12 % 4] for i in number], categories=experiments),
        "probe_type": [["cae", "linear", "mlp"][i // 48 % 3] for i in number],
        "nr_layers": 1 + number // 144 % 3,
        "contains_intermediate": (number // 432) % 2 == 0,
        "test_lp_bal_acc1": np.array([i % 97 / 97 for i in number], dtype=object),
        "abs_perf_gain_test_lp_bal_acc1": (number % 31 - 10) / 31,
        "finished": pd.date_range("2024-01-01", periods=size, freq="h"),
        "config": [{"lr": 0.1}] * size,
    }
    columns |= {f"metric_{i}": number * 0.5 + i for i in range(88 - len(columns))}
    return pd.DataFrame(columns)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_second_customers_filters(load: Load, protocol: int) -> None:
    table = runs()
    assert table.shape == (1152, 88)
    frame = load(
        pickle.dumps(table, protocol=protocol),
        read="runs.pkl",
        numeric=["test_lp_bal_acc1", "abs_perf_gain_test_lp_bal_acc1"],
        where=(
            "dataset not in ('imagenet-subset-50k',) and Experiment in ('CLS last layer',"
            " 'All tokens last layer (attentive)') and probe_type in ('cae', 'linear')"
            " and not (nr_layers == 1 and contains_intermediate) and not startswith(base_model, 'mae-')"
        ),
        derive={"accuracy": "test_lp_bal_acc1 * 100", "gain": "abs_perf_gain_test_lp_bal_acc1 * 100"},
    )
    table = table[~table["dataset"].isin(["imagenet-subset-50k"])]
    table = table[table["Experiment"].isin(["CLS last layer", "All tokens last layer (attentive)"])]
    table = table[table["probe_type"].isin(["cae", "linear"])]
    table = table.drop(index=table[(table["nr_layers"] == 1) & (table["contains_intermediate"])].index)
    table = table[~table["base_model"].str.startswith("mae-")]
    assert 0 < len(table) < 1152
    names = ["base_model", "Experiment", "accuracy", "gain", "metric_3", "nr_layers", "contains_intermediate"]
    expected = table.assign(
        accuracy=table["test_lp_bal_acc1"].astype(float) * 100, gain=table["abs_perf_gain_test_lp_bal_acc1"] * 100
    )[names]
    assert frame.rows(*names) == tuple(expected.astype(object).itertuples(index=False, name=None))
    assert str(frame.origin(0)) == "runs.pkl"


def test_series_indexes_and_captures(load: Load) -> None:
    table = pd.DataFrame(
        {"a": [1, 2], 3: [4, 5]}, index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["k", "n"])
    )
    assert load(pickle.dumps(table), read="x.pkl").rows("k", "n", "a", "3") == (("x", 1, 1, 4), ("y", 2, 2, 5))
    assert load(pickle.dumps(table["a"]), read="x.pkl").columns == ("k", "n", "a")
    named = pd.DataFrame({"a": [1]}, index=["m"])
    assert load(pickle.dumps(named), read="x.pkl").rows("index", "a") == (("m", 1),)
    assert load(pickle.dumps(named), read="x.pkl", index="model").rows("model", "a") == (("m", 1),)
    assert load(pickle.dumps(pd.DataFrame({"a": [1, 2, 3]}).loc[[2, 0]]), read="x.pkl").columns == ("a",)
    files = {f"r{i}.pickle": pickle.dumps(pd.DataFrame({"a": pd.Categorical([f"v{i}"])})) for i in (10, 9)}
    assert load(files, read="r{seed:int}.pickle").rows("seed", "a") == ((9, "v9"), (10, "v10"))


def test_cells_that_are_no_values(load: Load, failure: Failure) -> None:
    frame = load(pickle.dumps(pd.DataFrame({"a": [1, 2], "d": [{"x": 1}, [2]]})), read="x.pkl", where="a == 2")
    assert frame.rows("a") == ((2,),)
    table = pd.DataFrame({"a": ["1", "x"]})
    assert failure(pickle.dumps(table), read="x.pkl", numeric=["a"]) == [
        (
            "x.pkl: data.f.numeric: 'x' is not a number (column 'a', row 2)\n"
            '    if it means a missing value: options = { na_values = ["x"] }'
        )
    ]


def test_frames_that_cannot_be_used(failure: Failure) -> None:
    columns = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])
    for content, expected in (
        (
            {"a": 1},
            'the pickle holds a dict, not a DataFrame\n    make it one: pd.DataFrame(x).to_pickle("x.pkl")',
        ),
        (
            [{"a": 1}, {"a": 2}],
            'the pickle holds a list, not a DataFrame\n    make it one: pd.DataFrame(x).to_pickle("x.pkl")',
        ),
        (pd.DataFrame([[1, 2]], columns=columns), "the frame has 2 levels of columns\n    make it tidy: frame.stack()"),
        (
            pd.DataFrame({"a": [1]}).set_index("a", drop=False),
            "the frame has a column and an index called 'a'\n    drop one of them: frame.reset_index(drop=True)",
        ),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "the frame has several columns called 'a'"),
    ):
        assert failure(pickle.dumps(content), read="x.pkl") == [f"x.pkl: data.f.read: {expected}"]
    files = {"1.pkl": pickle.dumps(pd.DataFrame({"a": [1]})), "2.pkl": pickle.dumps(pd.DataFrame({"b": [1]}))}
    assert failure(files, read="{n:int}.pkl") == [
        "2.pkl: data.f.read: unlike '1.pkl', the file lacks 'a' and has 'b' besides"
    ]


class Calls:
    """Pickled, it asks for a call of `function`."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.reduced = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.reduced


def asks(module: str, name: str, *arguments: str) -> bytes:
    """Return a protocol 0 pickle that calls `module.name(*arguments)`."""
    strings = "".join(f"V{argument}\n" for argument in arguments)
    return f"c{module}\n{name}\n({strings}tR.".encode()


def by_memo(module: str, name: str, argument: str) -> bytes:
    """Return a protocol 4 pickle whose names come out of the memo, in an order that hides them."""
    out = pickle.PROTO + b"\x04"
    for text in (argument, name, module):
        raw = text.encode()
        out += pickle.SHORT_BINUNICODE + bytes([len(raw)]) + raw + pickle.MEMOIZE + pickle.POP
    return out + b"h\x02h\x01" + pickle.STACK_GLOBAL + b"h\x00" + pickle.TUPLE1 + pickle.REDUCE + pickle.STOP


MARK = "paperkit-was-here"
COMMAND = f"echo x > {MARK}"
FRAME = pd.DataFrame({"a": [1, 2]})
MALICIOUS: dict[str, tuple[bytes, str]] = {
    **{
        f"os.system, protocol {p}": (
            pickle.dumps(Calls(os.system, COMMAND), protocol=p),
            os.system.__module__ + ".system",
        )
        for p in PROTOCOLS
    },
    "builtins.eval": (asks("builtins", "eval", f"open('{MARK}', 'w')"), "builtins.eval"),
    "__builtin__.exec": (asks("__builtin__", "exec", f"open('{MARK}', 'w')"), "builtins.exec"),
    "builtins.getattr": (asks("builtins", "getattr", "x", "y"), "builtins.getattr"),
    "builtins.__import__": (asks("builtins", "__import__", "os"), "builtins.__import__"),
    "builtins.open": (asks("builtins", "open", MARK, "w"), "builtins.open"),
    "dotted name": (asks("pandas", "DataFrame.eval", "1"), "pandas.DataFrame.eval"),
    "dotted module": (asks("os.path", "os.system", COMMAND), "os.path.os.system"),
    "pandas.eval": (asks("pandas", "eval", f"@__import__('os').system('{COMMAND}')"), "pandas.eval"),
    "pandas.read_pickle": (asks("pandas", "read_pickle", "x.pkl"), "pandas.read_pickle"),
    "pandas.io.common": (asks("pandas.io.common", "os.system", COMMAND), "pandas.io.common.os.system"),
    "numpy.load": (asks("numpy", "load", "x.npy"), "numpy.load"),
    "numpy.distutils": (
        asks("numpy.distutils.exec_command", "exec_command", COMMAND),
        "numpy.distutils.exec_command.exec_command",
    ),
    "numpy.testing": (
        asks("numpy.testing._private.utils", "runstring", "x", "{}"),
        "numpy.testing._private.utils.runstring",
    ),
    "functools.partial": (pickle.dumps(Calls(__import__("functools").partial, os.system)), "functools.partial"),
    "subprocess": (pickle.dumps(Calls(subprocess.Popen, ["touch", MARK])), "subprocess.Popen"),
    "operator": (asks("operator", "attrgetter", "system"), "operator.attrgetter"),
    "importlib": (asks("importlib", "import_module", "os"), "importlib.import_module"),
    "names from the memo": (by_memo("os", "system", COMMAND), "os.system"),
    "INST": (f"(V{COMMAND}\nios\nsystem\n.".encode(), "os.system"),
    "OBJ": (f"(cos\nsystem\nV{COMMAND}\no.".encode(), "os.system"),
    "nested in a list": (pickle.dumps([FRAME, [{"x": Calls(os.system, COMMAND)}]]), f"{os.system.__module__}.system"),
    "a cell of an honest frame": (
        pickle.dumps(pd.DataFrame({"a": [1, Calls(os.system, COMMAND)]})),
        f"{os.system.__module__}.system",
    ),
    "an attribute of an honest frame": (b"cpandas.core.frame\nDataFrame\n(dVx\ncos\nsystem\nsb.", "os.system"),
    "a changed class": (b"cpandas.core.frame\nDataFrame\n(N(dV__len__\nI1\nstb.", "a change of DataFrame"),
    "a changed function": (b"ccopyreg\n_reconstructor\n(dVx\nI1\nsb.", "a change of _reconstructor"),
    "another codec": (asks("_codecs", "encode", "x", "zip"), "the codec zip"),
    "a structured dtype": (asks("numpy", "dtype", "i8,O"), "the numpy dtype i8,O"),
    "another base": (
        b"ccopyreg\n_reconstructor\n(cpandas\nDataFrame\nc__builtin__\nset\nNtR.",
        "copyreg._reconstructor",
    ),
}


@pytest.mark.parametrize("name", MALICIOUS)
def test_nothing_malicious_runs(failure: Failure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    content, asked = MALICIOUS[name]
    monkeypatch.chdir(tmp_path)
    pickletools.dis(content, out=io.StringIO())  # it is a pickle, not rubbish
    before = set(sys.modules)
    digest = hashlib.sha256(content).hexdigest()
    assert failure(content, read="x.pkl") == [
        (
            f"x.pkl: data.f.read: x.pkl asks for '{asked}', which could run code; it was not loaded\n"
            f'    if you made the file yourself: trust = "sha256:{digest}"'
        )
    ]
    assert not (tmp_path / MARK).exists()
    assert not {
        module for module in set(sys.modules) - before if module.startswith(("numpy.distutils", "numpy.testing"))
    }


def test_the_malicious_pickles_are_dangerous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("os.system, protocol 0", "names from the memo", "a cell of an honest frame", "INST"):
        pickle.loads(MALICIOUS[name][0])
        (tmp_path / MARK).unlink()


def test_trust_vouches_for_the_very_bytes(load: Load, failure: Failure) -> None:
    content = pickle.dumps(FRAME.assign(b=pd.Series([Path("x")] * 2, dtype=object)))
    own = f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert failure(content, read="x.pkl")[0].startswith("x.pkl: data.f.read: x.pkl asks for 'pathlib")
    assert load(content, read="x.pkl", trust=own).rows("a") == ((1,), (2,))
    other = "sha256:" + "0" * 64
    assert failure(content, read="x.pkl", trust=other) == [
        (
            f"x.pkl: data.f.read: x.pkl is not the file that trust names: its hash is {own}\n"
            "    look at what changed before you trust it again"
        )
    ]


@pytest.mark.parametrize("content", [b"", b"\x80", b"rubbish", b"\x80\x05.", pickle.dumps(FRAME)[:-20], b"\x80\x63."])
def test_damaged_pickles(failure: Failure, content: bytes) -> None:
    (message,) = failure(content, read="x.pkl")
    assert message.startswith("x.pkl: data.f.read: x.pkl is not a pickle that can be read (")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickle_cut_anywhere_is_an_error(protocol: int) -> None:
    content = pickle.dumps(FRAME.assign(t=["x", "y"]), protocol=protocol)
    for length in range(len(content)):
        with pytest.raises(Exception):  # noqa: B017, PT011  # pickles raise what they like
            unpickle.load(content[:length])


def changed(old: bytes, new: bytes) -> bytes:
    """Return a pickle of two numbers in which numpy is told something else."""
    content = pickle.dumps(np.array([1, 2]), protocol=2)
    assert content.count(old) == 1
    return content.replace(old, new)


@pytest.mark.parametrize(
    "content",
    [
        changed(b"K\x02\x85", b"K\x7f\x85"),  # a shape of 127 for two numbers
        changed(b"X\x02\x00\x00\x00i8", b"X\x02\x00\x00\x00O8"),  # numbers that are said to be objects
    ],
)
def test_numpy_is_not_told_lies(content: bytes) -> None:
    with pytest.raises(ValueError, match="longer or shorter than its shape"):
        unpickle.load(content)


@pytest.mark.parametrize("kind", [">i4", "U3", "S2", "M8[ns]", "m8[25s]", ">M8[D]", "?", "c16", "O", "f2"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_arrays_come_back_as_they_were(kind: str, protocol: int) -> None:
    array = np.array([[0, 1], [1, 0]]).astype(kind)
    content = pickle.dumps([array, array.dtype], protocol=protocol)
    found, expected = unpickle.load(content), pickle.loads(content)
    assert (found[0].dtype, found[1]) == (expected[0].dtype, array.dtype)
    assert found[0].tolist() == array.tolist()


def test_pyarrows_buffers_are_not_believed(load: Load) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    values = ["", "é", None, "🙂🙂", "x" * 50]
    for kind in (pyarrow.string(), pyarrow.large_string()):
        array = pyarrow.array(["cut", *values], type=kind)[1:]
        found = unpickle.load(pickle.dumps(array))
        assert found.tolist() == values
        content = pickle.dumps(pyarrow.array(["ab", "c"], type=kind))
        wrong = np.array([0, 2, 3], dtype="<i4" if kind == pyarrow.string() else "<i8")
        assert content.count(wrong.tobytes()) == 1
        with pytest.raises(ValueError, match="longer or shorter"):
            unpickle.load(content.replace(wrong.tobytes(), (wrong * 1000).tobytes()))
    with pytest.raises(unpickle.RefusedError, match="a pyarrow array of int64"):
        unpickle.load(pickle.dumps(pyarrow.array([1, 2])))
    table = pd.DataFrame({"t": pd.array(["a", None], dtype="string[pyarrow]")})
    assert load(pickle.dumps(table), read="x.pkl").rows("t") == (("a",), (None,))


def test_every_allowed_name_is_data() -> None:
    """No name of the list is a function that takes code, a path, a name or a callable."""
    functions = {
        f"{module}.{name}"
        for module, names in opcodes.ALLOWED.items()
        for name in names
        if name[0].islower() or name[0] == "_"
    }
    assert functions == {
        *(f"builtins.{name}" for name in opcodes.ALLOWED["builtins"]),
        *(f"datetime.{name}" for name in ("date", "datetime", "time", "timedelta", "timezone")),
        "_codecs.encode",
        "copyreg._reconstructor",
        "numpy.dtype",
        "numpy.ndarray",
        *(
            f"numpy.{core}.{name}"
            for core in ("core", "_core")
            for name in ("multiarray._reconstruct", "multiarray.scalar")
        ),
        *(f"numpy.{core}.numeric._frombuffer" for core in ("core", "_core")),
        "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked",
        "pandas._libs.internals._unpickle_block",
        "pandas._libs.interval.__pyx_unpickle_IntervalMixin",
        *(f"pandas._libs.tslibs.nattype.{name}" for name in ("_nat_unpickle", "__nat_unpickle")),
        "pandas._libs.tslibs.timedeltas._timedelta_unpickle",
        "pandas._libs.tslibs.timestamps._unpickle_timestamp",
        *(f"pandas.core.indexes.{name}" for name in ("base._new_Index", "datetimes._new_DatetimeIndex")),
        *(f"pandas.core.indexes.{name}" for name in ("interval._new_IntervalIndex", "period._new_PeriodIndex")),
        "pandas.core.indexes.timedeltas._new_TimedeltaIndex",
        "pandas.core.internals.blocks.new_block",
        *(f"pyarrow.lib.{name}" for name in ("_restore_array", "chunked_array", "py_buffer", "type_for_alias")),
    }
    assert not opcodes.ALLOWED["builtins"] & {"eval", "exec", "compile", "getattr", "open", "__import__", "setattr"}
