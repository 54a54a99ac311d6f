"""CSS: the colours that style sheets write, as 8-bit sRGB."""

from __future__ import annotations

import re
from functools import cache

from paperkit.style.contrast import RGB

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"rgba?\(([^()]*)\)")
_BYTE = 255


@cache
def css_color(text: str) -> RGB | None:
    """Return a CSS colour on white paper: a name, `#rgb`, `#rrggbb` (also with alpha), `rgb(…)` or `rgba(…)`.

    None stands for a text that is none of these.

    >>> css_color("rebeccapurple"), css_color("#F80"), css_color("rgba(255, 0, 0, 0.5)"), css_color("url(x)")
    ((102, 51, 153), (255, 136, 0), (255, 128, 128), None)
    """
    lowered = text.strip().lower()
    if _HEX.fullmatch(lowered):
        return _of_hex(lowered[1:])
    function = _FUNCTION.fullmatch(lowered)
    if function is not None:
        return _of_function(function.group(1))
    from matplotlib.colors import CSS4_COLORS

    return _of_hex(str(CSS4_COLORS[lowered])[1:].lower()) if lowered in CSS4_COLORS else None


def _of_hex(digits: str) -> RGB:
    doubled = digits if len(digits) > 4 else "".join(digit * 2 for digit in digits)  # noqa: PLR2004 - #rgb and #rgba
    red, green, blue, *alpha = bytes.fromhex(doubled)
    return _on_white((red, green, blue), alpha[0] / _BYTE if alpha else 1.0)


def _of_function(arguments: str) -> RGB | None:
    parts = re.split(r"[\s,/]+", arguments.strip())
    try:
        red, green, blue, *alpha = (_channel(part, index) for index, part in enumerate(parts))
    except ValueError:
        return None
    if len(alpha) > 1:
        return None
    return _on_white((red, green, blue), alpha[0] if alpha else 1.0)


def _channel(text: str, index: int) -> float:
    most = _BYTE if index < 3 else 1.0  # noqa: PLR2004 - behind three channels comes alpha
    value = float(text[:-1]) * most / 100 if text.endswith("%") else float(text)
    return min(max(value, 0.0), most)


def _on_white(channels: tuple[float, float, float], alpha: float) -> RGB:
    red, green, blue = (int(alpha * channel + (1 - alpha) * _BYTE + 0.5) for channel in channels)
    return red, green, blue
