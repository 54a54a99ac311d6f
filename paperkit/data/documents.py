"""Documents: JSON texts, the records at a path in them, and where in the text each of these stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from paperkit.errors import DataError, Problem, did_you_mean

Trail = tuple[str | int, ...]
Kind = str

_STEP = re.compile(
    r"""(?P<dot>\.)?(?:"(?P<quoted>[^"]*)"|\[(?P<index>[0-9]+|\*)\]|\{(?P<capture>[^\W\d]\w*)\}|(?P<key>[^.\[\]{}"]+))"""
)
_BLANKS = " \t\n\r"
_BLANK = re.compile(f"[{_BLANKS}]*")
_MOST_KEYS = 8
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a path: a key, an index, every element (`[*]`), or every value of an object by a captured key."""

    key: str | None = None
    index: int | None = None
    capture: str | None = None


class Found(NamedTuple):
    """A value in a document, the keys and indices that lead to it, and the keys that were captured on the way."""

    value: Any
    trail: Trail = ()
    captures: Mapping[str, str] = _NONE


class Batch(NamedTuple):
    """Objects that stand in one list, or one object that stands alone; `trail` leads to the list or to the object."""

    objects: Sequence[dict[str, Any]]
    trail: Trail
    captures: Mapping[str, str]
    listed: bool

    def trail_of(self, number: int) -> Trail:
        """Return what leads to one of the objects, counted from 0."""
        return (*self.trail, number) if self.listed else self.trail


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
        value = _checked(text, json.loads(text))
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


def parse_lines(lines: Sequence[str]) -> list[Any] | None:
    """Return the values of JSON texts, one each; None if `parse` must look at one of them by itself."""
    # As one text they share their keys, which is quicker and needs less memory. Between them stands a text that none
    # of them can hold, so that each is known to be whole: `{"a": [1` and `2]}` are not taken for one object.
    text = f',"{_BETWEEN}",'.join(lines)
    if _BETWEEN_WITHIN.search("".join(lines)) or _SURROGATE.search(text):
        return None
    try:
        found = json.loads(f"[{text}]")
    except (ValueError, RecursionError):
        return None
    values, between = found[::2], found[1::2]
    is_whole = len(values) == len(lines) and between.count(_BETWEEN) == len(lines) - 1
    return values if is_whole and not _may_repeat(text, values) else None


def records(document: Any, path: tuple[Step, ...]) -> Iterator[Batch]:
    """Yield every object at `path`; a list there, or a document that is a list, stands for its elements.

    Raises:
        PathError: the path leads nowhere, or to something that is no object.

    """
    for found in _reached(Found(value=document), path):
        listed = isinstance(found.value, list)
        batch = Batch(found.value if listed else [found.value], found.trail, found.captures, listed)
        if set(map(type, batch.objects)) - {dict}:
            number = next(number for number, item in enumerate(batch.objects) if not isinstance(item, dict))
            trail = batch.trail_of(number)
            raise PathError(trail, f"{named(trail)} is {kind(batch.objects[number])}, not an object")
        yield batch


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


_EXACT = json.JSONDecoder(object_pairs_hook=_object)
_BETWEEN = "\x7f"  # no text has it, and as ASCII it lets the others stay what they are in memory
_BETWEEN_WITHIN = re.compile(rf"{_BETWEEN}|\\u007[fF]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _checked(text: str, value: Any) -> Any:
    """Return the value of a JSON text.

    Raises:
        _RepeatedKeyError: an object has a key twice.

    """
    return _EXACT.decode(text) if _may_repeat(text, value) else value


def _may_repeat(text: str, value: Any) -> bool:
    """Tell whether an object may have a key twice in a text that is JSON, and of which `value` was made.

    A decoder that looks at every key takes three times as long. So what is kept is compared with the colons that a
    key may stand before: as many keys as those, and none was lost.
    """
    kept = _keys_in(value)
    return kept != text.count(":") and kept != sum(text.count(f"{before}:") for before in f'"{_BLANKS}')


def _keys_in(value: Any) -> int:
    """Return how many keys the objects in a value have together, at every depth."""
    count = 0
    objects: list[dict[str, Any]] = []
    lists: list[list[Any]] = [[value]]
    while objects or lists:
        count += sum(map(len, objects))
        kinds = set(map(type, _inside(objects, lists)))
        below = list(_inside(objects, lists)) if kinds & {dict, list} else []
        objects, lists = [item for item in below if type(item) is dict], [item for item in below if type(item) is list]
    return count


def _inside(objects: Sequence[dict[str, Any]], lists: Sequence[list[Any]]) -> Iterator[Any]:
    # Not kept: so many views of dicts at once would keep the garbage collector busy.
    return chain(chain.from_iterable(map(dict.values, objects)), chain.from_iterable(lists))


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
