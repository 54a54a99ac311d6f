"""Write docs/example.png, the picture of the README, from the built reference paper: needs pdflatex and pdftoppm."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).parent.parent
DOCUMENT = r"""\documentclass[10pt]{article}
\usepackage[paperwidth=430pt,paperheight=420pt,margin=16pt]{geometry}
\usepackage[T1]{fontenc}
\usepackage{times}
\input{paperkit-preamble}
\pagestyle{empty}
\setlength{\parindent}{0pt}
\begin{document}
\input{tables/appendix-vit}

\bigskip
\input{figures/model-size}
\end{document}
"""


def main() -> None:
    """Compile one page, render it at 180 dots per inch and trim it."""
    with tempfile.TemporaryDirectory() as folder:
        tex = Path(folder, "example.tex")
        tex.write_text(DOCUMENT, encoding="utf-8")
        engine = ["pdflatex", "-interaction=batchmode", f"-output-directory={folder}", str(tex)]
        subprocess.run(engine, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        render = [
            "pdftoppm",
            "-png",
            "-r",
            "180",
            "-singlefile",
            str(tex.with_suffix(".pdf")),
            str(tex.with_suffix("")),
        ]
        subprocess.run(render, check=True)
        page = Image.open(tex.with_suffix(".png")).convert("RGB")
    left, top, right, bottom = ImageChops.invert(page).getbbox() or (0, 0, *page.size)
    picture = page.crop((left - 12, top - 12, right + 12, bottom + 12))
    picture.save(ROOT / "docs" / "example.png", optimize=True)


if __name__ == "__main__":
    main()
