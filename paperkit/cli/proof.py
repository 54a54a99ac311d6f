"""`paperkit proof`."""

from __future__ import annotations

from pathlib import Path

import click

from paperkit.build.paper import Paper
from paperkit.build.plan import State
from paperkit.cli.console import print_problems, say
from paperkit.cli.options import manifest_option
from paperkit.files import relative
from paperkit.proof import make_proof


@click.command("proof")
@manifest_option
@click.option("--output", "-o", default="proof", show_default=True, help="Folder of proof.tex and proof.pdf.")
@click.option("--engine", default=None, help="The TeX engine; by default the first of pdflatex, lualatex, xelatex.")
def command(manifest: Path, output: str, engine: str | None) -> int:
    """Set every asset on one document, captioned, in the venue's class.

    Without a TeX engine the document is written but not compiled, and what is missing is named.
    """
    paper = Paper.load(manifest)
    states = (State.STALE, State.EDITED, State.BROKEN)
    stale = [f"{step.target.id} ({step.state.value})" for step in paper.plan() if step.state in states]
    proof = make_proof(paper.manifest, folder=output, engine=engine)
    print_problems(proof.notices, kind="note")
    if stale:
        say(f"note: shown as they stand: {', '.join(stale)}", err=True)
    root = paper.manifest.root
    say(f"wrote {relative(proof.pdf or proof.tex, root)}")
    return 0
