"""The manifest's JSON Schema, for editors: made from the records, in the draft-04 words that TOML editors know."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from paperkit.manifest import model
from paperkit.manifest.model import (
    FigureSpec,
    FrameSpec,
    Label,
    MacroSpec,
    OverleafSpec,
    PaperSpec,
    TableSpec,
    TableStyle,
)
from paperkit.style.colormap import colormap_names
from paperkit.style.venue import venue_names

TITLE = "paper.toml"
_SECTIONS: Mapping[str, tuple[Any, str]] = {
    "paper": (PaperSpec, "The paper as a whole."),
    "labels": (dict[str, dict[str, str | Label]], "Column → value → display name, order and attributes."),
    "style": (dict[str, TableStyle], "Reusable looks of tables."),
    "data": (dict[str, FrameSpec], "Named tidy data frames."),
    "table": (dict[str, TableSpec], "Coloured tabulars."),
    "figure": (dict[str, FigureSpec], "Figures."),
    "macros": (dict[str, MacroSpec], "The numbers in the text, as TeX macros."),
    "overleaf": (OverleafSpec, "The Overleaf project, or other git remote, that the outputs go to."),
}


def schema(marks: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the schema of `paper.toml`; `marks` names every mark and its options.

    Unknown keys are refused everywhere but among the free attributes of labels, as the reader does.
    """
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, (annotation, description) in _SECTIONS.items():
        part = TypeAdapter(annotation).json_schema(by_alias=True, ref_template="#/definitions/{model}")
        definitions |= part.pop("$defs", {})
        if annotation in (PaperSpec, OverleafSpec):
            definitions[annotation.__name__] = part
            part = {"$ref": f"#/definitions/{annotation.__name__}"}
        properties[name] = (
            {"description": description, "allOf": [part]} if "$ref" in part else {**part, "description": description}
        )
    for name, definition in definitions.items():
        _describe(getattr(model, name), definition)
    _offer(definitions, marks)
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": TITLE,
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _draft4(part) for name, part in properties.items()},
        "definitions": {name: _draft4(definitions[name]) for name in sorted(definitions)},
    }


def field_descriptions(record: type[BaseModel]) -> dict[str, str]:
    """Return what the text below each field of a record says, by field name, inherited fields included."""
    found: dict[str, str] = {}
    for cls in reversed(record.__mro__):
        if issubclass(cls, BaseModel) and cls is not BaseModel:
            found |= dict(_attribute_texts(cls))
    return found


def _attribute_texts(cls: type) -> Iterator[tuple[str, str]]:
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for field, text in itertools.pairwise(statements):
        target = field.target if isinstance(field, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield target.id, inspect.cleandoc(str(text.value.value))


def _describe(record: type[BaseModel], definition: dict[str, Any]) -> None:
    texts = field_descriptions(record)
    for name, field in record.model_fields.items():
        definition["properties"][field.alias or name]["description"] = texts[name]


def _offer(definitions: dict[str, Any], marks: Mapping[str, tuple[str, ...]]) -> None:
    """Put in what the records leave to other rooms: venues, colormaps, marks and their options."""
    definitions["PaperSpec"]["properties"]["venue"]["enum"] = list(venue_names())
    options = sorted({option for names in marks.values() for option in names})
    for panel in (definitions[record]["properties"] for record in ("PanelSpec", "LayerSpec")):
        panel["mark"]["enum"] = sorted(marks)
        panel["options"] = {
            "type": "object",
            "description": panel["options"]["description"],
            "properties": {option: {} for option in options},
            "additionalProperties": False,
        }
    for definition, key in (("Shade", "colormap"), ("Label", "colormap")):
        field = definitions[definition]["properties"][key]
        names = {"enum": list(colormap_names())}
        other = {"type": "null"} if definition == "Label" else {"type": "array", "items": {"type": "string"}}
        field["anyOf"] = [names, {"type": "string"}, other]
        field.pop("type", None)


def _draft4(part: Any) -> Any:
    """Return a JSON Schema in draft-04 words: no `const`, `prefixItems` or numeric exclusive bounds, and no nulls."""
    if isinstance(part, list):
        return [_draft4(element) for element in part]
    if not isinstance(part, dict):
        return part
    out = {
        key: _draft4(value) for key, value in part.items() if key not in ("title", "default") or isinstance(value, dict)
    }
    if "const" in out:
        out["enum"] = [out.pop("const")]
    if "prefixItems" in out:
        out["items"] = out.pop("prefixItems")
        out["additionalItems"] = False
    for bound in ("Minimum", "Maximum"):
        if isinstance(out.get(f"exclusive{bound}"), int | float):
            out[bound.lower()] = out[f"exclusive{bound}"]
            out[f"exclusive{bound}"] = True
    if isinstance(out.get("anyOf"), list):
        options = [option for option in out.pop("anyOf") if option != {"type": "null"}]
        out = {**options[0], **out} if len(options) == 1 else {**out, "anyOf": options}
    return out
