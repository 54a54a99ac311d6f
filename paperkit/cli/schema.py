"""`paperkit schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from paperkit.cli.console import say
from paperkit.files import write_if_changed


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
    from paperkit.manifest.schema import schema

    document = schema({name: tuple(mark_options(name)) for name in mark_names()})
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if str(output) == "-":
        click.echo(text, nl=False)
        return 0
    changed = write_if_changed(output, text.encode())
    say(f"{'wrote' if changed else 'unchanged'} {output}")
    return 0
