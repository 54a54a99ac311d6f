"""Documents: JSON texts, the records at a path in them, and where in the text each of these stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from paperkit.errors import DataError, Problem, did_you_mean

Trail = tuple[str | int, ...]
Kind = str

_STEP = re.compile(
    r"""(?P<dot>\.)?(?:"(?P<quoted>[^"]*)"|\[(?P<index>[0-9]+|\*)\]|\{(?P<capture>[^\W\d]\w*)\}|(?P<key>[^.\[\]{}"]+))"""
)
_BLANK = re.compile(r"[ \t\n\r]*")
_MOST_KEYS = 8
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a path: a key, an index, every element (`[*]`), or every value of an object by a captured key."""

    key: str | None = None
    index: int | None = None
    capture: str | None = None


class Found(NamedTuple):
    """A value in a document, the keys and indices that lead to it, and the keys that were captured on the way.

    There is one per row: a tuple is made several times faster than a frozen dataclass.
    """

    value: Any
    trail: Trail = ()
    captures: Mapping[str, str] = _NONE


class PathError(Exception):
    """A path leads nowhere, or to something that is no object; `trail` leads to where it stops."""

    def __init__(self, trail: Trail, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.trail, self.message, self.hint = trail, message, hint


class NotJsonError(ValueError):
    """A text is not JSON; `offset` is where, in characters, if that is known."""

    def __init__(self, message: str, offset: int | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.offset, self.hint = message, offset, hint


class _RepeatedKeyError(ValueError):
    pass


def steps(path: str) -> tuple[Step, ...]:
    r"""Take a path apart: `results.runs`, `folds[*].metrics`, `runs[0]`, `"a.b".c`, `{model}.{dataset}`.

    Raises:
        DataError: the path cannot be read.

    """
    found: list[Step] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None or (step["dot"] is None) != (position == 0 or step["index"] is not None):
            message = f"path '{path}' cannot be read at '{path[position:]}'"
            hint = 'a path is like results.runs, folds[*].metrics, runs[0], {model}.metrics or "a.b".c'
            raise DataError(Problem(message=message, hint=hint))
        index = None if step["index"] in (None, "*") else int(step["index"])
        key = step["quoted"] if step["quoted"] is not None else step["key"]
        found.append(Step(key=key, index=index, capture=step["capture"]))
        position = step.end()
    names = [step.capture for step in found if step.capture]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise DataError(Problem(message=f"path '{path}' captures '{repeated[0]}' twice"))
    return tuple(found)


def parse(text: str) -> Any:
    """Return the value of a JSON text; NaN and Infinity are numbers, as Python and JavaScript's logs write them.

    Raises:
        NotJsonError: the text is not JSON, an object has a key twice, or a text in it is half a surrogate pair.

    """
    try:
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        message = "the text is empty" if not text.strip() else f"the text is not JSON: {_lowered(error.msg)}"
        raise NotJsonError(message, error.pos) from None
    except _RepeatedKeyError as error:
        key = str(error)
        offset = next((o for name, o in _repeated(text, 0) if name == key), None)
        raise NotJsonError(f"the object has the key '{key}' twice", offset) from None
    except UnicodeEncodeError:
        raise NotJsonError("a text holds half of a surrogate pair (\\ud800 to \\udfff)") from None
    except RecursionError:
        raise NotJsonError("the text is nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise NotJsonError(f"the text cannot be read: {_lowered(str(error))}") from None
    return value


def records(document: Any, path: tuple[Step, ...]) -> Iterator[Found]:
    """Yield every object at `path`; a list there, or a document that is a list, stands for its elements.

    Raises:
        PathError: the path leads nowhere, or to something that is no object.

    """
    for found in _reached(Found(value=document), path):
        for record in _items(found) if isinstance(found.value, list) else (found,):
            if not isinstance(record.value, dict):
                raise PathError(record.trail, f"{named(record.trail)} is {kind(record.value)}, not an object")
            yield record


def kind(value: Any) -> Kind:
    """Return what a JSON value is, with its article."""
    if value is None:
        return "null"
    names = {bool: "true or false", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def named(trail: Trail) -> str:
    """Return a trail as a path; `the document` for none.

    >>> named(("results", 0, "acc"))
    "'results[0].acc'"
    """
    text = ""
    for part in trail:
        text += f"[{part}]" if isinstance(part, int) else ("." if text else "") + part
    return f"'{text}'" if trail else "the document"


def position(text: str, trail: Trail) -> int:
    """Return the offset, in characters, of the value that `trail` leads to in a text that is JSON."""
    offset = _BLANK.match(text).end()  # type: ignore[union-attr]  # blanks may be none
    for part in trail:
        offset = next(start for name, _, start in _children(text, offset) if name == part)
    return offset


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _items(found: Found) -> Iterator[Found]:
    for number, item in enumerate(found.value):
        yield Found(item, (*found.trail, number), found.captures)


def _reached(found: Found, path: tuple[Step, ...]) -> Iterator[Found]:
    if not path:
        yield found
        return
    for child in _taken(found, path[0]):
        yield from _reached(child, path[1:])


def _inner(found: Found, part: str | int, value: Any, captures: Mapping[str, str] | None = None) -> Found:
    return Found(value, (*found.trail, part), {**found.captures, **captures} if captures else found.captures)


def _taken(found: Found, step: Step) -> Iterator[Found]:
    value, where = found.value, named(found.trail)
    if step.key is None and step.capture is None:
        yield from _elements(found, step.index)
    elif not isinstance(value, dict):
        hint = "write [*] for all of its elements" if isinstance(value, list) else None
        raise PathError(found.trail, f"{where} is {kind(value)}, not an object", hint)
    elif step.key is None:
        yield from (_inner(found, key, item, {step.capture or "": key}) for key, item in value.items())
    elif step.key not in value:
        close = did_you_mean(step.key, value)
        raise PathError(found.trail, f"there is no '{step.key}' in {where}{close}", None if close else _keys(value))
    else:
        yield _inner(found, step.key, value[step.key])


def _elements(found: Found, index: int | None) -> Iterator[Found]:
    value, where = found.value, named(found.trail)
    if not isinstance(value, list):
        raise PathError(found.trail, f"{where} is {kind(value)}, not a list")
    if index is not None and index >= len(value):
        raise PathError(found.trail, f"{where} has no element {index}: it has {len(value)}")
    for number, item in enumerate(value):
        if index is None or number == index:
            yield _inner(found, number, item)


def _keys(value: Mapping[str, Any]) -> str:
    shown = ", ".join(list(value)[:_MOST_KEYS]) + (", …" if len(value) > _MOST_KEYS else "")
    return f"its keys are {shown}" if value else "it is empty"


def _children(text: str, offset: int) -> Iterator[tuple[str | int, int, int]]:
    """Yield key or index, offset of the key and offset of the value for all that a list or object holds."""
    is_object = text[offset] == "{"
    offset = _after(text, offset + 1)
    number = 0
    decode = json.JSONDecoder().raw_decode
    while text[offset] not in "]}":
        key, start = number, offset
        if is_object:
            key, end = decode(text, offset)
            offset = _after(text, _after(text, end) + 1)
        yield key, start, offset
        _, end = decode(text, offset)
        offset = _after(text, end)
        if text[offset] == ",":
            offset = _after(text, offset + 1)
        number += 1


def _after(text: str, offset: int) -> int:
    found = _BLANK.match(text, offset)
    return offset if found is None else found.end()


def _repeated(text: str, offset: int) -> Iterator[tuple[str, int]]:
    """Yield every key that stands in an object for the second time, with its offset, innermost objects first."""
    offset = _after(text, offset)
    if text[offset : offset + 1] not in ("{", "["):
        return
    seen: set[str | int] = set()
    own = []
    for key, start, value in _children(text, offset):
        yield from _repeated(text, value)
        if key in seen:
            own.append((str(key), start))
        seen.add(key)
    yield from own
