r"""Write macros as a file of `\newcommand`s."""

from __future__ import annotations

import re
from collections.abc import Iterable

from paperkit.errors import AssetError, Problem
from paperkit.files import Artifact
from paperkit.macros.resolve import Macro
from paperkit.manifest.model import MacroAsset

MOST_SHOWN = 100


def write(macros: Iterable[tuple[MacroAsset, Macro]], path: str) -> Artifact:
    r"""Return the file at `path` that defines the macros, in the manifest's order, one per line.

    A second `\input` is skipped. A name that the document or LaTeX has already stops LaTeX with its own message,
    "Command \name already defined": nothing is ever overwritten.

    Raises:
        AssetError: two entries define the same name.

    """
    pairs = tuple(macros)
    problems = []
    seen: dict[str, MacroAsset] = {}
    for asset, macro in pairs:
        if macro.name in seen:
            problems.append(Problem(message=f"\\{macro.name} is defined twice", path=asset.path))
        seen[macro.name] = asset
    if problems:
        raise AssetError(*problems)
    guard = "PaperkitHas" + "".join(word.capitalize() for word in re.findall("[A-Za-z]+", path))
    lines = [
        f"\\ifdefined\\{guard}\\expandafter\\endinput\\fi",
        f"\\newcommand{{\\{guard}}}{{}}% a second \\input is skipped",
        *(f"\\newcommand{{\\{macro.name}}}{{{macro.text}}}% {_origin(asset)}" for asset, macro in pairs),
    ]
    return Artifact(path=path, content=("\n".join(lines) + "\n").encode())


def _origin(asset: MacroAsset) -> str:
    spec = asset.spec
    source = spec.data if spec.figure is None else f"figure.{spec.figure}"
    text = f"{spec.value} of {source}" + (f" where {spec.where}" if spec.where else "")
    each = ", ".join(f"{key} = {value}" for key, value in asset.each.items())
    # Whatever ends a line would end the comment, for TeX (CR, LF) or for an editor.
    bare = "".join(c if c.isprintable() else " " for c in text + (f" ({each})" if each else ""))
    line = " ".join(bare.split())
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"
