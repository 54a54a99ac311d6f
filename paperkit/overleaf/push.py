"""Push: one commit on top of the remote's own head that writes what is ours, or nothing at all."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from paperkit.errors import Problem
from paperkit.overleaf import remote
from paperkit.overleaf.credentials import logged_in
from paperkit.overleaf.errors import OverleafError, UnknownOutcomeError, UnreachableError
from paperkit.overleaf.git import Done
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.recover import SOURCE
from paperkit.overleaf.refuse import count_problem
from paperkit.overleaf.rescue import rescue
from paperkit.overleaf.session import Session, written_by
from paperkit.overleaf.survey import Finding, Survey
from paperkit.overleaf.trees import commit_on, forget_pending, is_ancestor
from paperkit.overleaf.verdicts import Verdict

ATTEMPTS = 5
_LISTED = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class PushReport:
    """What a push did: its commit, if any, what it wrote, what it left alone, and where it saved what it replaced."""

    branch: str
    head: str
    commit: str | None = None
    written: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    same: int = 0
    rescued: tuple[str, ...] = ()
    notices: tuple[Problem, ...] = ()


def push(
    session: Session, outputs: Iterable[Output], *, overwrite: Iterable[str] = (), restore: Iterable[str] = ()
) -> PushReport:
    """Write to the remote what is ours to write, in one commit, and say what was left alone.

    `overwrite` and `restore` are paths or globs: what somebody else changed, or deleted, and is to be as it is here.
    What is replaced is saved first, and only the version that is there now: a later edit is left alone again.

    Raises:
        OverleafError: an asked path cannot be written, the remote refuses, or it keeps changing.
        AccessError: it does not let us in.
        UnreachableError: it does not answer; nothing was sent.
        UnknownOutcomeError: it did not answer after the push was sent.

    """
    kept, wanted = tuple(outputs), (tuple(overwrite), tuple(restore))
    allowed: Mapping[str, str | None] | None = None
    rescued: tuple[str, ...] = ()
    for attempt in range(ATTEMPTS):
        found, there = session.survey(kept)
        session.watch("judged")
        head = session.head or remote.Head(branch="", commit=there.commit)
        if allowed is None:
            allowed = _allowed(found, *wanted)
        writing = _writing(found, allowed)
        report = _report(session, head, found, writing)
        if not writing:
            return replace(report, rescued=rescued)
        _refuse_too_many(found, writing)
        rescued += rescue(session.root, there.commit, writing)
        changes = {one.path: None if one.output is None else one.output.content for one in writing}
        commit = commit_on(session.git, there.commit, changes, _message(session, writing))
        session.watch("committed")
        session.keep(session.state.sending({one.path: one.local for one in writing if one.local is not None}))
        session.watch("sending")
        done = _sent(session, commit, there.commit, head.branch)
        session.watch("sent")
        if _arrived(session, commit, done):
            session.record(written_by(session.git, commit))
            session.watch("recorded")
            forget_pending(session.git)
            return replace(report, commit=commit, rescued=rescued)
        _judge_failure(session, head, done, attempt)
    message = f"the remote changed during each of {ATTEMPTS} attempts; nothing was pushed"
    raise UnreachableError(Problem(message=message, hint="try again when co-authors type less"))


def _allowed(found: Survey, overwrite: tuple[str, ...], restore: tuple[str, ...]) -> Mapping[str, str | None]:
    """Return which paths may be written although they are somebody else's: path → what the remote has now."""
    allowed: dict[str, str | None] = {}
    problems: list[Problem] = []
    for pattern, deleted in (*((one, False) for one in overwrite), *((one, True) for one in restore)):
        hits = [one for one in found.findings if matches(one, pattern)]
        asked = [one for one in hits if one.verdict.is_theirs and (one.verdict is Verdict.DELETED_REMOTELY) is deleted]
        if not hits and not set(pattern) & set("*?["):
            problems.append(Problem(message=f"'{pattern}' names no output", hint="paperkit overleaf status lists them"))
        problems += [Problem(message=f"{one.name} cannot be written: {one.reason}") for one in asked if not one.is_free]
        allowed.update({one.path: one.remote for one in asked})
    if problems:
        raise OverleafError(*problems)
    return allowed


def matches(finding: Finding, pattern: str) -> bool:
    """Tell whether a path or glob means a finding, by its path here or on the remote."""
    names = (finding.path, finding.name)
    return pattern in names or any(fnmatch.fnmatchcase(name, pattern) for name in names)


def _writing(found: Survey, allowed: Mapping[str, str | None]) -> tuple[Finding, ...]:
    return tuple(
        one
        for one in found.findings
        if one.is_free
        and (one.output is None or one.output.content is not None)
        and (one.verdict.is_ours or (one.verdict.is_theirs and one.path in allowed and allowed[one.path] == one.remote))
    )


def _report(session: Session, head: remote.Head, found: Survey, writing: tuple[Finding, ...]) -> PushReport:
    paths = {one.path for one in writing}
    left = tuple(one for one in found.findings if one.verdict is not Verdict.SAME and one.path not in paths)
    return PushReport(
        branch=head.branch,
        head=head.commit,
        written=writing,
        left=left,
        same=len(found.having(Verdict.SAME)),
        notices=session.state.notices,
    )


def _refuse_too_many(found: Survey, writing: Iterable[Finding]) -> None:
    problem = count_problem(found.files, [one.path for one in writing if one.output is not None])
    if problem is not None:
        raise OverleafError(problem)


def _message(session: Session, writing: tuple[Finding, ...]) -> str:
    names = [one.path for one in writing]
    more = [f"and {len(names) - _LISTED} more"] if len(names) > _LISTED else []
    lines = "\n".join([*names[:_LISTED], *more])
    subject = f"Update {names[0] if len(names) == 1 else f'{len(names)} outputs'} with paperkit"
    source = session.source
    made = "" if source is None or source.commit is None else f"\n\n{SOURCE}: {source.commit}"
    return f"{subject}\n\n{lines}{made}\n"


def _sent(session: Session, commit: str, parent: str, branch: str) -> Done:
    with logged_in(session.git, session.token) as git:
        try:
            return remote.push(git, session.address.url, commit, parent, branch)
        except UnreachableError as error:
            return Done(code=-1, out=b"", err=str(error))


def _arrived(session: Session, commit: str, done: Done) -> bool:
    """Tell whether the remote has the commit, whatever the push itself said; ask the remote again.

    Raises:
        UnknownOutcomeError: it does not answer.

    """
    url = session.address.url
    try:
        with logged_in(session.git, session.token) as git:
            head = remote.look(git, url)
            session.watch("asked")
            if head.commit != commit:
                head = replace(head, commit=remote.fetch(git, url, head))
    except OverleafError as error:
        said = done.err.strip().splitlines() if done.code else []
        raise _unknown(said[-1] if said else "", *error.problems) from error
    session.head = head
    if head.commit == commit:
        remote.keep(session.git, commit)
    return is_ancestor(session.git, commit, head.commit)


def _unknown(said: str, *others: Problem) -> UnknownOutcomeError:
    message = "the push was sent, and whether the remote has it is not known" + (f": {said}" if said else "")
    hint = "nothing is lost: the next paperkit overleaf status or push finds out"
    return UnknownOutcomeError(Problem(message=message, hint=hint), *others)


def _judge_failure(session: Session, before: remote.Head, done: Done, attempt: int) -> None:
    """Return if another attempt makes sense: the remote moved, or was busy."""
    now = session.head
    if now is not None and now.commit != before.commit:
        return
    if done.code == 0:
        message = "the remote said that it took the push, and does not have it"
        raise OverleafError(Problem(message=message, hint="look at the project's history on the remote"))
    if remote.is_open(done):
        raise _unknown(remote.words_of(done))
    if not remote.is_busy(done):
        raise remote.explained(done, UnreachableError, "the push failed; nothing was written")
    if attempt + 1 < ATTEMPTS:
        session.sleep(2.0**attempt)
        return
    raise remote.explained(done, UnreachableError, "the remote stays busy; nothing was written")
