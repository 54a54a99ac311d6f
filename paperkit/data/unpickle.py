"""Unpickle data frames without running what the file asks for.

pandas and numpy believe a pickle: a block that says it is column 10^8, an array of objects over raw bytes or a
category that is not there make them read and write memory that is not theirs. So nothing that a file names is ever
called. The file is walked through (`opcodes`), its values and arrays are made anew and checked (`cells`), and here
frames are put together of them by pandas' public constructors. As these get checked arguments only, a process of
its own for every file, which would cost an import of pandas, would guard against nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from paperkit.data.cells import Cells, dtype, timezone
from paperkit.data.opcodes import Name, Node, RefusedError, walk

__all__ = ["RefusedError", "load"]

_OFFSETS: Mapping[str, str] = MappingProxyType({"string": "<i4", "large_string": "<i8"})
_BACKED = "__pyx_unpickle_NDArrayBacked"
_MASKED = ("BooleanArray", "FloatingArray", "IntegerArray")
_STRINGS = ("ArrowStringArray", "ArrowStringArrayNumpySemantics")
_NEW_INDEX = ("_new_Index", "_new_DatetimeIndex", "_new_IntervalIndex", "_new_PeriodIndex", "_new_TimedeltaIndex")
_GROWTH = 64  # an array takes 8 bytes for a value, the file one at least


def load(content: bytes) -> Any:
    """Return the frame, series, array or plain values that a pickle describes.

    Raises:
        RefusedError: it needs anything but pandas, numpy and containers; nothing was imported or called for it.
        Exception: the pickle is damaged, or not laid out as pandas does; pickles raise what they like.

    """
    return _Builder(len(content)).made(walk(content))


class _Builder:
    """Puts frames together of the nodes of one pickle, of `size` bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._cells = Cells(_GROWTH * size)

    def made(self, found: Any) -> Any:
        if isinstance(found, Node):
            name = found.called.name
            if name == "DataFrame":
                return self._frame(found)
            if name == "Series":
                return self._series(found)
            if name in _NEW_INDEX:
                return self._index(found)
            if name == "_restore_array":
                return self._texts(found)
        return self._cells.value(found)

    def _frame(self, node: Node) -> Any:
        import pandas as pd

        state = _state(node)
        axes, blocks = _manager(state.get("_mgr", state.get("_data")))
        columns, index = map(self._index, axes)
        arrays: dict[int, Any] = {}
        for values, placement in blocks:
            positions = self._positions(placement, len(columns))
            found = self._columns(values, len(positions), len(index))
            if any(position in arrays for position in positions):
                raise ValueError("two blocks hold the same column")
            arrays.update(zip(positions, found, strict=True))
        if len(arrays) != len(columns):
            raise ValueError("the frame has columns without values")
        table = pd.DataFrame({position: _as_series(arrays[position]) for position in sorted(arrays)})
        return (table if len(columns) else pd.DataFrame(index=index)).set_axis(index, axis=0).set_axis(columns, axis=1)

    def _series(self, node: Node) -> Any:
        state = _state(node)
        (axis,), blocks = _manager(state.get("_mgr", state.get("_data")))
        index = self._index(axis)
        if len(blocks) != 1:
            raise ValueError("the series has several blocks")
        (values,) = self._columns(blocks[0][0], 1, len(index))
        return _as_series(values).set_axis(index).rename(_label(self._cells.value(state.get("_name"))))

    def _positions(self, placement: Any, width: int) -> list[int]:
        """Return the columns of a block, each of which must be one of the frame's."""
        found = self._cells.value(placement)
        if isinstance(found, slice) and None not in (found.start, found.stop, found.step):
            positions = list(range(found.start, found.stop, found.step)[: width + 1])
        else:
            flat = getattr(found, "ndim", 0) == 1 and found.dtype.kind in "iu"
            positions = found.tolist() if flat else [-1]
        if not all(0 <= position < width for position in positions) or len(set(positions)) != len(positions):
            raise ValueError("a block has a place outside of the frame")
        return positions

    def _columns(self, node: Any, width: int, height: int) -> list[Any]:
        """Return the columns of a block, each as long as the frame."""
        values = self._values(node)
        columns = list(values) if type(values) is list or values.ndim == 2 else [values]  # noqa: PLR2004
        if len(columns) != width or any(len(column) != height for column in columns):
            raise ValueError("a block is larger or smaller than its place")
        return columns

    def _values(self, node: Any) -> Any:
        """Return a block or the data of an index: an array of one or two dimensions, or a list of columns."""
        name = _name(node)
        if name in (_BACKED, "__pyx_unpickle_IntervalMixin"):
            return self._extension(node.arguments[0], node.state)
        if node.new:
            return self._extension(node.called, node.state)
        if name in _NEW_INDEX:
            return self._index(node).array
        return _at_most_flat(self._cells.array(node))

    def _extension(self, kind: Any, state: Any) -> Any:
        if _name(kind) in _MASKED:
            return self._masked(state)
        if kind.name in _STRINGS:
            return self._texts(state.get("_pa_array", state.get("_data")))
        if kind.name == "SparseArray":
            return self._sparse(state)
        if kind.name == "IntervalArray":
            return self._intervals(state[0] if type(state) is tuple else state)
        maker = _BACKING.get(kind.name)
        if maker is None:
            raise RefusedError(f"a block of {kind}")
        return maker(self, *self._backing(state))

    def _backing(self, state: Any) -> tuple[Any, Any]:
        """Return the dtype and the array of an extension array; versions differ in their order and names."""
        parts = list(state.values()) if type(state) is dict else list(state)
        nodes = [part for part in parts if isinstance(part, Node)]
        arrays = [node for node in nodes if node.called.name in ("_reconstruct", "_frombuffer")]
        types = [node for node in nodes if node.called.name == "dtype" or node.called.name.endswith("Dtype")]
        if len(arrays) != 1 or len(types) != 1:
            raise ValueError("an array of pandas has no dtype or no values")
        return types[0], _at_most_flat(self._cells.array(arrays[0]))

    def _categorical(self, kind: Node, codes: Any) -> Any:
        import pandas as pd

        state = _state(kind)
        if state.get("categories") is None or codes.dtype.kind != "i":
            raise ValueError("a categorical has no categories")
        # from_codes refuses a code that is no category.
        return pd.Categorical.from_codes(
            codes.reshape(-1), categories=self._index(state["categories"]), ordered=state.get("ordered") is True
        )

    def _moments(self, kind: Node, array: Any) -> Any:
        import pandas as pd

        if array.dtype.kind == "i":  # nanoseconds
            array = array.view("M8[ns]")
        if array.dtype.kind not in "mM":
            raise ValueError("dates are no dates")
        if kind.called.name != "DatetimeTZDtype":
            return array
        zone = timezone(self._cells.value(_state(kind).get("tz")))
        rows = [array] if array.ndim == 1 else list(array)
        columns = [pd.Series(row).dt.tz_localize("UTC").dt.tz_convert(zone) for row in rows]
        return columns[0] if array.ndim == 1 else columns

    def _periods(self, kind: Node, ordinals: Any) -> Any:
        import pandas as pd

        if ordinals.dtype.kind != "i" or len(kind.arguments) != 1:
            raise ValueError("periods are no numbers")
        frequency = kind.arguments[0]
        flat = ordinals.reshape(-1)
        if type(frequency) is not str:
            return pd.arrays.PeriodArray(flat.copy(), dtype=pd.PeriodDtype(self._cells.value(frequency)))
        return pd.arrays.PeriodArray(
            flat.copy(), dtype=pd.PeriodDtype(frequency.removeprefix("period[").removesuffix("]"))
        )

    def _plain(self, kind: Node, array: Any) -> Any:
        """Return the array of texts or of numpy's own kinds as it is."""
        if kind.called.name == "dtype":
            dtype(kind)
        return array

    def _masked(self, state: Any) -> Any:
        import pandas as pd

        values, gaps = self._cells.array(state["_data"]), self._cells.array(state["_mask"])
        if gaps.dtype.kind != "b" or values.dtype.kind not in "biuf" or values.shape != gaps.shape or values.ndim != 1:
            raise ValueError("an array with gaps is unlike its mask")
        name = values.dtype.name
        kind: Any = "boolean" if name == "bool" else name.capitalize().replace("Uint", "UInt")
        found: Any = pd.array(values.astype(name), dtype=kind)
        found[gaps] = pd.NA
        return found

    def _sparse(self, state: Any) -> Any:
        import numpy as np

        values = self._cells.array(state["_sparse_values"])
        where, fill = state["_sparse_index"], self._cells.value(_state(state["_dtype"]).get("_fill_value"))
        length, *places = where.arguments
        if (
            type(length) is not int
            or not 0 <= length <= self._size
            or values.ndim != 1
            or values.dtype.kind not in "biufcO"
        ):
            raise ValueError("a sparse array is longer than the file")
        arrays = [self._cells.array(place) for place in places]
        if not all(array.dtype.kind == "i" and array.ndim == 1 for array in arrays):
            raise ValueError("a sparse array has no places")
        if where.called.name == "IntIndex":
            positions = arrays[0]
        else:
            starts, counts = (array.tolist() for array in arrays)
            runs = [range(start, min(start + count, length + 1)) for start, count in zip(starts, counts, strict=True)]
            if sum(map(len, runs)) != len(values):
                raise ValueError("a sparse array has no places")
            positions = np.array([position for run in runs for position in run], dtype=np.int64)
        if len(positions) != len(values) or (len(positions) and not 0 <= positions.min() <= positions.max() < length):
            raise ValueError("a sparse array has a place outside of it")
        found = np.full(length, fill, dtype=values.dtype)
        found[positions] = values
        return found

    def _intervals(self, state: Any) -> Any:
        import pandas as pd

        kind = _state(state["_dtype"])
        left, right = (self._values(state[side]) for side in ("_left", "_right"))
        return pd.arrays.IntervalArray.from_arrays(left, right, closed=kind.get("closed") or "right")

    def _texts(self, node: Any) -> Any:
        """Return texts, None where there is none, of pyarrow's arrays."""
        import numpy as np

        if not isinstance(node, Node) or node.called.module != "pyarrow.lib" or node.new:
            raise ValueError("an array of texts has no values")
        if node.called.name == "chunked_array":
            chunks = [self._texts(chunk) for chunk in node.arguments[0]]
            return np.concatenate(chunks) if chunks else np.empty(0, dtype=object)
        texts = _arrow_texts(*node.arguments)
        found = np.empty(len(texts), dtype=object)
        found[:] = texts
        return found

    def _index(self, node: Any) -> Any:
        import pandas as pd

        if not isinstance(node, Node) or node.called.name not in _NEW_INDEX or len(node.arguments) != 2:  # noqa: PLR2004
            raise ValueError("there is no index where pandas writes one")
        kind, said = node.arguments
        if not isinstance(kind, Name) or not kind.name.endswith("Index") or type(said) is not dict:
            raise ValueError("there is no index where pandas writes one")
        name = _label(self._cells.value(said.get("name")))
        if kind.name == "RangeIndex":
            return self._range(said).rename(name)
        if kind.name == "MultiIndex":
            return self._levels(said)
        if kind.name == "IntervalIndex" and "left" in said:
            left, right = self._index(said["left"]), self._index(said["right"])
            return pd.IntervalIndex.from_arrays(left, right, closed=said.get("closed") or "right", name=name)
        values = self._values(said["data"])
        if type(values) is list or values.ndim != 1:
            raise ValueError("an index has several columns")
        return pd.Index(values, dtype=values.dtype, name=name)

    def _range(self, said: Mapping[str, Any]) -> Any:
        import pandas as pd

        bounds = [said[key] for key in ("start", "stop", "step")]
        if not all(type(bound) is int and abs(bound) < 2**62 for bound in bounds) or bounds[2] == 0:
            raise ValueError("an index is no range")
        if len(range(*bounds)) > self._size:
            raise ValueError(f"the frame says that it has {len(range(*bounds))} rows, more than the file has bytes")
        return pd.RangeIndex(*bounds)

    def _levels(self, said: Mapping[str, Any]) -> Any:
        import pandas as pd

        levels = [self._index(level) for level in said["levels"]]
        codes: list[Any] = [self._cells.array(code) for code in said["codes"]]
        if len(levels) != len(codes) or not levels:
            raise ValueError("an index has levels without values")
        for level, code in zip(levels, codes, strict=True):
            outside = code.dtype.kind != "i" or code.ndim != 1
            if outside or (len(code) and not -1 <= code.min() <= code.max() < len(level)):
                raise ValueError("an index has a value that is none of its level")
        names = [_label(self._cells.value(name)) for name in said.get("names") or [None] * len(levels)]
        return pd.MultiIndex(levels=levels, codes=codes, names=names)


_BACKING: Mapping[str, Callable[[_Builder, Node, Any], Any]] = MappingProxyType(
    {
        "Categorical": _Builder._categorical,  # noqa: SLF001  # its own methods
        "DatetimeArray": _Builder._moments,  # noqa: SLF001
        "TimedeltaArray": _Builder._moments,  # noqa: SLF001
        "PeriodArray": _Builder._periods,  # noqa: SLF001
        "StringArray": _Builder._plain,  # noqa: SLF001
        "NumpyExtensionArray": _Builder._plain,  # noqa: SLF001
        "PandasArray": _Builder._plain,  # noqa: SLF001
    }
)


def _name(found: Any) -> str:
    """Return what a node calls, or what a name is."""
    name = found.called if isinstance(found, Node) else found
    if isinstance(name, Name):
        return name.name
    raise ValueError(f"there is a {type(found).__name__} where pandas writes an object")


def _state(node: Any) -> Mapping[str, Any]:
    """Return the state of an object that pandas makes empty and then fills."""
    name = _name(node)
    if not node.new or node.arguments:
        raise RefusedError(f"a call of {node.called}")
    if type(node.state) is not dict:
        raise ValueError(f"a {name} has no state")
    state: dict[str, Any] = node.state
    return state


def _manager(node: Any) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """Return the axes of a frame or series, and the values and the place of every block."""
    if not isinstance(node, Node) or node.called.name not in ("BlockManager", "SingleBlockManager"):
        raise ValueError("the frame has no blocks")
    wanted = 2 if node.called.name == "BlockManager" else 1
    if node.new:
        said = node.state[3]["0.14.1"]
        axes, blocks = said["axes"], [(block["values"], block["mgr_locs"]) for block in said["blocks"]]
    else:
        made, axes, *_ = node.arguments
        axes = list(axes) if type(axes) in (list, tuple) else [axes]
        blocks = [_block(block) for block in (made if type(made) in (list, tuple) else (made,))]
    if len(axes) != wanted:
        raise ValueError("the frame has no axes")
    return axes, blocks


def _block(node: Any) -> tuple[Any, Any]:
    if not isinstance(node, Node) or node.called.name not in ("_unpickle_block", "new_block") or node.new:
        raise ValueError("the frame has no blocks")
    values, placement, *_ = node.arguments
    return values, placement


def _as_series(values: Any) -> Any:
    """Return a column of the same dtype; pandas would guess one for objects."""
    import pandas as pd

    return pd.Series(values, dtype=values.dtype).reset_index(drop=True)


def _at_most_flat(array: Any) -> Any:
    if array.ndim not in (1, 2):
        raise ValueError("a block has neither one nor two dimensions")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _label(name: Any) -> Any:
    """Return the name of an index or series."""
    parts = name if type(name) is tuple else (name,)
    if not all(part is None or isinstance(part, (str, int, float)) for part in parts):
        return str(name)
    return name


def _arrow_texts(*arguments: Any) -> list[str | None]:
    """Return the texts of a pyarrow array, cut out of its buffers by Python: pyarrow would believe them.

    The layout is Arrow's: a bit per value that is there, length + 1 offsets, the bytes of all values (Arrow columnar
    format 1.4, "Variable-size Binary Layout").
    """
    import numpy as np

    ((alias, length, _, start, buffers, children, dictionary),) = arguments
    kind = alias.arguments[0] if isinstance(alias, Node) and alias.called.name == "type_for_alias" else None
    if type(kind) is not str or kind not in _OFFSETS or children or dictionary is not None:
        raise RefusedError(f"a pyarrow array of {kind}")
    if not all(type(size) is int and size >= 0 for size in (length, start)):
        raise ValueError("an array of texts has no length")
    bits, offsets, content = map(_buffer, buffers)
    ends = np.frombuffer(offsets or b"", dtype=_OFFSETS[kind]).tolist()[start : start + length + 1]
    there = None if bits is None else np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little").tolist()
    raw = content or b""
    if length == 0:
        return []
    shown = [1] * length if there is None else there[start : start + length]
    if len(ends) != length + 1 or len(shown) != length or ends[0] < 0 or ends[-1] > len(raw) or sorted(ends) != ends:
        raise ValueError("the strings are longer or shorter than their buffers")
    pieces = zip(ends[:-1], ends[1:], shown, strict=True)
    return [raw[low:high].decode() if is_there else None for low, high, is_there in pieces]


def _buffer(node: Any) -> bytes | None:
    if node is None:
        return None
    if (
        not isinstance(node, Node)
        or node.called.name != "py_buffer"
        or type(node.arguments[0]) not in (bytes, bytearray)
    ):
        raise ValueError("a buffer of pyarrow has no bytes")
    return bytes(node.arguments[0])
