"""Read NumPy archives: every array is a column, a number of its own is the same in every row."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from paperkit.data.parts import Part, assembled, failure, shortened
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Array = npt.NDArray[Any]

SUFFIXES = (".npz",)
OPTIONS = ("columns",)
MELTS = False
TRUSTS = False
_MATRIX = 2
_MOST_SHOWN = 5


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with the value of `columns`, the arrays to read, or None."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, str) for item in value):
        return None
    return f"{name} must be a list of the arrays to read, not {value!r}"


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return the rows of all files, one file after the other; row i holds element i of every array.

    A matrix `name` becomes the columns `name_0`, `name_1` and so on, a structured array `name.field`. Python objects
    in an archive could run code and are refused.

    Raises:
        DataError: a file is no archive, its arrays have different lengths, or one has no place in a table.

    """
    parts: list[Part] = []
    problems: list[Problem] = []
    for source in files:
        try:
            parts.append(_part(source, spec))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*shortened(problems))
    return assembled(parts)


def _part(source: SourceFile, spec: FrameSpec) -> Part:
    place = Place(file=source.name)
    table = _table(source, spec)
    return Part(name=source.name, captures=source.captures, table=table, locate=lambda _row, _column: place)


def _table(source: SourceFile, spec: FrameSpec) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Array] = {}
    problems: list[Problem] = []
    for name, array in _arrays(source, spec).items():
        try:
            for own, column in _columns(source, name, array):
                if own in columns:
                    raise failure(source.name, f"two arrays make the column '{own}'")
                columns[own] = column
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    lengths = {name: len(column) for name, column in columns.items() if column.ndim}
    if len(set(lengths.values())) > 1:
        raise _uneven(source, lengths)
    index = pd.RangeIndex(next(iter(lengths.values()), 1 if columns else 0))
    return pd.DataFrame({name: _series(column, index) for name, column in columns.items()}, index=index)


def _uneven(source: SourceFile, lengths: Mapping[str, int]) -> DataError:
    shown = ", ".join(f"'{name}' {length}" for name, length in list(lengths.items())[:_MOST_SHOWN])
    more = ", …" if len(lengths) > _MOST_SHOWN else ""
    hint = f'options = {{ columns = ["{next(iter(lengths))}"] }} reads only these'
    return failure(source.name, f"the arrays have different lengths: {shown}{more}", hint=hint)


def _arrays(source: SourceFile, spec: FrameSpec) -> dict[str, Array]:
    """Return the arrays that are wanted, in the archive's order."""
    import numpy as np

    try:
        with source.path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise failure(source.name, "the file is no archive of arrays", hint="write it with numpy.savez")
            wanted = spec.options.get("columns", archive.files)
            if lacking := [name for name in wanted if name not in archive.files]:
                raise DataError(*(_lacks(source, name, archive.files) for name in lacking))
            return {name: _loaded(source, archive, name) for name in archive.files if name in wanted}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        first = str(error).partition("\n")[0]
        message = f"the file is no archive that can be read ({type(error).__name__}: {first})"
        raise failure(source.name, message) from None


def _lacks(source: SourceFile, name: str, known: list[str]) -> Problem:
    close = did_you_mean(name, known)
    hint = None if close else f"the arrays are {', '.join(known)}"
    return Problem(message=f"there is no array '{name}'{close}", place=Place(file=source.name), hint=hint)


def _loaded(source: SourceFile, archive: Mapping[str, Any], name: str) -> Array:
    try:
        array: Array = archive[name]
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        message = f"the array '{name}' holds Python objects, which could run code; it was not loaded"
        raise failure(
            source.name, message, hint="save it with a type of its own: array.astype(float) or .astype(str)"
        ) from None
    return array


def _columns(source: SourceFile, name: str, array: Array) -> Iterator[tuple[str, Array]]:
    """Yield the columns that an array makes; one without dimensions stays so."""
    if array.dtype.names is not None:
        for field in array.dtype.names:
            yield from _columns(source, f"{name}.{field}", array[field])
    elif array.ndim > _MATRIX:
        shape = " × ".join(map(str, array.shape))
        raise failure(source.name, f"the array '{name}' has {array.ndim} dimensions ({shape}): a table has two")
    elif array.dtype.kind in "cV":
        message = f"the array '{name}' holds {array.dtype}, which is neither numbers nor text"
        raise failure(source.name, message)
    elif array.ndim == _MATRIX:
        yield from ((f"{name}_{number}", _known(source, name, array[:, number])) for number in range(array.shape[1]))
    else:
        yield name, _known(source, name, array)


def _known(source: SourceFile, name: str, array: Array) -> Array:
    """Return bytes as text, everything else as it is."""
    import numpy as np

    if array.dtype.kind != "S":
        return array
    try:
        return np.char.decode(array, "utf-8")
    except UnicodeDecodeError:
        raise failure(source.name, f"the array '{name}' holds bytes that are not UTF-8") from None


def _series(array: Array, index: pd.RangeIndex) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    values = np.full(len(index), array) if array.ndim == 0 else array
    if values.dtype.kind == "U":
        return pd.Series(values.tolist(), index=index, dtype=object)
    return pd.Series(values.astype(values.dtype.newbyteorder("=")), index=index)
