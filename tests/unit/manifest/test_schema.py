"""The JSON Schema says of a manifest what the reader says, and docs/manifest.md is what the records say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from paperkit.figures import mark_names, mark_options
from paperkit.manifest.schema import schema

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(schema({name: tuple(mark_options(name)) for name in mark_names()})))
    jsonschema.Draft4Validator.check_schema(made)
    return made


@pytest.fixture(scope="module")
def validator(document: dict[str, Any]) -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(document)


def _paths(validator: jsonschema.Draft4Validator, document: dict[str, Any]) -> list[str]:
    return sorted(".".join(map(str, error.absolute_path)) for error in validator.iter_errors(document))


def test_the_reference_paper_is_valid(validator: jsonschema.Draft4Validator) -> None:
    assert _paths(validator, tomli.loads((ROOT / "paper.toml").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("concat", ["a", ["a", "b"], {"frames": ["a"]}, {"frames": "a", "columns": "union"}])
@pytest.mark.parametrize("join", [{"frame": "a", "on": "m"}, [{"frame": "a", "on": ["m"], "how": "inner"}]])
def test_short_forms_are_valid(validator: jsonschema.Draft4Validator, concat: Any, join: Any) -> None:
    assert _paths(validator, {"data": {"f": {"from": "g", "concat": concat, "join": join}}}) == []


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        ({"tabel": {}}, ""),
        ({"paper": {"venue": "iclr2062"}}, "paper.venue"),
        ({"paper": {"venues": "iclr2026"}}, "paper"),
        ({"table": {"t": {"data": "d", "rows": "r", "cells": "c", "captoin": ""}}}, "table.t"),
        ({"table": {"t": {"data": "d", "rows": "r"}}}, "table.t"),
        ({"table": {"t": {"data": "d", "rows": "r", "cells": "c", "precision": 13}}}, "table.t.precision"),
        ({"style": {"s": {"shade": True}}}, "style.s.shade"),
        ({"style": {"s": {"arraystretch": 0}}}, "style.s.arraystretch"),
        ({"figure": {"f": {"panel": []}}}, "figure.f.panel"),
        (
            {"figure": {"f": {"panel": [{"data": "d", "mark": "bxo", "x": "x", "y": "y"}]}}},
            "figure.f.panel.0.mark",
        ),
        (
            {"figure": {"f": {"panel": [{"data": "d", "mark": "box", "x": "x", "y": "y", "options": {"fly": 1}}]}}},
            "figure.f.panel.0.options",
        ),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(
    validator: jsonschema.Draft4Validator, manifest: dict[str, Any], path: str
) -> None:
    assert _paths(validator, manifest) == [path]


def test_free_attributes_and_short_labels_are_allowed(validator: jsonschema.Draft4Validator) -> None:
    labels = {"model": {"a": "A", "b": {"label": "B", "family": "x", "size": 3, "own": True}}}
    assert _paths(validator, {"labels": labels, "style": {"s": {"shade": False}}}) == []


def test_every_key_is_described(document: dict[str, Any]) -> None:
    for name, definition in document["definitions"].items():
        for key, part in definition["properties"].items():
            assert part.get("description"), f"{name}.{key}"


def test_the_manifest_page_is_up_to_date() -> None:
    script = "from scripts.manifest_reference import reference; print(reference(), end='')"
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout == (ROOT / "docs" / "manifest.md").read_text(encoding="utf-8")


def test_the_manifest_page_has_a_section_for_every_record_of_a_frame() -> None:
    page = (ROOT / "docs" / "manifest.md").read_text(encoding="utf-8")
    for key in ("join", "baseline", "test", "correlate", "pivot", "melt", "transpose", "concat"):
        assert f"\n## `{key}`" in page
