"""Verdicts: what is to become of one path, from what stands here, what stands there, and what both last agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from paperkit.overleaf.state import Base


class Verdict(Enum):
    """What one path is: the same on both sides, ours to write, or somebody else's to be asked about."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EDITED_REMOTELY = "edited-remotely"
    CONFLICT = "conflict"
    DELETED_REMOTELY = "deleted-remotely"
    FOREIGN = "foreign"

    @property
    def is_ours(self) -> bool:
        """Tell whether a push may write the path without being asked to."""
        return self in (Verdict.CREATE, Verdict.UPDATE, Verdict.DELETE)

    @property
    def is_theirs(self) -> bool:
        """Tell whether somebody else's work stands there, which no push touches by itself."""
        return self not in (Verdict.SAME, Verdict.CREATE, Verdict.UPDATE, Verdict.DELETE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """One path as digests: `local` is None when no asset makes it, `remote` when it is not there.

    `base` is None when nothing is known of it; `sent` are outputs of ours that the remote may hold.
    """

    local: str | None
    remote: str | None
    base: Base | None = None
    sent: tuple[str, ...] = ()


def verdict(sides: Sides) -> Verdict:
    """Return the verdict on one path. It is written only if the remote holds what was agreed on, or our own output.

    >>> verdict(Sides(local="new", remote="old", base=Base(digest="old"))).value
    'update'
    >>> verdict(Sides(local="new", remote="typed", base=Base(digest="old"))).value
    'conflict'
    """
    local, remote, base = sides.local, sides.remote, sides.base
    if local == remote or (local is None and (base is None or base.digest is None or base.is_foreign)):
        return Verdict.SAME
    untouched = remote in sides.sent or (base is not None and remote == base.digest)
    if remote is None:
        return Verdict.CREATE if base is None or base.digest is None else Verdict.DELETED_REMOTELY
    if untouched:
        return Verdict.DELETE if local is None else Verdict.UPDATE
    if base is None or base.digest is None:
        # Ours were sent there by some way, so this is what became of one of them.
        edited = Verdict.EDITED_REMOTELY if local in sides.sent else Verdict.CONFLICT
        return edited if sides.sent else Verdict.FOREIGN
    return Verdict.EDITED_REMOTELY if local == base.digest else Verdict.CONFLICT
