r"""`paper.metrics`: sizes of texts that only TeX can measure, asked once and kept, so that all machines agree.

TeX runs only where a figure has such a text and none of the kept sizes is its: in a temporary folder, without shell
escape, for a limited time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import tomli

from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import exclusive, fingerprint, unwritable, write_if_changed
from paperkit.tex.extents import SetText
from paperkit.tex.metrics import Extent

_VERSION = 1
_HEADER = "# Written by paperkit: sizes of texts in pt that were asked of TeX. Commit it; never edit it.\n"
_TIMEOUT = 60
# How a document comes by a family, where it is not the class's own; each is loaded only if TeX has it.
_FAMILIES = {
    "ptm": ("times",),
    "phv": ("helvet",),
    "ppl": ("palatino",),
    "lmr": ("lmodern",),
    "txr": ("txfonts",),
    "ntxtlf": ("newtxtext", "newtxmath"),
    "LinuxLibertineT-TLF": ("libertine", "[libertine]newtxmath"),
}
_SIZE = re.compile(r"^pk:size (\d+) ([\d.-]+)pt ([\d.-]+)pt ([\d.-]+)pt$", re.MULTILINE)
_PART = re.compile(r"^pk:text (\d+)$", re.MULTILINE)
# TeX's message, and the line of the text up to where it stopped.
_ERROR = re.compile(r"^! (?P<message>.+?)\.?$(?P<context>(?:\n.*?)*?\nl\.\d+ .*$)?", re.MULTILINE)
_COMMAND = re.compile(r"\\[A-Za-z@]+\s*$")


def metrics_name(file: str) -> str:
    """Return the name of the metrics of a manifest: `paper.metrics` for `paper.toml`."""
    return str(PurePosixPath(file).with_suffix(".metrics"))


def text_name(text: SetText) -> str:
    """Return a short name of a text in its font, for where the text itself would be too long."""
    return fingerprint(repr(tuple(text)).encode())[:16]


def load_metrics(path: Path) -> dict[SetText, Extent]:
    """Return the sizes kept at `path`; none when there is no such file.

    Raises:
        PaperkitError: the file cannot be read, most often after a merge conflict.

    """
    if not path.exists():
        return {}
    try:
        document = tomli.loads(path.read_text(encoding="utf-8"))
        return _kept(document)
    except (OSError, ValueError, TypeError, LookupError) as error:
        hint = "restore it, or delete it: a build on a machine with TeX writes it again"
        problem = Problem(message="the metrics cannot be read", place=Place(file=path.name), hint=hint)
        raise PaperkitError(problem) from error


def _kept(document: Mapping[str, Any]) -> dict[SetText, Extent]:
    if document["version"] != _VERSION:
        raise ValueError(f"expected version {_VERSION}")
    return {
        SetText(str(row["tex"]), str(row["family"]), str(row["encoding"]), float(row["size"])): Extent(
            width=float(row["width"]), height=float(row["height"]), depth=float(row["depth"])
        )
        for row in document.get("text", ())
    }


def save_metrics(path: Path, known: Mapping[SetText, Extent]) -> None:
    """Write `known` to `path`, sorted.

    Raises:
        PaperkitError: it cannot be written.

    """
    import tomli_w

    rows = [
        {**text._asdict(), "width": found.width, "height": found.height, "depth": found.depth}
        for text, found in sorted(known.items())
    ]
    try:
        write_if_changed(path, (_HEADER + tomli_w.dumps({"version": _VERSION, "text": rows})).encode())
    except OSError as error:
        raise unwritable(error, path.name) from error


class Sizes:
    """The sizes that a build knows: those kept at `path`, and those that it asked of TeX, which are kept there at once.

    `learnt` are the sizes that TeX gave this build, `refused` the texts that it cannot set and what it said of them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: Mapping[SetText, Extent] | None = None
        self.learnt: dict[SetText, Extent] = {}
        self.refused: dict[SetText, str] = {}

    @property
    def known(self) -> Mapping[SetText, Extent]:
        """Return every size that is known.

        Raises:
            PaperkitError: the file cannot be read.

        """
        if self._kept is None:
            self._kept = load_metrics(self._path)
        return {**self._kept, **self.learnt}

    def ask(self, texts: Iterable[SetText]) -> bool:
        """Ask TeX for the sizes of texts that are not known; tell whether any of them is now."""
        asked, known = tuple(texts), self.known
        found, wrong = ask_tex(text for text in asked if text not in known and text not in self.refused)
        self.refused |= wrong
        if found:
            self.learnt |= found
            # Another build may have asked meanwhile.
            with exclusive(self._path.parent):
                save_metrics(self._path, {**load_metrics(self._path), **self.learnt})
        return any(text in known or text in found for text in asked)


def has_tex() -> bool:
    """Tell whether there is a pdfLaTeX to ask."""
    return shutil.which("pdflatex") is not None


def ask_tex(texts: Iterable[SetText]) -> tuple[dict[SetText, Extent], dict[SetText, str]]:
    """Return the sizes of texts as one run of pdfLaTeX gives them, and what TeX said of those it cannot set.

    Both are empty where there is no pdfLaTeX, or where it does not end in time.
    """
    asked = list(texts)
    engine = shutil.which("pdflatex")
    if engine is None or not asked:
        return {}, {}
    with TemporaryDirectory() as folder:
        (Path(folder) / "texts.tex").write_text(_document(asked), encoding="utf-8")
        command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "texts.tex"]
        limits = {"max_print_line": "1000", "openin_any": "p", "openout_any": "p"}
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell; -no-shell-escape
                command,
                cwd=folder,
                env={**os.environ, **limits},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired):
            return {}, {}
    return _read(asked, done.stdout.decode("utf-8", errors="replace").replace("\r\n", "\n"))


def _document(asked: Sequence[SetText]) -> str:
    families = dict.fromkeys(text.family for text in asked)
    packages = [name for family in families for name in _FAMILIES.get(family, ())]
    loaded = "".join(map(_package, ("amsmath", "amssymb", *packages)))
    encodings = ",".join(dict.fromkeys(["OT1", *(text.encoding for text in asked)]))
    body = "\n".join(
        rf"\immediate\write16{{pk:text {index}}}\setbox0\hbox{{\fontencoding{{{text.encoding}}}"
        rf"\fontfamily{{{text.family}}}\fontsize{{{text.size:g}}}{{12}}\selectfont {text.tex}}}"
        rf"\immediate\write16{{pk:size {index} \the\wd0 \space\the\ht0 \space\the\dp0}}"
        for index, text in enumerate(asked)
    )
    return (
        rf"\documentclass{{article}}\usepackage[{encodings}]{{fontenc}}{loaded}"
        f"\\begin{{document}}\\frenchspacing\n{body}\n\\end{{document}}\n"
    )


def _package(name: str) -> str:
    option, _, package = name.rpartition("]")
    return rf"\IfFileExists{{{package}.sty}}{{\usepackage{option}{']' if option else ''}{{{package}}}}}{{}}"


def _read(asked: Sequence[SetText], output: str) -> tuple[dict[SetText, Extent], dict[SetText, str]]:
    # What TeX says of a text stands between its two marks.
    parts = _PART.split(output)[1:]
    found: dict[SetText, Extent] = {}
    refused: dict[SetText, str] = {}
    for index, said in zip(parts[::2], parts[1::2], strict=True):
        text, size = asked[int(index)], _SIZE.search(said)
        error = _ERROR.search(said)
        if error is not None:
            stopped = _COMMAND.search(error["context"] or "")
            refused[text] = f"{error['message']}{f' {stopped[0].strip()}' if stopped else ''}"
        elif size is not None and size[1] == index:
            width, height, depth = (float(side) for side in size.groups()[1:])
            found[text] = Extent(width=width, height=height, depth=depth)
    return found, refused
