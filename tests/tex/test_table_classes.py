"""One file of each kind compiles unchanged in the classes that papers use, with nothing but paperkit's preamble."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from paperkit.tables import write
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.tex.table_classes import CLASSES, DocumentClass
from tests.tex.table_kinds import FLOATS, KINDS, make_table

# A class's own headers and title, and what is no concern of a table.
OTHERS = re.compile(
    r"while \\output is active|No (Society|journal|affiliation)|Rerun|undefined (on input|references)|balance"
)
PROBLEMS = re.compile(
    r"^(?:Overfull \\hbox|Missing character|.*(?:Class|Package|LaTeX|Font) Warning:).*$", re.MULTILINE
)
# What acmart says of the package rotating.
ACM_SIDEWAYS = r"\vspace should only be used to provide space above/below surrounding objects"


@cache
def files() -> dict[str, bytes]:
    return {kind: write(make_table(kind), path=kind, templates=Templates()).content for kind in KINDS}


def body(paper: DocumentClass) -> Iterator[str]:
    for kind in KINDS:
        if (kind == "long" and paper.is_two_column) or (kind in ("wide", "sideways", "long") and not paper.has_floats):
            continue
        table = rf"\input{{{kind}}}"
        framed = table if kind in FLOATS else rf"\begin{{table}}[tp]\centering\caption{{A}}{table}\end{{table}}"
        # Bare, it stands in a paragraph, too, and has the width of the column.
        bare = "" if kind in FLOATS else rf"\par\noindent{table}\par"
        yield f"Text.\n{framed}\n{bare}\\clearpage" if paper.has_floats else rf"\begin{{frame}}{framed}\end{{frame}}"


@pytest.mark.tex
@pytest.mark.parametrize("name", CLASSES)
def test_the_same_files_compile_in_each_class(name: str, tmp_path: Path, require_program: Callable[[str], str]) -> None:
    paper = CLASSES[name]
    for kind, content in files().items():
        (tmp_path / f"{kind}.tex").write_bytes(content)
    log = run(require_program(paper.engine), paper.document(list(body(paper))), tmp_path)
    found = [line for line in PROBLEMS.findall(log) if not OTHERS.search(line) and ACM_SIDEWAYS not in line]
    assert found == []
    # Each float has the number of its own caption.
    named = re.findall(r"\\newlabel\{tab:(\w+)\}\{\{(\w+)\}", (tmp_path / "paper.aux").read_text(errors="replace"))
    floats = [kind for kind in FLOATS if rf"\input{{{kind}}}" in "".join(body(paper))]
    assert sorted(name for name, _ in named) == sorted(floats)
    assert len({number for _, number in named}) == len(floats)
