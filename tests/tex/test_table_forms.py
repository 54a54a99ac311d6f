"""Floats, long and split tables: where captions and labels stand, what is repeated, what goes where."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paperkit.style.venue import Venue
from paperkit.tables import Table, write
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.tex.table_classes import CLASSES
from tests.tex.table_kinds import WIDE, make_table


def latex(table: Table) -> str:
    return write(table, path="t.tex", templates=Templates()).content.decode()


def pages(table: Table, folder: Path, require_program: Callable[[str], str], runs: int = 1) -> list[str]:
    """Return the text of each page; a second run tells a longtable its number."""
    (folder / "t.tex").write_text(latex(table), encoding="utf-8")
    source = CLASSES["article"].document([r"\pagestyle{empty}", r"\input{t}"])
    for _ in range(runs):
        run(require_program("pdflatex"), source, folder)
    done = subprocess.run(
        [require_program("pdftotext"), "-layout", "paper.pdf", "-"], cwd=folder, check=True, capture_output=True
    )
    return done.stdout.decode().split("\f")[:-1]


@pytest.mark.tex
def test_a_longtable_repeats_its_heads(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    found = pages(make_table("long"), tmp_path, require_program, runs=2)
    assert len(found) > 1
    assert [page.count("Accuracy") for page in found] == [1] * len(found)
    assert [page.count("A caption that says") for page in found] == [1] + [0] * (len(found) - 1)
    assert [page.count("Table 1 (continued)") for page in found] == [0] + [1] * (len(found) - 1)
    assert [page.count("On one device") for page in found] == [0] * (len(found) - 1) + [1]
    steps = [int(step) for page in found for step in re.findall(r"step (\d+)", page)]
    assert steps == list(range(60))


BELOW = replace(WIDE, table_caption="below")


@pytest.mark.tex
@pytest.mark.parametrize("kind", ["float", "wide", "sideways", "long"])
@pytest.mark.parametrize("venue", [WIDE, BELOW], ids=["above", "below"])
def test_the_caption_stands_where_the_venue_wants_it(
    kind: str, venue: Venue, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    text = latex(make_table(kind, venue))
    assert text.count(r"\caption{") == text.count(rf"\label{{tab:{kind}}}") == 1
    if kind in ("wide", "sideways"):
        return
    page = "\n".join(pages(make_table(kind, venue), tmp_path, require_program))
    caption, first = page.index("A caption that says"), page.index("step 0" if kind == "long" else "task 0")
    assert (caption < first) is (venue is WIDE)


@pytest.mark.tex
def test_a_split_table_repeats_stub_and_spanners_and_has_its_notes_once(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    table = make_table("split", notes="Only once.", caption="")
    (page,) = pages(table, tmp_path, require_program)
    assert [page.count(text) for text in ("CIFAR", "ImageNet", "task 3", "layers", "Only once.")] == [1, 1, 2, 2, 1]
    assert page.index("CIFAR") < page.index("ImageNet") < page.index("Only once.")


@pytest.mark.tex
def test_columns_split_inside_a_spanner_keep_its_label(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    (page,) = pages(make_table("split", split=3, caption=""), tmp_path, require_program)
    assert (page.count("CIFAR"), page.count("ImageNet"), page.count("task 5")) == (2, 2, 3)


def test_a_bare_tabular_has_no_float() -> None:
    text = latex(make_table("heat", caption="Unused."))
    assert not re.search(r"\\caption|\\label|\\centering|\\begin\{table", text)
