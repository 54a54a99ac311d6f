"""Colour spaces by the words of the audit, and colours as they look on a screen."""

from __future__ import annotations

from typing import Any

from paperkit.camera_ready.audit.reading.objects import number

RGB = tuple[int, int, int]
_DEVICE = {
    "/DeviceGray": "gray", "/G": "gray", "/CalGray": "gray", "/DeviceRGB": "rgb", "/RGB": "rgb", "/CalRGB": "rgb",
    "/DeviceCMYK": "cmyk", "/CMYK": "cmyk", "/Lab": "lab", "/Pattern": "pattern",
    "/Separation": "spot", "/DeviceN": "spot",
}  # fmt: skip
_COMPONENTS = {"gray": 1, "icc1": 1, "rgb": 3, "icc3": 3, "cmyk": 4, "icc4": 4}


def space_name(value: Any, named: Any = None, depth: int = 0) -> str:
    """Return `gray`, `rgb`, `cmyk`, `icc1`, `icc3`, `icc4`, `lab`, `spot`, `pattern` or `unknown`.

    `named` are the colour spaces of the resources, for names that are none of the standard's.
    """
    import pikepdf

    if depth > 4:  # noqa: PLR2004 - an indexed space of a named one is two deep
        return "unknown"
    if isinstance(value, pikepdf.Array) and len(value):
        head = str(value[0])
        if head in {"/Indexed", "/I"} and len(value) > 1:
            return space_name(value[1], named, depth + 1)
        if head == "/ICCBased" and len(value) > 1 and isinstance(value[1], pikepdf.Stream):
            return f"icc{int(number(value[1].get('/N'), 0.0))}"
        return _DEVICE.get(head, "unknown")
    name = str(value) if isinstance(value, pikepdf.Name | str) else ""
    if name in _DEVICE:
        return _DEVICE[name]
    found = named.get(name) if isinstance(named, pikepdf.Dictionary) and name.startswith("/") else None
    return "unknown" if found is None else space_name(found, None, depth + 1)


def to_rgb(space: str, values: tuple[float, ...]) -> RGB | None:
    """Return a colour as 8-bit sRGB, None for one whose looks cannot be told."""
    if _COMPONENTS.get(space) != len(values):
        return None
    parts = [max(0.0, min(1.0, value)) for value in values]
    if len(parts) == 1:
        parts *= 3
    elif len(parts) > 3:  # noqa: PLR2004 - cyan, magenta, yellow, black
        black = 1 - parts[3]
        parts = [(1 - part) * black for part in parts[:3]]
    red, green, blue = (round(255 * part) for part in parts)
    return red, green, blue


def hexadecimal(rgb: RGB) -> str:
    """Return a colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)
