"""`paperkit graph`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from paperkit.build.paper import Paper
from paperkit.cli.console import COLOURS, print_json, print_problems, say
from paperkit.cli.options import json_option, manifest_option
from paperkit.review.graph import Graph, graph
from paperkit.review.graph_text import Line, mermaid, tree

_STYLES = {"file": "cyan", "frame": "blue", "asset": None, "output": None}
_SEEN = "… above"


@click.command("graph")
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@manifest_option
@click.option("--mermaid", "form", flag_value="mermaid", default=None, help="Print Mermaid, which GitHub draws.")
@click.option("--svg", "form", flag_value="svg", help="Print a picture.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it to a file; .svg and .mmd say the form themselves.",
)
@json_option
def command(selectors: tuple[str, ...], manifest: Path, form: str | None, output: Path | None, *, as_json: bool) -> int:
    """Show what is made from what: files, frames, assets and their outputs, and which are not up to date.

    A SELECTOR is as in build; what the selected assets are made from is shown too.
    """
    paper = Paper.load(manifest)
    found = graph(paper, selectors)
    print_problems(paper.lock_problems(), kind="note")
    if form is None and output is not None:
        form = {".svg": "svg", ".mmd": "mermaid"}.get(output.suffix)
    if as_json:
        print_json({"nodes": [asdict(node) for node in found.nodes], "edges": [list(edge) for edge in found.edges]})
    elif form is None and output is None:
        for line in tree(found):
            say(_shown(line))
    else:
        _write(_written(found, form), output)
    return 0


def _written(found: Graph, form: str | None) -> str:
    if form == "svg":
        from paperkit.review.graph_svg import svg

        return svg(found)
    return mermaid(found) if form == "mermaid" else "".join(f"{click.unstyle(_shown(line))}\n" for line in tree(found))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    from paperkit.files import write_if_changed

    changed = write_if_changed(output, text.encode())
    say(f"{'wrote' if changed else 'unchanged'} {output}")


def _shown(line: Line) -> str:
    node = line.node
    name = click.style(node.label, fg=_STYLES[node.kind], bold=node.kind == "asset" or None)
    if line.is_seen:
        return f"{_dim(line.branches)}{click.style(node.label, fg='bright_black')} {_dim(_SEEN)}"
    behind = f"{' ' * line.room}  {_dim(line.behind)}" if line.behind else ""
    state = f"  {click.style(node.state, fg=COLOURS.get(node.state, 'bright_black'))}" if node.state else ""
    return f"{_dim(line.branches)}{name}{behind}{state}"


def _dim(text: str) -> str:
    return click.style(text, fg="bright_black") if text else ""
