"""Walk through a pickle without running what it asks for.

A pickle is a program: it names callables and calls them. Here nothing is imported and nothing is called, but for
bytes, sets and the like: a name stays a name, a call becomes a record of what is called with what, and what the
file says of an object's state is kept beside it. Names are looked up in an exact list of what pandas (1.5 to 3)
and numpy (1.26 to 2) write; any other ends the walk.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
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
        "builtins": frozenset({"bytearray", "bytes", "complex", "frozenset", "object", "range", "set", "slice"}),
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
        "pandas._libs.interval": frozenset({"Interval", "__pyx_unpickle_IntervalMixin"}),
        "pandas._libs.missing": frozenset({"NA"}),
        "pandas._libs.sparse": frozenset({"IntIndex", "BlockIndex"}),
        "pandas._libs.tslibs.nattype": frozenset({"_nat_unpickle", "__nat_unpickle", "NaT"}),
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
_OLD_MODULES: Mapping[str, str] = MappingProxyType({"__builtin__": "builtins", "copy_reg": "copyreg"})
_OLD_NAMES: Mapping[tuple[str, str], str] = MappingProxyType({("__builtin__", "xrange"): "range"})
_MOST_OPCODES = frozenset(pickle._Unpickler.dispatch) - {pickle.EXT1[0], pickle.EXT2[0], pickle.EXT4[0]}  # noqa: SLF001
_ATOMS = (str, int, float, bytes, type(None))


class RefusedError(Exception):
    """The pickle asks for something that could run code; the argument is its dotted name."""


@dataclass(frozen=True, slots=True)
class Name:
    """An allowed callable that was not imported: the file's own words for it."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False, kw_only=True, slots=True)
class Node:
    """A call that was not made: of what, whether as `cls.__new__`, with what, and the state set afterwards."""

    called: Name
    new: bool
    arguments: tuple[Any, ...]
    state: Any = None


def walk(content: bytes) -> Any:
    """Return what a pickle describes, made of plain values, containers, `Name`s and `Node`s.

    Raises:
        RefusedError: it names anything that is not on the list.
        Exception: the pickle is damaged; pickles raise what they like.

    """
    return _Walker(content).load()


class _Walker(pickle._Unpickler):  # noqa: SLF001  # the C one calls what it finds
    """Python's own unpickler with every opcode replaced that imports, calls or changes an object."""

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        code: function
        for code, function in pickle._Unpickler.dispatch.items()  # noqa: SLF001
        if code in _MOST_OPCODES  # extensions are names of the running program, not of the file
    }
    stack: list[Any]

    def __init__(self, content: bytes) -> None:
        self._stream = io.BytesIO(content)
        self._size = len(content)
        super().__init__(self._stream)

    def find_class(self, module: str, name: str) -> Any:
        """Return the name of an allowed callable; `module` and `name` are the file's own words."""
        module, name = _OLD_MODULES.get(module, module), _OLD_NAMES.get((module, name), name)
        if name not in ALLOWED.get(module, frozenset()):
            raise RefusedError(f"{module}.{name}")
        return Name(module, name)

    def load_reduce(self) -> None:
        """Note down a call, or make a container."""
        arguments = self.stack.pop()
        self.stack[-1] = _called(self.stack[-1], arguments)

    def load_newobj(self) -> None:
        """Note down a call of `cls.__new__`."""
        arguments = self.stack.pop()
        self.stack[-1] = _node(self.stack[-1], arguments, new=True)

    def load_newobj_ex(self) -> None:
        """Refuse a call with keywords, which neither pandas nor numpy writes."""
        raise RefusedError("a call with keywords")

    def _instantiate(self, kind: Any, arguments: Any) -> None:
        self.append(_node(kind, tuple(arguments), new=False))  # type: ignore[attr-defined]

    def load_build(self) -> None:
        """Keep the state of an object beside it, once, and never that of a name or a value."""
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, Name):
            raise RefusedError(f"a change of {target.name}")
        if not isinstance(target, Node) or target.state is not None:
            raise RefusedError(f"a change of a {type(target).__name__}")
        target.state = state

    def load_setitem(self) -> None:
        """Set an item of a dictionary."""
        value, key = self.stack.pop(), self.stack.pop()
        _dictionary(self.stack[-1])[_key(key)] = value

    def load_setitems(self) -> None:
        """Set items of a dictionary."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        target = _dictionary(self.stack[-1])
        for position in range(0, len(items), 2):
            target[_key(items[position])] = items[position + 1]

    def load_dict(self) -> None:
        """Make a dictionary of items."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append({_key(items[i]): items[i + 1] for i in range(0, len(items), 2)})

    def load_append(self) -> None:
        """Append to a list."""
        value = self.stack.pop()
        _list(self.stack[-1]).append(value)

    def load_appends(self) -> None:
        """Append several values to a list."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        _list(self.stack[-1]).extend(items)

    def load_additems(self) -> None:
        """Add to a set."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        if type(self.stack[-1]) is not set:
            raise ValueError("items are added to what is no set")
        self.stack[-1].update(_key(item) for item in items)

    def load_frozenset(self) -> None:
        """Make a frozen set."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append(frozenset(_key(item) for item in items))

    def load_bytearray8(self) -> None:
        """Make a bytearray; Python's own reserves as much memory as the file asks for."""
        (size,) = struct.unpack("<Q", self.read(8))  # type: ignore[attr-defined]
        if size > self._size:
            raise ValueError("a bytearray is longer than the file")
        self.stack.append(bytearray(self.read(size)))  # type: ignore[attr-defined]

    dispatch |= {
        pickle.REDUCE[0]: load_reduce,
        pickle.NEWOBJ[0]: load_newobj,
        pickle.NEWOBJ_EX[0]: load_newobj_ex,
        pickle.BUILD[0]: load_build,
        pickle.SETITEM[0]: load_setitem,
        pickle.SETITEMS[0]: load_setitems,
        pickle.DICT[0]: load_dict,
        pickle.APPEND[0]: load_append,
        pickle.APPENDS[0]: load_appends,
        pickle.ADDITEMS[0]: load_additems,
        pickle.FROZENSET[0]: load_frozenset,
        pickle.BYTEARRAY8[0]: load_bytearray8,
    }


def _key(value: Any) -> Any:
    """Return a key if its hash is quick: Python computes that of nested tuples again and again, and overflows."""
    parts = value if type(value) is tuple else (value,)
    if not all(isinstance(part, (*_ATOMS, Name, Node)) for part in parts):
        raise ValueError("a key is neither text, a number nor a simple tuple")
    return value


def _dictionary(target: Any) -> dict[Any, Any]:
    if type(target) is not dict:
        raise ValueError("items are set in what is no dictionary")
    return target


def _list(target: Any) -> list[Any]:
    if type(target) is not list:
        raise ValueError("values are appended to what is no list")
    return target


def _node(called: Any, arguments: Any, *, new: bool) -> Node:
    if not isinstance(called, Name) or type(arguments) is not tuple:
        raise RefusedError(f"a call of a {type(called).__name__}")
    return Node(called=called, new=new, arguments=arguments)


def _called(called: Any, arguments: Any) -> Any:
    node = _node(called, arguments, new=False)
    made = _MADE.get(str(called))
    return node if made is None else made(*arguments)


def _encode(text: str, encoding: str) -> bytes:
    """Return the bytes that protocols 0 to 2 write as text; other codecs would be imported by name."""
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise RefusedError(f"the codec {encoding}")
    return text.encode("latin-1")


def _reconstructor(kind: Any, base: Any, state: object) -> Node:
    """Return an empty object, as protocols 0 and 1 ask for it."""
    if base != Name("builtins", "object") or state is not None:
        raise RefusedError("copyreg._reconstructor")
    return _node(kind, (), new=True)


def _bytes(content: Any = b"") -> bytes:
    if type(content) is not bytes:  # a number would be a size
        raise RefusedError("a call of builtins.bytes")
    return content


def _members(items: Any = ()) -> list[Any]:
    if type(items) not in (list, tuple):
        raise RefusedError("a call of builtins.set")
    return [_key(item) for item in items]


def _complex(real: Any, imaginary: Any) -> complex:
    return complex(float(real), float(imaginary))


def _ordered() -> dict[Any, Any]:
    return {}


_MADE: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "_codecs.encode": _encode,
        "builtins.bytearray": lambda content=b"": bytearray(_bytes(content)),
        "builtins.bytes": _bytes,
        "builtins.complex": _complex,
        "builtins.frozenset": lambda items=(): frozenset(_members(items)),
        "builtins.set": lambda items=(): set(_members(items)),
        "collections.OrderedDict": _ordered,
        "copyreg._reconstructor": _reconstructor,
    }
)
