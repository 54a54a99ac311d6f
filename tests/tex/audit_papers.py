"""Papers for the audit: one with a defect on every page, one without any; figures made with matplotlib and Pillow."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_FILLER = (
    "The quick brown fox jumps over the lazy dog, and goes on to do so until a line is full and the paragraph has "
    "some length, which it needs for the margins of its page to be found by whoever looks for them. It does so many "
    "times before the end of the day, when the dog wakes up, wonders, looks around, and sees that nobody is there. "
    "It lies down again, and the fox, who has waited for that behind a tree, comes back and jumps once more.\\par\n"
)
_PREAMBLE = r"""\documentclass[letterpaper]{article}
\usepackage[letterpaper,margin=1in]{geometry}
\usepackage{iftex,graphicx,xcolor,colortbl,booktabs}
\ifpdftex\pdfmapline{=ptmr8r Times-Roman "TeXBase1Encoding ReEncodeFont" <8r.enc}\fi
"""
_LONG = "Averyveryverylongwordthatcannot" + "behyphenatedatallwhatsoever" * 4
_BAD = [
    r"\includegraphics{figures/type3.pdf}",
    r"\ifpdftex{\fontfamily{ptm}\selectfont not embedded}\else nothing\fi",
    rf"\noindent {_LONG}",
    r"\includegraphics[width=3in]{figures/coarse.png}",
    r"\includegraphics{figures/thin.pdf}",
    r"\includegraphics[width=3in]{figures/small.pdf}",
    r"\includegraphics[width=3in]{figures/cmyk.jpg}",
    r"\noindent\includegraphics{figures/wide.pdf}",
    r"\includegraphics{figures/glass.pdf}",
    r"See \ref{nowhere} and \cite{nobody}.",
    r"\begin{tabular}{ll}\cellcolor{yellow}\textcolor{white}{hard} & \cellcolor{blue}\textcolor{white}{b}\end{tabular}",
    r"\input{tables/wide}",
    r"\resizebox{1in}{!}{\begin{tabular}{l}tiny after scaling, as wide tables become\end{tabular}}",
    r"\includegraphics{figures/outer.pdf}",
]
_WIDE_TABLE = "\\noindent\n\\begin{tabular}{l}\n" + "a rather wide column of words " * 5 + "\\\\\n\\end{tabular}\n\n"
_CLEAN = r"""\usepackage[hidelinks]{hyperref}\hypersetup{pdftitle={A paper},pdflang={en}}
\usepackage{microtype}\setlength\marginparwidth{0.6in}
\begin{document}
\section{Introduction}\label{one} FILLER FILLER See Section~\ref{one}.\footnote{And this note.}
\marginpar{A note in the margin.}
\begin{figure}[h]\centering\includegraphics{figures/good.pdf}\caption{A figure.}\end{figure}
\begin{figure}[h]\centering\includegraphics[width=3in]{figures/gray.png}\caption{An image.}\end{figure}
\[ a^{b^c}_{d_e} = \sum_{i=0}^{n^2} x_i \]
\begin{tabular}{lr}\toprule \cellcolor{blue}\textcolor{white}{a} & 1 \\ \cellcolor{yellow} b & 2 \\\bottomrule
\end{tabular}
\includegraphics[width=1in]{figures/data.png}
\section*{References} FILLER
\appendix\section{More} FILLER
\end{document}
"""


def bad_paper() -> str:
    """Return a paper with one defect on each page."""
    pages = [rf"\section*{{Page}}{_FILLER}{defect}" for defect in _BAD]
    return _PREAMBLE + "\\begin{document}\n" + "\n\\newpage\n".join(pages) + "\n\\end{document}\n"


def clean_paper() -> str:
    """Return a paper that an audit has nothing against, but that it is not tagged."""
    return _PREAMBLE + _CLEAN.replace("FILLER", _FILLER)


def write_assets(folder: Path, pdflatex: str) -> None:
    """Write the figures and tables of both papers."""
    import numpy as np
    from PIL import Image

    (folder / "figures").mkdir()
    (folder / "tables").mkdir()
    (folder / "tables" / "wide.tex").write_text(_WIDE_TABLE, encoding="utf-8")
    _plot(folder, "good")
    _plot(folder, "type3", fonttype=3)
    _plot(folder, "small", size=(6, 4), font=6)
    _plot(folder, "thin", line=0.1)
    _plot(folder, "wide", size=(9, 2))
    _plot(folder, "glass", alpha=0.5)
    numbers = np.random.default_rng(0)
    for name, shape in (("coarse.png", (100, 150, 3)), ("gray.png", (900, 900)), ("data.png", (8, 8, 3))):
        Image.fromarray(numbers.integers(0, 255, shape, dtype=np.uint8)).save(folder / "figures" / name)
    flat = Image.new("CMYK", (900, 900), (90, 40, 10, 0))
    flat.save(folder / "figures" / "cmyk.jpg")
    outer = r"""\documentclass{article}\usepackage[setpagesize=false]{graphicx}
\begin{document}
\pdfpagewidth=3in\pdfpageheight=2in\pdfhorigin=0pt\pdfvorigin=0pt
\shipout\vbox{\includegraphics{figures/type3.pdf}}
\end{document}
"""
    (folder / "outer.tex").write_text(outer, encoding="utf-8")
    compile_paper(pdflatex, folder, "outer")
    (folder / "outer.pdf").rename(folder / "figures" / "outer.pdf")


def compile_paper(engine: str, folder: Path, name: str, *, runs: int = 1) -> Path:
    """Return the PDF that an engine makes of `NAME.tex`."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
    for _ in range(runs):
        command = [engine, "-interaction=nonstopmode", f"{name}.tex"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert (folder / f"{name}.pdf").exists(), done.stdout.decode(errors="replace")[-2000:]
    return folder / f"{name}.pdf"


def _plot(
    folder: Path,
    name: str,
    *,
    size: tuple[float, float] = (3, 2),
    fonttype: int = 42,
    line: float = 1.0,
    font: float = 9.0,
    alpha: float = 1.0,
) -> None:
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    with mpl.rc_context(
        {"pdf.fonttype": fonttype, "font.size": font, "xtick.labelsize": font, "ytick.labelsize": font}
    ):
        figure = Figure(figsize=size, layout="tight")
        axes = figure.subplots()
        axes.plot([0, 1, 2], [0, 1, 4], linewidth=line, alpha=alpha)
        axes.set_xlabel("epoch")
        FigureCanvasPdf(figure)
        figure.savefig(folder / "figures" / f"{name}.pdf", metadata={"CreationDate": None})
