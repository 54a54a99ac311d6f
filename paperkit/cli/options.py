"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

_manifest = click.option(
    "--manifest",
    "-m",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("paper.toml"),
    show_default=True,
    help="The paper's manifest.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")


def manifest_option(function: Function) -> Function:
    """Add `--manifest`."""
    return _manifest(function)


def json_option(function: Function) -> Function:
    """Add `--json`."""
    return _json(function)
