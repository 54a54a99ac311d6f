"""Read pickled pandas frames, without running code unless the manifest trusts the very file."""

from __future__ import annotations

import io
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from paperkit.data import unpickle
from paperkit.data.orders import order_of
from paperkit.data.settle import settled
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem
from paperkit.files import fingerprint
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

    from paperkit.data.orders import Order

SUFFIXES = (".pkl", ".pickle", ".p")
OPTIONS: tuple[str, ...] = ()
MELTS = False
TRUSTS = True


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with an option; there are none."""
    return f"{name} is no option of a pickle: {value!r}"


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return the rows of all files, one file after the other; an index that is more than row numbers becomes columns.

    Raises:
        DataError: a file asks for more than pandas and numpy, is damaged, or holds no frame; or its hash is not
            the one that `trust` names.

    """
    import pandas as pd

    tables = [_with_captures(source, _table(source, spec.trust, spec.index)) for source in files]
    problems = [p for s, t in zip(files, tables, strict=True) if (p := _differs(s, t, files[0], tables[0])) is not None]
    if problems:
        raise DataError(*problems)
    columns: dict[str, pd.Series[Any]] = {}
    orders: dict[str, Order] = {}
    for name in tables[0].columns:
        parts = [table[name] for table in tables]
        merged = parts[0] if len(parts) == 1 else pd.concat([part.astype(object) for part in parts], ignore_index=True)
        try:
            columns[name], orders[name] = settled(merged), order_of(parts)
        except (ValueError, TypeError, ArithmeticError) as error:  # dates beyond the calendar, for one
            problem = f"column '{name}' cannot be read ({type(error).__name__}: {error})"
            raise _failure(files[0], problem) from None
    ends = list(accumulate(len(table) for table in tables))

    def locate(row: int, _column: str | None) -> Place:
        return Place(file=files[bisect_right(ends, row)].name)

    return Rows(table=pd.DataFrame(columns, index=pd.RangeIndex(ends[-1])), locate=locate, orders=orders)


def _table(source: SourceFile, trust: str | None, index_name: str | None) -> pd.DataFrame:
    import pandas as pd

    found = _loaded(source, source.path.read_bytes(), trust)
    if isinstance(found, pd.Series):
        found = found.to_frame()
    if not isinstance(found, pd.DataFrame):
        hint = f'make it one: pd.DataFrame(x).to_pickle("{source.name}")'
        raise _failure(source, f"the pickle holds a {type(found).__name__}, not a DataFrame", hint)
    if found.columns.nlevels > 1:
        raise _failure(
            source, f"the frame has {found.columns.nlevels} levels of columns", "make it tidy: frame.stack()"
        )
    names = [str(name) for name in found.columns]
    table = found.set_axis(names, axis="columns")
    index = _index_names(table, index_name)
    if clash := [name for name in index if name in names]:
        message = f"the frame has a column and an index called '{clash[0]}'"
        raise _failure(source, message, "drop one of them: frame.reset_index(drop=True)")
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise _failure(source, f"the frame has several columns called '{repeated[0]}'")
    return table.reset_index(names=index) if index else table.reset_index(drop=True)


def _index_names(table: pd.DataFrame, index_name: str | None) -> list[str]:
    """Return the names of the index as columns; row numbers without a name say nothing and give none."""
    import pandas as pd

    numbered = table.index.nlevels == 1 and pd.api.types.is_integer_dtype(table.index.dtype)
    if index_name is None and numbered and table.index.name is None:
        return []
    unnamed = ["index"] if table.index.nlevels == 1 else [f"level_{i}" for i in range(table.index.nlevels)]
    named = [str(own) if own is not None else other for own, other in zip(table.index.names, unnamed, strict=True)]
    return [index_name, *named[1:]] if index_name is not None else named


def _loaded(source: SourceFile, content: bytes, trust: str | None) -> Any:
    own = f"sha256:{fingerprint(content)}"
    if trust is not None and trust != own:
        message = f"{source.name} is not the file that trust names: its hash is {own}"
        raise _failure(source, message, "look at what changed before you trust it again")
    try:
        if trust is not None:
            import pandas as pd

            return pd.read_pickle(io.BytesIO(content))  # noqa: S301  # the manifest vouches for these very bytes
        return unpickle.load(content)
    except unpickle.RefusedError as error:
        message = f"{source.name} asks for '{error}', which could run code; it was not loaded"
        raise _failure(source, message, f'if you made the file yourself: trust = "{own}"') from None
    except ImportError as error:
        raise _failure(source, f"{source.name} needs a library that is not here: {error}") from None
    except RecursionError:
        raise _failure(source, f"{source.name} is nested too deeply") from None
    except Exception as error:  # noqa: BLE001  # a damaged pickle raises whatever its last opcodes raise
        message = f"{source.name} is not a pickle that can be read ({type(error).__name__}: {error})"
        raise _failure(source, message) from None


def _failure(source: SourceFile, message: str, hint: str | None = None) -> DataError:
    return DataError(Problem(message=message, place=Place(file=source.name), hint=hint))


def _with_captures(source: SourceFile, table: pd.DataFrame) -> pd.DataFrame:
    for name, captured in source.captures.items():
        if name not in table.columns:
            table = table.assign(**{name: captured})
            continue
        others = [value for value in table[name].tolist() if str(value) != str(captured)]
        if others:
            message = f"{name} is '{others[0]}' in the file, but '{captured}' by the file's name"
            raise _failure(source, message)
    return table


def _differs(source: SourceFile, table: pd.DataFrame, first: SourceFile, known: pd.DataFrame) -> Problem | None:
    lacking = [f"lacks '{name}'" for name in known.columns if name not in table.columns]
    extra = [f"has '{name}' besides" for name in table.columns if name not in known.columns]
    if not lacking and not extra:
        return None
    message = f"unlike '{first.name}', the file {' and '.join((lacking + extra)[:3])}"
    return Problem(message=message, place=Place(file=source.name))
