r"""References: the LaTeX labels of tables and figures, which the paper's `\ref` names."""

from __future__ import annotations

import re

from paperkit.errors import Problem
from paperkit.manifest.model import FigureAsset, TableAsset

# The rest ends an argument, starts a command, or is active in one language of babel or another.
_FOREIGN = re.compile(r"[^\w :.,;/+=*()'@!?|<>\[\]-]")
_HINT = "letters, digits, spaces and : . - _ / +"


def label_of(asset: TableAsset | FigureAsset) -> str:
    """Return the LaTeX label of an asset, `tab:NAME` or `fig:NAME` unless it has its own."""
    return asset.spec.label or f"{'tab' if asset.kind == 'table' else 'fig'}:{asset.name}"


def label_problem(asset: TableAsset | FigureAsset) -> Problem | None:
    r"""Return why the label of an asset, in which `each` is filled in, cannot be the argument of `\label`, or None."""
    label = label_of(asset)
    found = dict.fromkeys(_FOREIGN.findall(label))
    if not found:
        return None
    named = " ".join(character if character.isprintable() else ascii(character)[1:-1] for character in found)
    shown = "".join(character if character.isprintable() else "?" for character in label)
    path = (*asset.path, "label") if asset.spec.label else asset.path
    return Problem(message=f"'{shown}' is no label for LaTeX: it has {named}", path=path, hint=_HINT)
