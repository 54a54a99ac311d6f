"""Streams, decoded up to a limit: a kilobyte of Flate can hold a megabyte, and Flate within Flate a gigabyte."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING, Any

from paperkit.camera_ready.audit.reading.limits import MOST_CONTENT, TooMuchError

if TYPE_CHECKING:
    import pikepdf

_SHRINKING = 1000  # No other filter makes more than this of one byte.
_NAMES = {"/Fl": "/FlateDecode", "/A85": "/ASCII85Decode", "/AHx": "/ASCIIHexDecode"}


def decoded(stream: pikepdf.Object, limit: int = MOST_CONTENT) -> bytes:
    """Return the data of a stream, which are at most `limit` bytes.

    Raises:
        TooMuchError: there are more.
        pikepdf.PdfError: it cannot be decoded.

    """
    filters = _filters(stream)
    raw = stream.read_raw_bytes()
    if stream.get("/DecodeParms") is None and all(name in _DECODERS for name in filters):
        for name in filters:
            raw = _DECODERS[name](raw, limit)
        return bytes(raw)
    if len(raw) * _SHRINKING ** len(filters) > limit * 16:
        raise TooMuchError(f"a stream that may have more than {limit // 2**20} MB")
    data = stream.read_bytes()
    if len(data) > limit:
        raise TooMuchError(f"a stream of more than {limit // 2**20} MB")
    return data


def joined(contents: Any, limit: int = MOST_CONTENT) -> bytes:
    """Return the content of a page, whose streams count as one; what is no stream is left out."""
    import pikepdf

    if isinstance(contents, pikepdf.Array):
        parts: list[bytes] = []
        for part in contents:
            if isinstance(part, pikepdf.Stream):
                parts.append(decoded(part, limit))
                limit -= len(parts[-1])
        return b"\n".join(parts)
    return decoded(contents, limit) if isinstance(contents, pikepdf.Stream) else b""


def _filters(stream: pikepdf.Object) -> list[str]:
    import pikepdf

    found = stream.get("/Filter")
    names = list(found) if isinstance(found, pikepdf.Array) else [] if found is None else [found]
    return [_NAMES.get(str(name), str(name)) for name in names]


def _inflated(raw: bytes, limit: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(raw, limit)
    except zlib.error:
        data = _salvaged(raw, limit)
    if engine.unconsumed_tail:
        raise TooMuchError(f"a stream of more than {limit // 2**20} MB")
    return data


def _salvaged(raw: bytes, limit: int) -> bytes:
    """Return what of a broken stream can be read, as viewers do."""
    engine = zlib.decompressobj()
    data = bytearray()
    try:
        for start in range(0, len(raw), 256):
            data += engine.decompress(raw[start : start + 256], max(1, limit - len(data)))
            if len(data) >= limit:
                break
    except zlib.error:
        pass
    return bytes(data)


def _from_85(raw: bytes, _: int) -> bytes:
    try:
        return base64.a85decode(raw.strip().removesuffix(b"~>"), ignorechars=b" \t\n\r\v\f\0")
    except ValueError:
        return b""


def _from_hex(raw: bytes, _: int) -> bytes:
    digits = b"".join(raw.split(b">")[0].split())
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except ValueError:
        return b""


_DECODERS = {"/FlateDecode": _inflated, "/ASCII85Decode": _from_85, "/ASCIIHexDecode": _from_hex}
