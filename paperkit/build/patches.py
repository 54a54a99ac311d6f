"""Patches: edits of outputs that are kept with the paper and applied to whatever paperkit makes.

The patch of `tables/main.tex` is `patches/tables/main.tex.patch`, a unified diff against the text below the header.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from paperkit.build.seal import is_made_from, unsealed
from paperkit.build.targets import Target
from paperkit.build.unified import Applied, NotADiffError, Patch, apply, parse, shown
from paperkit.errors import AssetError, Place, Problem
from paperkit.files import Artifact, is_inside, is_there, listed
from paperkit.manifest.load import Manifest

FOLDER = "patches"
_BINARY = (".pdf", ".png", ".csv")


class ConflictError(AssetError):
    """A patch does not fit what paperkit makes: the file of the last build stays."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patched:
    """Artifacts with their patches applied; `patches` are the paths of those that changed one, by its path."""

    artifacts: tuple[Artifact, ...]
    patches: Mapping[str, str]
    notices: tuple[Problem, ...] = ()


def patch_path(output: str) -> str:
    """Return where the patch of an output lies, relative to the project.

    >>> patch_path("tables/main.tex")
    'patches/tables/main.tex.patch'
    """
    return f"{FOLDER}/{output}.patch"


def is_patchable(output: str) -> bool:
    """Tell whether an output is text of which an author may keep an edit: source data are numbers, and no text."""
    return PurePosixPath(output).suffix not in _BINARY


def patch_files(target: Target, root: Path) -> tuple[Path, ...]:
    """Return the patches that there are of a target's outputs."""
    outputs = (output for output in (*target.outputs, *target.companions) if is_patchable(output))
    return tuple(path for output in outputs if is_there(path := root / patch_path(output)))


def strays(targets: Iterable[Target], manifest: Manifest) -> Iterator[Problem]:
    """Yield a notice for each patch whose output no target makes, nor another paper in the same folder."""
    root = manifest.root
    known = {patch_path(output) for target in targets for output in (*target.outputs, *target.companions)}
    for path in _patches_below(root / FOLDER):
        name = path.relative_to(root).as_posix()
        output = name.removeprefix(f"{FOLDER}/").removesuffix(".patch")
        if name not in known and not _is_of_another(root / output, manifest):
            hint = "rename it after the new output, or delete it"
            yield Problem(message=f"nothing makes {output}, which it patches", place=Place(file=name), hint=hint)


def _patches_below(folder: Path) -> Iterator[Path]:
    for path in listed(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _patches_below(path)
        elif path.suffix == ".patch":
            yield path


def _is_of_another(output: Path, manifest: Manifest) -> bool:
    """Tell whether an output was made from another manifest beside this one."""
    if not is_there(output):
        return False
    others = (path.name for path in manifest.root.glob("*.toml") if path.name != manifest.file)
    try:
        return is_made_from(output.read_bytes(), others)
    except OSError:
        return False


def load_patch(root: Path, output: str) -> Patch | None:
    """Return the patch of an output, or None if it has none.

    Raises:
        AssetError: it cannot be read, or is no unified diff.

    """
    name = patch_path(output)
    path = root / name
    hint = f"mend it, or delete it and adopt the edit again: paperkit adopt {output}"
    try:
        if not is_inside(path, root):
            raise AssetError(Problem(message="leads outside the project", place=Place(file=name), hint=hint))
        # Git may have given its lines the ends of another system.
        return parse(path.read_bytes().replace(b"\r\n", b"\n").decode())
    except FileNotFoundError:
        return None
    except NotADiffError as error:
        problem = Problem(message=f"is no patch: {error}", place=Place(file=name, line=error.line), hint=hint)
    except UnicodeDecodeError:
        problem = Problem(message="is not UTF-8", place=Place(file=name), hint=hint)
    except OSError as error:
        problem = Problem(message=f"cannot be read: {error.strerror or error}", place=Place(file=name))
    raise AssetError(problem)


def patched(root: Path, artifacts: Iterable[Artifact]) -> Patched:
    """Return artifacts without seals with the paper's patches applied to them.

    Raises:
        ConflictError: hunks do not fit; has all of them.
        AssetError: a patch cannot be read.

    """
    done: list[Artifact] = []
    patches: dict[str, str] = {}
    notices: list[Problem] = []
    problems: list[Problem] = []
    for artifact in artifacts:
        patch = load_patch(root, artifact.path) if is_patchable(artifact.path) else None
        if patch is None:
            done.append(artifact)
            continue
        found = apply(patch.hunks, artifact.content.decode())
        problems += conflicts(artifact.path, found)
        notices += _remarks(artifact.path, patch, found)
        content = found.text.encode()
        if content != artifact.content:
            patches[artifact.path] = patch_path(artifact.path)
        done.append(replace(artifact, content=content))
    if problems:
        raise ConflictError(*problems)
    return Patched(artifacts=tuple(done), patches=patches, notices=tuple(notices))


def conflicts(output: str, found: Applied) -> Iterator[Problem]:
    """Yield a problem for each hunk of an output's patch that does not fit, with its lines."""
    hint = (
        f"make the hunk fit; or paperkit adopt --drop {output} takes the patch away (a copy stays in "
        ".paperkit/rescued/), then edit the new file and adopt that"
    )
    for hunk, why in found.conflicts:
        lines = "\n".join(f"    {line}" for line in shown(hunk).split("\n"))
        place = Place(file=patch_path(output), line=hunk.line)
        yield Problem(message=f"does not fit the new {output}: {why}\n{lines}", place=place, hint=hint)
    if output.endswith(".svg") and not found.text.startswith("<?xml"):
        place = Place(file=patch_path(output))
        yield Problem(message="changes the first line, '<?xml …', which must stay", place=place, hint=hint)


def _remarks(output: str, patch: Patch, found: Applied) -> Iterator[Problem]:
    """Yield what is worth a look: hunks that do nothing any more, or that were put where their neighbours changed."""
    name = patch_path(output)
    for hunk in found.nearly:
        message = f"was applied to {output}, but lines around it are others now; look whether it still belongs there"
        hint = f"if it does, paperkit adopt {output} writes it anew"
        yield Problem(message=message, place=Place(file=name, line=hunk.line), hint=hint)
    if found.idle and len(found.idle) == len(patch.hunks):
        message = f"makes no difference any more: {output} is made like that"
        yield Problem(message=message, place=Place(file=name), hint=f"take it away: paperkit adopt --drop {output}")
        return
    for hunk in found.idle:
        message = f"this hunk makes no difference any more: {output} is made like that"
        hint = f"paperkit adopt {output} writes the patch without it"
        yield Problem(message=message, place=Place(file=name, line=hunk.line), hint=hint)


def is_same_text(output: str, content: bytes, made: bytes) -> bool:
    """Tell whether a file says what paperkit would write, whatever became of its header."""
    if not is_patchable(output):
        return content == made
    return unsealed(content) == unsealed(made)


__all__ = [
    "ConflictError",
    "Patched",
    "conflicts",
    "is_patchable",
    "is_same_text",
    "load_patch",
    "patch_files",
    "patch_path",
    "patched",
    "strays",
]
