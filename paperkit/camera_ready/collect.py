"""Collect the files of a paper: those that TeX read from its folder, as the recorder says; nothing is guessed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paperkit.camera_ready.engine import Engine, Run, typeset, variable
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import relative

# What belongs to tools and is never part of a paper.
NOT_COPIED = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        ".paperkit",
        ".dvc",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        "__pycache__",
        "node_modules",
        "wandb",
        "mlruns",
    ]
)
_MOST_FILES = 20_000
_LARGEST = 200 << 20
_MISSING = re.compile(r"File [`'\"]?([^'`\"\s]+)['\"]? not found")
_DATABASE = re.compile(
    r"^(?:Database file #\d+: (?P<bib>.+)|The (?:\w+-level )?style file: (?P<bst>.+)|"
    r".*Found BibTeX data source '(?P<source>.+)')$",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """The files of a paper (path → bytes, `main` among them), the databases of its bibliography, and its PDF."""

    main: str
    files: Mapping[str, bytes]
    bibliography: Mapping[str, bytes]
    pdf: bytes
    log: str
    banner: str
    release: int | None
    notices: tuple[Problem, ...] = ()


def collect(
    root: Path, main: str, engine: Engine, *, epoch: int, scratch: Path, without: Path | None = None
) -> Collected:
    """Compile a copy of the folder `root`, but for the folder `without`, and return what was read from it.

    Raises:
        PaperkitError: the paper does not compile, or it reads a file from outside its folder and the TeX tree.

    """
    work = scratch / "paper"
    foreign = _copy(root, work, without)
    run = typeset(engine, work, main, epoch=epoch, alone=False)
    if run.pdf is None:
        raise PaperkitError(*_outside_reads(root, run), *run.errors)
    paths = tuple(dict.fromkeys((*_project_paths(work, run), *_unrecorded(work, run))))
    problems = [*_strangers(root, work, run), *_links(paths, foreign), *_wrong_case(work, paths)]
    if problems:
        raise PaperkitError(*problems)
    files = {path: (work / path).read_bytes() for path in sorted({main, *paths})}
    return Collected(
        main=main,
        files=files,
        bibliography={path: (work / path).read_bytes() for path in _databases(work)},
        pdf=run.pdf,
        log=run.log,
        banner=run.banner,
        release=run.release,
        notices=tuple(_system_fonts(run)),
    )


def _copy(root: Path, work: Path, without: Path | None) -> tuple[str, ...]:
    """Copy a paper's folder; return the links in it that lead outside, whose content is copied as well.

    Raises:
        PaperkitError: there is too much in it to be a paper's folder.

    """
    foreign: list[str] = []
    count = 0
    stack: list[tuple[Path, Path, tuple[Path, ...]]] = [(root, work, (root.resolve(),))]
    while stack:
        source, target, above = stack.pop()
        target.mkdir(parents=True, exist_ok=True)
        for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
            path = Path(entry.path)
            real = path.resolve()
            if entry.is_symlink() and not real.is_relative_to(root.resolve()):
                foreign.append(relative(path, root))
            if entry.is_dir():
                if entry.name not in NOT_COPIED and real not in above and real != without:
                    stack.append((path, target / entry.name, (*above, real)))
            elif entry.is_file() and entry.stat().st_size <= _LARGEST:
                shutil.copyfile(path, target / entry.name)
                count += 1
        if count > _MOST_FILES:
            hint = "keep the paper in a folder of its own"
            message = f"there are more than {_MOST_FILES} files beside the paper"
            raise PaperkitError(Problem(message=message, place=Place(file=root.name), hint=hint))
    return tuple(foreign)


def _project_paths(work: Path, run: Run) -> Iterator[str]:
    """Yield what TeX read from its folder and did not write itself."""
    prefix = str(work) + os.sep
    for path in run.read:
        if path.startswith(prefix) and path not in run.written and Path(path).is_file():
            yield relative(Path(path), work)


# XeTeX and LuaTeX read these past the recorder.
_UNRECORDED = frozenset((".otf", ".ttf", ".ttc", ".pfb", ".lua"))


def _unrecorded(work: Path, run: Run) -> Iterator[str]:
    """Yield fonts and Lua files in the paper's folder whose names stand in what TeX read from it."""
    found = [path for path in sorted(work.rglob("*")) if path.suffix.lower() in _UNRECORDED and path.is_file()]
    if not found:
        return
    text = b"\n".join((work / path).read_bytes() for path in _project_paths(work, run) if not path.endswith(".pdf"))
    for path in found:
        # A family names its members by what they add to its name: UprightFont = *-Regular.
        family = re.split(r"[-_]", path.stem)[0]
        if any(name.encode() in text for name in (path.stem, family) if len(name) > 1):
            yield relative(path, work)


def _trees() -> tuple[str, ...]:
    """Return the folders of the TeX distribution; the author's own trees are not among them."""
    names = (
        "TEXMFROOT",
        "TEXMFDIST",
        "TEXMFMAIN",
        "TEXMFDEBIAN",
        "TEXMFSYSVAR",
        "TEXMFSYSCONFIG",
        "TEXMFVAR",
        "TEXMFCONFIG",
    )
    found = (variable(name) for name in names)
    given = {os.path.normpath(tree) for tree in found if tree and not tree.startswith("$")}
    # The programs of the distribution name their own trees too.
    configured = {os.path.normpath(tree) for tree in ("/etc/texmf", "/usr/share/texmf", "/var/lib/texmf")}
    return tuple(sorted(given | configured | {str(Path(tree).resolve()) for tree in given}))


_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")


def _strangers(root: Path, work: Path, run: Run) -> Iterator[Problem]:
    trees = (*_trees(), *_FONT_FOLDERS, "/dev", "/proc", "/etc/fonts")
    prefix = str(work) + os.sep
    for path in run.read:
        if path.startswith(prefix) or any(path == tree or path.startswith(tree + os.sep) for tree in trees):
            continue
        shown = relative(Path(path), root) if Path(path).is_relative_to(root) else path
        where = "by its absolute path" if Path(path).is_relative_to(root) else "from outside the paper's folder"
        hint = (
            "name it relative to the main file"
            if Path(path).is_relative_to(root)
            else f"the venue does not have it: copy it into the paper's folder ({root.name}/{Path(path).name})"
        )
        yield Problem(message=f"'{shown}' is read {where}", hint=hint)


def _outside_reads(root: Path, run: Run) -> Iterator[Problem]:
    """Yield what TeX did not find in the copy because it lies beside the paper's folder."""
    for name in dict.fromkeys(_MISSING.findall(run.log)):
        near = [root / name, root / f"{name}.tex"]
        found = next(
            (path for path in near if path.is_file() and not path.resolve().is_relative_to(root.resolve())), None
        )
        if found is not None:
            hint = f"the venue does not have it: copy it into the paper's folder ({root.name}/{found.name})"
            yield Problem(message=f"'{name}' is read from outside the paper's folder", hint=hint)


def _links(paths: tuple[str, ...], foreign: tuple[str, ...]) -> Iterator[Problem]:
    for link in foreign:
        used = next((path for path in paths if path == link or path.startswith(f"{link}/")), None)
        if used is not None:
            hint = "copy what it leads to into the paper's folder"
            yield Problem(message="is a link that leads outside the paper's folder", place=Place(file=link), hint=hint)


def _wrong_case(work: Path, paths: tuple[str, ...]) -> Iterator[Problem]:
    """Yield names that only a file system without case finds."""
    for path in paths:
        folder = work
        for part in PurePosixPath(path).parts:
            names = [entry.name for entry in folder.iterdir()]
            if part not in names:
                right = next((name for name in names if name.casefold() == part.casefold()), None)
                if right is not None:
                    message = f"is written '{path}', but the file is called '{right}'"
                    yield Problem(message=message, place=Place(file=path), hint="write it as the file is called")
                break
            folder /= part


def _databases(work: Path) -> Iterator[str]:
    """Yield the databases and styles of the bibliography that lie in the paper's folder."""
    for blg in sorted(work.rglob("*.blg")):
        for match in _DATABASE.finditer(blg.read_text(encoding="utf-8", errors="replace")):
            name = match["bib"] or match["bst"] or match["source"]
            if (work / name).is_file():
                yield relative(work / name, work)


def _system_fonts(run: Run) -> Iterator[Problem]:
    for path in run.read:
        if path.startswith(_FONT_FOLDERS):
            message = f"the font {Path(path).name} comes from this machine, not from TeX Live"
            yield Problem(message=message, hint="put the font file into the paper's folder and name the file")
