"""`[overleaf]`: which remote the outputs go to, and where in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from paperkit.errors import ManifestError, Problem
from paperkit.manifest.record import Names, Record, Text
from paperkit.manifest.remote import Address, project_address, remote_address


class OverleafSpec(Record):
    """`[overleaf]`: the Overleaf project, or any other git remote, that co-authors write in."""

    project: Text | None = None
    """Overleaf project: its id, or the address of its page."""
    remote: Text | None = None
    """Any other git remote instead, such as `https://github.com/us/paper.git`."""
    folder: Text = ""
    """Folder of the remote that the outputs are below; by default the root."""
    exclude: Names = ()
    """Outputs that stay here, as globs: `figures/*.png`."""

    @property
    def address(self) -> Address | None:
        """Return where the remote is, or None when the section names none.

        Raises:
            ManifestError: the address is wrong.

        """
        if self.project is not None:
            return project_address(self.project)
        return None if self.remote is None else remote_address(self.remote)


def overleaf_problems(spec: OverleafSpec) -> Iterator[Problem]:
    """Yield what is wrong with `[overleaf]`, with paths below it."""
    if spec.project is not None and spec.remote is not None:
        yield Problem(message="the outputs go to 'project' or to 'remote', not to both", path=("remote",))
    checks: tuple[tuple[str, str | None, Callable[[str], Address]], ...] = (
        ("project", spec.project, project_address),
        ("remote", spec.remote, remote_address),
    )
    for key, value, check in checks:
        try:
            if value is not None:
                check(value)
        except ManifestError as error:
            yield from (problem.under((key,)) for problem in error.problems)
    parts = PurePosixPath(spec.folder).parts
    if spec.folder.startswith("/") or ".." in parts or re.search(r"[\\\x00-\x1f\x7f]", spec.folder):
        message = "must be a folder of the remote, relative and with forward slashes"
        yield Problem(message=message, path=("folder",))
