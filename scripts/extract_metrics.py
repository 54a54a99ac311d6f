"""Extract the font metrics that paperkit ships, from the TeX installation that `kpsewhich` finds.

Writes `paperkit/tex/metrics_data/`: one small JSON file per TFM font, `fonts.json` (which TFM LaTeX loads for a
font and size, from the `.fd` files), `symbols.json` (the maths symbols of `fontmath.ltx`) and `symbols-newtx.json`
(where newtxmath has them elsewhere, asked of pdfLaTeX). The same TeX installation gives the same bytes. Run it from
the project's root: `python scripts/extract_metrics.py`.
"""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "paperkit" / "tex" / "metrics_data"

# The NFSS shapes shipped: encoding/family/series/shape.
SHAPES = [
    *(f"OT1/{family}/{series}/n" for family in ("cmr", "cmss", "cmtt") for series in ("m", "b", "bx")),
    *(f"T1/cmr/{series}/n" for series in ("m", "b", "bx")),
    "T1/cmss/m/n",
    "T1/cmss/bx/n",
    "T1/cmtt/m/n",
    *(f"T1/{family}/{series}/n" for family in ("lmr", "lmss", "lmtt") for series in ("m", "b", "bx")),
    *(
        f"{encoding}/{family}/{series}/n"
        for encoding in ("OT1", "T1")
        for family in ("ptm", "phv", "pcr", "ppl")
        for series in ("m", "b", "bx")
    ),
    *(
        f"{encoding}/{family}/{series}/n"
        for encoding in ("OT1", "T1", "TS1")
        for family in ("LinuxLibertineT-TLF", "LinuxBiolinumT-TLF")
        for series in ("m", "b")
    ),
    # The text companion of newtx is that of TeX Gyre Termes.
    *(f"{encoding}/ntxtlf/{series}/n" for encoding in ("OT1", "T1") for series in ("m", "b")),
    *(f"OT1/{family}/{series}/n" for family in ("lmr", "lmss") for series in ("m", "bx")),
    "OT1/lmtt/m/n",
    "OT1/cmr/m/it",
    "OML/cmm/m/it",
    "OMS/cmsy/m/n",
    "OMX/cmex/m/n",
    "OML/lmm/m/it",
    "OMS/lmsy/m/n",
    "OMX/lmex/m/n",
    "OML/cmm/b/it",
    "OMS/cmsy/b/n",
    "OML/lmm/b/it",
    "OMS/lmsy/b/n",
    "U/msb/m/n",
    "U/pzd/m/n",
    # newtxmath, as acmart and newtxtext documents load it.
    "OML/nxlmi/m/it",
    "OML/ntxmi/m/it",
    "LMS/ntxsy/m/n",
    "LMX/ntxexx/m/n",
    "U/ntxmia/m/it",
    "U/ntxsym/m/n",
    "U/ntxsyc/m/n",
    "OT1/LinuxLibertineT-TLF/sb/n",
    *(f"OT1/{family}/m/it" for family in ("LinuxLibertineT-TLF", "ntxtlf")),
    *(f"TS1/{family}/{series}/n" for family in ("cmr", "cmss", "cmtt") for series in ("m", "b", "bx")),
    *(f"TS1/{family}/{series}/n" for family in ("lmr", "lmss", "lmtt") for series in ("m", "b", "bx")),
    *(f"TS1/{family}/{series}/n" for family in ("ptm", "phv", "pcr", "ppl") for series in ("m", "b", "bx")),
]
# Shapes that a package declares over the kernel's: name here → file, name there.
REDECLARED = {"OMX/cmex-amsfonts/m/n": ("amsfonts.sty", ("cmex", "m", "n"))}
# Of some fonts only these characters are ever borrowed: $ ` ‰ ¢ £ ¥ © ® €, in bold < > { } | and the backslash, the
# blackboard letters, and ticks, crosses, a star, shapes and circled numbers.
BORROWED = {
    "TS1": (36, 96, 135, 162, 163, 165, 169, 174, 191),
    "OML/cmm/b/it": (60, 62),
    "OMS/cmsy/b/n": (102, 103, 106, 110),
    "OML/lmm/b/it": (60, 62),
    "OMS/lmsy/b/n": (102, 103, 106, 110),
    "U/msb/m/n": (*range(65, 91), 107),
    "U/ntxsym/m/n": (*range(65, 91), 107),
    "U/ntxsyc/m/n": (0x11, 0x1B),
    "U/nxlmia/m/it": (*range(11), 0x38, 0x3C, 0x3D, 0x5C),
    "U/ntxmia/m/it": (*range(11), 0x38, 0x3C, 0x3D, 0x5C),
    "U/pzd/m/n": (*range(51, 57), 72, 108, 110, *range(115, 118), *range(172, 192)),
}

OPEN_END = 10000.0
KERN_FLAG = 128
STOP_FLAG = 128
# Figures and tables hold no larger text; the EC fonts, one big file for each size, stop earlier.
LARGEST = 17.28
LARGEST_EC = 12.0


def main() -> None:
    """Write every data file; fonts that are not installed are named and left out."""
    DATA.mkdir(exist_ok=True)
    shapes: dict[str, Any] = {}
    for shape in SHAPES:
        sizes = find_sizes(shape)
        if sizes is None:
            print(f"{shape}: not installed, left out", file=sys.stderr)
        else:
            shapes[shape] = sizes
    shapes["U/nxlmia/m/it"] = sizes_of("<-> nxlmia")
    for shape, (name, key) in REDECLARED.items():
        shapes[shape] = sizes_of(declarations(kpsewhich_text(name))[key])
    write("fonts", shapes)
    symbols = read_symbols(kpsewhich_text("fontmath.ltx"))
    write("symbols", symbols)
    write("symbols-newtx", moved_symbols(symbols))
    names = {entry[2]: borrowed_of(shape) for shape, sizes in shapes.items() for entry in sizes}
    for name, borrowed in sorted(names.items()):
        found = kpsewhich(f"{name}.tfm")
        if found is None:
            sys.exit(f"{name}.tfm is named by a font definition but not installed")
        document = read_tfm(found.read_bytes())
        write(name, document if borrowed is None else narrowed(document, borrowed))
    print(f"{len(names)} fonts, {len(shapes)} shapes")


def borrowed_of(shape: str) -> tuple[int, ...] | None:
    """Return the characters wanted of a font that is only borrowed from, or None for all of them."""
    return BORROWED.get(shape, BORROWED.get(shape.split("/", maxsplit=1)[0]))


def narrowed(document: dict[str, Any], codes: tuple[int, ...]) -> dict[str, Any]:
    """Return a font's data with these characters only, and no kerns."""
    glyphs = {str(code): document["glyphs"][str(code)] for code in codes if str(code) in document["glyphs"]}
    return {"size": document["size"], "parameters": document["parameters"], "glyphs": glyphs}


def write(name: str, document: Any) -> None:
    """Write one data file: sorted, without spaces."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    (DATA / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def kpsewhich(name: str) -> Path | None:
    """Return where the TeX installation keeps the file `name`."""
    done = subprocess.run(["kpsewhich", name], capture_output=True, text=True, check=False)
    return Path(done.stdout.strip()) if done.stdout.strip() else None


def kpsewhich_text(name: str) -> str:
    """Return the TeX file `name` without its comments."""
    found = kpsewhich(name)
    if found is None:
        sys.exit(f"{name} is not installed")
    return re.sub(r"(?<!\\)%.*", "", found.read_text(encoding="latin-1"))


def find_sizes(shape: str) -> list[list[Any]] | None:
    """Return which TFM LaTeX loads at which sizes: [from, to, tfm name, scale, fixed size or 0].

    `from == to` is one declared size, else `from <= size < to` (LaTeX's fntguide, chapter 4).
    """
    encoding, family, series, form = shape.split("/")
    found = kpsewhich(f"{encoding}{family}.fd") or kpsewhich(f"{encoding.lower()}{family.lower()}.fd")
    if found is None:
        return None
    declared = declarations(expanded(re.sub(r"(?<!\\)%.*", "", found.read_text(encoding="latin-1"))))
    specification = declared.get((family, series, form))
    if specification is None:
        return None
    substitution = re.search(r"<->\s*s?sub\s*\*\s*([\w-]+)/(\w+)/(\w+)", specification)
    if substitution is not None:
        return find_sizes("/".join((encoding, *substitution.groups())))
    return sizes_of(specification)


def expanded(definition: str) -> str:
    r"""Write out the helper macros of a `.fd` file, such as the EC fonts' `\EC@family{T1}{cmr}{m}{n}{ecrm}`."""
    braces = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    for name, count, body in re.findall(rf"\\providecommand\{{(\\[A-Za-z@]+)\}}\[(\d)\]{braces}", definition):
        call = re.compile(re.escape(name) + r"(?![A-Za-z@])" + r"\s*\{([^{}]*)\}" * int(count))
        # `#1` to `#9` become the groups of the call.
        template = re.sub(r"#(\d)", r"\\g<\1>", body.replace("\\", "\\\\"))
        definition = call.sub(template, definition)
    return definition


def declarations(definition: str) -> dict[tuple[str, str, str], str]:
    r"""Return family, series, shape → size specification from the text of a `.fd` file."""
    pattern = r"\\DeclareFontShape\s*\{\w+\}\s*\{([\w-]+)\}\s*\{(\w+)\}\s*\{(\w+)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
    # Libertine's files write the shape through a macro whose only effect is a scale of one.
    return {(family, series, form): spec for family, series, form, spec in re.findall(pattern, definition)}


def sizes_of(specification: str) -> list[list[Any]]:
    """Read a size specification: `<5><6>gen*cmr <10.95>cmr10 <17.28>…` or `<-5.5> ec-lmr5 <5.5-6.5>…`."""
    entries: list[list[Any]] = []
    text = re.sub(r"\\[A-Za-z@]+", "", specification)
    for sizes, target in re.findall(r"((?:<[^>]*>\s*)+)([^<]+)", text):
        function, _, name = "".join(target.split()).rpartition("*")
        scale = 1.0
        if name.startswith("["):
            factor, name = name[1:].split("]")
            scale = float(factor or 1)
        for size in re.findall(r"<([^>]*)>", sizes):
            low, dash, high = size.partition("-")
            start = float(low or 0)
            end = start if not dash else float(high or OPEN_END)
            if start > (LARGEST_EC if name.startswith("ec") and function == "genb" else LARGEST):
                continue
            entries.append([start, end, generated(function, name, start), scale, fixed_size(function, name)])
    return entries


def generated(function: str, name: str, size: float) -> str:
    """Return the TFM name after LaTeX's size functions `gen` (cmr + 5) and `genb` (ecrm + 0500)."""
    if function in ("gen", "sgen"):
        return f"{name}{size:g}"
    if function in ("genb", "sgenb"):
        return f"{name}{round(size * 100):04d}"
    if function in ("", "s", "fixed", "sfixed"):
        return name
    sys.exit(f"unknown size function '{function}'")


def fixed_size(function: str, name: str) -> float:
    """Return the design size for `fixed`, which ignores the size asked for; 0 for the others."""
    found = kpsewhich(f"{name}.tfm") if function in ("fixed", "sfixed") else None
    return read_tfm(found.read_bytes())["size"] if found is not None else 0


def read_symbols(definition: str) -> dict[str, Any]:
    """Return the maths symbols, delimiters, accents and radicals of the kernel's font declarations."""
    number = r"(\"[0-9A-F]+|`.)"
    command = r"\s*\{?(\\[A-Za-z]+|\\\||[^{}\\])\}?"
    symbols = {
        name: [kind, font, code_of(code)]
        for name, kind, font, code in re.findall(
            rf"\\DeclareMathSymbol{command}\s*\{{\\math(\w+)\}}\s*\{{(\w+)\}}\s*\{{{number}\}}", definition
        )
    }
    delimiters = {
        name: [kind, font, code_of(code), large, code_of(large_code)]
        for name, kind, font, code, large, large_code in re.findall(
            rf"\\DeclareMathDelimiter{command}\s*\{{\\math(\w+)\}}\s*\{{(\w+)\}}\s*\{{{number}\}}"
            rf"\s*\{{(\w+)\}}\s*\{{{number}\}}",
            definition,
        )
    }
    accents = {
        name: [font, code_of(code), kind == "alpha"]
        for name, kind, font, code in re.findall(
            rf"\\DeclareMathAccent{command}\s*\{{\\math(\w+)\}}\s*\{{(\w+)\}}\s*\{{{number}\}}", definition
        )
    }
    return {"symbols": symbols, "delimiters": delimiters, "accents": accents}


def code_of(text: str) -> int:
    """Read a TeX number such as `"7F` or a backquoted character."""
    return int(text[1:], 16) if text.startswith('"') else ord(text[1:])


# newtxmath's symbol fonts by number; the latter have upright Greek capitals and signs that CM puts together.
NEWTX_FONTS = ("operators", "letters", "symbols", "largesymbols", "lettersA", "mathbb", "symbolsC")
ONE_SIGN = ("\\neq", "\\ne", "\\notin", "\\hbar", "\\cong", "\\doteq")
CLASSES = ("ord", "op", "bin", "rel", "open", "close", "punct", "alpha")


def moved_symbols(kernel: dict[str, Any]) -> dict[str, Any]:
    """Return the symbols, delimiters and accents that newtxmath takes from elsewhere than the kernel does."""
    names = [*dict.fromkeys([*(name for kind in kernel.values() for name in kind), *ONE_SIGN])]
    moved: dict[str, Any] = {"symbols": {}, "delimiters": {}, "accents": {}}
    for name, meaning in zip(names, meanings_of(names), strict=True):
        character = re.fullmatch(r"(\d+) (-?\d+)", meaning)
        if character is not None:
            code, delimiter = int(character[1]), int(character[2])
            declared = [f"{code:04X}", *([f"{code >> 12}{delimiter:06X}"] if delimiter > 0 else [])]
        else:
            declared = re.findall(r'\\(?:mathchar|delimiter ?|mathaccent ?|mathaccentV \{\w+\})"?([0-9A-F]+)', meaning)
        for kind, digits in product(moved, declared):
            fact = fact_of(kind, digits, kernel[kind].get(name))
            is_known = name in kernel[kind] or (name in ONE_SIGN and kind == "symbols")
            if fact is not None and is_known and fact != kernel[kind].get(name):
                moved[kind][name] = fact
    return moved


def fact_of(kind: str, digits: str, known: list[Any] | None) -> list[Any] | None:
    """Read a mathchar, delimiter or accent as newtxmath declares it; None for what another font has."""
    whole = len(digits) > 4  # noqa: PLR2004 - class, then font and code, for a delimiter once more for its large variant
    if not digits or (kind == "delimiters") != whole:
        return None
    padded = digits.rjust(7 if whole else 4, "0")
    fonts = [int(padded[1], 16), *([int(padded[4], 16)] if whole else [])]
    if max(fonts) >= len(NEWTX_FONTS):
        return None
    small = [NEWTX_FONTS[fonts[0]], int(padded[2:4], 16)]
    if kind == "accents":
        return [*small, known is not None and known[2]]
    return [CLASSES[int(padded[0])], *small, *([NEWTX_FONTS[fonts[1]], int(padded[5:7], 16)] if whole else [])]


def meanings_of(names: list[str]) -> list[str]:
    r"""Return what pdfLaTeX says of each name under newtxmath: codes of a character, meanings of a command."""
    lines = []
    for name in names:
        if len(name) == 1:
            lines.append(rf"\say{{\the\mathcode`\{name} \space\the\delcode`\{name}}}")
        else:
            short = name[1:]
            lines.append(rf"\say{{\meaning{name} | \of{{{short}op}} | \of{{{short} }}}}")
    source = (
        r"\documentclass{article}\usepackage{newtxtext,newtxmath}\begin{document}$x$"
        r"\newcommand\of[1]{\expandafter\meaning\csname #1\endcsname}\newcommand\say[1]{\immediate\write16{@#1}}"
        "\n" + "\n".join(lines) + "\n\\end{document}\n"
    )
    with TemporaryDirectory() as folder:
        (Path(folder) / "ask.tex").write_text(source, encoding="utf-8")
        command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "ask.tex"]
        environment = {**os.environ, "max_print_line": "1000"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return [line.removeprefix("@") for line in done.stdout.splitlines() if line.startswith("@")]


def read_tfm(content: bytes) -> dict[str, Any]:
    """Return a TFM file as plain data; lengths are integers in units of 2^-20 of the font's size.

    The format is Knuth's, in `TFtoPL` sections 8 to 14.
    """
    counts = struct.unpack(">12H", content[:24])
    _, header, first, last, widths, heights, depths, italics, ligatures, kerns, extensibles, parameters = counts
    lengths = [header, last - first + 1, widths, heights, depths, italics, ligatures, kerns, extensibles, parameters]
    tables: list[bytes] = []
    position = 24
    for length in lengths:
        tables.append(content[position : position + 4 * length])
        position += 4 * length
    fixes = [words(table) for table in tables]
    size = fixes[0][1] / 2**20
    glyphs: dict[str, list[int]] = {}
    tags: dict[int, tuple[int, int]] = {}
    for index in range(last - first + 1):
        width, packed, rest, remainder = tables[1][4 * index : 4 * index + 4]
        if width == 0:
            continue
        code = first + index
        glyphs[str(code)] = [fixes[2][width], fixes[3][packed >> 4], fixes[4][packed & 15], fixes[5][rest >> 2]]
        tags[code] = (rest & 3, remainder)
    document: dict[str, Any] = {"size": size, "parameters": list(fixes[9]), "glyphs": glyphs}
    document |= {"larger": {str(code): value for code, (tag, value) in tags.items() if tag == 2}}  # noqa: PLR2004 - list tag
    document |= {
        "extensible": {
            str(code): list(tables[8][4 * value : 4 * value + 4])
            for code, (tag, value) in tags.items()
            if tag == 3  # noqa: PLR2004 - extensible tag
        }
    }
    starts = {code: value for code, (tag, value) in tags.items() if tag == 1}
    return {key: value for key, value in (document | programs(tables[6], fixes[7], starts)).items() if value != {}}


def words(table: bytes) -> tuple[int, ...]:
    """Return a table's 32-bit big-endian words."""
    return struct.unpack(f">{len(table) // 4}i", table)


def programs(steps: bytes, kerns: tuple[int, ...], starts: dict[int, int]) -> dict[str, Any]:
    """Return the ligature and kern programs, shared between characters.

    A program is {"k": {next: kern}, "l": {next: [operation, result]}}.
    """
    rows = [steps[index : index + 4] for index in range(0, len(steps), 4)]
    shared: list[dict[str, Any]] = []
    document: dict[str, Any] = {"programs": shared, "program": {}}
    if rows and rows[0][0] == 255:  # noqa: PLR2004 - the format's mark of a right boundary character
        document["boundary"] = rows[0][1]
    if rows and rows[-1][0] == 255:  # noqa: PLR2004 - the format's mark of a left boundary program
        starts = {**starts, -1: 256 * rows[-1][2] + rows[-1][3]}
    for code, start in starts.items():
        found = one_program(rows, start if code == -1 else redirected(rows, start), kerns)
        if found not in shared:
            shared.append(found)
        document["program"][str(code)] = shared.index(found)
    return document


def redirected(rows: list[bytes], start: int) -> int:
    """Follow the jump that stands in place of a program beyond the first 256 steps."""
    return 256 * rows[start][2] + rows[start][3] if rows[start][0] > STOP_FLAG else start


def one_program(rows: list[bytes], start: int, kerns: tuple[int, ...]) -> dict[str, Any]:
    """Return the program that starts at a row; the first step for a character counts."""
    kern: dict[str, int] = {}
    ligature: dict[str, list[int]] = {}
    index = start
    while index < len(rows):
        skip, following, operation, remainder = rows[index]
        key = str(following)
        if skip <= STOP_FLAG and key not in kern and key not in ligature:
            if operation >= KERN_FLAG:
                kern[key] = kerns[256 * (operation - KERN_FLAG) + remainder]
            else:
                ligature[key] = [operation, remainder]
        if skip >= STOP_FLAG:
            break
        index += skip + 1
    return {name: found for name, found in (("k", kern), ("l", ligature)) if found}


if __name__ == "__main__":
    main()
