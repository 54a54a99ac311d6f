"""Unpickle data frames without running what the file asks for.

A pickle is a program: it names callables and calls them. Here every name is looked up in an exact list of what
pandas (1.5 to 3) and numpy (1.26 to 2) need to rebuild a frame; anything else ends the reading before it is
imported, let alone called. Three names of the list can be misused and are replaced by narrower functions.
"""

from __future__ import annotations

import importlib
import io
import math
import pickle
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, FunctionType, MappingProxyType, ModuleType
from typing import Any, ClassVar

_PANDAS_TYPES = frozenset(
    [
        "DataFrame",
        "Series",
        "Index",
        "RangeIndex",
        "MultiIndex",
        "CategoricalIndex",
        "DatetimeIndex",
        "TimedeltaIndex",
        "PeriodIndex",
        "IntervalIndex",
        "Categorical",
        "CategoricalDtype",
        "DatetimeTZDtype",
        "PeriodDtype",
        "IntervalDtype",
        "StringDtype",
        "BooleanDtype",
        "Int8Dtype",
        "Int16Dtype",
        "Int32Dtype",
        "Int64Dtype",
        "UInt8Dtype",
        "UInt16Dtype",
        "UInt32Dtype",
        "UInt64Dtype",
        "Float32Dtype",
        "Float64Dtype",
        "SparseDtype",
        "Timestamp",
        "Timedelta",
        "Period",
        "Interval",
        "NA",
    ]
)
_INTEGER_DTYPES = frozenset(name for name in _PANDAS_TYPES if "Int" in name and name.endswith("Dtype"))
ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "builtins": frozenset(
            {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "range"}
            | {"set", "slice", "str", "tuple"}
        ),
        "collections": frozenset({"OrderedDict"}),
        "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
        "decimal": frozenset({"Decimal"}),
        "_codecs": frozenset({"encode"}),
        "copyreg": frozenset({"_reconstructor"}),
        "numpy": frozenset({"dtype", "ndarray"}),
        "numpy.core.multiarray": frozenset({"_reconstruct", "scalar"}),
        "numpy._core.multiarray": frozenset({"_reconstruct", "scalar"}),
        "numpy.core.numeric": frozenset({"_frombuffer"}),
        "numpy._core.numeric": frozenset({"_frombuffer"}),
        "pandas": _PANDAS_TYPES,
        "pandas.arrays": frozenset(
            [
                "ArrowStringArray",
                "BooleanArray",
                "DatetimeArray",
                "FloatingArray",
                "IntegerArray",
                "IntervalArray",
                "PeriodArray",
                "SparseArray",
                "StringArray",
                "TimedeltaArray",
                "NumpyExtensionArray",
            ]
        ),
        "pandas._libs.arrays": frozenset({"__pyx_unpickle_NDArrayBacked"}),
        "pandas._libs.internals": frozenset({"_unpickle_block"}),
        "pandas._libs.interval": frozenset({"Interval"}),
        "pandas._libs.missing": frozenset({"NA"}),
        "pandas._libs.sparse": frozenset({"IntIndex", "BlockIndex"}),
        "pandas._libs.tslibs.nattype": frozenset({"_nat_unpickle", "NaT"}),
        "pandas._libs.tslibs.offsets": frozenset(
            {"Day", "Hour", "Minute", "Second", "Milli", "Micro", "Nano", "MonthEnd", "MonthBegin", "YearEnd", "Week"}
        ),
        "pandas._libs.tslibs.period": frozenset({"Period"}),
        "pandas._libs.tslibs.timedeltas": frozenset({"Timedelta", "_timedelta_unpickle"}),
        "pandas._libs.tslibs.timestamps": frozenset({"Timestamp", "_unpickle_timestamp"}),
        "pandas.core.arrays.boolean": frozenset({"BooleanArray", "BooleanDtype"}),
        "pandas.core.arrays.categorical": frozenset({"Categorical"}),
        "pandas.core.arrays.datetimes": frozenset({"DatetimeArray"}),
        "pandas.core.arrays.floating": frozenset({"FloatingArray", "Float32Dtype", "Float64Dtype"}),
        "pandas.core.arrays.integer": frozenset({"IntegerArray"}) | _INTEGER_DTYPES,
        "pandas.core.arrays.interval": frozenset({"IntervalArray"}),
        "pandas.core.arrays.numpy_": frozenset({"NumpyExtensionArray", "PandasArray"}),
        "pandas.core.arrays.period": frozenset({"PeriodArray"}),
        "pandas.core.arrays.sparse.array": frozenset({"SparseArray"}),
        "pandas.core.arrays.string_": frozenset({"StringArray", "StringDtype"}),
        "pandas.core.arrays.string_arrow": frozenset({"ArrowStringArray", "ArrowStringArrayNumpySemantics"}),
        "pandas.core.arrays.timedeltas": frozenset({"TimedeltaArray"}),
        "pandas.core.dtypes.dtypes": frozenset(
            {"CategoricalDtype", "DatetimeTZDtype", "IntervalDtype", "PeriodDtype", "SparseDtype"}
        ),
        "pandas.core.frame": frozenset({"DataFrame"}),
        "pandas.core.indexes.base": frozenset({"Index", "_new_Index"}),
        "pandas.core.indexes.category": frozenset({"CategoricalIndex"}),
        "pandas.core.indexes.datetimes": frozenset({"DatetimeIndex", "_new_DatetimeIndex"}),
        "pandas.core.indexes.interval": frozenset({"IntervalIndex", "_new_IntervalIndex"}),
        "pandas.core.indexes.multi": frozenset({"MultiIndex"}),
        "pandas.core.indexes.numeric": frozenset({"Float64Index", "Int64Index", "UInt64Index"}),
        "pandas.core.indexes.period": frozenset({"PeriodIndex", "_new_PeriodIndex"}),
        "pandas.core.indexes.range": frozenset({"RangeIndex"}),
        "pandas.core.indexes.timedeltas": frozenset({"TimedeltaIndex", "_new_TimedeltaIndex"}),
        "pandas.core.internals.blocks": frozenset({"new_block"}),
        "pandas.core.internals.managers": frozenset({"BlockManager", "SingleBlockManager"}),
        "pandas.core.series": frozenset({"Series"}),
        "pyarrow.lib": frozenset({"_restore_array", "chunked_array", "py_buffer", "type_for_alias"}),
    }
)
_OFFSETS: Mapping[str, str] = MappingProxyType({"string": "<i4", "large_string": "<i8"})
_UNIT = 6  # where, after version and byte order, numpy's state of a dtype holds the unit of time
_OLD_MODULES: Mapping[str, str] = MappingProxyType({"__builtin__": "builtins", "copy_reg": "copyreg"})


class RefusedError(Exception):
    """The pickle asks for something that could run code; the argument is its dotted name."""


def load(content: bytes) -> Any:
    """Return the object that a pickle describes, if it needs nothing but pandas, numpy and containers.

    Raises:
        RefusedError: it asks for anything else; nothing was imported or called for it.
        Exception: the pickle is damaged, or made by libraries that are not here; pickles raise what they like.

    """
    return _Unpickler(io.BytesIO(content)).load()


class _Unpickler(pickle._Unpickler):  # noqa: SLF001  # the C one does not let us look at BUILD
    """Python's own unpickler with an exact list of names."""

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(pickle._Unpickler.dispatch)  # noqa: SLF001

    def find_class(self, module: str, name: str) -> Any:
        """Return an allowed callable; `module` and `name` are the file's own words."""
        module = _OLD_MODULES.get(module, module)
        if name not in ALLOWED.get(module, frozenset()):
            raise RefusedError(f"{module}.{name}")
        narrow = _NARROW.get((module, name))
        return narrow if narrow is not None else _found(module, name)

    def load_build(self) -> None:
        """Set the state of an object, never of a class or function, which the whole program shares.

        numpy believes the state of an array or dtype without looking, and crashes on a wrong one.
        """
        import numpy as np

        stack: list[Any] = getattr(self, "stack")  # noqa: B009  # the type stubs leave it and the memo out
        memo: dict[int, Any] = getattr(self, "memo")  # noqa: B009
        target, state = stack[-2:]
        if isinstance(target, (type, FunctionType, BuiltinFunctionType, ModuleType)):
            raise RefusedError(f"a change of {target.__name__}")
        if isinstance(target, np.dtype):
            found = _dtype_of(target, state)
            memo.update({key: found for key, known in memo.items() if known is target})
            stack[-2:] = [found]
            return
        if isinstance(target, np.ndarray):
            _check_array(state)
        super().load_build()  # type: ignore[misc]

    dispatch[pickle.BUILD[0]] = load_build


def _found(module: str, name: str) -> Any:
    if module == "pandas.core.indexes.numeric":  # pandas 2 has one Index for all numbers
        module, name = "pandas", "Index"
    for candidate in (module.replace("numpy.core", "numpy._core"), module.replace("numpy._core", "numpy.core")):
        try:
            return getattr(importlib.import_module(candidate), name)
        except (ImportError, AttributeError):
            continue
    raise ModuleNotFoundError(f"{module}.{name}")


def _dtype(code: str, *flags: object) -> Any:
    """Return a simple numpy dtype; structured ones carry a layout that numpy does not check."""
    import numpy as np

    found = np.dtype(str(code), *flags)  # type: ignore[call-overload]
    if found.kind not in "biufcmMOSU":
        raise RefusedError(f"the numpy dtype {found.kind}")
    return found


def _dtype_of(simple: Any, state: Any) -> Any:
    """Return the dtype that numpy's `__setstate__` would make of a simple one: byte order and unit of time."""
    _, order, *rest = state
    found = simple.newbyteorder(str(order)) if order in ("<", ">") else simple
    if found.kind in "mM" and len(rest) > _UNIT:
        unit, count, *_ = rest[_UNIT][1]
        found = _dtype(f"{found.str}[{int(count)}{unit.decode('ascii')}]")
    return found


def _check_array(state: Any) -> None:
    """Raise ValueError unless the state of an array is as long as its shape says."""
    import numpy as np

    _, shape, dtype, _, content = state
    if not isinstance(dtype, np.dtype) or not all(type(size) is int and size >= 0 for size in shape):
        raise ValueError("the array has no shape")
    wanted = math.prod(shape) * (1 if dtype.kind == "O" else dtype.itemsize)
    if type(content) is not (list if dtype.kind == "O" else bytes) or len(content) != wanted:
        raise ValueError("the array is longer or shorter than its shape")


def _encode(text: str, encoding: str) -> bytes:
    """Return the bytes that protocols 0 to 2 write as text; other codecs would be imported by name."""
    if encoding not in ("latin1", "latin-1"):
        raise RefusedError(f"the codec {encoding}")
    return text.encode("latin-1")


def _reconstructor(kind: type, base: type, state: object) -> object:
    """Return an empty object, as protocols 0 and 1 ask for it."""
    if base is not object or state is not None or not isinstance(kind, type):
        raise RefusedError("copyreg._reconstructor")
    return object.__new__(kind)


def _restore_array(data: Any) -> Any:
    """Return a pyarrow array of strings, made of its buffers by Python: pyarrow believes them, and crashes.

    The layout is Arrow's: a bit per value that is there, length + 1 offsets, the bytes of all values (Arrow columnar
    format 1.4, "Variable-size Binary Layout").
    """
    import numpy as np

    kind, length, _, start, buffers, children, dictionary = data
    if str(kind) not in _OFFSETS or children or dictionary is not None:
        raise RefusedError(f"a pyarrow array of {kind}")
    bits, offsets, content = buffers
    ends = np.frombuffer(memoryview(offsets), dtype=_OFFSETS[str(kind)]).tolist()[start : start + length + 1]
    there = np.ones(start + length, dtype=bool)
    if bits is not None:
        there = np.unpackbits(np.frombuffer(memoryview(bits), dtype=np.uint8), bitorder="little").astype(bool)
    raw = b"" if content is None else bytes(memoryview(content))
    if len(ends) != length + 1 or len(there) < start + length or ends[0] < 0 or ends[-1] > len(raw):
        raise ValueError("the strings are longer or shorter than their buffers")
    pieces = zip(ends[:-1], ends[1:], there[start : start + length].tolist(), strict=True)
    return _found("pyarrow.lib", "array")(
        [raw[low:high].decode() if is_there else None for low, high, is_there in pieces], type=kind
    )


_NARROW: Mapping[tuple[str, str], Callable[..., Any]] = MappingProxyType(
    {
        ("numpy", "dtype"): _dtype,
        ("_codecs", "encode"): _encode,
        ("copyreg", "_reconstructor"): _reconstructor,
        ("pyarrow.lib", "_restore_array"): _restore_array,
    }
)
