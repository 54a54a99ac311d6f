"""Reads: which labels and which facts of the venue something was made from, found while it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from typing import Any

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Label
from paperkit.style.venue import Venue

EVERY = "*"  # the names of all labelled columns, for whoever went through them


@dataclass(kw_only=True, slots=True)
class Reads:
    """The columns whose labels were looked up (those without any too), and the venue's facts, by name."""

    labels: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)


_now: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def recorded() -> Iterator[Reads]:
    """Record what is read of watched labels and venues meanwhile; a recording inside another has its reads alone."""
    reads = Reads()
    token = _now.set(reads)
    try:
        yield reads
    finally:
        _now.reset(token)


def watched_labels(labels: Labels) -> Labels:
    """Return equal labels whose use is recorded."""
    return Labels(columns=_Columns(labels.columns))


def watched_venue(venue: Venue) -> Venue:
    """Return an equal venue the use of whose facts is recorded."""
    return _watched_class(type(venue))(**{fact.name: getattr(venue, fact.name) for fact in fields(venue)})


class _Columns(Mapping[str, Mapping[str, Label]]):
    def __init__(self, columns: Mapping[str, Mapping[str, Label]]) -> None:
        self._columns = columns

    def __getitem__(self, column: str) -> Mapping[str, Label]:
        _note_label(column)
        return self._columns[column]

    def __iter__(self) -> Iterator[str]:
        _note_label(EVERY)
        return iter(self._columns)

    def __len__(self) -> int:
        _note_label(EVERY)
        return len(self._columns)


def _note_label(column: str) -> None:
    reads = _now.get()
    if reads is not None:
        reads.labels.add(column)


def _watched_class(venue: type[Venue]) -> type[Venue]:
    facts = frozenset(fact.name for fact in fields(venue))

    class Watched(venue):  # type: ignore[misc, valid-type]
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            reads = _now.get()
            if reads is not None and name in facts:
                reads.facts.add(name)
            return super().__getattribute__(name)

    return Watched
