r"""Figure text: matplotlib's convention inside a figure (`$…$` is maths, `\$` a dollar), TeX outside."""

from __future__ import annotations

import re

from paperkit.tex.text import Tex, escape, markup

# The rule of `paperkit.tex.text.markup` for what is maths in a text of the manifest; a test holds them together.
_MATHS = re.compile(r"(?<!\\)\$(?=[^\s$])((?:\\.|[^$\\])*?)(?<!\s)\$(?!\d)", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\\)\$")
_MINUS = "\N{MINUS SIGN}"
# What matplotlib's tick formatters write: something in the text font, such as digits or a power of ten.
_DEFAULT_FONT = re.compile(r"\\mathdefault\{((?:[^{}]|\{[^{}]*\})*)\}")
_NUMBER = re.compile(rf"\$\\mathdefault\{{([-{_MINUS}\d.,]+)(?:\^\{{([-{_MINUS}\d.,]+)\}})?\}}\$")


def literal(text: str) -> str:
    r"""Return data text so that matplotlib prints it on one line as it stands, never as maths.

    >>> literal("$x$ costs 3$")
    '\\$x\\$ costs 3\\$'
    """
    return " ".join(text.split()).replace("$", r"\$")


def marked(text: str) -> str:
    r"""Return a text of the manifest in matplotlib's convention: what `markup` takes as maths is, no other dollar.

    >>> marked("$5 and $6, $R^2$")
    '\\$5 and \\$6, $R^2$'
    """
    parts: list[str] = []
    start = 0
    for found in _MATHS.finditer(text):
        parts += [_dollars(text[start : found.start()]), found.group()]
        start = found.end()
    return "".join([*parts, _dollars(text[start:])])


def _dollars(plain: str) -> str:
    return _DOLLAR.sub(r"\\$", plain)


def digits(line: str) -> str | None:
    r"""Return the text of a tick label that is a number without an exponent, None for anything else.

    >>> digits(r"$\mathdefault{12.5}$"), digits(r"$\mathdefault{10^{2}}$"), digits("$x$")
    ('12.5', None, None)
    """
    number = _NUMBER.fullmatch(line)
    return number[1].replace("-", _MINUS) if number is not None and number[2] is None else None


def signed(line: str) -> str:
    r"""Return a tick label that is a number with its minus as an operator, which every font of formulas has.

    >>> signed("$\\mathdefault{\N{MINUS SIGN}0.4}$")
    '${-}\\mathdefault{0.4}$'
    """
    number = _NUMBER.fullmatch(line)
    if number is None or not {"-", _MINUS} & set(line):
        return line
    base, exponent = (_operator(part) for part in (number[1], number[2] or ""))
    return f"${base}^{{{exponent}}}$" if exponent else f"${base}$"


def _operator(number: str) -> str:
    digits = number.lstrip(f"-{_MINUS}")
    sign = "{-}" if digits != number else ""
    return f"{sign}\\mathdefault{{{digits}}}" if digits else ""


def to_tex(line: str, *, is_math: bool, encoding: str = "OT1") -> Tex:
    r"""Return one line of figure text as TeX; `is_math` is matplotlib's finding that it holds `$…$`.

    Raises:
        UnprintableError: the line holds characters that pdfLaTeX cannot print in `encoding`.
        PaperkitError: the braces inside a formula do not match.

    >>> to_tex("50 % of $n$", is_math=True)
    '50 \\% of $n$'
    """
    if not is_math:
        return escape(line, encoding=encoding)
    number = _NUMBER.fullmatch(line)
    if number is not None:
        # Digits in the text font, as on a linear axis: maths digits are Computer Modern in many a Times document.
        base, exponent = (escape((part or "").replace("-", _MINUS), encoding=encoding) for part in number.groups())
        return Tex(f"{base}\\textsuperscript{{{exponent}}}" if exponent else base)
    return markup(_DEFAULT_FONT.sub(lambda found: found[1], line), encoding=encoding)
