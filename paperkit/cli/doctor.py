"""`paperkit doctor`."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from paperkit.cli.console import print_json, say
from paperkit.cli.main import FAILED
from paperkit.cli.options import json_option

if TYPE_CHECKING:
    from paperkit.doctor import Diagnosis, Feature, Part

_HARD = "\N{NO-BREAK SPACE}"  # Between a name and its version, which stay on one line.
_COLOURS = {"ready": "green", "partly": "yellow", "missing": "red"}


@click.command("doctor")
@json_option
def command(*, as_json: bool) -> int:
    """Show which programs and libraries are there, for which feature, and how to install what is missing.

    Exit codes: 0 tables, figures and macros can be built, 1 they cannot.
    """
    from paperkit.doctor import examine

    diagnosis = examine()
    if as_json:
        print_json(diagnosis_json(diagnosis))
    else:
        print_diagnosis(diagnosis)
    return 0 if diagnosis.builds else FAILED


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print a line for each feature, and one for each part that it lacks."""
    say(f"paperkit {diagnosis.version}, Python {diagnosis.python}, {diagnosis.system}")
    width = max(len(feature.name) for feature in diagnosis.features)
    for feature in diagnosis.features:
        state = click.style(f"{feature.state:<8}", fg=_COLOURS[feature.state])
        for number, line in enumerate(_wrapped(_summary(feature), width + 11)):
            say(f"{state} {feature.name:<{width}}  {line}" if number == 0 else f"{'':{width + 11}}{line}")
        for part, how in _lacking(feature):
            say(f"{'':8} {'':{width}}  {part.name} {how}: {part.install}")


def _summary(feature: Feature) -> str:
    parts = [*feature.needed, *feature.one_of, *feature.useful]
    there = ", ".join(
        part.name if part.found in {None, "found", "?"} else f"{part.name}{_HARD}{part.found}"
        for part in dict.fromkeys(parts)
        if part.found is not None
    )
    purpose = "" if feature.purpose == "extra" else f"{feature.purpose}: "
    return f"{purpose}{there or 'nothing found'}"


def _wrapped(text: str, indent: int) -> list[str]:
    """Return a text in lines that fit a terminal behind an indent, as one line where it is no terminal."""
    if not sys.stdout.isatty():
        return [text.replace(_HARD, " ")]
    lines = textwrap.wrap(text, max(40, shutil.get_terminal_size().columns - indent), break_on_hyphens=False)
    return [line.replace(_HARD, " ") for line in lines]


def _lacking(feature: Feature) -> list[tuple[Part, str]]:
    lacking = [(part, "is missing") for part in feature.needed if part.found is None]
    if feature.one_of and all(part.found is None for part in feature.one_of):
        lacking += [(part, "or another engine is missing") for part in feature.one_of[:1]]
    return lacking + [(part, "would be useful") for part in feature.useful if part.found is None]


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as JSON types."""
    return {
        "version": diagnosis.version,
        "python": diagnosis.python,
        "system": diagnosis.system,
        "features": [
            {
                "name": feature.name,
                "purpose": feature.purpose,
                "state": feature.state,
                **{
                    role: [
                        {
                            "name": part.name,
                            "kind": part.kind,
                            "version": part.found,
                            "path": part.path,
                            "install": part.install,
                        }
                        for part in parts
                    ]
                    for role, parts in (
                        ("needed", feature.needed),
                        ("one_of", feature.one_of),
                        ("useful", feature.useful),
                    )
                },
            }
            for feature in diagnosis.features
        ],
    }
