"""The classes of atoms and the space between them: The TeXbook's chapter 18, and rules 5, 6 and 14 of Appendix G."""

from __future__ import annotations

from collections.abc import Sequence

from paperkit.tex.mathlist import Atom, Fraction, Glyph, Item, Nucleus, Space, Style

_CLASSES = ("ord", "op", "bin", "rel", "open", "close", "punct", "inner")
# tex.web, section 764: 0 none, 1 thin outside scripts, 2 thin, 3 medium outside scripts, 4 thick outside scripts.
_SPACING = "0234000122*4000133**3**344*0400400*000000234000111*1111112341011"
_MU = {"1": 3.0, "2": 3.0, "3": 4.0, "4": 5.0}
_CLASS_OF = {"accent": "ord", "radical": "ord", "over": "ord", "under": "ord", "smash": "ord", "big": "ord"}


def mu_between(left: str, right: str, *, in_script: bool) -> float:
    """Return the space in mu between atoms of two classes."""
    rule = _SPACING[8 * _CLASSES.index(left) + _CLASSES.index(right)]
    if rule in "0*" or (rule != "2" and in_script):
        return 0.0
    return _MU[rule]


def lone(nucleus: Nucleus) -> Nucleus:
    """Return what a group of one plain atom stands for, which is the atom's nucleus."""
    while isinstance(nucleus, list) and len(nucleus) == 1:
        atom = nucleus[0]
        plain = isinstance(atom, Atom) and atom.kind == "ord" and atom.delimiters is None
        if not isinstance(atom, Atom) or not plain or atom.sup is not None or atom.sub is not None:
            break
        nucleus = atom.nucleus
    return nucleus


def same_font(glyph: Glyph, following: Item | None) -> Glyph | None:
    """Return the next character if TeX looks for a kern between the two (rule 14)."""
    if not isinstance(following, Atom) or following.kind not in ("ord", "op", "bin", "rel", "open", "close", "punct"):
        return None
    other = lone(following.nucleus)
    return other if isinstance(other, Glyph) and other.font == glyph.font else None


def spaced_kinds(items: Sequence[Item], *, fenced: bool = False) -> list[str]:
    """Return the class that each item spaces as, "" for those that are no atoms (rules 5 and 6)."""
    kinds: list[str] = []
    last: int | None = None
    for item in items:
        if isinstance(item, Space | Style):
            kinds.append("")
            continue
        kind = "inner" if isinstance(item, Fraction) else _CLASS_OF.get(item.kind, item.kind)
        before = ("open" if fenced else "bin") if last is None else kinds[last]
        if kind == "bin" and before in ("bin", "op", "rel", "open", "punct"):
            kind = "ord"
        if last is not None and kind in ("rel", "close", "punct") and kinds[last] == "bin":
            kinds[last] = "ord"
        last = len(kinds)
        kinds.append(kind)
    if last is not None and kinds[last] == "bin":
        kinds[last] = "ord"
    return kinds
