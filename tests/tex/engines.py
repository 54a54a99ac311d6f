"""Run a TeX engine on a document, and read what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

from paperkit.style.venue import Venue

# jmlr.cls loads a package of texlive-science, which has no part in its measures.
_BEFORE = {
    "jmlr": r"\makeatletter\@namedef{ver@algorithm2e.sty}{}\@namedef{opt@algorithm2e.sty}{algo2e,ruled}"
    r"\newskip\algomargin\makeatother"
}


def document(venue: Venue, body: str, preamble: str = "") -> str:
    """Return a document of the venue's class; what needs a class or package outside TeX Live cannot be run."""
    options = ",".join(venue.class_options)
    title = "" if venue.document_class == "article" else r"\title{Title}\author{Author}\maketitle"
    packages = "".join(rf"\usepackage{{{name}}}" for name in venue.packages)
    return (
        rf"{_BEFORE.get(venue.document_class, '')}\documentclass[{options}]{{{venue.document_class}}}{packages}"
        f"\n{preamble}\n\\begin{{document}}\n{title}\n{body}\n\\end{{document}}\n"
    )


def run(engine: str, source: str, folder: Path) -> str:
    """Return the log of one run on `source`; a TeX error fails the test with its message."""
    (folder / "paper.tex").write_text(source, encoding="utf-8")
    # Long log lines would otherwise be broken at 79 characters.
    environment = {"max_print_line": "10000", "openout_any": "p", "PATH": str(Path(engine).parent) + ":/usr/bin:/bin"}
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    home = {"HOME": str(folder), "TEXMFVAR": str(folder)} if "lua" not in engine else {"HOME": str(Path.home())}
    done = subprocess.run(
        command, cwd=folder, env=environment | home, capture_output=True, text=True, errors="replace", check=False
    )
    errors = [line for line in done.stdout.splitlines() if line.startswith("!")]
    assert done.returncode == 0, "\n".join(errors) or done.stdout[-2000:]
    return (folder / "paper.log").read_text(encoding="utf-8", errors="replace")
