"""Escaped text set by real engines: no error, and the same characters come back out of the PDF."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.tex.encodings import find_slot
from paperkit.tex.symbols import ABOVE, BELOW, LETTERS, MATHS, MATHS_ACCENTS, MATHS_BASES, T1_LETTERS, TEXT, TEXT_BASES
from paperkit.tex.text import escape

pytestmark = pytest.mark.tex

PRINTABLE = "".join(map(chr, range(ord("!"), ord("~") + 1)))
PAIRS = "&%$#_{}~^\\<>|[]\"`'-?!,.*@/=+:;()a1"
NASTY = (
    "--", "---", "----", "``x''", "''''", "?`", "!`", "<<>>", ",,", "[x]", "[2pt]", "*", "**", "a_b^c", "100%",
    "50% of $5", "C:\\new\\table", "{", "}", "}{", "\\begin{x}", "#1", "a&b", "~", '"quoted"', "it's", "x--y - z",
    "\\", "\\\\", "^^M", "<a href>", "R&D", "–-", "-–", "’'", "‘‘", "““", "!‘", "?‘", "-\u2010",
    "fi fl ff ffi", "\\input{x}", "%%%",
)  # fmt: skip
# Accents that LaTeX sets itself, on letters that no list names.
ACCENTED = (
    *(base + mark for base in TEXT_BASES for mark in (*ABOVE, *BELOW) if base + mark not in ("i\u0307", "j\u0307")),
    *(
        base + below + above
        for base in "aIiq"
        for below in BELOW
        for above in ABOVE
        if (base, above) != ("i", "\u0307")
    ),
    *(base + mark for base in MATHS_BASES for mark in MATHS_ACCENTS),
)
STRINGS = (
    *PRINTABLE,
    *(a + b for a in PAIRS for b in PAIRS),
    *NASTY,
    *TEXT,
    *MATHS,
    *sorted(LETTERS),
    *sorted(ACCENTED),
)
T1_STRINGS = tuple(sorted(T1_LETTERS))

# What cannot come back as it went in, and why.
SAME = {
    # OT1 has no straight quotes, so `escape` prints the closing ones in every encoding.
    "\u2010": "-",
    '"': "”",
    "'": "’",
    # T1 keeps both letters in one slot.
    "Đ": "Ð",
}


def document(strings: tuple[str, ...], preamble: str, encoding: str) -> str:
    # Each string stands first after a line break, where a bare bracket or star would be read as an option.
    rows = "\n".join(rf"Q{index}Q\\{escape(text, encoding=encoding)}\\" for index, text in enumerate(strings))
    return f"""\\documentclass{{article}}
{preamble}
\\usepackage[paperheight=20cm]{{geometry}}
\\pagestyle{{empty}}
\\begin{{document}}\\noindent
{rows}
Q{len(strings)}Q
\\end{{document}}
"""


def run(program: str, source: str, folder: Path) -> str:
    (folder / "escape.tex").write_text(source, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "escape.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    log = done.stdout.decode(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Missing character" not in (folder / "escape.log").read_text(encoding="utf-8", errors="replace")
    return log


SETUPS = [
    pytest.param("pdflatex", "", "OT1", id="pdflatex-OT1"),
    pytest.param("pdflatex", r"\usepackage[T1]{fontenc}\usepackage{lmodern}", "T1", id="pdflatex-T1"),
    pytest.param("pdflatex", r"\usepackage[T1]{fontenc}\usepackage{times}", "T1", id="pdflatex-times"),
    # babel's German, Dutch and others make the straight quote a command.
    pytest.param("pdflatex", r"\AtBeginDocument{\catcode34=13 \relax}", "OT1", id="pdflatex-active-quote"),
    pytest.param("lualatex", "", "TU", id="lualatex"),
    pytest.param("xelatex", "", "TU", id="xelatex"),
]


@pytest.mark.parametrize(("engine", "preamble", "encoding"), SETUPS)
def test_every_string_compiles(
    engine: str, preamble: str, encoding: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    strings = STRINGS if encoding == "OT1" else STRINGS + T1_STRINGS
    run(require_program(engine), document(strings, preamble, encoding), tmp_path)


@pytest.mark.parametrize(("engine", "preamble", "encoding"), [SETUPS[1], SETUPS[4], SETUPS[5]])
def test_text_survives(
    engine: str, preamble: str, encoding: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    # pdfTeX sets letters that have no slot in T1 from two characters, which come back as two.
    letters = [letter for letter in sorted(LETTERS | T1_LETTERS) if encoding == "TU" or find_slot(letter, encoding)]
    strings = (*PRINTABLE, *(a + b for a in PAIRS for b in PAIRS), *NASTY, *letters)
    run(require_program(engine), document(strings, preamble, encoding), tmp_path)
    command = [require_program("pdftotext"), "-raw", "-nopgbrk", "escape.pdf", "-"]
    text = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout.decode("utf-8")
    parts = re.split(r"Q(\d+)Q", text)
    printed = dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))
    wrong = [
        f"{original!r} came back as {printed[index]!r}"
        for index, original in enumerate(strings)
        if normal(printed[index]) != normal(original)
    ]
    assert not wrong, "\n".join(wrong)


def normal(text: str) -> str:
    """Join what pdftotext takes apart (ligatures, spaces), and apply `SAME`."""
    same = "".join(SAME.get(character, character) for character in text)
    return "".join(unicodedata.normalize("NFKC", same).split())
