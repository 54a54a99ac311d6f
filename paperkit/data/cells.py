"""Make values and numpy arrays of what a pickle says about them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from paperkit.data.opcodes import Name, Node, RefusedError
from paperkit.data.vectors import Array

_SIMPLE = re.compile(r"b1|[iu][1248]|f(?:[248]|12|16)|c(?:8|16|24|32)|O[48]?|[mM]8|[SU][0-9]{1,9}")
_UNIT = 6  # where, after version and byte order, numpy's state of a dtype holds the unit of time
_UNITS: Mapping[int, str] = MappingProxyType({7: "s", 8: "ms", 9: "us", 10: "ns"})  # numpy's NPY_DATETIMEUNIT
_DEEPEST = 40
_MOST_PARTS = 1_000_000
_LONGEST = 10_000  # bits of a whole number: Python does not write out longer ones
_LAST_CHARACTER = 0x10FFFF
_DAY = 10**9


class Cells:
    """Values of one pickle; `room` is how many bytes its arrays may take together."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._made: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def value(self, found: Any) -> Any:
        """Return a value of a cell: plain values as they are, calls as what they would have made.

        Raises:
            RefusedError: a call that makes no value.
            ValueError: the value is too deep, too large, or holds itself.

        """
        return self._value(found)[0]

    def _value(self, found: Any) -> tuple[Any, int]:
        """Return a value and how many parts it has, counted as often as it is reached."""
        if found is None or type(found) in (bool, float, complex, str, bytes, bytearray):
            return found, 1
        if type(found) is int:
            if found.bit_length() > _LONGEST:
                raise ValueError("a number has thousands of digits")
            return found, 1
        if id(found) in self._made:
            return self._made[id(found)]
        if id(found) in self._open or len(self._open) > _DEEPEST:
            raise ValueError("a value is nested too deeply, or holds itself")
        self._open.add(id(found))
        made, parts = self._compound(found)
        self._open.discard(id(found))
        if parts > _MOST_PARTS:
            raise ValueError("a value has too many parts")
        self._made[id(found)] = made, parts
        return made, parts

    def _compound(self, found: Any) -> tuple[Any, int]:
        if isinstance(found, Node):
            return self._called(found), 1
        if isinstance(found, Name):
            return _constant(found), 1
        kind = type(found)
        if kind is dict:
            pairs = [(self._value(key), self._value(item)) for key, item in found.items()]
            return {key[0]: item[0] for key, item in pairs}, 1 + sum(key[1] + item[1] for key, item in pairs)
        if kind in (list, tuple, set, frozenset):
            items = [self._value(item) for item in found]
            return kind(item for item, _ in items), 1 + sum(parts for _, parts in items)
        raise ValueError(f"a {kind.__name__} is no value")

    def _called(self, node: Node) -> Any:
        name = node.called.name
        if node.new:
            raise RefusedError(f"a call of {node.called}")
        if name in ("_reconstruct", "_frombuffer"):
            return self.array(node)
        if name == "scalar":
            return self._scalar(*node.arguments)
        if name == "dtype":
            return dtype(node)
        maker = _MAKERS.get(name)
        if maker is None:
            raise RefusedError(f"a call of {node.called}")
        return maker(*map(self.value, node.arguments))

    def array(self, node: Any) -> Array:
        """Return an array whose content is exactly as long as its shape and dtype say."""
        if not isinstance(node, Node) or node.new or node.called.name not in ("_reconstruct", "_frombuffer"):
            raise ValueError("there is no array where pandas writes one")
        if node.called.name == "_frombuffer":
            content, kind, shape, order, *axes = node.arguments
            return self._frombuffer(bytes(content), dtype(kind), shape, order, axes)
        if not node.arguments or node.arguments[0] != Name("numpy", "ndarray") or type(node.state) is not tuple:
            raise ValueError("the array has no state")
        _, shape, kind, by_columns, content = node.state
        found = self._filled(content, dtype(kind), shape, "F" if by_columns is True else "C")
        return found if found.dtype.isnative else found.astype(found.dtype.newbyteorder("="))  # as numpy does

    def _frombuffer(self, content: bytes, kind: Any, shape: Any, order: Any, axes: list[Any]) -> Array:
        if kind.kind == "O":
            raise RefusedError("an array of objects made of bytes")
        found = self._filled(content, kind, shape, "F" if order == "F" else "C")
        return found.transpose(_sizes(axes[0])) if order == "K" and axes and axes[0] is not None else found

    def _filled(self, content: Any, kind: Any, shape: Any, order: str) -> Array:
        import numpy as np

        sizes = _sizes(shape)
        count = math.prod(sizes)
        objects = kind.kind == "O"
        if type(content) is not (list if objects else bytes) or len(content) != count * (
            1 if objects else kind.itemsize
        ):
            raise ValueError("the array is longer or shorter than its shape")
        self._room -= count * max(kind.itemsize, 1)
        if self._room < 0:
            raise ValueError("the arrays are larger than the file can say")
        if objects:
            flat = np.empty(count, dtype=object)
            flat[:] = None
            for position, value in enumerate(content):
                flat[position] = self.value(value)
            return flat.reshape(sizes)  # a list goes row by row, whatever the order in memory
        found = _plain(content, kind, count)
        return found.reshape(sizes, order=order)

    def _scalar(self, kind: Any, content: Any = b"") -> Any:
        found = dtype(kind)
        if found.kind == "O":
            raise RefusedError("an object made of bytes")
        return self._filled(content, found, (1,), "C")[0] if found.itemsize else found.type()


def dtype(found: Any) -> Any:
    """Return a simple numpy dtype; structured ones carry a layout that numpy does not check."""
    import numpy as np

    if not isinstance(found, Node) or found.called != Name("numpy", "dtype") or found.new:
        raise ValueError("there is no dtype where numpy writes one")
    code = found.arguments[0] if found.arguments else None
    if type(code) is not str or not _SIMPLE.fullmatch(code):
        raise RefusedError(f"the numpy dtype {code}")
    simple = np.dtype(code)
    if found.state is None:
        return simple
    _, order, *rest = found.state
    if order in ("<", ">"):
        simple = simple.newbyteorder(order)
    if simple.kind in "mM" and len(rest) > _UNIT:
        unit, count, *_ = rest[_UNIT][1]
        simple = np.dtype(f"{simple.str}[{int(count)}{_word(unit)}]")
    return simple


def _word(unit: Any) -> str:
    word = bytes(unit).decode("ascii") if type(unit) is bytes else ""
    if word not in ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"):
        raise ValueError("the unit of time is none")
    return word


def _sizes(shape: Any) -> tuple[int, ...]:
    """Return a shape; its sizes are small enough for numpy, whose product may be 0 all the same."""
    if type(shape) is not tuple or len(shape) > _DEEPEST // 2:
        raise ValueError("the array has no shape")
    if not all(type(size) is int and 0 <= size < 2**31 for size in shape):
        raise ValueError("the array has no shape")
    return shape


def _plain(content: Any, kind: Any, count: int) -> Array:
    import numpy as np

    if count == 0:
        return np.empty(0, dtype=kind)
    if kind.kind == "b":  # numpy takes every bool for 0 or 1
        flags: Array = np.frombuffer(content, dtype=np.uint8) != 0
        return flags
    if kind.kind == "U" and int(np.frombuffer(content, dtype=kind.str[0] + "u4").max()) > _LAST_CHARACTER:
        raise ValueError("the array holds numbers that are no characters")
    return np.frombuffer(content, dtype=kind).copy()


def _constant(name: Name) -> Any:
    import pandas as pd

    if name.name not in ("NA", "NaT"):
        raise RefusedError(f"a cell that is {name}")
    return pd.NA if name.name == "NA" else pd.NaT


def _whole(*values: Any, limit: int = 2**63) -> tuple[int, ...]:
    if not all(type(value) is int and -limit <= value < limit for value in values):
        raise ValueError("a date is made of what are no numbers")
    return values


def _date(content: Any) -> dt.date:
    """Return a date from CPython's 4 bytes of it; the constructor itself would believe them."""
    high, low, month, day = content
    return dt.date(high * 256 + low, month, day)


def _time(content: Any, zone: Any = None) -> dt.time:
    hour, minute, second, *micro = content
    fold, hour = divmod(hour, 128)
    return dt.time(hour, minute, second, int.from_bytes(bytes(micro), "big"), tzinfo=timezone(zone), fold=fold)


def _datetime(content: Any, zone: Any = None) -> dt.datetime:
    high, low, month, day, hour, minute, second, *micro = content
    fold, month = divmod(month, 128)
    moment = int.from_bytes(bytes(micro), "big")
    return dt.datetime(high * 256 + low, month, day, hour, minute, second, moment, tzinfo=timezone(zone), fold=fold)


def _timedelta(*parts: Any) -> dt.timedelta:
    return dt.timedelta(*_whole(*parts, limit=_DAY * 10))


def _timezone(offset: Any, name: Any = None) -> dt.timezone:
    if name is not None and type(name) is not str:
        raise ValueError("a time zone has no name")
    return dt.timezone(offset) if name is None else dt.timezone(offset, name)


def timezone(zone: Any) -> dt.timezone | None:
    """Return a time zone made by `datetime.timezone`, or None."""
    if zone is not None and not isinstance(zone, dt.timezone):
        raise ValueError("a time zone is none")
    return zone


def _timestamp(moment: Any, _: Any, zone: Any, unit: Any = 10) -> Any:
    import numpy as np
    import pandas as pd

    found: Any = pd.Timestamp(np.array(_whole(moment), dtype=f"M8[{_UNITS[unit]}]")[0])
    zone = timezone(zone)
    return found if zone is None or found is pd.NaT else found.tz_localize("UTC").tz_convert(zone)


def _pandas_timedelta(moment: Any, unit: Any = 10) -> Any:
    import numpy as np
    import pandas as pd

    return pd.Timedelta(np.array(_whole(moment), dtype=f"m8[{_UNITS[unit]}]")[0])


def _nat(*_: Any) -> Any:
    import pandas as pd

    return pd.NaT


def _offset(name: str) -> Callable[..., Any]:
    def made(*arguments: Any) -> Any:
        import pandas as pd

        if not all(
            type(part) is bool or part is None or (type(part) is int and abs(part) < _DAY) for part in arguments
        ):
            raise ValueError("a frequency is made of what are no numbers")
        return getattr(pd.offsets, name)(*arguments)

    return made


def _period(_: Any, frequency: Any, ordinal: Any) -> Any:
    import pandas as pd

    return pd.Period(ordinal=_whole(ordinal)[0], freq=frequency)


def _interval(left: Any, right: Any, closed: Any = "right") -> Any:
    import pandas as pd

    return pd.Interval(left, right, closed=closed)


def _decimal(text: Any) -> Decimal:
    if type(text) is not str:
        raise ValueError("a decimal is no text")
    return Decimal(text)


def _range(*bounds: Any) -> range:
    return range(*_whole(*bounds))


def _slice(*bounds: Any) -> slice:
    return slice(*(None if bound is None else _whole(bound)[0] for bound in bounds))


OFFSETS = ("Day", "Hour", "Minute", "Second", "Milli", "Micro", "Nano", "MonthEnd", "MonthBegin", "YearEnd", "Week")
_MAKERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "date": _date,
        "time": _time,
        "datetime": _datetime,
        "timedelta": _timedelta,
        "timezone": _timezone,
        "Decimal": _decimal,
        "_nat_unpickle": _nat,
        "__nat_unpickle": _nat,
        "_unpickle_timestamp": _timestamp,
        "_timedelta_unpickle": _pandas_timedelta,
        "Timedelta": _pandas_timedelta,
        "Period": _period,
        "Interval": _interval,
        "range": _range,
        "slice": _slice,
        **{name: _offset(name) for name in OFFSETS},
    }
)
