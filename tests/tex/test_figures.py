r"""Figures in real documents: sizes, fonts, paths, warnings, and text as wide as it was laid out."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from paperkit import figures
from paperkit.data.load import Frames
from paperkit.figures.hybrid import to_hybrid
from paperkit.figures.pdf import to_pdf
from paperkit.figures.pgf import to_pgf
from paperkit.figures.renderer import text_extent
from paperkit.figures.text import to_tex
from paperkit.manifest.labels import Labels
from paperkit.manifest.load import load
from paperkit.manifest.model import Asset, FigureAsset, FigureSpec
from paperkit.style.venue import Venue, load_venue
from paperkit.templates import Templates
from paperkit.tex.metrics import Font, measure
from paperkit.tex.text import Tex
from tests.unit.figures.figure_cases import frame

pytestmark = pytest.mark.tex

ROOT = Path(__file__).parents[2]
ENGINES = ("pdflatex", "lualatex", "xelatex")
Require = Callable[[str], str]


@pytest.fixture(scope="module")
def reference() -> FigureAsset:
    (found,) = (figure for figure in load(ROOT / "paper.toml").figures if figure.name == "model-size")
    return found


def compiled(asset: FigureAsset, venue: Venue | None = None) -> figures.Figure:
    manifest = load(ROOT / "paper.toml")
    loader = Frames(ROOT, manifest.data, manifest.labels)
    frames = {panel.data: loader.load(panel.data) for panel in asset.spec.panel}
    return figures.compile(asset, frames, manifest.labels, venue or manifest.venue)


@pytest.fixture(scope="module")
def made(reference: FigureAsset) -> figures.Figure:
    return compiled(reference)


def write(made: figures.Figure, asset: FigureAsset, root: Path, *formats: Any) -> None:
    for artifact in figures.write(made, asset, folder="figures", formats=formats, templates=Templates()):
        path = root / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)


def typeset(engine: str, source: str, folder: Path) -> str:
    """Typeset `source` in `folder` and return the log, whose lines are not broken."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tex").write_text(source, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    environment = {**os.environ, "max_print_line": "1000"}
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=environment)
    log = (folder / "main.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log


def document(body: str, *, packages: str = r"\usepackage{times}\usepackage{graphicx}\usepackage{pgf}") -> str:
    return (
        "\\documentclass{article}\n"
        f"{packages}\n\\textwidth=397.485pt \\parindent=0pt\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


BOXED = r"\setbox0\hbox{\input{figures/model-size}}\typeout{SIZE \the\wd0 \space\the\ht0 \space\the\dp0}\box0"


@pytest.mark.parametrize("form", ["pdf", "pgf", "hybrid"])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_figure_is_as_wide_as_the_text_in_every_engine(  # noqa: PLR0917 - fixtures and parameters
    engine: str, form: str, made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    program = require_program(engine)
    write(made, reference, tmp_path, form)
    log = typeset(program, document(BOXED + "\n\n\\input{figures/model-size}"), tmp_path)
    found = re.search(r"SIZE ([\d.]+)pt ([\d.]+)pt ([\d.]+)pt", log)
    assert found is not None
    assert [float(side) for side in found.groups()] == pytest.approx([397.485, 158.994, 0], abs=0.01)
    assert "Overfull" not in log
    assert "Package paperkit Warning" not in log


def test_pgf_needs_no_other_package(
    made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, "pgf")
    typeset(
        require_program("pdflatex"), document(r"\input{figures/model-size}", packages=r"\usepackage{pgf}"), tmp_path
    )
    bare = r"\input{figures/model-size.pgf}"
    typeset(require_program("pdflatex"), document(bare, packages=r"\usepackage{pgf}"), tmp_path)


def test_a_document_without_pgf_is_told_so(
    made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, "pgf")
    source = document(r"\nonstopmode\input{figures/model-size}", packages="")
    with pytest.raises(AssertionError, match=r"figure\.model-size needs \\usepackage\{pgf\}"):
        typeset(require_program("pdflatex"), source, tmp_path)


@pytest.mark.parametrize("form", ["pdf", "pgf", "hybrid"])
@pytest.mark.parametrize(
    ("main", "reached"),
    [
        (".", "figures/model-size"),
        ("paper", "../figures/model-size"),
        ("paper/deep/er", "../../../figures/model-size.tex"),
        ("figures", "model-size"),
    ],
)
def test_the_wrapper_finds_its_file_from_any_folder(  # noqa: PLR0917 - fixtures and parameters
    main: str,
    reached: str,
    form: str,
    made: figures.Figure,
    reference: FigureAsset,
    tmp_path: Path,
    require_program: Require,
) -> None:
    write(made, reference, tmp_path, form)
    typeset(require_program("pdflatex"), document(rf"\input{{{reached}}}"), tmp_path / main)


@pytest.mark.parametrize(
    ("before", "main"),
    [(r"\def\pkfigdir{../elsewhere}", "paper"), (r"\def\pkfigdir{../elsewhere/}", "paper"), ("", "beside")],
)
def test_the_wrapper_finds_its_file_without_the_hooks_of_new_latex(  # noqa: PLR0917 - fixtures and parameters
    before: str, main: str, made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, "pdf")
    wrapper = tmp_path / "moved.tex"
    (tmp_path / "figures/model-size.tex").rename(wrapper)
    if before:
        (tmp_path / "figures").rename(tmp_path / "elsewhere")
    # LaTeX before 2020 does not know the path of the file it reads.
    wrapper.write_text(rf"{{\let\CurrentFilePath\undefined {wrapper.read_text()}}}")
    typeset(require_program("pdflatex"), document(rf"{before}\input{{../moved}}"), tmp_path / main)


def test_a_narrow_line_is_warned_of_and_names_the_key(
    made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, "pdf")
    body = r"\begin{minipage}{300pt}\input{figures/model-size}\end{minipage}"
    log = typeset(require_program("pdflatex"), document(body), tmp_path)
    assert (
        "Package paperkit Warning: figure.model-size is 397.485pt wide, but the line is only 300.0pt: "
        "set 'width' of figure.model-size in paper.toml on input line" in " ".join(log.split())
    )


def test_the_wrapper_describes_the_figure_to_acmart(
    made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, "pdf")
    source = (
        "\\documentclass[manuscript]{acmart}\\settopmatter{printacmref=false}\\setcopyright{none}\n"
        "\\begin{document}\\title{T}\\maketitle\n"
        "\\begin{figure}\\input{figures/model-size}\\caption{C}\\end{figure}\n\\end{document}\n"
    )
    log = typeset(require_program("pdflatex"), source, tmp_path)
    assert "A possible image without description" not in log


def test_the_text_of_the_pgf_is_in_the_documents_fonts(
    made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, "pgf")
    typeset(require_program("pdflatex"), document(r"\itshape\bfseries\input{figures/model-size}"), tmp_path)
    reader = PdfReader(tmp_path / "main.pdf")
    names = {font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()}  # type: ignore[index]  # pypdf's own idiom
    assert {name.split("+")[1] for name in names} == {"NimbusRomNo9L-Regu"}


LABELS = (
    "Balanced accuracy [%]",
    "Absolute accuracy gain [pp]",
    "(all tokens, attentive)",
    "DINOv2-S-14",
    "Office & AVA, To. 100% #1",
    "a_b~c^d {e} \\f",
    "\N{MINUS SIGN}12.5",
    "$R^2_{x}$ of $\\alpha \\leq 3$",
    "$\\mathdefault{10^{−3}}$",
    "naïve façade",
    "<5> | 'it' \"is\"",
)


@pytest.mark.parametrize("name", ["iclr2026", "article"])
def test_text_is_laid_out_as_wide_as_latex_sets_it(name: str, tmp_path: Path, require_program: Require) -> None:
    venue = load_venue(name)
    packages = r"\usepackage{times}" if venue.family == "ptm" else ""
    lines = []
    for size in (9, 8, 7):
        for label in LABELS:
            tex = to_tex(label, is_math="$" in label)
            lines.append(rf"\setbox0\hbox{{\fontsize{{{size}}}{{11}}\selectfont {tex}}}\typeout{{WIDTH \the\wd0}}")
    body = "\n".join([r"\frenchspacing", *lines])
    log = typeset(require_program("pdflatex"), document(body, packages=packages), tmp_path)
    real = [float(width) for width in re.findall(r"WIDTH ([\d.]+)pt", log)]
    ours = [
        text_extent(label, is_math="$" in label, family=venue.family, encoding=venue.encoding, size=float(size)).width
        * 72.27
        / 72
        for size in (9, 8, 7)
        for label in LABELS
    ]
    assert len(real) == len(ours)
    assert ours == pytest.approx(real, abs=0.5)


@pytest.mark.parametrize("name", ["iclr2026", "article"])
def test_no_text_of_the_figure_is_a_point_off(
    name: str, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    r"""Measure every string of the PGF, and compare with what the layout believed when it drew the PGF."""
    venue = load_venue(name)
    made = compiled(reference, venue)
    strings = re.findall(
        r"\\pktext\{[^}]*\}\{[^}]*\}\{[^}]*\}\{(\\fontsize\{([\d.]+)\}\{[\d.]+\})\}\{(.*)\}%\n", to_pgf(made)
    )
    assert len(strings) > 20
    packages = r"\usepackage{times}" if venue.family == "ptm" else ""
    body = "\n".join(rf"\setbox0\hbox{{{size}\selectfont {tex}}}\typeout{{WIDTH \the\wd0}}" for size, _, tex in strings)
    log = typeset(require_program("pdflatex"), document(body, packages=packages), tmp_path)
    real = [float(width) for width in re.findall(r"WIDTH ([\d.]+)pt", log)]
    ours = [
        measure(Tex(tex), Font(family=venue.family, encoding=venue.encoding, size=float(size))).width
        for _, size, tex in strings
    ]
    assert max(abs(a - b) for a, b in zip(real, ours, strict=True)) < 0.5


# Straight quotes print curled, and fonts draw an asterisk and a bar at several code points; all else is itself.
PRINTED = str.maketrans({"’": "'", "”": '"', "∗": "*", "−": "-", "∼": "~", "˜": "~", "ˆ": "^"})


@pytest.mark.parametrize("form", ["pdf", "pgf", "hybrid"])
@pytest.mark.parametrize("family", ["ptm", "lmr"])
def test_every_special_character_of_the_data_is_printed(
    form: str, family: str, tmp_path: Path, require_program: Require
) -> None:
    venue = replace(load_venue("article"), encoding="T1", family=family)
    # Two slots beside each other, and each word twice, so that no character stands at an edge only.
    texts = [r"$x$ 5%", r"a&b#1", r"c_d^2~3", r"{e}\f", "<g>|h|", "it's", "i*j@k", "l=m+n", "[o];p:q", "!r?/s", "-3 −4"]
    made = compiled_texts(texts, venue)
    if form != "pdf":
        text = to_pgf(made) if form == "pgf" else to_hybrid(made).overlay
        (tmp_path / "x.tex").write_text(text, encoding="utf-8")
        fonts = r"\usepackage{times}" if family == "ptm" else r"\usepackage{lmodern}"
        packages = rf"\usepackage[T1]{{fontenc}}{fonts}\usepackage{{pgf}}"
        typeset(require_program("pdflatex"), document(r"\input{x}", packages=packages), tmp_path)
        path = tmp_path / "main.pdf"
    else:
        path = tmp_path / "x.pdf"
        path.write_bytes(to_pdf(made))
    printed = "".join(PdfReader(path).pages[0].extract_text().translate(PRINTED).split())
    for text in texts:
        assert "".join(text.translate(PRINTED).split()) in printed


def compiled_texts(texts: list[str], venue: Venue) -> figures.Figure:
    """Return a figure with one slot for each text of the data, high enough to turn none of them away."""
    rows = [{"text": text, "score": float(step)} for text in texts for step in range(3)]
    spec = FigureSpec.model_validate(
        {"height": 0.1, "width": "20in", "panel": [{"data": "d", "mark": "box", "x": "text", "y": "score"}]}
    )
    asset: FigureAsset = Asset(kind="figure", name="f", path=("figure", "f"), each={}, spec=spec)
    return figures.compile(asset, {"d": frame(rows)}, Labels(), venue)


@pytest.mark.parametrize("form", ["pdf", "pgf", "hybrid"])
@pytest.mark.parametrize("active", [":;!?", '"', "=", "<>.'"])
def test_characters_that_a_language_makes_active_do_no_harm(  # noqa: PLR0917 - fixtures and parameters
    active: str, form: str, made: figures.Figure, reference: FigureAsset, tmp_path: Path, require_program: Require
) -> None:
    write(made, reference, tmp_path, form)
    trap = "".join(
        rf"\begingroup\lccode`\~`\{sign}\lowercase{{\endgroup\def~}}{{\errmessage{{active}}}}" for sign in active
    ) + "".join(rf"\catcode`\{sign} 13 " for sign in active)
    typeset(require_program("pdflatex"), document(trap + r"\input{figures/model-size} "), tmp_path)


def test_the_documents_letters_in_t1(reference: FigureAsset, tmp_path: Path, require_program: Require) -> None:
    venue = replace(load_venue("article"), encoding="T1", family="lmr", text_width=397.485)
    made = compiled(reference, venue)
    write(made, reference, tmp_path, "pgf")
    packages = r"\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{pgf}"
    typeset(require_program("pdflatex"), document(r"\input{figures/model-size}", packages=packages), tmp_path)
