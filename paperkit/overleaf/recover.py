"""What is known without a record: seals say that nobody typed in a file, the history what paperkit wrote last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from paperkit.build.seal import SealState, beside_state, seal_state
from paperkit.overleaf.content import digest
from paperkit.overleaf.history import Version
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.state import Base
from paperkit.overleaf.there import There
from paperkit.overleaf.trees import Entry

SOURCE = "Paperkit-Source"
_SOURCE = re.compile(rf"^{SOURCE}: ([0-9a-f]{{40,64}})$", re.MULTILINE)
_Contents = Mapping[str, bytes | None]


def recovered(
    output: Output | None, changes: tuple[Version, ...], contents: _Contents, there: There, now: bytes | None
) -> Base | None:
    """Return what paperkit wrote last to a path: the newest version whose seal is intact; None if it never wrote it."""
    if output is None or (now is None and (not changes or changes[0].is_ours)):
        return None  # what paperkit removed itself is missed by nobody
    if now is not None and is_intact(output, now, there.read, there.files):
        return Base(digest=digest(now))
    for change in changes:
        content = None if change.blob is None else contents.get(change.blob)
        if content is not None and _was_intact(output, content, change, there):
            return Base(digest=digest(content), blob=change.blob)
    return None


def is_intact(
    output: Output | None, content: bytes, read: Callable[[Iterable[str]], _Contents], files: Mapping[str, Entry]
) -> bool:
    """Tell whether the remote's `content` is as some run of paperkit wrote it."""
    if output is None or output.sealed_by is None:
        return seal_state(content) is SealState.INTACT
    entry = files.get(output.sealed_by)
    wrapper = None if entry is None else read([entry.blob]).get(entry.blob)
    return wrapper is not None and beside_state(PurePosixPath(output.path).name, content, wrapper) is SealState.INTACT


def _was_intact(output: Output, content: bytes, change: Version, there: There) -> bool:
    if output.sealed_by is None:
        return seal_state(content) is SealState.INTACT
    name = f"{change.commit}:{output.sealed_by}"
    wrapper = there.read([name]).get(name)
    return wrapper is not None and beside_state(PurePosixPath(output.path).name, content, wrapper) is SealState.INTACT


def is_later(changes: tuple[Version, ...], blob: str | None, is_ours: Callable[[str], bool]) -> bool:
    """Tell whether what stands here is made from a later state of the paper than what was pushed last.

    The push says its commit of the paper's own repository; later is what has that commit in its history. What others
    say is not believed: a cherry-pick takes over the words, and the author's name.
    """
    if not changes or changes[0].blob != blob or not changes[0].is_ours:
        return False
    found = _SOURCE.findall(changes[0].message)
    return len(found) == 1 and is_ours(found[0])


def older_digests(changes: Iterable[Version], contents: _Contents) -> set[str]:
    """Return the digests of every version but the newest."""
    blobs = [change.blob for change in changes][1:]
    return {digest(content) for blob in blobs if blob is not None and (content := contents.get(blob)) is not None}
