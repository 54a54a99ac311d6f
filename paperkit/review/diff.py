"""Diff: what changed in the paper's outputs between a revision of git and another, or now, in the author's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

import tomli

from paperkit.build.paper import Paper
from paperkit.build.plan import State
from paperkit.build.targets import Target, select
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.macros.changes import MacroChange
from paperkit.macros.changes import changes as macro_changes
from paperkit.manifest.load import lock_name, outside
from paperkit.review.revision import Repository, Revision
from paperkit.tables.changes import TableChanges, compare

NOW = "the working tree"
PICTURES = (".pdf", ".png", ".svg")

Kind = Literal["table", "figure", "macros", "preamble"]
Fate = Literal["changed", "new", "gone"]

_LARGE_FILE = b"version https://git-lfs.github.com/spec/"
_SEAL = (
    "% paperkit seal ",
    "% Made by paperkit ",
    "% Patched with ",
    "% beside it ",
    "<!-- paperkit seal ",
    "<!-- Made by paperkit ",
)
# What the lines of a wrapper have that say the alt text.
_ALT = ("\\Description", "\\pkalt")
_SHOWN = {".tex": "its wrapper changed", ".pgf": "its PGF changed", ".svg": "its SVG changed"}


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One output that differs: its path, and its content before and after, None where it is not there."""

    path: str
    before: bytes | None = None
    after: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetDiff:
    """What changed in one target: the files that differ, and what that means.

    `table` and `macros` are its changes if it is such, `numbers` the drawn numbers of a figure that moved, `source`
    lines that are gone or new. The pictures of a figure are compared by `paperkit.proof.pictures`.
    """

    id: str
    kind: Kind
    fate: Fate
    files: tuple[File, ...]
    table: TableChanges | None = None
    macros: tuple[MacroChange, ...] = ()
    numbers: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    @property
    def picture(self) -> File | None:
        """Return the file that shows a figure, if one differs: PDF, else PNG, else SVG."""
        if self.kind != "figure":
            return None
        # Its own file stands before its companions.
        shown = (file for end in PICTURES for file in self.files if file.path.endswith(end))
        return next(shown, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """What changed between two versions of the outputs; `unchanged` counts the other targets."""

    before: str
    after: str
    assets: tuple[AssetDiff, ...]
    unchanged: int = 0
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Side:
    """One version of the outputs: which files each target has, and what is in them."""

    outputs: Mapping[str, tuple[str, ...]]
    content: Mapping[str, bytes] = field(default_factory=dict)

    def files(self, target: str) -> dict[str, bytes]:
        return {path: self.content[path] for path in self.outputs.get(target, ()) if path in self.content}


def diff(paper: Paper, revisions: str = "HEAD", selectors: Iterable[str] = ()) -> Diff:
    """Return what changed in the selected outputs since a revision, or between two (`REV..REV`, as git has it).

    `REV...REV` compares the second with what both come from. Without a second one, the outputs as they are now count.

    Raises:
        ManifestError: a selector names nothing.
        PaperkitError: git is not installed, knows no such revision, or no repository holds the project.

    """
    repository = Repository(paper.manifest.root)
    first, last = _revisions(repository, revisions)
    sides = [_side(paper, repository, revision) for revision in (first, last)]
    chosen = select(_every(paper, sides), selectors, paper.manifest)
    found = [asset for target in chosen if (asset := _asset(target, *sides)) is not None]
    known = [target for target in chosen if sides[0].files(target.id) or sides[1].files(target.id)]
    return Diff(
        before=str(first),
        after=NOW if last is None else str(last),
        assets=tuple(found),
        unchanged=len(known) - len(found),
        notices=tuple(_notices(paper, chosen, sides, is_now=last is None)),
    )


def _revisions(repository: Repository, text: str) -> tuple[Revision, Revision | None]:
    if ".." not in text:
        return repository.revision(text or "HEAD"), None
    separator = "..." if "..." in text else ".."
    names = [name or "HEAD" for name in text.split(separator, 1)]
    one, other = (repository.revision(name) for name in names)
    return (repository.base(one, other) if separator == "..." else one), other


def _side(paper: Paper, repository: Repository, revision: Revision | None) -> _Side:
    """Return the outputs at a revision, found through the lock of then; those of now without one."""
    root, outputs = paper.manifest.root, {target.id: _all_outputs(target) for target in paper.targets}
    if revision is None:
        paths = {path for own in outputs.values() for path in own}
        return _Side(
            outputs=outputs, content={path: (root / path).read_bytes() for path in paths if _is_file(root, path)}
        )
    lock = lock_name(paper.manifest.file)
    then = _outputs_in(repository.read(revision, [lock]).get(lock, b""), root)
    outputs |= then
    content = repository.read(revision, sorted({path for own in outputs.values() for path in own}))
    return _Side(outputs=outputs, content=content)


def _is_file(root: Path, path: str) -> bool:
    return (root / path).is_file()


def _all_outputs(target: Target) -> tuple[str, ...]:
    return (*target.outputs, *target.companions)


def _outputs_in(lock: bytes, root: Path) -> dict[str, tuple[str, ...]]:
    """Return the outputs of every target in a lock, however old; a lock that cannot be read has none."""
    try:
        blocks = tomli.loads(lock.decode("utf-8")).get("target", {})
        found = {str(name): tuple(map(str, block["outputs"])) for name, block in blocks.items()}
    except (ValueError, TypeError, AttributeError, LookupError):
        return {}
    # A lock is text that anybody may write.
    return {name: tuple(path for path in own if outside(path, root) is None) for name, own in found.items()}


def _every(paper: Paper, sides: Iterable[_Side]) -> tuple[Target, ...]:
    """Return the targets of now, and those of then that no entry makes any more."""
    known = {target.id: target for target in paper.targets}
    for side in sides:
        for name, outputs in side.outputs.items():
            kind = name.partition(".")[0]
            if name not in known and kind in get_args(Kind):
                known[name] = Target(id=name, kind=kind, outputs=outputs)  # type: ignore[arg-type]
    return tuple(known.values())


def _asset(target: Target, first: _Side, last: _Side) -> AssetDiff | None:
    """Return what changed in one target, or None."""
    before, after = first.files(target.id), last.files(target.id)
    if target.kind != "figure" and len(before) == len(after) == 1:
        # The same asset under another path.
        (path,) = after
        before = {path: next(iter(before.values()))}
    files = tuple(
        File(path=path, before=before.get(path), after=after.get(path))
        for path in dict.fromkeys((*after, *before))
        if _bare(before.get(path)) != _bare(after.get(path))
    )
    if not files:
        return None
    fate: Fate = "new" if not before else "gone" if not after else "changed"
    if fate != "changed":
        return AssetDiff(id=target.id, kind=target.kind, fate=fate, files=files)
    return _changed(target, files)


def _changed(target: Target, files: tuple[File, ...]) -> AssetDiff | None:
    before, after = files[0].before or b"", files[0].after or b""
    if target.kind == "table":
        table = compare(before, after)
        return AssetDiff(id=target.id, kind="table", fate="changed", files=files, table=table) if table else None
    if target.kind == "macros":
        macros = macro_changes(before, after)
        source = () if macros else tuple(_lines(before, after))
        return AssetDiff(id=target.id, kind="macros", fate="changed", files=files, macros=macros, source=source)
    if target.kind == "preamble":
        lines = tuple(_lines(before, after))
        return AssetDiff(id=target.id, kind="preamble", fate="changed", files=files, source=lines)
    numbers = tuple(_numbers(files))
    return AssetDiff(
        id=target.id, kind="figure", fate="changed", files=files, numbers=numbers, source=tuple(_drawn_otherwise(files))
    )


def _numbers(files: Iterable[File]) -> Iterator[str]:
    """Yield which drawn numbers moved, found in the source data."""
    from paperkit.figures.changes import changes

    tables = [
        file for file in files if file.path.endswith(".csv") and file.before is not None and file.after is not None
    ]
    for file in tables:
        panel = f"panel {PurePosixPath(file.path).stem.rpartition('-')[2]}: " if len(tables) > 1 else ""
        texts = [(text or b"").decode("utf-8", "replace") for text in (file.before, file.after)]
        try:
            yield from (f"{panel}{line}" for line in changes(*texts))
        except ValueError:
            # Somebody wrote something else into it.
            yield f"{file.path} changed"


def _drawn_otherwise(files: Iterable[File]) -> Iterator[str]:
    """Yield what can be said of files that are no pictures: of their lines, or that they are there or not."""
    for file in files:
        if file.before is None or file.after is None:
            yield f"{file.path} is {'new' if file.before is None else 'gone'}"
        elif (end := PurePosixPath(file.path).suffix) in _SHOWN:
            lines = tuple(_lines(file.before, file.after))
            if all(any(word in line for word in _ALT) for line in lines):
                yield "its alt text changed"
                continue
            yield f"{_SHOWN[end]} ({len(lines)} lines)" if len(lines) > 1 else f"{_SHOWN[end]}"


def _lines(before: bytes, after: bytes) -> Iterator[str]:
    """Yield the lines that differ, as a diff has them, those of the seal left out."""
    found = difflib.unified_diff(_sourced(before), _sourced(after), n=0, lineterm="")
    yield from (line for line in found if not line.startswith(("---", "+++", "@@")))


def _sourced(content: bytes) -> list[str]:
    lines = content.decode("utf-8", "replace").splitlines()
    return [line for line in lines if not line.startswith(_SEAL)]


def _bare(content: bytes | None) -> object:
    """Return what makes a file another: all of a picture, the lines of a text but its seal; their ends do not count."""
    if content is None or content.startswith((b"%PDF", b"\x89PNG")):
        return content
    return _sourced(content)


def _notices(paper: Paper, chosen: Iterable[Target], sides: Iterable[_Side], *, is_now: bool) -> Iterator[Problem]:
    ids = {target.id for target in chosen}
    stored = sorted({path for side in sides for path, text in side.content.items() if text.startswith(_LARGE_FILE)})
    for path in stored:
        hint = "what is compared is its pointer"
        yield Problem(message="is kept in Git LFS", place=Place(file=path), hint=hint)
    if not is_now:
        return
    try:
        steps = paper.plan()
    except PaperkitError:
        return
    states = (State.STALE, State.MISSING, State.BROKEN)
    old = [f"{step.target.id} ({step.state.value})" for step in steps if step.target.id in ids and step.state in states]
    if old:
        hint = "paperkit build brings them up to date"
        yield Problem(message=f"compared as they stand: {', '.join(old)}", hint=hint)
