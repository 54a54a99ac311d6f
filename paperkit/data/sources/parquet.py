"""Read Parquet, Feather and Arrow files; nested fields become dotted columns, as in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paperkit.data.parts import Part, assembled, failure, missing_library, shortened
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SUFFIXES = (".parquet", ".pq", ".feather", ".arrow")
OPTIONS = ("columns",)
MELTS = False
TRUSTS = False


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with the value of `columns`, pandas' option of the columns to read, or None."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, str) for item in value):
        return None
    return f"{name} must be a list of the columns to read, not {value!r}"


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return the rows of all files, one file after the other; an index that pandas stored becomes columns in front.

    Of the columns that the option `columns` leaves out, nothing is read.

    Raises:
        DataError: pyarrow is not installed, a file is damaged, lacks a column, or has two of one name.

    """
    try:
        import pyarrow  # noqa: F401, ICN001  # only whether it is there
    except ImportError:
        raise missing_library(files[0].name, "pyarrow", "parquet") from None
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
    import pyarrow as pa

    try:
        found = _frame(source, spec)
    except (pa.ArrowException, OSError, ValueError, ArithmeticError) as error:
        first = str(error).partition("\n")[0]
        raise failure(source.name, f"the file cannot be read ({type(error).__name__}: {first})") from None
    place = Place(file=source.name)
    return Part(name=source.name, captures=source.captures, table=found, locate=lambda _row, _column: place)


def _frame(source: SourceFile, spec: FrameSpec) -> pd.DataFrame:
    import pandas as pd

    wanted: Sequence[str] = spec.options.get("columns", ())
    table = _table(source, wanted)
    if wanted:
        table = table.select([name for name in table.column_names if _is_wanted(name, (*wanted, *_stored(table)))])
        if lacking := [name for name in wanted if not any(_is_wanted(own, (name,)) for own in table.column_names)]:
            raise failure(source.name, f"there is no column '{lacking[0]}'")
    stored, index = _stored(table), _index(source, table, spec.index)
    names = {**index, **{name: name for name in table.column_names if name not in stored}}
    if repeated := [name for name in names.values() if list(names.values()).count(name) > 1]:
        raise failure(source.name, f"the file has several columns called '{repeated[0]}'")
    columns = {name: _column(table.column(own)) for own, name in names.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))


def _table(source: SourceFile, wanted: Sequence[str]) -> pa.Table:
    """Return the columns that are wanted, whole structs of them, as a flat table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if source.name.lower().endswith((".parquet", ".pq")):
        with pq.ParquetFile(source.path) as file:
            table = file.read(_top(source, file.schema_arrow, wanted), use_pandas_metadata=True)
    else:
        table = _arrow(source)
        top = _top(source, table.schema, wanted)
        stored = _stored(table)
        table = table if top is None else table.select([n for n in table.column_names if n in top or n in stored])
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _top(source: SourceFile, schema: pa.Schema, wanted: Sequence[str]) -> list[str] | None:
    """Return the columns of the file to read, or None for all."""
    if repeated := [name for name in schema.names if schema.names.count(name) > 1]:
        raise failure(source.name, f"the file has several columns called '{repeated[0]}'")
    if not wanted:
        return None
    lacking = [name for name in wanted if not any(_is_wanted(name, (own,)) for own in schema.names)]
    problems = []
    for name in lacking:
        close = did_you_mean(name, schema.names)
        hint = None if close else f"the columns are {', '.join(schema.names)}"
        problems.append(
            Problem(message=f"there is no column '{name}'{close}", place=Place(file=source.name), hint=hint)
        )
    if problems:
        raise DataError(*problems)
    return [own for own in schema.names if any(_is_wanted(name, (own,)) for name in wanted)]


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in wanted)


def _arrow(source: SourceFile) -> pa.Table:
    import pyarrow as pa
    from pyarrow import feather, ipc

    with source.path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"FEA1"):
        return feather.read_table(source.path)
    if start == b"ARROW1":
        with pa.memory_map(str(source.path)) as mapped, ipc.open_file(mapped) as reader:
            return reader.read_all()
    with source.path.open("rb") as file, ipc.open_stream(file) as stream:
        return stream.read_all()


def _stored(table: pa.Table) -> tuple[str, ...]:
    """Return the columns in which pandas stored an index; a range is stored without one."""
    metadata = table.schema.pandas_metadata or {}
    return tuple(
        name for name in metadata.get("index_columns", ()) if isinstance(name, str) and name in table.column_names
    )


def _index(source: SourceFile, table: pa.Table, name: str | None) -> dict[str, str]:
    """Return column → name for the columns of a stored index; row numbers without a name say nothing."""
    import pyarrow as pa

    metadata = table.schema.pandas_metadata or {}
    if len(metadata.get("column_indexes", ())) > 1:
        levels = len(metadata["column_indexes"])
        raise failure(source.name, f"the frame has {levels} levels of columns", hint="make it tidy: frame.stack()")
    stored = _stored(table)
    given = {column["field_name"]: column["name"] for column in metadata.get("columns", ())}
    is_numbered = len(stored) == 1 and pa.types.is_integer(table.schema.field(stored[0]).type)
    if name is None and is_numbered and given.get(stored[0]) is None:
        return {}
    if name is not None and not stored:
        raise failure(source.name, f"the file has no index to call '{name}'", hint="remove index")
    unnamed = ["index"] if len(stored) == 1 else [f"level_{number}" for number in range(len(stored))]
    names = [given.get(column) or other for column, other in zip(stored, unnamed, strict=True)]
    return dict(zip(stored, [name, *names[1:]] if name is not None else names, strict=True))


def _column(column: pa.ChunkedArray) -> pd.Series[Any]:
    """Return a column of pandas that keeps whole numbers whole, and dates as ISO text."""
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        if column.type.ordered:
            return column.to_pandas().reset_index(drop=True)  # type: ignore[no-any-return]
        column = column.cast(column.type.value_type)
    if pa.types.is_date(column.type):
        column = column.cast(pa.string())
    has_gaps = pa.types.is_integer(column.type) and column.null_count > 0
    if has_gaps and not pa.types.is_uint64(column.type):
        column = column.cast(pa.int64())
    whole = pd.UInt64Dtype() if pa.types.is_uint64(column.type) else pd.Int64Dtype()
    found: pd.Series[Any] = column.to_pandas(types_mapper=(lambda _type: whole) if has_gaps else None)
    return found.reset_index(drop=True)
