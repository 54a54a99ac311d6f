"""What a PDF says outside its pages' content: version, title, language, tags, links, scripts, attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from paperkit.camera_ready.audit.facts import Document
from paperkit.camera_ready.audit.reading.fonts import FontWalk
from paperkit.camera_ready.audit.reading.limits import Budget
from paperkit.camera_ready.audit.reading.objects import text
from paperkit.camera_ready.audit.reading.streams import decoded

_MOST = 5000
_CLAIM = re.compile(
    rb"<(?P<what>pdfaid|pdfuaid|pdfxid):(?P<key>part|conformance|GTS_PDFXVersion)>\s*([^<]{1,40}?)\s*<"
    rb"|(?P<what2>pdfaid|pdfuaid|pdfxid):(?P<key2>part|conformance|GTS_PDFXVersion)\s*=\s*[\"']([^\"']{1,40})[\"']"
)


@dataclass(kw_only=True, slots=True)
class _Annotations:
    kinds: list[tuple[int, str]] = field(default_factory=list)
    external: list[tuple[int, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)

    def page(self, page: Any, number: int, budget: Budget) -> None:
        """Take the annotations of a page, and what the page itself does when it is opened."""
        if _has_script(page.get("/AA")):
            self.scripts.append(f"page {number} when it is opened or closed")
        for annotation in entries(page.get("/Annots")):
            if not isinstance(annotation, pikepdf.Dictionary) or not budget.walk() or len(self.kinds) >= _MOST:
                continue
            kind = str(annotation.get("/Subtype", "/Unknown"))[1:40]
            self.kinds.append((number, kind))
            action = annotation.get("/A")
            if _has_script(action) or _has_script(annotation.get("/AA")):
                self.scripts.append(f"an annotation on page {number}")
            if isinstance(action, pikepdf.Dictionary) and action.get("/URI") is not None:
                self.external.append((number, text(action.get("/URI"), 200)))
            if kind == "FileAttachment":
                self.attachments.append(f"an annotation on page {number}")


def read_document(pdf: pikepdf.Pdf, pages: list[Any], size: int, budget: Budget) -> Document:
    """Return what the file says of itself; each part that cannot be read is named in `unread`."""
    unread: list[str] = []
    annotations, walk = _Annotations(), FontWalk(budget=budget)
    for number, page in enumerate(pages, start=1):
        _attempt(unread, "annotations", annotations.page, page, number, budget)
        _attempt(unread, "fonts", walk.page, page, number)
    if walk.is_cut:
        unread.append("fonts: too many in one place")
    if budget.objects < 0:
        unread.append("objects: too many")
    root = pdf.Root
    info = _attempt(unread, "metadata", lambda: pdf.trailer.get("/Info"))
    info = info if isinstance(info, pikepdf.Dictionary) else pikepdf.Dictionary()
    xmp = _attempt(unread, "metadata", _metadata, root) or b""
    figures, described = _attempt(unread, "structure", _figures, root, budget) or (0, 0)
    marks, preferences = root.get("/MarkInfo"), root.get("/ViewerPreferences")
    names = root.get("/Names")
    return Document(
        size=size,
        version=str(pdf.pdf_version),
        pages=len(pages),
        is_encrypted=bool(pdf.is_encrypted),
        repairs=tuple(str(warning)[:200] for warning in pdf.get_warnings()[:20]),
        title=text(info.get("/Title")) or _xmp_title(xmp),
        shows_title=isinstance(preferences, pikepdf.Dictionary) and bool(preferences.get("/DisplayDocTitle", False)),
        language=text(root.get("/Lang"), 40),
        producer=text(info.get("/Producer"), 200),
        creator=text(info.get("/Creator"), 200),
        is_tagged=isinstance(marks, pikepdf.Dictionary)
        and bool(marks.get("/Marked", False))
        and "/StructTreeRoot" in root,
        figures=figures,
        described=described,
        has_xmp=bool(xmp),
        claims=_claims(xmp),
        bookmarks=_attempt(unread, "bookmarks", _bookmarks, root, budget) or 0,
        annotations=tuple(annotations.kinds),
        external=tuple(annotations.external),
        javascript=tuple(dict.fromkeys([*_scripts(root, names), *annotations.scripts]))[:50],
        attachments=(*_attached(names, root), *annotations.attachments)[:50],
        output_intents=len(entries(root.get("/OutputIntents"))),
        fonts=walk.fonts(),
        unread=tuple(dict.fromkeys(unread)),
    )


def entries(value: Any) -> list[Any]:
    """Return the entries of an array, none for what is no array; of a very long one the first."""
    return list(value)[:_MOST] if isinstance(value, pikepdf.Array) else []


def _attempt(unread: list[str], what: str, function: Any, *arguments: Any) -> Any:
    """Call a reader; what it cannot read is named and does not stop the others."""
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001 - a hostile file can fail anywhere, and the rest is worth knowing
        unread.append(f"{what}: {type(error).__name__}")
        return None


def _metadata(root: Any) -> bytes:
    stream = root.get("/Metadata")
    return decoded(stream, 4 * 1024 * 1024) if isinstance(stream, pikepdf.Stream) else b""


def _xmp_title(xmp: bytes) -> str:
    found = re.search(rb"<dc:title>.{0,400}?<rdf:li[^>]*>([^<]*)<", xmp, re.DOTALL)
    return found[1].decode("utf-8", errors="replace").strip() if found else ""


def _claims(xmp: bytes) -> tuple[str, ...]:
    """Return what standards the metadata claim, such as `PDF/A-2b`; nobody has checked that they are met."""
    found: dict[str, dict[str, str]] = {}
    for match in _CLAIM.finditer(xmp):
        what, key = (match["what"] or match["what2"]).decode(), (match["key"] or match["key2"]).decode()
        value = (match[3] or match[6]).decode("ascii", errors="replace")
        found.setdefault(what, {})[key] = value
    names = {"pdfaid": "PDF/A", "pdfuaid": "PDF/UA"}
    claims = [
        f"{names[what]}-{keys.get('part', '?')}{keys.get('conformance', '').lower()}"
        for what, keys in sorted(found.items())
        if what in names
    ]
    return (*claims, *(keys["GTS_PDFXVersion"] for what, keys in found.items() if "GTS_PDFXVersion" in keys))


def _figures(root: Any, budget: Budget) -> tuple[int, int]:
    """Count the `Figure` elements of the structure tree, and those with alternative or actual text."""
    tree = root.get("/StructTreeRoot")
    pending = [tree] if isinstance(tree, pikepdf.Dictionary) else []
    seen: set[tuple[int, int]] = set()
    figures = described = 0
    while pending and budget.walk():
        node = pending.pop()
        if node.objgen != (0, 0):
            if node.objgen in seen:
                continue
            seen.add(node.objgen)
        if str(node.get("/S", "")) == "/Figure":
            figures += 1
            described += bool(text(node.get("/Alt")) or text(node.get("/ActualText")))
        kids = node.get("/K")
        pending += [kid for kid in entries(kids) or [kids] if isinstance(kid, pikepdf.Dictionary)]
    return figures, described


def _bookmarks(root: Any, budget: Budget) -> int:
    outlines = root.get("/Outlines")
    pending = [outlines.get("/First")] if isinstance(outlines, pikepdf.Dictionary) else []
    seen: set[tuple[int, int]] = set()
    while pending and budget.walk():
        node = pending.pop()
        if isinstance(node, pikepdf.Dictionary) and node.objgen not in seen:
            seen.add(node.objgen)
            pending += [node.get("/First"), node.get("/Next")]
    return len(seen)


def _scripts(root: Any, names: Any) -> list[str]:
    found = []
    if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
        found.append("the document's scripts (/Names /JavaScript)")
    if _has_script(root.get("/OpenAction")):
        found.append("what is done when the document is opened (/OpenAction)")
    if _has_script(root.get("/AA")):
        found.append("the document's actions (/AA)")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        found.append("an XFA form")
    return found


def _has_script(action: Any, depth: int = 0) -> bool:
    """Tell whether an action, one that follows it, or one of a dictionary of actions is a script."""
    if not isinstance(action, pikepdf.Dictionary) or depth > 8:  # noqa: PLR2004 - chains of actions are short
        return False
    if str(action.get("/S", "")) in {"/JavaScript", "/Launch"} or "/JS" in action:
        return True
    keys = [key for key in list(action.keys())[:40] if key not in {"/P", "/Parent", "/D", "/Dest"}]
    parts = (part for key in keys for part in (entries(action.get(key)) or [action.get(key)]))
    return any(_has_script(part, depth + 1) for part in parts if isinstance(part, pikepdf.Dictionary))


def _attached(names: Any, root: Any) -> list[str]:
    found = [
        text(item.get("/UF")) or text(item.get("/F"))
        for item in entries(root.get("/AF"))
        if isinstance(item, pikepdf.Dictionary)
    ]
    tree = names.get("/EmbeddedFiles") if isinstance(names, pikepdf.Dictionary) else None
    if isinstance(tree, pikepdf.Dictionary):
        listed = [text(name) for name in entries(tree.get("/Names"))[::2]]
        found += listed or ["embedded files"]
    return [name or "a file without a name" for name in dict.fromkeys(found)]
