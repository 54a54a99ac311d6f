"""What the paper's LaTeX uses: each case is a small project with documents, and the whole list of what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.build.paper import Paper
from paperkit.review.usage import Usage, usage

MANIFEST = """
[data.runs]
rows = [{ d = "a", x = 1 }, { d = "b", x = 2 }]
[table."by-{d}"]
each = { d = ["a", "b"] }
data = "runs"
rows = "d"
cells = "x"
[figure.points]
formats = ["pdf"]
[[figure.points.panel]]
data = "runs"
mark = "bar"
x = "d"
y = "x"
[macros]
best = { data = "runs", value = "max(x)" }
"""
HEAD = "\\documentclass{article}\n\\input{paperkit-preamble}\\input{macros}\n\\begin{document}\n"
ALL = "\\best\\input{tables/by-a}\\input{tables/by-b}\\input{figures/points}\n"
A, B = "no document uses tables/by-a.tex", "no document uses tables/by-b.tex"
POINTS, BEST = "no document uses figures/points.tex", "no document uses \\best"
NO_FILE = "there is no such file, and no entry of the manifest makes it"


def _usage(root: Path, files: dict[str, str]) -> Usage:
    (root / "paper.toml").write_text(MANIFEST)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    paper = Paper.load(root / "paper.toml")
    return usage(paper.manifest, paper.targets)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        ({"main.tex": HEAD + ALL}, []),
        ({"main.tex": HEAD}, [A, B, POINTS, BEST]),
        ({"main.tex": HEAD + "% " + ALL}, [A, B, POINTS, BEST]),
        ({"main.tex": HEAD + r"\include{sections/one}", "sections/one.tex": ALL}, []),
        ({"main.tex": HEAD, "left.tex": ALL}, [A, B, POINTS, BEST]),
        ({"one.tex": HEAD + r"\input{tables/by-a.tex}\best", "two.tex": HEAD + r"\input{./tables//by-b}"}, [POINTS]),
        ({"main.tex": HEAD + r"\best\newcommand{\tab}[1]{\input{tables/by-#1}}\tab{a}"}, [B, POINTS]),
        ({"main.tex": HEAD + r"\best\def\dir{tables}\input{\dir/by-a}\input{\dir/by-b}"}, [POINTS]),
        ({"main.tex": HEAD + r"\part{one}\newcommand{\part}[1]{\input{s/#1}}", "s/one.tex": ALL}, []),
        ({"main.tex": HEAD + ALL.replace(r"\input{figures/points}", r"\includegraphics{figures/points}")}, []),
        ({"main.tex": HEAD + r"\graphicspath{{x/}{figures/}}\includegraphics{points}"}, [A, B, BEST]),
        ({"main.tex": HEAD + r"\includegraphics{points}"}, [A, B, POINTS, BEST]),
        ({"tex/main.tex": HEAD + ALL.replace("{tables", "{../tables").replace("{figures", "{../figures")}, []),
        ({"main.tex": HEAD + r"\import{parts/}{one}", "parts/one.tex": r"\input{two}", "parts/two.tex": ALL}, []),
        ({"main.tex": HEAD + r"\subfile{p/one}", "p/one.tex": r"\documentclass[../main]{subfiles}" + ALL}, []),
        ({"main.tex": HEAD + r"\def\input@path{{tables/}}\input{by-a}"}, [B, POINTS, BEST]),
        ({"main.tex": HEAD + "\\loop", "loop.tex": "\\input{main}"}, [A, B, POINTS, BEST]),
        ({"main.tex": HEAD + "\\input{loop}" + ALL, "loop.tex": "\\input{main}\\input{loop}"}, []),
        ({"only.tex": r"\input{tables/by-a}"}, [B, POINTS, BEST]),
        ({"env/pyvenv.cfg": "", "env/main.tex": HEAD + ALL}, []),
        ({"main.tex": HEAD + r"\providecommand{\best}{0}"}, [A, B, POINTS, BEST]),
    ],
)
def test_what_no_document_uses(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert [problem.message for problem in _usage(tmp_path, files).unused()] == expected


def test_unused_entries_have_a_place_and_a_hint(tmp_path: Path) -> None:
    found = _usage(tmp_path, {"main.tex": HEAD + "\\input{tables/by-a}\\input{figures/points}"}).unused()
    assert "\n".join(map(str, found)) == (
        'paper.toml:4:8: table."by-{d}": no document uses tables/by-b.tex\n'
        "    \\input{tables/by-b} in main.tex, or remove the entry\n"
        "paper.toml:17:1: macros.best: no document uses \\best\n    use it in the text, or remove the entry"
    )


def test_a_proof_of_ours_is_no_document(tmp_path: Path) -> None:
    from paperkit.build.seal import seal_text

    sealed = seal_text((HEAD + ALL).encode(), origin="paper.toml").decode()
    found = _usage(tmp_path, {"main.tex": HEAD, "proof/proof.tex": sealed})
    assert [document.main for document in found.documents] == ["main.tex"]


def test_files_that_nothing_makes(tmp_path: Path) -> None:
    text = (
        "\\input{tables/by-c}\n\\input{table/by-a}\n\\includegraphics{figures/pionts.pdf}\n\\input{tables/notation}\n"
        "\\includegraphics{figures/overview}\n\\input{other/thing}\n\\InputIfFileExists{tables/by-d}{}{}\n"
        "\\input{tables/mine}\n\\includegraphics{figures/there}\n\\input{../tables/by-x}\n\\input{tables/#1}\n"
        "\\includegraphics{tables/by-a}\n"
    )
    files = {"main.tex": HEAD + text, "tables/mine.tex": "", "figures/there.png": ""}
    found = _usage(tmp_path, files)
    assert [str(problem) for problem in found.unmade()] == [
        f"main.tex:4:1: nothing makes 'tables/by-c', did you mean 'tables/by-b'?\n    {NO_FILE}",
        f"main.tex:5:1: nothing makes 'table/by-a', did you mean 'tables/by-a'?\n    {NO_FILE}",
        f"main.tex:6:1: nothing makes 'figures/pionts.pdf', did you mean 'figures/points.pdf'?\n    {NO_FILE}",
        "main.tex:15:1: 'tables/by-a' is no image\n    it is LaTeX: \\input{tables/by-a}",
    ]
    assert [str(problem) for problem in found.missing()] == [
        f"main.tex:7:1: nothing makes 'tables/notation'\n    {NO_FILE}",
        f"main.tex:8:1: nothing makes 'figures/overview'\n    {NO_FILE}",
    ]


def test_assets_need_the_preamble_and_macros_their_file(tmp_path: Path) -> None:
    text = "\\documentclass{article}\n\\begin{document}\n" + ALL
    found = _usage(tmp_path, {"main.tex": text, "figure.tex": "\\documentclass{standalone}" + ALL})
    assert "\n".join(map(str, found.not_loaded())) == (
        "main.tex:3:6: main.tex uses assets and does not input paperkit-preamble.tex\n"
        "    \\input{paperkit-preamble} before \\begin{document}: it loads what they need\n"
        "main.tex:3:1: main.tex uses \\best and does not input macros.tex\n"
        "    \\input{macros} before \\begin{document}"
    )
    images = _usage(tmp_path, {"main.tex": text.replace(ALL, "\\includegraphics{figures/points}")})
    assert images.not_loaded() == ()


@pytest.mark.parametrize(
    "name", ["a" * 400, "\\input{\\input{a}}", "tables/\x01", "/etc/passwd", "..", ".", "~/x", "a:b"]
)
def test_strange_names_mean_nothing(tmp_path: Path, name: str) -> None:
    found = _usage(
        tmp_path, {"main.tex": f"{HEAD}{ALL}\\input{{{name}}}\\include{{{name}}}\\includegraphics{{{name}}}"}
    )
    assert found.unused() == found.unmade() == ()
