r"""Fonts of every mark in every format that a document shows: all embedded, none as Type 3."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit import figures
from paperkit.manifest.model import Format
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.unit.figures.every_mark import every_mark

pytestmark = pytest.mark.tex

Require = Callable[[str], str]
HEAD = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{times}\usepackage{graphicx,color,pgf}"


def fonts(path: Path, program: str) -> list[str]:
    """Return the lines of poppler's table of fonts: name, type, encoding, embedded, subset, Unicode."""
    done = subprocess.run([program, path.name], cwd=path.parent, capture_output=True, check=True, text=True)
    return done.stdout.splitlines()[2:]


@pytest.mark.parametrize("form", ["pdf", "pgf", "hybrid"])
def test_no_document_has_a_type_3_font(form: Format, tmp_path: Path, require_program: Require) -> None:
    program = require_program("pdffonts")
    body = []
    for made in every_mark():
        name = made[0].name
        for file in figures.write(*made, folder="figures", formats=(form,), templates=Templates()):
            (tmp_path / file.path).parent.mkdir(exist_ok=True)
            (tmp_path / file.path).write_bytes(file.content)
            if file.path.endswith(".pdf"):
                found = fonts(tmp_path / file.path, program)
                assert not [line for line in found if "Type 3" in line or line.split()[-5] != "yes"]
                assert bool(found) == (form == "pdf")
        body.append(rf"\input{{figures/{name}}}")
    run(require_program("pdflatex"), f"{HEAD}\\begin{{document}}{' '.join(body)}\\end{{document}}\n", tmp_path)
    found = fonts(tmp_path / "paper.pdf", program)
    assert found
    assert not [line for line in found if "Type 3" in line or line.split()[-5] != "yes"]
