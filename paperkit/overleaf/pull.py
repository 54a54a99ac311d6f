"""Pull: what co-authors did comes here, beside the outputs and never over them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paperkit.errors import Place, Problem
from paperkit.files import fingerprint, is_inside, relative
from paperkit.overleaf.edits import patch
from paperkit.overleaf.errors import EditedError, OverleafError
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.refuse import path_problem
from paperkit.overleaf.rescue import write
from paperkit.overleaf.survey import Finding, Survey
from paperkit.overleaf.there import There
from paperkit.overleaf.verdicts import Verdict

THEIRS = "theirs"
MIRROR = "text"
_RECORD = ".paperkit-mirror.json"
_LARGEST = 200 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """One edit as it was saved here: the remote's whole file, and a patch to ours where both are text."""

    finding: Finding
    file: str
    patch: str | None = None


def pull(root: Path, folder: Path, found: Survey) -> tuple[Pulled, ...]:
    """Save what co-authors made of outputs in `folder`, and return where below `root`; no output is touched.

    Raises:
        PaperkitError: the disk does not take it.

    """
    saved: list[Pulled] = []
    for finding in found.having(Verdict.EDITED_REMOTELY, Verdict.CONFLICT, Verdict.FOREIGN):
        if finding.content is None:
            continue
        place = f"{THEIRS}/{finding.path}"
        write(folder / place, finding.content)
        difference = patch(finding.name, finding.before, finding.content)
        if difference:
            write(folder / f"{place}.patch", difference.encode())
        shown = relative(folder / place, root)
        saved.append(Pulled(finding=finding, file=shown, patch=f"{shown}.patch" if difference else None))
    return tuple(saved)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mirror:
    """A copy of the manuscript: its folder, the files of co-authors that were written or removed, and all it has."""

    folder: str
    written: tuple[str, ...]
    removed: tuple[str, ...]
    files: tuple[str, ...]


def mirror(root: Path, target: Path, there: There, outputs: Iterable[Output]) -> Mirror:
    """Make `target` a copy of the remote's own files with the outputs as they are here, ready to be compiled.

    It is a copy to be read: what was changed in it since is never overwritten.

    Raises:
        EditedError: files in it were changed here.
        OverleafError: the folder holds something else, or the remote a file that no folder can hold safely.

    """
    wanted = _wanted(there, outputs)
    known = _known(root, target)
    _refuse_changed(root, target, known, wanted)
    written = tuple(path for path, content in wanted.items() if known.get(path) != fingerprint(content))
    removed = tuple(sorted(set(known) - set(wanted)))
    for path in removed:  # before anything is written: a file may have become a folder, or a folder a file
        _remove(target, path)
    for path in written:
        write(target / path, wanted[path])
    record = {path: fingerprint(content) for path, content in wanted.items()}
    write(target / _RECORD, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())
    return Mirror(folder=relative(target, root), written=written, removed=removed, files=tuple(wanted))


def _remove(target: Path, path: str) -> None:
    """Remove a file of the mirror, and the folders that it leaves empty."""
    file = target / path
    if file.is_file() or file.is_symlink():
        file.unlink()
    for parent in file.relative_to(target).parents[:-1]:
        with suppress(OSError):
            (target / parent).rmdir()


def _wanted(there: There, outputs: Iterable[Output]) -> Mapping[str, bytes]:
    """Return what the mirror is to hold, by path.

    Raises:
        OverleafError: a name leads elsewhere, or there is too much.

    """
    files = {path: entry for path, entry in sorted(there.files.items()) if entry.is_file}
    bad = [(path, why) for path in files if (why := path_problem(path)) is not None]
    bad += [(path, "is the name of the mirror's own record") for path in files if path == _RECORD]
    if bad:
        raise OverleafError(
            *(Problem(message=f"{why}; nothing was written", place=Place(file=_printable(path))) for path, why in bad)
        )
    total = sum(entry.size for entry in files.values())
    if total > _LARGEST:
        raise OverleafError(Problem(message=f"the project has {total / 1024 / 1024:.0f} MiB; the mirror takes 200"))
    contents = there.read(entry.blob for entry in files.values())
    wanted = {path: contents[entry.blob] or b"" for path, entry in files.items()}
    wanted |= {output.path: output.content for output in outputs if output.content is not None}
    return wanted


def _known(root: Path, target: Path) -> Mapping[str, str]:
    """Return what was mirrored last, path → hash.

    Raises:
        OverleafError: the folder is not inside the project, or holds what no mirror has written.

    """
    if not is_inside(target, root) or target.resolve() == root.resolve():
        hint = "name a folder of the project that is free"
        raise OverleafError(Problem(message="the mirror must be a folder inside the project", hint=hint))
    if not target.exists():
        return {}
    try:
        known = json.loads((target / _RECORD).read_text(encoding="utf-8"))
        return {str(path): str(value) for path, value in known.items() if path_problem(str(path)) is None}
    except (OSError, ValueError, AttributeError) as error:
        if target.is_dir() and not any(target.iterdir()):
            return {}
        message = "is no mirror that paperkit made, and is left alone"
        raise OverleafError(
            Problem(message=message, place=Place(file=relative(target, root)), hint="name a folder that is free")
        ) from error


def _refuse_changed(root: Path, target: Path, known: Mapping[str, str], wanted: Mapping[str, bytes]) -> None:
    changed = []
    for path in sorted({*known, *wanted}):
        file = target / path
        if not is_inside(file, target):
            changed.append((path, "is a link that leads elsewhere"))
        elif file.is_file() and fingerprint(file.read_bytes()) not in (
            known.get(path),
            fingerprint(wanted.get(path, b"")),
        ):
            changed.append((path, "was changed in the mirror, which is a copy to be read"))
    if changed:
        hint = "make the change on the remote, and delete the file here"
        places = [relative(target / PurePosixPath(path), root) for path, _ in changed]
        raise EditedError(
            *(
                Problem(message=why, place=Place(file=place), hint=hint)
                for place, (_, why) in zip(places, changed, strict=True)
            )
        )


def _printable(path: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in path)
