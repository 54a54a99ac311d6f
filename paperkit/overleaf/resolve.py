"""Resolve: the author has looked at what a co-author changed, and says which version stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from paperkit.build.adopt import Adoption, adopt
from paperkit.build.paper import Paper
from paperkit.errors import Problem
from paperkit.overleaf.content import normalised
from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.push import matches
from paperkit.overleaf.rescue import rescue
from paperkit.overleaf.session import Session
from paperkit.overleaf.state import Base
from paperkit.overleaf.survey import Finding, Survey
from paperkit.overleaf.verdicts import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """What was resolved: where the remote's versions were saved, or the patches that keep what was edited there."""

    findings: tuple[Finding, ...]
    rescued: tuple[str, ...] = ()
    adopted: tuple[Adoption, ...] = ()


def chosen(found: Survey, patterns: Iterable[str]) -> tuple[Finding, ...]:
    """Return what somebody else changed among the paths or globs.

    Raises:
        OverleafError: one of them names nothing that is to be resolved.

    """
    problems: list[Problem] = []
    picked: dict[str, Finding] = {}
    for pattern in patterns:
        hits = [one for one in found.findings if matches(one, pattern)]
        theirs = [one for one in hits if one.verdict.is_theirs]
        if not theirs:
            message = (
                f"'{pattern}' is {hits[0].verdict.value}: there is nothing to resolve"
                if hits
                else f"'{pattern}' names no output"
            )
            problems.append(Problem(message=message, hint="paperkit overleaf status lists what waits for you"))
        problems += [
            Problem(message=f"{one.name} cannot be resolved: {one.reason}") for one in theirs if not one.is_free
        ]
        picked.update({one.path: one for one in theirs})
    if problems:
        raise OverleafError(*problems)
    return tuple(picked.values())


def keep_ours(session: Session, found: Survey, commit: str, patterns: Iterable[str]) -> Resolved:
    """Take the remote's version of some paths for seen: the next push replaces exactly that version, saved here first.

    If the remote changes again before the push, it is a conflict again.

    Raises:
        OverleafError: a path is not to be resolved.

    """
    picked = chosen(found, patterns)
    rescued = rescue(session.root, commit, picked)
    session.record({one.path: _seen(one) for one in picked})
    return Resolved(findings=picked, rescued=rescued)


def keep_theirs(session: Session, found: Survey, commit: str, paper: Paper, patterns: Iterable[str]) -> Resolved:
    """Keep what co-authors edited as patches that builds apply to what they make; the next push then agrees.

    Raises:
        OverleafError: a path is not to be resolved, or there is nothing to keep.
        PaperkitError: an edit cannot be a patch, or does not fit what is made now; those before it are kept.

    """
    picked = chosen(found, patterns)
    empty = [one for one in picked if one.content is None or one.output is None]
    if empty:
        hint = "take it out of the manifest, or list it under overleaf.exclude; resolve --ours brings it back"
        raise OverleafError(*(Problem(message=f"{one.name} was deleted there", hint=hint) for one in empty))
    rescued = rescue(session.root, commit, picked)
    adopted: list[Adoption] = []
    for one in picked:
        base = None if one.before is None else normalised(one.before)
        adopted.append(adopt(paper, one.name, normalised(one.content or b""), base=base))
        session.record({one.path: _seen(one)})
    return Resolved(findings=picked, rescued=rescued, adopted=tuple(adopted))


def _seen(finding: Finding) -> Base:
    is_foreign = finding.verdict is Verdict.FOREIGN
    return Base(digest=finding.remote, blob=finding.entry.blob if finding.entry else None, is_foreign=is_foreign)
