"""Names of files are changed where files are named, and nowhere else."""

from __future__ import annotations

import pytest

from paperkit.camera_ready.lexicon import Lexicon
from paperkit.camera_ready.prepare import Change
from paperkit.camera_ready.rename import renamed, safe_names
from paperkit.cli.camera_ready import undone_text


def main_after(main: bytes, **others: bytes) -> bytes:
    files = {"main.tex": main, "my dir/my plot.pdf": b"", "my plot.pdf": b"", **others}
    return renamed(files, [path for path in files if path.endswith("tex")], Lexicon(), safe_names(files))["main.tex"]


@pytest.mark.parametrize(
    "text",
    [
        b"\\hypersetup{pdftitle={my plot}}",
        b"\\pdfbookmark{my dir}{my dir}",
        b"\\label{my plot}\\ref{my plot}",
        b"\\textbf{my plot}",
        b"{my plot}",
        b"\\newcommand{\\say}[1]{\\textbf{#1}}\\say{my plot}",
        b"\\begin{my plot}",
    ],
)
def test_text_that_is_no_file_stays(text: bytes) -> None:
    assert main_after(text) == text


@pytest.mark.parametrize(
    "text",
    [
        b"\\includegraphics{my plot}",
        b"\\includegraphics*[trim={0 0 0 0}, clip] {my plot.pdf}",
        b"\\includegraphics<2>[width=1cm]{my dir/my plot}",
        b"\\graphicspath{{figs/}{my dir/}}",
        b"\\import{my dir/}{my plot}",
        b"\\IfFileExists{my plot.pdf}{\\includegraphics{my plot.pdf}}{}",
        b"\\newcommand{\\fig}[2][1]{\\centering\\includegraphics[width=#1]{#2}}\\fig[2]{my plot}",
        b"\\newcommand\\a[1]{\\input{#1}}\\def\\b#1{\\a{#1}}\\b{my plot.pdf}",
        b"\\newcommand{\\name}{my plot}\\def\\other{my plot}",
        b"\\begin{overpic}[width=1cm]{my plot}\\end{overpic}",
        b"\\addplot[red] table [x=a, y=b] {my plot.pdf};",
    ],
)
def test_files_are_renamed_where_they_are_read(text: bytes) -> None:
    assert main_after(text) == text.replace(b"my plot", b"my_plot").replace(b"my dir", b"my_dir")


def test_what_could_not_be_renamed_is_said_with_a_cure() -> None:
    assert undone_text(Change(file="my plot.pdf", transform="rename"), "it does not compile: no my plot") == (
        "my plot.pdf: its name: with another one it does not compile: no my plot "
        "(rename it yourself, and where it is read)"
    )
    assert undone_text(Change(file="a.tex", transform="comments"), "the text of page 1") == (
        "a.tex: comments: taking them out changes the text of page 1"
    )
    assert undone_text(Change(file="a.tex", transform="flatten"), "it does not compile: x") == (
        r"a.tex: put in the place of its \input: so it does not compile: x"
    )
