"""The front door: what the commands do, as values, for one paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from paperkit.build.inputs import inputs
from paperkit.build.outputs import building
from paperkit.build.paper import Paper
from paperkit.build.plan import State, Step
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import exclusive, write_if_changed
from paperkit.manifest.load import lock_name
from paperkit.overleaf import pull as pulling
from paperkit.overleaf import push as pushing
from paperkit.overleaf.archive import make_archive, read_archive, refuse_other
from paperkit.overleaf.content import digest
from paperkit.overleaf.link import linked, write_link
from paperkit.overleaf.outputs import Output, excluded_of, outputs_of, refuse_unready
from paperkit.overleaf.resolve import Resolved, keep_ours, keep_theirs
from paperkit.overleaf.session import Session, known_state, open_session, prepared
from paperkit.overleaf.source import source_of
from paperkit.overleaf.state import save_state
from paperkit.overleaf.survey import Survey, survey
from paperkit.overleaf.verdicts import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How both sides stand: the verdicts, what they were made against, and the targets that are not ready here.

    `age` is how many seconds ago the remote was looked at, if that was not just now.
    """

    survey: Survey
    remote: str
    branch: str | None = None
    commit: str | None = None
    age: float | None = None
    unready: tuple[Step, ...] = ()
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PullReport:
    """What was pulled: edits of outputs, the survey they are from, and the copy of the manuscript if asked for."""

    pulled: tuple[pulling.Pulled, ...]
    survey: Survey
    mirror: pulling.Mirror | None = None
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ZipReport:
    """The archive that was made: its file, what is in it, and what was left out because it is a co-author's."""

    file: str
    written: tuple[str, ...]
    left: Survey | None = None


def status(paper: Paper, archive: Path | None = None, *, is_cached: bool = False) -> Status:
    """Return the verdict on every output against the remote, or against the downloaded source of a project.

    With `is_cached` it is the remote as it was last looked at, and nobody is asked.

    Raises:
        OverleafError: the remote or the archive cannot be read; its subclasses say why.

    """
    unready = tuple(step for step in paper.plan() if step.state is not State.UNCHANGED)
    if archive is not None:
        found, notices = _against(paper, archive)
        return Status(survey=found, remote=archive.name, unready=unready, notices=notices)
    with paper_session(paper, is_cached=is_cached) as session:
        notices = session.state.notices
        outputs = outputs_of(paper)
        if is_cached:
            there = session.recall()
            found = session.judged(outputs, there)
        else:
            found, there = session.survey(outputs)
        branch = None if session.head is None else session.head.branch
        return Status(
            survey=found,
            remote=session.address.url,
            branch=branch,
            commit=there.commit,
            age=session.age() if is_cached else None,
            unready=unready,
            notices=notices,
        )


def push(paper: Paper, *, overwrite: Iterable[str] = (), restore: Iterable[str] = ()) -> pushing.PushReport:
    """Write to the remote what is ours to write; see `paperkit.overleaf.push.push`.

    Raises:
        EditedError: outputs were edited by hand here.
        OverleafError: outputs are stale or refused, or the remote does not take them.

    """
    outputs = _ready_outputs(paper)
    with paper_session(paper) as session:
        return pushing.push(session, outputs, overwrite=overwrite, restore=restore)


def pull(paper: Paper, *, text: str | None = None) -> PullReport:
    """Save what co-authors made of outputs beside them, and with `text` a copy of the manuscript in that folder.

    Raises:
        OverleafError: the remote cannot be read, or the folder is not free.

    """
    outputs = outputs_of(paper)
    with paper_session(paper) as session:
        notices = session.state.notices
        found, there = session.survey(outputs)
        saved = pulling.pull(session.root, session.folder, found)
        root = paper.manifest.root
        mirror = None if text is None else pulling.mirror(root, root / text, there, outputs)
        return PullReport(pulled=saved, survey=found, mirror=mirror, notices=notices)


def resolve(paper: Paper, patterns: Iterable[str], *, theirs: bool = False) -> Resolved:
    """Take the remote's versions of some paths for seen, so that the next push replaces them; they are saved first.

    With `theirs`, what was edited there becomes patches that builds apply.

    Raises:
        OverleafError: one of the paths is not to be resolved.

    """
    with paper_session(paper) as session:
        found, there = session.survey(outputs_of(paper))
        if theirs:
            return keep_theirs(session, found, there.commit, paper, patterns)
        return keep_ours(session, found, there.commit, patterns)


def link(paper: Paper, address: str, folder: str = "") -> tuple[Status, bool]:
    """Write a remote into the manifest after it has answered; return how both sides stand, and whether it was written.

    Raises:
        ManifestError: the address is wrong, or the paper is linked to another remote.
        OverleafError: the remote does not answer or does not let us in; nothing was written.

    """
    spec = linked(paper.manifest, address, folder)
    manifest = replace(paper.manifest, overleaf=spec)
    found = status(Paper(manifest))
    return found, write_link(paper.manifest, spec)


def make_zip(paper: Paper, file: Path, source: Path | None = None) -> ZipReport:
    """Write a zip of the outputs, to be dragged into the project; with its downloaded `source`, only what is ours.

    Raises:
        EditedError: outputs were edited by hand here.
        OverleafError: outputs are stale or would be refused, the source cannot be read, or `file` is something else.
        PaperkitError: the file cannot be written.

    """
    refuse_other(file)
    outputs = _ready_outputs(paper)
    found = None if source is None else _against(paper, source)[0]
    chosen = outputs
    if found is not None:
        fresh = {one.path for one in found.ours if one.verdict is not Verdict.DELETE}
        chosen = tuple(output for output in outputs if output.path in fresh)
    try:
        write_if_changed(file, make_archive(chosen))
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise PaperkitError(Problem(message=message, place=Place(file=file.name))) from error
    _note_sent(paper, chosen)
    return ZipReport(file=str(file), written=tuple(sorted(output.path for output in chosen)), left=found)


def _ready_outputs(paper: Paper) -> tuple[Output, ...]:
    """Return the outputs, none of them stale, edited or refused; no build changes them meanwhile."""
    with building(paper.manifest.root):
        outputs = outputs_of(paper)
        refuse_unready(paper, outputs)
    return outputs


@contextmanager
def paper_session(paper: Paper, *, is_cached: bool = False) -> Iterator[Session]:
    """Open a session with the remote of a paper."""
    manifest = paper.manifest
    lock = lock_name(manifest.file)
    derived = [lock, *(file for files in paper.outputs().values() for file in files)]
    with open_session(
        manifest.root,
        manifest.overleaf,
        manifest=manifest.file,
        excluded=excluded_of(paper),
        source=source_of(manifest.root, derived, inputs(manifest).files),
        is_cached=is_cached,
    ) as session:
        yield session


def _against(paper: Paper, archive: Path) -> tuple[Survey, tuple[Problem, ...]]:
    """Return the verdicts against a downloaded project; agreement is recorded where there is no remote.

    An archive may be old: of a project that git reaches, it says nothing new.
    """
    there = read_archive(archive)
    spec = paper.manifest.overleaf
    folder = prepared(paper.manifest.root, paper.manifest.file)
    with exclusive(folder):
        state = known_state(folder, spec, excluded_of(paper))
        found = survey(outputs_of(paper), state, there)
        if spec.address is None:
            save_state(folder / "state.json", state.agreed(found.agreement()))
    return found, state.notices


def _note_sent(paper: Paper, outputs: Iterable[Output]) -> None:
    """Record what an archive holds: it may reach the project at any time."""
    folder = prepared(paper.manifest.root, paper.manifest.file)
    with exclusive(folder):
        state = known_state(folder, paper.manifest.overleaf, excluded_of(paper))
        sent = {one.path: digest(one.content) for one in outputs if one.content is not None}
        save_state(folder / "state.json", state.sending(sent))
