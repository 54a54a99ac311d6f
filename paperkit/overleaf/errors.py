"""What can go wrong between here and a remote, each kind of it with its own class."""

from __future__ import annotations

from paperkit.errors import PaperkitError


class OverleafError(PaperkitError):
    """The remote, or what stands here, does not allow it; nothing was changed on the remote."""


class EditedError(OverleafError):
    """Outputs here were edited by hand, or a path is in conflict."""


class AccessError(OverleafError):
    """The remote does not let us in: no token, a wrong one, or not the rights."""


class UnreachableError(OverleafError):
    """The remote cannot be reached, or does not answer."""


class DamagedError(OverleafError):
    """The scratch repository is damaged, or the disk is full; it can be made again."""


class UnknownOutcomeError(UnreachableError):
    """A push was sent, and nobody could say whether it was applied; the next run finds out."""
