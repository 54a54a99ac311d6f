"""The fonts of a PDF, in the words and with the verdicts of `pdffonts`, and the included files that bring them in.

Source: ISO 32000-2, 9.6 to 9.9; what is walked is what poppler's font scanner walks, the resources of pages, of forms,
patterns and Type 3 glyphs in them, and of the appearances of annotations; and graphics states, with their soft masks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from paperkit.camera_ready.audit.facts import Font, Use
from paperkit.camera_ready.audit.reading.limits import Budget
from paperkit.camera_ready.audit.reading.objects import file_name, inherited

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pikepdf

_SUBSET = re.compile(r"[A-Z]{6}\+")
_MOST_USES = 200
_MOST_ENTRIES = 5000


@dataclass(kw_only=True, slots=True)
class FontWalk:
    """Collects fonts page by page; each once, with every place that names it.

    However deep forms stand within forms, they are walked; only the budget, and the entries of one dictionary, end it.
    """

    budget: Budget
    is_cut: bool = False
    found: dict[tuple[int, int] | Font, Font] = field(default_factory=dict)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    _pending: list[tuple[bool, Any, Use]] = field(default_factory=list)

    def page(self, page: pikepdf.Object, number: int) -> None:
        """Take the fonts of a page's resources and of its annotations."""
        use = Use(page=number)
        self._resources(inherited(page, "/Resources"), use)
        for annotation in self._values(page.get("/Annots")):
            appearance = _dictionary(annotation).get("/AP")
            for state in self._values(appearance):
                self._later((False, form, use) for form in (state, *self._values(state)))
        while self._pending:
            is_font, value, use = self._pending.pop()
            if is_font:
                self._font(value, use)
            else:
                self._form(value, use)

    def fonts(self) -> tuple[Font, ...]:
        """Return the fonts by their names, uses in the order of pages."""
        found = (replace(font, uses=tuple(dict.fromkeys(font.uses))) for font in self.found.values())
        return tuple(sorted(found, key=lambda font: (font.name, font.kind, font.uses[0].page)))

    def _later(self, items: Iterable[tuple[bool, Any, Use]]) -> None:
        """Keep fonts (true) and forms for later, the first on top."""
        self._pending += reversed(tuple(items))

    def _resources(self, resources: Any, use: Use) -> None:
        given = _dictionary(resources)
        fonts = [*self._values(given.get("/Font"))]
        forms = [form for kind in ("/XObject", "/Pattern") for form in self._values(given.get(kind))]
        for state in map(_dictionary, self._values(given.get("/ExtGState"))):
            fonts += [*self._values(state.get("/Font"))][:1]
            forms.append(_dictionary(state.get("/SMask")).get("/G"))
        self._later([*((True, font, use) for font in fonts), *((False, form, use) for form in forms)])

    def _form(self, form: Any, use: Use) -> None:
        given = _dictionary(form)
        if "/Resources" not in given or not self.budget.walk():
            return
        if use.form is None:
            use = replace(use, form=form.objgen[0] or None)
        name = file_name(given.get("/PTEX.FileName"))
        if name is not None:
            use = replace(use, asset=name) if use.asset is None else replace(use, inner=use.inner or name)
        key = (form.objgen, use)
        if form.objgen == (0, 0) or key not in self.seen:
            self.seen.add(key)
            self._resources(given.get("/Resources"), use)

    def _font(self, font: Any, use: Use) -> None:
        given = _dictionary(font)
        if not given or not self.budget.walk():
            return
        # A font that stands inside the resources has no number; what it says of itself is what it is known by.
        key = font.objgen if font.objgen != (0, 0) else describe(font)
        known = self.found.get(key)
        if known is None:
            self.found[key] = replace(describe(font), uses=(use,))
        elif len(known.uses) < _MOST_USES and use not in known.uses:
            self.found[key] = replace(known, uses=(*known.uses, use))
        else:
            return
        if str(given.get("/Subtype")) == "/Type3":
            self._resources(given.get("/Resources"), use)

    def _values(self, value: Any) -> Iterator[Any]:
        """Yield what an array or a dictionary holds; of a very long one the first, which is noted."""
        import pikepdf

        if isinstance(value, pikepdf.Array):
            entries = list(value)
        elif isinstance(value, pikepdf.Dictionary) and not isinstance(value, pikepdf.Stream):
            entries = [entry for _, entry in value.items()]
        else:
            return
        self.is_cut |= len(entries) > _MOST_ENTRIES
        yield from entries[:_MOST_ENTRIES]


def describe(font: pikepdf.Object) -> Font:
    """Return what a font dictionary says of itself."""
    import pikepdf

    given = _dictionary(font)
    subtype = str(given.get("/Subtype", ""))
    inner = given
    if subtype == "/Type0":
        descendants = given.get("/DescendantFonts")
        if isinstance(descendants, pikepdf.Array) and len(descendants):
            inner = _dictionary(descendants[0])
    descriptor = _dictionary(inner.get("/FontDescriptor"))
    name = _name(given.get("/BaseFont")) or NO_NAME
    is_type3 = subtype == "/Type3"
    return Font(
        name=_SUBSET.sub("", name, count=1) if _SUBSET.match(name) else name,
        kind="Type 3" if is_type3 else _kind(subtype, str(inner.get("/Subtype", "")), descriptor),
        is_embedded=is_type3 or any(_is_stream(descriptor.get(key)) for key in _FILES),
        is_subset=bool(_SUBSET.match(name)),
        has_unicode=_is_stream(given.get("/ToUnicode")),
        uses=(),
    )


NO_NAME = "[none]"
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def _kind(subtype: str, descendant: str, descriptor: Any) -> str:
    """Return the kind by what is embedded, which is what a printer gets, else by what the dictionary says."""
    is_cid = subtype == "/Type0"
    program = descriptor.get("/FontFile3")
    if _is_stream(program):
        compact = {
            "/Type1C": "Type 1C",
            "/CIDFontType0C": "CID Type 0C",
        }.get(str(program.get("/Subtype", "")))
        if compact:
            return compact
        outlines = descendant if is_cid else subtype
        return {
            "/CIDFontType0": "CID Type 0C (OT)",
            "/CIDFontType2": "CID TrueType (OT)",
            "/TrueType": "TrueType (OT)",
        }.get(outlines, "Type 1C (OT)")
    if _is_stream(descriptor.get("/FontFile2")):
        return "CID TrueType" if is_cid else "TrueType"
    if _is_stream(descriptor.get("/FontFile")):
        return "CID Type 0" if is_cid else "Type 1"
    if is_cid:
        return "CID TrueType" if descendant == "/CIDFontType2" else "CID Type 0"
    return {"/Type1": "Type 1", "/MMType1": "MM Type 1", "/TrueType": "TrueType"}.get(subtype, "unknown")


def _dictionary(value: Any) -> Any:
    """Return a dictionary or the dictionary of a stream, an empty one for anything else."""
    import pikepdf

    return value if isinstance(value, pikepdf.Dictionary | pikepdf.Stream) else {}


def _is_stream(value: Any) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Stream)


def _name(value: Any) -> str:
    import pikepdf

    return str(value)[1:200] if isinstance(value, pikepdf.Name) else ""
