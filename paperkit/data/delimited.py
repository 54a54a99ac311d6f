"""Delimited: the bytes of a CSV file as a typed table, by pandas' C parser; types are inferred as pandas does."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paperkit.data import vectors
from paperkit.data.columns import as_number
from paperkit.data.sheets import Lines, encoding_of, names, quote_of, separator_of, text_of, unpacked
from paperkit.data.source_file import SourceFile
from paperkit.errors import DataError, Problem
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

_PASSED = ("decimal", "thousands", "na_values", "keep_default_na")
_HEAD = 1 << 16
_EXACT_SINCE = (3, 1)  # the version of pandas whose only parser of decimals is exact


def text_columns(spec: FrameSpec, columns: Iterable[str]) -> frozenset[str]:
    """Return which columns of a file must stay text: `text` names them as they are called after `rename`."""
    return frozenset(name for name in columns if spec.rename.get(name, name) in spec.text)


def typed(columns: Mapping[str, Sequence[str]], spec: FrameSpec) -> pd.DataFrame:
    """Return columns of texts with the types that pandas.read_csv infers."""
    import pandas as pd

    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(zip(*columns.values(), strict=True))
    if not text.tell():
        return pd.DataFrame({name: [] for name in columns}, dtype=object)
    content = text.getvalue().encode()
    table = _parsed(content, tuple(columns), spec, header=None, skip_blank_lines=False)
    return table.astype(dict.fromkeys(beyond(table), "float64"))


def quickly(source: SourceFile, raw: bytes, spec: FrameSpec) -> tuple[pd.DataFrame, list[Problem]] | None:
    """Return the table of a file with one header row, and notices; None if its bytes, `raw`, need a careful look.

    A file needs one if anything about it is odd: one column only, rows of unequal length, a bad encoding, or an
    unusual use of quotes. What this returns is what the careful way would return.
    """
    separator, quote = separator_of(source, spec.options), quote_of(spec.options)
    try:
        content = _plain_content(source, raw, spec)
        if content is None or not (separator + quote).isascii() or separator in " \"'":
            return None
        found = _header(content, source, spec)
        if found is None:
            return None
        columns, notices = found
        table = _in_parts(content, tuple(columns), spec, header=0, sep=separator, quotechar=quote)
    except (DataError, ValueError, OverflowError, Warning, csv.Error):
        return None
    options = spec.options
    # Columns of one name share what pandas is told of them; skipped lines move the line of the notice.
    is_odd = bool(notices) and bool(options.get("skiprows") or options.get("comment") or spec.text)
    fills = options.get("keep_default_na") is not False
    if is_odd or not len(table) or beyond(table) or not _is_even(content, table, separator, quote, fills=fills):
        return None
    return table, notices


def _plain_content(source: SourceFile, raw: bytes, spec: FrameSpec) -> bytes | None:
    """Return the bytes of a file as UTF-8 without mark, skipped lines and comments; None for no plain text."""
    content, encoding = unpacked(source, raw), encoding_of(spec.options)
    if spec.options.get("skiprows") or spec.options.get("comment"):
        text = "".join(Lines(text_of(source, content, encoding), spec.options))
        return text.encode()
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        content = text_of(source, content, encoding).encode()
    if b"\0" in content or _has_indented_lines(content):
        return None
    return content.removeprefix(b"\xef\xbb\xbf")


def _has_indented_lines(content: bytes) -> bool:
    """Tell whether a line begins with a blank, which pandas takes away."""
    # A search for one byte is many times faster than one for two.
    blanks = [blank for blank in (b" ", b"\t") if blank in content]
    ends = [end for end in (b"\n", b"\r") if blanks and end in content]
    return any(end + blank in content for end in ends for blank in blanks)


def _header(content: bytes, source: SourceFile, spec: FrameSpec) -> tuple[list[str], list[Problem]] | None:
    """Return the column names if the first two records are as long as each other."""
    head = content[:_HEAD]
    if len(content) > _HEAD:
        head = head[: head.rfind(b"\n") + 1]
    lines = Lines(head.decode(), {})
    options = spec.options
    rows = csv.reader(lines, delimiter=separator_of(source, options), quotechar=quote_of(options), strict=True)
    kept: list[list[str]] = []
    for cells in rows:
        if not kept:
            line = lines.first
        if cells:
            kept.append(cells)
        else:
            lines.begin()
        if len(kept) == 2:  # noqa: PLR2004
            break
    if len(kept) < 2 or len(kept[0]) < 2 or len(kept[0]) != len(kept[1]):  # noqa: PLR2004
        return None
    return names((line, kept[0]), source, spec)


def _is_even(content: bytes, table: pd.DataFrame, separator: str, quote: str, *, fills: bool) -> bool:
    """Tell whether every record has as many fields as the header: pandas fills short ones up, without a word.

    `fills` tells that it fills them with missing values.
    """
    width = len(table.columns)
    if quote.encode() in content:
        rows = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=separator, quotechar=quote, strict=True)
        try:
            return all(len(cells) == width or not cells for cells in rows)
        except csv.Error:
            return False
    if fills and not table[table.columns[-1]].isna().any():
        return True
    return content.count(separator.encode()) == (len(table) + 1) * (width - 1)


def _in_parts(content: bytes, columns: tuple[str, ...], spec: FrameSpec, **how: Any) -> pd.DataFrame:
    """Return pandas' table, read in parts that work side by side; all at once where their types do not agree."""
    from pandas.errors import DtypeWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return _parsed(content, columns, spec, low_memory=True, **how)
        except DtypeWarning:
            return _parsed(content, columns, spec, **how)


def _parsed(content: bytes, columns: tuple[str, ...], spec: FrameSpec, **how: Any) -> pd.DataFrame:
    """Return pandas' table; whole numbers stay whole where some are missing."""
    import pandas as pd

    kept = text_columns(spec, columns)
    passed = {key: spec.options[key] for key in _PASSED if key in spec.options}
    keywords: dict[str, Any] = {"low_memory": False, **passed, **how}
    if _version(pd.__version__) < _EXACT_SINCE:
        keywords["float_precision"] = "round_trip"

    def read(**more: Any) -> pd.DataFrame:
        table: pd.DataFrame = pd.read_csv(
            io.BytesIO(content),
            names=list(columns),
            index_col=False,
            engine="c",
            encoding="utf-8",
            **keywords,
            **more,
        )
        return table

    table = read(dtype=dict.fromkeys(kept, str) or None)
    changed: dict[str, Any] = {}
    doubtful = [name for name in columns if _may_be_whole(table[name])]
    if doubtful:
        cells = read(dtype=dict.fromkeys(doubtful, str), usecols=doubtful)
        changed = {name: whole for name in doubtful if (whole := _whole(cells[name], spec.options)) is not None}
    return table.assign(**changed) if changed else table


def beyond(table: pd.DataFrame) -> list[str]:
    """Return the columns of whole numbers beyond 64 bits with a sign, which pandas reads in a type of their own."""
    return [name for name in table.columns if table[name].dtype.kind == "u"]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])


def _may_be_whole(column: pd.Series[Any]) -> bool:
    """Tell whether floats are whole numbers, some of which are missing: pandas reads them as floats."""
    import numpy as np

    if column.dtype.kind != "f":
        return False
    values = column.to_numpy()
    gaps = np.isnan(values)
    if not gaps.any() or gaps.all():
        return False
    given = values[~gaps]
    return bool(np.isfinite(given).all() and (given == np.floor(given)).all())


def _whole(cells: pd.Series[Any], options: Mapping[str, Any]) -> Any:
    """Return the cells as Int64 if all of them are written as whole numbers."""

    def read(text: str) -> int | float | None:
        return as_number(text, decimal=options.get("decimal"), thousands=options.get("thousands"))

    if not all(type(read(text)) is int for text in vectors.distinct(vectors.texts(cells))[1]):
        return None
    return vectors.mapped(vectors.texts(cells), read).array
