"""Adopt hand edits: an edited output becomes a patch that later builds apply to whatever they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from paperkit.build.bases import base_of
from paperkit.build.make import Made, Workshop
from paperkit.build.outputs import building, rescue, write, write_outputs
from paperkit.build.paper import Paper
from paperkit.build.patches import ConflictError, is_patchable, load_patch, patch_path
from paperkit.build.plan import edited_outputs
from paperkit.build.seal import SealState, seal_of, seal_state, unsealed
from paperkit.build.targets import Target, select
from paperkit.build.unified import Applied, Patch, apply, diff, lines_of, patch_text, shown
from paperkit.errors import AssetError, ManifestError, Place, Problem, did_you_mean
from paperkit.files import Artifact, unwritable

State = Literal["adopted", "unchanged", "dropped", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """What became of the patch at `patch`, which belongs to `output`.

    `state` is `adopted` (written), `unchanged`, `dropped` (taken away) or `none` (the edit changes nothing below the
    header); `text` is the patch, `rescued` the copy of one that was taken away.
    """

    target: str
    output: str
    patch: str
    state: State
    text: str = ""
    rescued: str | None = None


def adopt(
    paper: Paper, output: str, edited: bytes | None = None, *, base: bytes | None = None, as_is: bool = False
) -> Adoption:
    """Make a patch of an edit of `output`, one with the patch that there is, and return it; builds apply it.

    `edited` is the edited file, else it is that of the project, which is then written anew. `base` is the file that the
    edit began with; else it is what a build writes now, what this machine's last build wrote, or a revision in Git,
    whichever the seal names. With `as_is`, all that differs from what paperkit makes now counts as the edit.

    Raises:
        ManifestError: no target makes `output`.
        ConflictError: the edit, or the patch that there is, does not fit what paperkit makes now.
        PaperkitError: `output` is no text or was not edited, its data cannot be loaded, the patch cannot be written.

    """
    with building(paper.manifest.root):
        return _adopted(paper, output, edited, base=base, as_is=as_is)


def _adopted(paper: Paper, output: str, edited: bytes | None, *, base: bytes | None, as_is: bool) -> Adoption:
    root = paper.manifest.root
    target = target_of(paper, output)
    content = _content(root, output) if edited is None else edited
    old = _patch(root, output, as_is=as_is)
    if edited is None and old is None and seal_state(content) is SealState.INTACT and not as_is:
        hint = "edit it first; paperkit status shows which outputs were edited"
        raise AssetError(Problem(message="is as paperkit wrote it", place=Place(file=output), hint=hint))
    text = _text(output, content)
    workshop = Workshop(paper.manifest)
    drawn = workshop.draw(target)
    plain = _of(drawn, output).decode()
    if not as_is:
        text = _moved(root, output, (content, text), _of(workshop.finish(target, drawn), output), base)
    hunks = diff(plain, text)
    if not hunks:
        is_patched = (root / patch_path(output)).exists()
        return drop(paper, output) if is_patched else _adoption(target, output, "none")
    written = patch_text(output, Patch(hunks=hunks, comment="" if old is None else old.comment))
    is_new = write(root, [Artifact(path=patch_path(output), content=written.encode())])
    # The patch has the edit now. Another one may have come while the data were loading.
    if edited is None and _content(root, output) == content:
        write_outputs(root, [one for one in workshop.finish(target, drawn).artifacts if one.path == output])
    return replace(_adoption(target, output, "adopted" if is_new else "unchanged"), text=written)


def drop(paper: Paper, output: str) -> Adoption:
    """Take the patch of `output` away, after saving a copy under `.paperkit/rescued/`; the next build makes it without.

    Raises:
        ManifestError: no target makes `output`.
        AssetError: it has no patch.
        PaperkitError: the copy cannot be written, or the patch not be removed.

    """
    root, name = paper.manifest.root, patch_path(output)
    target = target_of(paper, output)
    if not (root / name).is_file():
        hint = "paperkit adopt makes one of an edited output"
        raise AssetError(Problem(message="has no patch", place=Place(file=output), hint=hint))
    saved = rescue(root, name)
    try:
        (root / name).unlink()
    except OSError as error:
        raise unwritable(error, name) from error
    return replace(_adoption(target, output, "dropped"), rescued=saved)


def edited_texts(paper: Paper, names: Iterable[str], *, is_dropped: bool = False) -> tuple[str, ...]:
    """Return the outputs that `names` mean: files, or all edited texts of a target, or all with a patch.

    Raises:
        ManifestError: a name means nothing.
        AssetError: nothing of a target was edited, or has a patch, or no edit of it can be adopted.

    """
    found: dict[str, None] = {}
    problems: list[Problem] = []
    outputs = {output for target in paper.targets for output in (*target.outputs, *target.companions)}
    for name in names:
        if name in outputs:
            found[name] = None
            continue
        for target in _selected(paper, name, outputs):
            every = (*target.outputs, *target.companions)
            edited = [one for one in every if _is_meant(paper, target, one, is_dropped=is_dropped)]
            found.update(dict.fromkeys(edited))
            if not edited:
                problems.append(_idle(target, is_dropped=is_dropped))
    if problems:
        raise AssetError(*problems)
    # What cannot be adopted is left to the build, if there is something that can.
    texts = tuple(output for output in found if is_patchable(output))
    return texts or tuple(found)


def _is_meant(paper: Paper, target: Target, output: str, *, is_dropped: bool) -> bool:
    root = paper.manifest.root
    if is_dropped or not (root / output).is_file():
        return is_dropped and (root / patch_path(output)).is_file()
    return output in edited_outputs(root, target, {}) or (root / patch_path(output)).is_file()


def _idle(target: Target, *, is_dropped: bool) -> Problem:
    files = " and ".join(target.outputs)
    if is_dropped:
        return Problem(message=f"{target.id} has no patch: {files}", hint="the patches that there are lie in patches/")
    hint = "edit it first; paperkit status shows which outputs were edited"
    return Problem(message=f"{target.id} is as paperkit wrote it: {files}", hint=hint)


def _selected(paper: Paper, name: str, outputs: Iterable[str]) -> tuple[Target, ...]:
    try:
        return select(paper.targets, [name], paper.manifest)
    except ManifestError as error:
        close = did_you_mean(name, [*outputs, *(target.id for target in paper.targets)])
        hint = None if close else "name a target, such as table.main, or one of its files; paperkit status lists them"
        raise ManifestError(Problem(message=f"'{name}' is no target and no output{close}", hint=hint)) from error


def target_of(paper: Paper, output: str) -> Target:
    """Return the target that makes `output`, a text.

    Raises:
        ManifestError: none does.
        AssetError: edits of it cannot be kept as a patch.

    """
    for target in paper.targets:
        if output in (*target.outputs, *target.companions):
            break
    else:
        every = [output for target in paper.targets for output in target.outputs]
        raise ManifestError(Problem(message=f"nothing makes '{output}'{did_you_mean(output, every)}"))
    if is_patchable(output):
        return target
    saved = "build --force makes it again and saves the edited file first"
    if output.endswith(".csv"):
        message = "has the numbers of the figure: an edit would make it say what the figure does not show"
        hint = f"change the data, or a clause of their frame; {saved}"
    else:
        message = "is no text, so that no patch can keep an edit of it"
        hint = f"say it in the manifest, or keep the edited file under another name and \\includegraphics that; {saved}"
    raise AssetError(Problem(message=message, place=Place(file=output), hint=hint))


def _content(root: Path, output: str) -> bytes:
    try:
        return (root / output).read_bytes()
    except OSError as error:
        hint = "paperkit build makes it" if isinstance(error, FileNotFoundError) else None
        message = f"cannot be read: {error.strerror or error}"
        raise AssetError(Problem(message=message, place=Place(file=output), hint=hint)) from error


def _patch(root: Path, output: str, *, as_is: bool) -> Patch | None:
    try:
        return load_patch(root, output)
    except AssetError:
        if as_is:
            return None
        raise


def _text(output: str, content: bytes) -> str:
    try:
        content.decode()
        return unsealed(content).decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8, then adopt it"
        raise AssetError(Problem(message="is not UTF-8", place=Place(file=output, line=line), hint=hint)) from error


def _of(made: Made, output: str) -> bytes:
    for artifact in made.artifacts:
        if artifact.path == output:
            return artifact.content
    hint = "delete it: its data do not ask for it any more"
    raise AssetError(Problem(message="is not made any more", place=Place(file=output), hint=hint))


def _moved(root: Path, output: str, edited: tuple[bytes, str], made: bytes, base: bytes | None) -> str:
    """Return what `made` becomes with the edit, found as the difference from the file that the edit began with."""
    content, text = edited
    now = unsealed(made).decode()
    if base is None and seal_of(content) == seal_of(made):
        return text
    begun = base or (content if seal_state(content) is SealState.INTACT else base_of(root, output, content))
    if begun is None:
        hint = (
            f"paperkit adopt --as-is {output} takes all that differs from what is made now, old numbers too; "
            "or build --force, which saves the edited file, and edit the new one"
        )
        message = "was made from other data, and nothing here knows what it was before it was edited"
        raise AssetError(Problem(message=message, place=Place(file=output), hint=hint))
    found = apply(diff(_text(output, begun), text), now)
    if found.conflicts:
        raise ConflictError(*_unfit(output, content, text, found))
    return found.text


def _unfit(output: str, content: bytes, text: str, found: Applied) -> Iterator[Problem]:
    """Yield a problem for each part of an edit that does not fit, at its place in the edited file."""
    header = len(lines_of(content.decode())) - len(lines_of(text))
    hint = (
        "build --force saves the edited file and makes it from the new data: edit that, and adopt it; "
        f"or paperkit adopt --as-is {output} takes the edited file as it is, old numbers too"
    )
    for hunk, why in found.conflicts:
        lines = "\n".join(f"    {line}" for line in shown(hunk).split("\n"))
        place = Place(file=output, line=hunk.new + hunk.head + header)
        yield Problem(message=f"the edit does not fit the new data: {why}\n{lines}", place=place, hint=hint)


def _adoption(target: Target, output: str, state: State) -> Adoption:
    return Adoption(target=target.id, output=output, patch=patch_path(output), state=state)


__all__ = ["Adoption", "adopt", "drop", "edited_texts", "target_of"]
