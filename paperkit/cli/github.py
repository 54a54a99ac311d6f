"""Annotations: lines that GitHub shows beside the lines of a file.

They are GitHub's workflow commands, whose escapes are those of its own toolkit (`@actions/core`, command.ts).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from paperkit.files import relative
from paperkit.review.check import Finding

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def annotated(found: Iterable[Finding], root: Path, *, strict: bool = False) -> Iterator[str]:
    """Yield an annotation for every finding, each once; files are named from the checkout that GitHub works in."""
    lines = (_annotation(finding, root, strict=strict) for finding in found)
    yield from dict.fromkeys(lines)


def _annotation(finding: Finding, root: Path, *, strict: bool) -> str:
    problem = finding.problem
    place, level = problem.place, "warning" if finding.is_note and not strict else "error"
    properties: dict[str, object] = {}
    if place is not None:
        properties = {"file": relative(root / place.file, _checkout(root)), "line": place.line, "col": place.column}
    title = ": ".join(part for part in ("paperkit", finding.kind.value, problem.subject or finding.target) if part)
    given = {name: value for name, value in {**properties, "title": title}.items() if value is not None}
    shown = ",".join(f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in given.items())
    message = problem.message if problem.hint is None else f"{problem.message}\n{problem.hint}"
    return f"::{level} {shown}::{_escaped(message, _DATA)}"


def _checkout(root: Path) -> Path:
    """Return the folder of the repository: GitHub's, or the one with `.git` above the manifest."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace and root.resolve().is_relative_to(Path(workspace).resolve()):
        return Path(workspace)
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
