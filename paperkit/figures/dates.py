"""Dates on an axis: ISO dates of the data as days, and their ticks in English words on every machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.text import literal
from paperkit.manifest.model import Scalar

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86400.0
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(value: Scalar, column: str, path: ManifestPath) -> float:
    """Return an ISO date, with a time or without, as days since 1970; times without a zone are UTC.

    >>> day("1970-01-02T12:00", "when", ())
    1.5

    Raises:
        AssetError: the value is no ISO date.

    """
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        wrong = f"column '{column}' holds '{value}', which is no ISO date, where dates are expected"
        raise AssetError(Problem(message=wrong, path=path, hint="write dates as 2026-03-31")) from None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH).total_seconds() / _DAY


def iso(days: float) -> str:
    """Return the ISO date that is some days after 1970, with its time if it is not midnight.

    >>> iso(1.0), iso(1.5)
    ('1970-01-02', '1970-01-02T12:00:00')
    """
    moment = _EPOCH + timedelta(days=days)
    return moment.date().isoformat() if float(days).is_integer() else moment.replace(tzinfo=None).isoformat()


def date_text(moment: datetime, spec: str) -> str:
    """Return a date in the words of `strftime`, with English names in every locale.

    >>> date_text(datetime(2026, 3, 1), "%d %b %Y")
    '1 Mar 2026'
    """
    parts = {
        "Y": f"{moment.year:04}",
        "y": f"{moment.year % 100:02}",
        "B": _MONTHS[moment.month - 1],
        "b": _MONTHS[moment.month - 1][:3],
        "m": f"{moment.month:02}",
        "d": str(moment.day),
        "H": f"{moment.hour:02}",
        "M": f"{moment.minute:02}",
    }
    return literal(re.sub(r"%([YyBbmdHM])", lambda found: parts[found[1]], spec))


def label_dates(axis: Axis, spec: str | None) -> None:
    """Set few ticks on an axis of days, at round dates, and label them with as little of a date as tells them apart."""
    from matplotlib import dates
    from matplotlib.ticker import FuncFormatter

    library: Any = dates

    def text(place: float, _: int | None = None) -> str:
        moments = [library.num2date(at) for at in axis.get_majorticklocs()]
        moment: Any = library.num2date(place)
        return date_text(moment, _short(moments) if spec is None else spec)

    axis.set_major_locator(library.AutoDateLocator(minticks=3, maxticks=6))
    axis.set_major_formatter(FuncFormatter(text))


def _short(moments: list[Any]) -> str:
    if any((moment.hour, moment.minute) != (0, 0) for moment in moments):
        return "%H:%M"
    if any(moment.day != 1 for moment in moments):
        return "%d %b"
    return "%b %Y" if any(moment.month != 1 for moment in moments) else "%Y"
