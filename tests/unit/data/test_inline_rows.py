"""Rows that the manifest holds itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data import inline
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec
from tests.unit.data.reading import kinds, values


def spec(*rows: dict[str, Any], **others: Any) -> FrameSpec:
    return FrameSpec.model_validate({"rows": rows, **others})


def test_a_missing_key_is_a_missing_value() -> None:
    found = inline.read(spec({"model": "A", "acc": 1}, {"acc": 2.5, "n": 1, "ok": True}, {"model": "B"}), "paper.toml")
    assert values(found) == {
        "model": ["A", None, "B"],
        "acc": [1.0, 2.5, None],
        "n": [None, 1, None],
        "ok": [None, True, None],
    }
    assert kinds(found)["n"] == "Int64"
    assert str(found.place(2, "acc")) == "paper.toml"


def test_columns_that_are_text() -> None:
    found = inline.read(spec({"code": 7}, {"code": "007"}, {"code": 1.5}, {}, text=["code"]), "paper.toml")
    assert values(found) == {"code": ["7", "007", "1.5", None]}
    found = inline.read(spec({"no": 7}, {"no": "007"}, rename={"no": "code"}, text=["code"]), "paper.toml")
    assert values(found) == {"no": ["7", "007"]}


def test_rows_without_keys() -> None:
    assert len(inline.read(spec({}, {}), "paper.toml")) == 2


def test_kinds_that_are_mixed_are_all_told_of() -> None:
    rows = ({"acc": 1, "ok": True}, {"acc": "n/a", "ok": 1}, {"acc": 2.5}, {"acc": False, "ok": "yes"})
    with pytest.raises(DataError) as caught:
        inline.read(spec(*rows), "paper.toml")
    assert str(caught.value) == (
        "rows[1].acc: 'acc' is a text in row 2, but a number in row 1\n"
        "    leave the key out where the value is missing\n"
        "rows[3].acc: 'acc' is true or false in row 4, but a number in row 1\n"
        "rows[1].ok: 'ok' is a number in row 2, but true or false in row 1\n"
        "rows[3].ok: 'ok' is a text in row 4, but true or false in row 1\n"
        "    leave the key out where the value is missing"
    )


_ROW = st.fixed_dictionaries(
    {},
    optional={
        "number": st.integers(-(2**63), 2**63 - 1),
        "decimal": st.floats(allow_nan=False, allow_infinity=False),
        "word": st.text(st.characters(codec="utf-8")),
        "flag": st.booleans(),
    },
)


@given(st.lists(_ROW, min_size=1))
def test_what_is_written_is_there(rows: list[dict[str, Any]]) -> None:
    names = dict.fromkeys(name for row in rows for name in row)
    expected = {name: [row.get(name) for row in rows] for name in names}
    assert values(inline.read(spec(*rows), "paper.toml")) == expected
