"""Take out of images what says who made them, where and with what: EXIF, XMP, comments, PDF information."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
_JPEG = b"\xff\xd8"
IMAGES = frozenset((".png", ".jpg", ".jpeg", ".pdf", ".eps", ".ps"))


def cleaned(path: str, data: bytes) -> bytes:
    """Return an image without its metadata; what cannot be read stays as it is."""
    if data.startswith(_PNG):
        return _clean_png(data)
    if data.startswith(_JPEG):
        return _clean_jpeg(data)
    if data.startswith(b"%PDF") and PurePosixPath(path).suffix.lower() == ".pdf":
        return _clean_pdf(data)
    return data


def metadata_texts(data: bytes) -> Iterator[str]:
    """Yield the texts of an image's metadata, for a search: each as `name: text`."""
    if data.startswith(_PNG):
        for kind, start, end in _chunks(data):
            if kind in _PNG_TEXTS and kind != b"tIME":
                yield f"{kind.decode()}: {_chunk_text(kind, data[start + 8 : end - 4])}"
    elif data.startswith(_JPEG):
        for marker, start, end in _segments(data):
            if marker in _JPEG_TEXTS and data[start + 4 : start + 8] != b"JFIF":
                yield f"JPEG segment {marker:02X}: {_printable(data[start + 4 : end])}"
    elif data.startswith(b"%PDF"):
        yield from _pdf_texts(data)
    elif data.startswith(b"%!PS"):
        for match in re.finditer(rb"(?m)^%%(?:Creator|For|Title|Author|CreationDate):[^\r\n]*", data[:20000]):
            yield _printable(match[0])


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    position = len(_PNG)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if end > len(data):
            return
        yield data[position + 4 : position + 8], position, end
        position = end


def _clean_png(data: bytes) -> bytes:
    kept = bytearray(_PNG)
    last = len(_PNG)
    for kind, start, end in _chunks(data):
        if kind not in _PNG_TEXTS:
            kept += data[start:end]
        last = end
    # Behind the last chunk no reader looks.
    return bytes(kept) if data[last - 8 : last - 4] == b"IEND" else data


def _chunk_text(kind: bytes, body: bytes) -> str:
    key, _, rest = body.partition(b"\0")
    if kind == b"zTXt":
        rest = _inflated(rest[1:])
    elif kind == b"iTXt" and rest[:1] == b"\1":
        rest = _inflated(rest.split(b"\0", 3)[-1])
    return f"{_printable(key)} {_printable(rest)}"


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, 1 << 20)
    except zlib.error:
        return b""


_MARKER, _SCAN = 0xFF, 0xDA
# APP1 (EXIF, XMP), APP12 and APP13 (Photoshop, IPTC), comments. APP0, APP2 and APP14 say how colours are read.
_JPEG_TEXTS = frozenset({0xE1, 0xEC, 0xED, 0xFE, *range(0xE3, 0xEC)})


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment before the image's data."""
    position = 2
    while position + 4 <= len(data) and data[position] == _MARKER:
        marker = data[position + 1]
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if end > len(data) or marker == _SCAN:
            return
        yield marker, position, end
        position = end


def _clean_jpeg(data: bytes) -> bytes:
    kept = bytearray(_JPEG)
    last = 2
    for marker, start, end in _segments(data):
        if marker not in _JPEG_TEXTS:
            kept += data[start:end]
        last = end
    return bytes(kept) + data[last:]


_PDF_KEYS = ("/Metadata", "/PieceInfo", "/PTEX.FileName", "/PTEX.InfoDict", "/PTEX.PageNumber", "/LastModified")
# A figure shows its page alone: TeX takes no notes, scripts and attachments over.
_PDF_EXTRAS = ("/Annots", "/AA", "/Names", "/OpenAction", "/Outlines", "/AF", "/StructTreeRoot")


def _clean_pdf(data: bytes) -> bytes:
    try:
        import pikepdf
    except ImportError:
        return data
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            changed = _forget(pdf)
            out = io.BytesIO()
            if changed:
                pdf.save(out, deterministic_id=True, preserve_pdfa=False)
                return out.getvalue()
    except _unreadable():
        return data
    return data


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what pikepdf raises for files that are damaged, locked or nonsense."""
    import pikepdf

    return (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError, OverflowError)


def _forget(pdf: Any) -> bool:
    import pikepdf

    changed = len(pdf.docinfo) > 0
    if changed:
        del pdf.docinfo
    for item in pdf.objects:
        holder: Any = item
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            for key in [key for key in (*_PDF_KEYS, *_PDF_EXTRAS) if key in holder]:
                del holder[key]
                changed = True
    return changed


def _pdf_texts(data: bytes) -> Iterator[str]:
    try:
        import pikepdf
    except ImportError:
        return
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for key, value in pdf.docinfo.items():
                yield f"{key[1:]}: {value}"
            for item in pdf.objects:
                if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                    yield from _object_texts(item)
    except _unreadable():
        return


def _object_texts(item: Any) -> Iterator[str]:
    import pikepdf

    for key in ("/PTEX.FileName", "/Contents", "/F", "/UF", "/T"):
        value = item.get(key)
        if isinstance(value, pikepdf.String):
            yield f"{key[1:]}: {value}"
    if isinstance(item, pikepdf.Stream) and item.get("/Type") == "/Metadata":
        yield f"XMP: {_printable(bytes(item.read_bytes()))}"


def _printable(data: bytes) -> str:
    text = data.decode("utf-8", "replace").replace("\0", "")
    return "".join(c if c.isprintable() else " " for c in text)[:100_000]
