r"""The facts of venues.toml are what the classes themselves report."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.style.venue import load_venue, venue_names
from tests.tex.engines import document, run

HERE = [name for name in venue_names() if load_venue(name).in_texlive]
REPORT = r"""
x\makeatletter
\typeout{FACT width \the\textwidth\space\the\columnwidth}
\typeout{FACT font \f@encoding\space\f@family}
"""
TABLE = (
    r"\begin{table}\caption{x\typeout{FACT caption \f@size}}"
    r"\typeout{FACT table \f@size\space\the\tabcolsep}x\end{table}"
)


@pytest.mark.tex
@pytest.mark.parametrize("name", HERE)
def test_the_class_reports_the_facts(name: str, tmp_path: Path, require_program: Callable[[str], str]) -> None:
    venue = load_venue(name)
    sizes = "".join(rf"{{\{size}\typeout{{FACT {size} \f@size\space\f@baselineskip}}}}" for size in venue.sizes)
    log = run(require_program("pdflatex"), document(venue, REPORT + sizes + TABLE), tmp_path)
    facts = {
        key: re.sub(r"(?<=\d)pt", "", text).split() for key, text in re.findall(r"^FACT (\w+) (.*)$", log, re.MULTILINE)
    }
    assert [float(width) for width in facts["width"]] == pytest.approx([venue.text_width, venue.column_width], abs=0.01)
    assert facts["font"] == [venue.encoding, venue.family]
    for size, points in venue.sizes.items():
        assert [float(fact) for fact in facts[size]] == pytest.approx([points, venue.leading[size]], abs=0.01)
    assert float(facts["caption"][0]) == pytest.approx(venue.caption_size, abs=0.01)
    assert [float(fact) for fact in facts["table"]] == [venue.sizes[venue.table_size], venue.tabcolsep]
