"""Compare the audit's verdicts on fonts with those of `pdffonts`: `compare_fonts.py FOLDER…` prints where they differ.

Every PDF below the folders is read by both. Fonts whose language pack poppler lacks it leaves out: they are ours only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from paperkit.camera_ready.audit.read import read_pdf

Verdicts = Counter[tuple[str, str, bool, bool, bool]]


def ours(pdf: Path) -> Verdicts | None:
    """Return name, kind, embedded, subset and Unicode of every font as the audit has them, None for no PDF."""
    document = read_pdf(pdf).document
    if document is None:
        return None
    return Counter(
        (font.name.replace(" ", ""), font.kind, font.is_embedded, font.is_subset, font.has_unicode)
        for font in document.fonts
    )


def theirs(pdf: Path) -> Verdicts:
    """Return the same as pdffonts has them."""
    done = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, errors="replace", check=False)
    found: Verdicts = Counter()
    for line in done.stdout.splitlines()[2:]:
        # A long name pushes the columns to the right; kinds and flags tell where it ends.
        match = re.match(
            r"(.*?) +((?:CID |MM )?(?:Type [013]C?|TrueType)(?: \(OT\))?|unknown) +.*? (yes|no) +(yes|no) +(yes|no) +"
            r"(?:\d+ +\d+|\[none\])",
            line,
        )
        if match is None:
            sys.exit(f"{pdf}: cannot read this line of pdffonts: {line}")
        name = re.sub(r"^[A-Z]{6}\+", "", match[1].strip()).replace(" ", "")
        embedded, subset, unicode = (match[group] == "yes" for group in (3, 4, 5))
        found[name, match[2], embedded, subset, unicode] += 1
    return found


def main(folders: list[str]) -> None:
    """Print every difference, then how many files and fonts agree."""
    files = sorted({path for folder in folders for path in Path(folder).rglob("*.pdf") if path.is_file()})
    fonts = differing = unread = 0
    for pdf in files:
        mine = ours(pdf)
        if mine is None:
            unread += 1
            continue
        other = theirs(pdf)
        fonts += sum(other.values())
        if mine != other:
            differing += 1
            print(f"{pdf}\n  ours only: {list(mine - other)}\n  pdffonts only: {list(other - mine)}")
    print(f"{len(files)} files, {fonts} fonts; {differing} files differ, {unread} cannot be read")


if __name__ == "__main__":
    main(sys.argv[1:])
