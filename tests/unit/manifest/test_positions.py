"""Positions: every value that tomli reads is found where it stands."""

from __future__ import annotations

from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import ManifestPath
from paperkit.manifest.positions import line_and_column, positions

NASTY = '''#:schema
[paper]
title = "a # b" # c
[labels.base_model]
"x.y" = { label = "CLIP", f = ["a", 'b'] }
[data.g]
drop.dataset = ["d"]
m = """
a ] } " ""\\""" """
n = \'\'\'
it\'s ]\'\'\'
[[figure.model-size.panel]]
x = 1
[figure.model-size.panel.axes]
ylabel = "b"
[[figure.model-size.panel]]
x = 2
arr = [ [1, 2], # a ] comment
  {a.b = 1979-05-27 07:32:00, c = 1e5}]
'''


def _at(text: str, path: ManifestPath) -> tuple[tuple[int, int], tuple[int, int]]:
    span = positions(text)[path]
    return line_and_column(text, span.key), line_and_column(text, span.value)


def test_keys_and_values_stand_where_a_reader_sees_them() -> None:
    tomli.loads(NASTY)
    assert _at(NASTY, ("paper", "title")) == ((3, 1), (3, 9))
    assert _at(NASTY, ("labels", "base_model", "x.y", "f", 1)) == ((5, 37), (5, 37))
    assert _at(NASTY, ("data", "g", "drop", "dataset")) == ((7, 6), (7, 16))
    assert _at(NASTY, ("data", "g", "n")) == ((10, 1), (10, 5))
    assert _at(NASTY, ("figure", "model-size", "panel", 0, "axes", "ylabel")) == ((15, 1), (15, 10))
    assert _at(NASTY, ("figure", "model-size", "panel", 1, "x")) == ((17, 1), (17, 5))
    assert _at(NASTY, ("figure", "model-size", "panel", 1, "arr", 1, "a", "b")) == ((19, 6), (19, 10))


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
LEAVES = st.integers(0, 10**6) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(c, c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}") for c in text) + '"'


def _inline(value: Any, space: str) -> str:
    if isinstance(value, dict):
        pairs = (f"{_quoted(key)}{space}={space}{_inline(inner, space)}" for key, inner in value.items())
        return "{" + space + f"{space},{space}".join(pairs) + space + "}"
    if isinstance(value, list):
        return (
            "[" + space + "\n" + f",{space}# ] }} \" '\n".join(_inline(inner, space) for inner in value) + space + "\n]"
        )
    return str(value) if isinstance(value, int) else _quoted(value)


def _leaves(value: Any, path: ManifestPath = ()) -> list[tuple[ManifestPath, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, inner in enumerate(value) for leaf in _leaves(inner, (*path, i))]
    return [(path, value)]


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4), st.sampled_from(["", " ", "\t "]))
def test_every_leaf_of_any_document_is_found(document: dict[str, dict[str, Any]], space: str) -> None:
    lines: list[str] = []
    for section, table in document.items():
        lines.append(f"[{space}{_quoted(section)}{space}]{space}# comment")
        lines += [f"{_quoted(key)}{space}={space}{_inline(value, space)}" for key, value in table.items()]
    text = "\n".join(lines)
    assert tomli.loads(text) == document
    found = positions(text)
    for path, value in _leaves(document):
        expected = str(value) if isinstance(value, int) else _quoted(value)
        assert text.startswith(expected, found[path].value), path
