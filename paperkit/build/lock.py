"""`paper.lock`: what was built from what, and what was fetched from where; sorted, without times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli

from paperkit.data.snapshot import Snapshot
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import exclusive, unwritable, write_if_changed

_VERSION = 2
_OLDER = 1  # its targets were made from files, not from frames: only what was fetched is taken over
_HEADER = "# Written by paperkit: what outputs were made from, and what was fetched. Commit it; never edit it.\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What one target was made from and what came out; every value but the versions and names is a sha256.

    `manifest` is the effective configuration, `venue` those of the venue's `facts` that were looked up, `labels` the
    columns whose labels were, `texts` name the texts whose sizes only TeX can tell, `frames` the rows of the frames
    that it takes, `inputs` the files that it reads itself, `versions` the libraries that shape the output, `outputs`
    the files as written, `left` files that the target was written to before and that are still there, `notices` what
    the build said. Their places in the manifest are left out: the lines of its keys move with every edit.
    """

    manifest: str
    venue: str = ""
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    frames: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameRecord:
    """What one frame was made from and what came out: `rows` is the hash of its rows, empty for one never loaded.

    `frames` are the rows of those that it is made from; `counts` has the rows after its source and after each clause
    that changed their number. The other fields are those of `Record`.
    """

    manifest: str
    labels: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    frames: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    rows: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """What a lock holds: a record per target and frame that was built, a snapshot per frame whose file was fetched."""

    targets: Mapping[str, Record] = field(default_factory=dict)
    frames: Mapping[str, FrameRecord] = field(default_factory=dict)
    sources: Mapping[str, Snapshot] = field(default_factory=dict)


def load_lock(path: Path) -> Lock:
    """Return what the lock at `path` keeps of the last build and of what was fetched; nothing when there is no lock.

    Raises:
        PaperkitError: the lock cannot be read, most often after a merge conflict.

    """
    if not path.exists():
        return Lock()
    try:
        return _lock(tomli.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
        line = getattr(error, "lineno", None)
        hint = "restore it, or delete it: paperkit build writes it again, and paperkit fetch --update what was fetched"
        place = Place(file=path.name, line=line)
        raise PaperkitError(Problem(message="the lock cannot be read", place=place, hint=hint)) from error


def update_lock(path: Path, change: Callable[[Lock], Lock], *, replace: bool = False) -> bool:
    """Write what `change` makes of the lock at `path`, atomically and only if it differs; return whether it did.

    No other process changes the lock meanwhile, so builds and fetches that run side by side keep each other's blocks.
    With `replace`, a lock that cannot be read counts as empty.

    Raises:
        PaperkitError: the lock cannot be read or written.

    """
    try:
        with exclusive(path.parent):
            try:
                before = load_lock(path)
            except PaperkitError:
                if not replace:
                    raise
                before = Lock()
            after = change(before)
            return (path.exists() or after != Lock()) and write_if_changed(path, _written(after))
    except OSError as error:
        raise unwritable(error, path.name) from error


def _lock(document: Mapping[str, Any]) -> Lock:
    sources = {name: Snapshot(**block) for name, block in document.get("source", {}).items()}
    if document.get("version") == _OLDER:
        return Lock(sources=sources)
    if document.get("version") != _VERSION:
        raise ValueError(f"expected version {_VERSION}")
    notices: dict[str, list[Problem]] = {}
    for entry in document.get("notice", ()):
        for target in entry["targets"]:
            notices.setdefault(target, []).append(_notice(entry))
    return Lock(
        targets={
            name: Record(**{**block, **_words(block)}, notices=tuple(notices.get(name, ())))
            for name, block in document.get("target", {}).items()
        },
        frames={name: FrameRecord(**block) for name, block in document.get("frame", {}).items()},
        sources=sources,
    )


def _words(block: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the names that a block has as words of one text, which a merge tool takes for one line."""
    return {name: tuple(block.get(name, "").split()) for name in ("facts", "texts")}


def in_order(notices: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return notices in the order that they have in a lock, each once."""
    return tuple(sorted(set(notices), key=lambda notice: (notice.subject, str(notice), repr(notice))))


def _notice(entry: Mapping[str, Any]) -> Problem:
    place = Place(file=entry["file"], line=entry.get("line"), column=entry.get("column")) if "file" in entry else None
    path = tuple(part if isinstance(part, int) else str(part) for part in entry.get("path", ()))
    return Problem(message=str(entry["message"]), path=path, place=place, hint=entry.get("hint"))


def _notices(targets: Mapping[str, Record]) -> list[dict[str, Any]]:
    """Return every notice once, with the targets that it is about: those of a frame share its notices."""
    said: dict[Problem, list[str]] = {}
    for name, record in sorted(targets.items()):
        for notice in record.notices:
            said.setdefault(notice, []).append(name)
    entries = []
    for notice in in_order(said):
        entry = {
            "message": notice.message,
            "path": list(notice.path),
            **({} if notice.place is None else asdict(notice.place)),
            "hint": notice.hint,
            "targets": said[notice],
        }
        entries.append({key: value for key, value in entry.items() if value is not None})
    return entries


def _written(lock: Lock) -> bytes:
    import tomli_w

    document: dict[str, Any] = {"version": _VERSION}
    if lock.sources:
        document["source"] = {name: asdict(snapshot) for name, snapshot in sorted(lock.sources.items())}
    if notices := _notices(lock.targets):
        document["notice"] = notices
    if lock.frames:
        document["frame"] = {name: _block(record) for name, record in sorted(lock.frames.items())}
    document["target"] = {name: _block(record) for name, record in sorted(lock.targets.items())}
    return (_HEADER + tomli_w.dumps(document)).encode()


def _block(record: Record | FrameRecord) -> dict[str, Any]:
    """Return what a record has, without what is empty; the order of counts is that of the clauses."""
    found: dict[str, Any] = {}
    for each in fields(record):
        value = getattr(record, each.name)
        if each.name == "notices" or not value:
            continue
        if isinstance(value, tuple):
            found[each.name] = " ".join(value)
        elif isinstance(value, Mapping) and each.name != "counts":
            found[each.name] = dict(sorted(value.items()))
        else:
            found[each.name] = value
    return found
