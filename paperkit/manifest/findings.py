"""From pydantic's findings to problems in the manifest's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from paperkit.errors import ManifestPath, Problem, did_you_mean

RecordT = TypeVar("RecordT", bound=BaseModel)

_LONGEST = 40
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "greater_than": "a number greater than {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than_equal": "a number of at most {le:g}",
    "too_short": "at least {min_length} of them",
}


def validate(model: type[RecordT], value: object, path: ManifestPath) -> tuple[RecordT | None, tuple[Problem, ...]]:
    """Return `value` as a record of `model`, or None and every problem in it, each with its path below `path`."""
    try:
        return model.model_validate(value, by_alias=True, by_name=False), ()
    except ValidationError as error:
        return None, tuple(problem.under(path) for problem in _problems(model, value, error))


def _problems(model: type[BaseModel], value: object, error: ValidationError) -> Iterable[Problem]:
    groups: dict[ManifestPath, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        groups.setdefault(_real_path(value, detail), []).append(detail)
    for path, details in groups.items():
        # A finding inside one branch of a union says more than that the other branches do not fit.
        if not any(len(other) > len(path) and other[: len(path)] == path for other in groups):
            yield _problem(model, value, path, details)


def _problem(model: type[BaseModel], value: object, path: ManifestPath, details: list[ErrorDetails]) -> Problem:
    kinds = {detail["type"] for detail in details}
    if "missing" in kinds:
        return Problem(message=f"key '{path[-1]}' is missing", path=path[:-1])
    if "extra_forbidden" in kinds:
        known = known_keys(model, path[:-1])
        close = did_you_mean(str(path[-1]), known)
        return Problem(
            message=f"unknown key{close}", path=path, hint=None if close else f"known keys: {', '.join(known)}"
        )
    expected: list[str] = []
    for detail in details:
        for text in _expectations(detail):
            if text not in expected:
                expected.append(text)
    found = _step_to(value, path)
    if expected:
        choices = [str(option)[1:-1] for option in expected if str(option).startswith("'")]
        close = did_you_mean(found, choices) if isinstance(found, str) else ""
        return Problem(message=f"expected {_either(expected)}, got {_toml(found)}{close}", path=path)
    return Problem(message=f"{_toml(found)}: {details[0]['msg'][0].lower()}{details[0]['msg'][1:]}", path=path)


def _expectations(detail: ErrorDetails) -> list[str]:
    if detail["type"] == "literal_error":
        text = str(detail["ctx"]["expected"]).replace(" or ", ", ")
        return [{"False": "false", "True": "true"}.get(option, option) for option in text.split(", ")]
    return [_EXPECTED[detail["type"]].format(**detail.get("ctx", {}))] if detail["type"] in _EXPECTED else []


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"


def _real_path(value: object, detail: ErrorDetails) -> ManifestPath:
    """Return where a finding is, without what pydantic puts in for the branches of a union."""
    path: ManifestPath = ()
    about_key = detail["type"] in ("missing", "extra_forbidden")
    for position, part in enumerate(detail["loc"]):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        elif not (about_key and isinstance(value, Mapping) and position == len(detail["loc"]) - 1):
            continue
        path = (*path, part)
    return path


def _step_to(value: object, path: ManifestPath) -> object:
    for part in path:
        if isinstance(value, Mapping | list):
            value = value[part]  # type: ignore[index]
    return value


def known_keys(model: type[BaseModel], path: ManifestPath) -> tuple[str, ...]:
    """Return the keys that a table at `path` inside a record of `model` may have."""
    annotation: Any = model
    for part in path:
        record = _record_in(annotation)
        if record is not None and isinstance(part, str):
            names = {field.alias or name: field.annotation for name, field in record.model_fields.items()}
            annotation = names.get(part)
    record = _record_in(annotation)
    return () if record is None else tuple(field.alias or name for name, field in record.model_fields.items())


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_record_in(argument) for argument in get_args(annotation))
    return next((record for record in found if record is not None), None)


def _toml(value: object) -> str:
    """Return a value as the manifest writes it, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= _LONGEST else f"'{value[: _LONGEST - 1]}…'"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return str(value)
