"""Copies of what a push replaces, made before it does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import write_if_changed
from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.survey import Finding

RESCUED = ".paperkit/rescued/overleaf"
_DIGITS = 12


def rescue(root: Path, commit: str, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Save the remote's version of what is not this desk's and will be replaced; return the copies' paths.

    Raises:
        OverleafError: it cannot be saved, so nothing may be replaced.

    """
    saved: list[str] = []
    for finding in findings:
        if not (finding.verdict.is_theirs or finding.is_unseen) or finding.remote is None:
            continue
        if finding.content is None:
            message = f"{finding.path} cannot be read on the remote, so it cannot be saved and is not replaced"
            raise OverleafError(Problem(message=message))
        place = f"{RESCUED}/{commit[:_DIGITS]}/{finding.path}"
        write(root / place, finding.content)
        saved.append(place)
    return tuple(saved)


def write(path: Path, content: bytes) -> None:
    """Write a copy.

    Raises:
        PaperkitError: the disk does not take it.

    """
    try:
        write_if_changed(path, content)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise PaperkitError(Problem(message=message, place=Place(file=path.name))) from error
