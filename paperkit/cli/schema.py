"""`paperkit schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from paperkit.cli.console import say
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import write_if_changed
from paperkit.manifest.schema import TITLE, schema


@click.command("schema")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("paper.schema.json"),
    show_default=True,
    help="Where to write it; - prints it.",
)
def command(output: Path) -> int:
    """Write the JSON Schema that lets editors complete and check paper.toml.

    Put `#:schema ./paper.schema.json` on the first line of paper.toml; Even Better TOML and Tombi read it.
    """
    from paperkit.figures import mark_names, mark_options

    document = schema({name: tuple(mark_options(name)) for name in mark_names()})
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if str(output) == "-":
        click.echo(text, nl=False)
        return 0
    _refuse_foreign(output)
    changed = write_if_changed(output, text.encode())
    say(f"{'wrote' if changed else 'unchanged'} {output}")
    return 0


def _refuse_foreign(output: Path) -> None:
    """Refuse to replace a file that is not a schema of paper.toml.

    Raises:
        PaperkitError: there is such a file, or a folder.

    """
    if not output.exists():
        return
    try:
        title = json.loads(output.read_text(encoding="utf-8")).get("title")
    except (OSError, ValueError, AttributeError):
        title = None
    if title != TITLE:
        message = "is not a schema of paper.toml, and is left alone"
        raise PaperkitError(Problem(message=message, place=Place(file=str(output)), hint="name another file with -o"))
