"""Nested values: what a cell holds where a file has a list or an object in it."""

from __future__ import annotations

import json
from typing import Any


class Items(tuple[Any, ...]):
    """The items of a list; compared and hashed as a tuple, and written as JSON wherever it is shown.

    >>> str(Items(("a", 1)))
    '["a",1]'
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return _json(self)

    __str__ = __repr__


class Fields(Items):
    """The keys and values of an object, as pairs.

    >>> f"{Fields((('k', None),))}"
    '{"k":null}'
    """

    __slots__ = ()


def type_name(value: Any) -> str:
    """Return the name of a value's type, as Python's user knows it.

    >>> type_name(Items()), type_name(1)
    ('list', 'int')
    """
    names = {Items: "list", Fields: "dict"}
    return names.get(type(value), type(value).__name__)


def _json(value: Any) -> str:
    if isinstance(value, Fields):
        return f"{{{','.join(f'{_json(str(key))}:{_json(item)}' for key, item in value)}}}"
    if isinstance(value, tuple):
        return f"[{','.join(map(_json, value))}]"
    return json.dumps(value, ensure_ascii=False, default=str)
