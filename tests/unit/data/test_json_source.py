"""JSON: every object a row, every nested field a column, every mistake a place."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data import documents
from paperkit.data.settle import text_of
from tests.unit.data.reading import kinds, notices, places, problems, rows, values


def test_a_list_of_objects(tmp_path: Path) -> None:
    first = '{"model": "A", "acc": 0.5, "steps": 10, "done": true}'
    second = '{"model": "B", "acc": 1, "steps": 20, "done": false}'
    text = f"[\n  {first},\n  {second}\n]\n"
    found = rows(tmp_path, {"x.json": text})
    assert values(found) == {"model": ["A", "B"], "acc": [0.5, 1.0], "steps": [10, 20], "done": [True, False]}
    assert kinds(found)["acc"] == "float64"
    assert kinds(found)["steps"] == "int64"
    assert kinds(found)["done"] == "bool"
    assert places(found) == ["x.json:2", "x.json:3"]
    assert notices(found) == []


def test_nested_objects_become_dotted_columns_and_know_their_lines(tmp_path: Path) -> None:
    text = '{"runs": [{"id": 1,\n "metrics": {"acc": 0.5,\n "loss": {"train": 2}}}]}'
    found = rows(tmp_path, {"x.json": text}, path="runs")
    assert values(found) == {"id": [1], "metrics.acc": [0.5], "metrics.loss.train": [2]}
    assert [places(found, name) for name in found.columns] == [["x.json:1"], ["x.json:2"], ["x.json:3"]]


def test_a_tree_of_files_whose_path_parts_and_fields_become_columns(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        f"runs/{model}/{seed}/metrics.json": json.dumps({"acc": acc, **extra})
        for model, seed, acc, extra in (("A", 1, 0.5, {}), ("A", 10, 0.75, {"auc": 0.9}), ("B", 2, None, {}))
    }
    found = rows(tmp_path, files, read="runs/{model}/{seed:int}/metrics.json")
    assert values(found) == {
        "model": ["A", "A", "B"],
        "seed": [1, 10, 2],
        "acc": [0.5, 0.75, None],
        "auc": [None, 0.9, None],
    }
    assert notices(found) == ["runs/A/1/metrics.json:1: 'auc' is missing from 2 of 3 objects"]
    assert places(found)[2] == "runs/B/2/metrics.json:1"


def test_lists_and_objects_in_them_are_shown_as_json(tmp_path: Path) -> None:
    cells = [["a", "b"], [], [1, None, {"é": [True, {}]}]]
    found = rows(tmp_path, {"x.json": json.dumps([{"l": cell} for cell in cells])})
    assert [json.loads(str(value)) for value in found.table["l"]] == cells
    assert f"{found.table['l'][0]} {found.table['l'][0]!r}" == '["a","b"] ["a","b"]'
    assert found.table["l"][0] == ("a", "b")
    assert text_of(found.table["l"]).tolist() == ['["a","b"]', "[]", '[1,null,{"é":[true,{}]}]']


def test_a_path_that_fails_alike_in_many_files_is_one_problem(tmp_path: Path) -> None:
    files: dict[str, Any] = {f"{number:02}.json": '{"runs": [{"a": 1}]}' for number in range(36)}
    files["40.json"] = "[]"
    assert problems(tmp_path, files, read="*.json", path="rnus") == [
        "00.json:1:1: in 36 files: there is no 'rnus' in the document, did you mean 'runs'?",
        "40.json:1:1: the document is a list, not an object\n    write [*] for all of its elements",
    ]


def test_many_fields_that_are_missing_are_told_of_shortly(tmp_path: Path) -> None:
    found = rows(tmp_path, {"x.json": json.dumps([{f"f{number}": 1} for number in range(8)])})
    assert notices(found)[4:] == [
        "x.json:1: 'f4' is missing from 7 of 8 objects",
        "3 more columns are missing from some objects, such as 'f5'",
    ]


@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.jsonl.gz"])
def test_json_lines(tmp_path: Path, name: str) -> None:
    text = '\ufeff{"a": 1, "t": "x\u2028y"}\r\n\r\n{"a": 2, "t": null}\n'.encode()
    found = rows(tmp_path, {name: gzip.compress(text) if name.endswith(".gz") else text})
    assert values(found) == {"a": [1, 2], "t": ["x\u2028y", None]}
    assert places(found) == [f"{name}:1", f"{name}:3"]


def test_numbers_that_json_does_not_know(tmp_path: Path) -> None:
    found = rows(tmp_path, {"x.json": '[{"a": NaN, "b": 1}, {"a": Infinity, "b": NaN}, {"a": -Infinity, "b": 3}]'})
    assert values(found) == {"a": [None, math.inf, -math.inf], "b": [1, None, 3]}
    assert kinds(found) == {"a": "float64", "b": "Int64"}


def test_whole_numbers_beyond_64_bits_are_floats(tmp_path: Path) -> None:
    assert values(rows(tmp_path, {"x.json": f'[{{"a": {2**63 - 1}, "b": {2**63}}}]'})) == {
        "a": [2**63 - 1],
        "b": [float(2**63)],
    }


def test_lists_and_mixed_values_stay_what_they_are(tmp_path: Path) -> None:
    found = rows(tmp_path, {"x.json": '[{"l": [1, {"k": null}], "m": 1}, {"l": [], "m": "one"}]'})
    assert values(found) == {"l": [(1, (("k", None),)), ()], "m": [1, "one"]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("folds[*].metrics", {"acc": [1, 2, 3]}),
        ("folds[1].metrics", {"acc": [3]}),
        ("folds[0].metrics[1]", {"acc": [2]}),
        ('"a.b".c', {"d": [4]}),
        ("{group}.c", {"group": ["a.b"], "d": [4]}),
    ],
)
def test_a_path_into_the_document(tmp_path: Path, path: str, expected: dict[str, Any]) -> None:
    folds = [{"metrics": [{"acc": 1}, {"acc": 2}]}, {"metrics": {"acc": 3}}]
    document = {"a.b": {"c": {"d": 4}}} if "c" in path.split(".") else {"folds": folds, "a.b": {"c": {"d": 4}}}
    assert values(rows(tmp_path, {"x.json": json.dumps(document)}, path=path)) == expected


def test_keys_that_the_path_captures_become_columns(tmp_path: Path) -> None:
    document = {"A": {"dtd": {"acc": 1}, "pets": {"acc": 2}}, "B": {"dtd": {"acc": 3, "model": "B"}}}
    found = rows(tmp_path, {"x.json": json.dumps(document, indent=1)}, path="{model}.{dataset}")
    assert values(found) == {"model": ["A", "A", "B"], "dataset": ["dtd", "pets", "dtd"], "acc": [1, 2, 3]}
    assert places(found) == ["x.json:3", "x.json:6", "x.json:11"]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", None, ["x.json: the file is empty"]),
        ('[{"a": 1},\n {"a" 2}]', None, ["x.json:2:7: the text is not JSON: expecting ':' delimiter"]),
        ('[{"a": 1}] x', None, ["x.json:1:12: the text is not JSON: extra data"]),
        ('[{"a": 1,\n  "b": {"c": 1, "c": 2}}]', None, ["x.json:2:17: the object has the key 'c' twice"]),
        ("3", None, ["x.json:1:1: the document is a number, not an object"]),
        ('[{"a": 1},\n  null]', None, ["x.json:2:3: '[1]' is null, not an object"]),
        (
            '{"results": {"runs": []}}',
            "results.rnus",
            ["x.json:1:13: there is no 'rnus' in 'results', did you mean 'runs'?"],
        ),
        (
            '{"alpha": 1, "beta": 2}',
            "xyz",
            ["x.json:1:1: there is no 'xyz' in the document\n    its keys are alpha, beta"],
        ),
        ('{"a": {"b": "t"}}', "a.b.c", ["x.json:1:13: 'a.b' is a text, not an object"]),
        (
            '{"a": [{"b": 1}]}',
            "a.b",
            ["x.json:1:7: 'a' is a list, not an object\n    write [*] for all of its elements"],
        ),
        ('{"a": {}}', "a[*]", ["x.json:1:7: 'a' is an object, not a list"]),
        ('{"a": [{}]}', "a[1]", ["x.json:1:7: 'a' has no element 1: it has 1"]),
        (
            '{"a": {"b": 1}, "a.b": 2}',
            None,
            [
                (
                    "x.json:1:1: two keys of the object make the column 'a.b'\n"
                    "    one of them is nested, the other has a dot in it"
                )
            ],
        ),
        ('{"A": {"m": "B"}}', "{m}", ["x.json:1:7: m is 'B' in the object, but 'A' by the path"]),
        ('{"a": "\\ud800"}', None, ["x.json:1: a text holds half of a surrogate pair (\\ud800 to \\udfff)"]),
        ("[" * 100_000, None, ["x.json:1: the text is nested too deeply"]),
        (
            "{}",
            "a..b",
            [
                (
                    "path 'a..b' cannot be read at '..b'\n"
                    '    a path is like results.runs, folds[*].metrics, runs[0], {model}.metrics or "a.b".c'
                )
            ],
        ),
        ("{}", "{a}.{a}", ["path '{a}.{a}' captures 'a' twice"]),
    ],
)
def test_mistakes_have_a_place(tmp_path: Path, text: str, path: str | None, expected: list[str]) -> None:
    assert problems(tmp_path, {"x.json": text}, path=path) == expected


def test_mistakes_in_lines_and_bytes(tmp_path: Path) -> None:
    assert problems(tmp_path, {"x.jsonl": '{"a": 1}\n\n  [1]\n'}) == ["x.jsonl:3:4: '[0]' is a number, not an object"]
    assert problems(tmp_path, {"y.json": b'{"a":\n "\xff"}'}) == ["y.json:2: byte 0xff is not UTF-8"]
    assert problems(tmp_path, {"z.json.gz": gzip.compress(b"{}")[:-3]}) == [
        "z.json.gz: the file is not a whole gzip file"
    ]


def test_every_broken_file_is_told_of(tmp_path: Path) -> None:
    files: dict[str, Any] = {f"{number:02}.json": "{" if number else "{}" for number in range(13)}
    found = problems(tmp_path, files, read="*.json")
    assert len(found) == 11
    assert found[-1] == "… and 2 more"


def test_a_file_must_agree_with_its_name(tmp_path: Path) -> None:
    files: dict[str, Any] = {"s_09.json": '[{"seed": 9}]', "s_10.json": '[{"seed": 10},\n {"seed": 11}]'}
    assert problems(tmp_path, files, read="s_{seed:int}.json") == [
        "s_10.json:2: seed is '11' in the file, but '10' by the file's name"
    ]
    found = rows(tmp_path, {"s_10.json": "{}"}, read="s_{seed:int}.json")
    assert values(found) == {"seed": [9, 10]}
    assert notices(found) == []


def test_files_that_hold_other_kinds_of_values_make_one_column(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "s_1.json": '{"seed": 1, "n": 1, "x": 2, "t": "a", "m": 1}',
        "s_2.json": '[{"n": null, "x": 0.5, "t": null, "m": "one"}, {"n": 3, "x": 1, "t": "b", "m": 2.5}]',
    }
    found = rows(tmp_path, files, read="s_{seed:int}.json")
    assert values(found) == {
        "seed": [1, 2, 2],
        "n": [1, None, 3],
        "x": [2, 0.5, 1],
        "t": ["a", None, "b"],
        "m": [1, "one", 2.5],
    }
    assert kinds(found) == {"seed": "int64", "n": "Int64", "x": "float64", "t": "text", "m": "object"}
    assert places(found) == ["s_1.json:1", "s_2.json:1", "s_2.json:1"]


def test_a_file_without_records_is_told_of(tmp_path: Path) -> None:
    found = rows(tmp_path, {"a.json": "[]", "b.json": '[{"x": 1}]'}, read="{name}.json")
    assert values(found) == {"name": ["b"], "x": [1]}
    assert notices(found) == ["a.json: the file has no rows"]


_LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(st.characters(codec="utf-8"))
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


def _leaves(value: Any, trail: tuple[Any, ...] = ()) -> Any:
    yield trail, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _leaves(inner, (*trail, key))


@given(_VALUES, st.sampled_from([None, 0, 3]))
def test_every_value_is_found_again_in_the_text(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    for trail, inner in _leaves(value):
        offset = documents.position(text, trail)
        again, _ = json.JSONDecoder().raw_decode(text, offset)
        assert json.dumps(again) == json.dumps(inner)


def _by_pairs(text: str) -> Any:
    """Return a JSON text's value by Python's own reader, which is shown every key; None for one with a key twice."""

    def whole(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise KeyError
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=whole)
    except KeyError:
        return None


_TEXTS = st.text(st.sampled_from('ab:" \t\n\\,{}[]\x7f'), max_size=4)
_PAIRS = st.recursive(
    _TEXTS.map(json.dumps) | st.sampled_from(["1", "2.5", "null", '"\\u007f"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(_TEXTS.map(json.dumps), st.sampled_from([":", " : ", ": "]), inner), max_size=3).map(
            lambda pairs: f"{{{', '.join(''.join(pair) for pair in pairs)}}}"
        )
    ),
    max_leaves=8,
)


@given(_PAIRS)
def test_a_key_that_stands_twice_is_always_found(text: str) -> None:
    expected = _by_pairs(text)
    if expected is None and text != "null":
        with pytest.raises(documents.NotJsonError, match="twice"):
            documents.parse(text)
    else:
        assert documents.parse(text) == expected


@given(st.lists(_PAIRS, min_size=1, max_size=4))
def test_lines_are_read_together_as_one_by_one(lines: list[str]) -> None:
    expected = [_by_pairs(line) for line in lines]
    found = documents.parse_lines(lines)
    assert found is None or found == expected


@given(st.data(), st.lists(_PAIRS, min_size=1, max_size=3))
def test_texts_that_are_json_only_together_are_told_apart(data: st.DataObject, lines: list[str]) -> None:
    text = f"[{', '.join(lines)}]"
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    found = documents.parse_lines(pieces)
    if found is not None:
        assert found == [json.loads(piece) for piece in pieces]


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_many_rows_of_one_kind_keep_their_values_and_lines(tmp_path: Path, suffix: str) -> None:
    records = [
        {"t": f"12:{row % 60:02}", "n": row, "big": 2**62 + row, "x": row / 7, "f": row % 2 == 0} for row in range(500)
    ]
    lines = [json.dumps(record) for record in records]
    text = "[\n" + ",\n".join(lines) + "\n]" if suffix == "json" else "\n".join(lines)
    found = rows(tmp_path, {f"x.{suffix}": text})
    assert values(found) == {name: [record[name] for record in records] for name in records[0]}
    assert kinds(found) == {"t": "text", "n": "int64", "big": "int64", "x": "float64", "f": "bool"}
    first = 2 if suffix == "json" else 1
    assert [str(found.place(row)) for row in (0, 250, 499)] == [f"x.{suffix}:{row + first}" for row in (0, 250, 499)]


def test_lines_that_are_no_object_each_are_told_of(tmp_path: Path) -> None:
    assert problems(tmp_path, {"x.jsonl": '{"a": 1}, {"a": 2}\n{"a": [{}\n{}]}'}) == [
        "x.jsonl:1:9: the text is not JSON: extra data"
    ]
    assert problems(tmp_path, {"x.jsonl": '{"a": 1}\n{"a": ":", "a": 2}'}) == [
        "x.jsonl:2:12: the object has the key 'a' twice"
    ]
