"""The survey: a verdict on every output, with who changed what on the other side, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from paperkit.overleaf.content import blob_id, digest
from paperkit.overleaf.history import Version
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.recover import is_intact, is_later, older_digests, recovered
from paperkit.overleaf.references import readers
from paperkit.overleaf.refuse import clash
from paperkit.overleaf.state import Base, State
from paperkit.overleaf.there import There
from paperkit.overleaf.trees import Entry, content_of
from paperkit.overleaf.verdicts import Sides, Verdict, verdict

Ancestry = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The verdict on one path of the remote, and all that it rests on.

    `output` is the path here, None when no asset makes it any more; `editor` who changed it there last, `others`
    who did so before, since it was agreed on; `before` what was agreed on, where it is known. `is_free` tells whether
    a push may be asked to write it all the same, `is_unseen` whether what it would replace was pushed from elsewhere.
    """

    path: str
    verdict: Verdict
    output: Output | None = None
    local: str | None = None
    remote: str | None = None
    entry: Entry | None = None
    content: bytes | None = None
    before: bytes | None = None
    editor: Version | None = None
    others: tuple[str, ...] = ()
    reason: str = ""
    is_free: bool = True
    is_unseen: bool = False

    @property
    def name(self) -> str:
        """Return the path here, or on the remote when nothing here makes it."""
        return self.path if self.output is None else self.output.output


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """A finding for every path, sorted, and the files that the other side has."""

    findings: tuple[Finding, ...]
    files: Mapping[str, Entry]

    def having(self, *verdicts: Verdict) -> tuple[Finding, ...]:
        """Return the findings with one of `verdicts`."""
        return tuple(finding for finding in self.findings if finding.verdict in verdicts)

    @property
    def theirs(self) -> tuple[Finding, ...]:
        """Return what somebody else changed, which nothing touches by itself."""
        return tuple(finding for finding in self.findings if finding.verdict.is_theirs)

    @property
    def ours(self) -> tuple[Finding, ...]:
        """Return what a push would write."""
        return tuple(finding for finding in self.findings if finding.verdict.is_ours and finding.is_free)

    def agreement(self) -> Mapping[str, Base | None]:
        """Return what both sides hold alike: the base from now on. What both lack is forgotten."""
        return {
            finding.path: None
            if finding.remote is None or finding.output is None
            else Base(digest=finding.remote, blob=finding.entry.blob if finding.entry else None)
            for finding in self.having(Verdict.SAME)
            if finding.output is None or (finding.output.content is not None and finding.output.is_made)
        }


def survey(outputs: Iterable[Output], state: State, there: There, is_ours: Ancestry = lambda _: False) -> Survey:
    """Return the verdict on every output, and on every path that was one, against the other side.

    `is_ours` tells whether a commit of the paper's own repository is in the history of what stands here.
    """
    by_path = {output.path: output for output in outputs}
    paths = sorted({*by_path, *state.base})
    remotes = _remote_digests(by_path, state, there, paths)
    first = [_first(path, by_path.get(path), state, remotes, there) for path in paths]
    asked = [f for f in first if f.verdict.is_theirs or (f.verdict is Verdict.CREATE and f.path not in state.base)]
    names = [finding.path for finding in asked]
    changes, wanted = there.versions(names), set(names)
    second = [
        _second(finding, state, there, changes.get(finding.path, ()), is_ours) if finding.path in wanted else finding
        for finding in first
    ]
    return Survey(findings=tuple(_last(second, state, there)), files=there.files)


def _remote_digests(
    outputs: Mapping[str, Output], state: State, there: There, paths: Iterable[str]
) -> Mapping[str, str]:
    """Return the digest of every path that the other side has; only what cannot be told by its name is read."""
    known: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for path in paths:
        entry = there.files.get(path)
        if entry is None:
            continue
        output, base = outputs.get(path), state.base.get(path)
        if not entry.is_file:
            known[path] = f"no file: {entry.mode} {entry.blob}"
        elif base is not None and base.blob == entry.blob and base.digest is not None:
            known[path] = base.digest
        elif output is not None and output.content is not None and blob_id(output.content) == entry.blob:
            known[path] = digest(output.content)
        else:
            unknown[path] = entry.blob
    contents = there.read(unknown.values())
    known.update({path: digest(content_of(contents, blob)) for path, blob in unknown.items()})
    return known


def _first(path: str, output: Output | None, state: State, remotes: Mapping[str, str], there: There) -> Finding:
    """Return the verdict as far as it follows from what is recorded."""
    base = state.base.get(path)
    missing = output is not None and output.content is None
    # What is not built yet counts as it was last agreed on: it says nothing about the remote.
    local = (base.digest if base else remotes.get(path)) if missing else None
    if output is not None and output.content is not None:
        local = digest(output.content)
    sides = Sides(local=local, remote=remotes.get(path), base=base, sent=state.sent.get(path, ()))
    finding = Finding(
        path=path,
        verdict=verdict(sides),
        output=output,
        local=local,
        remote=sides.remote,
        entry=there.files.get(path),
    )
    if finding.entry is not None and not finding.entry.is_file:
        reason = "is no plain file there, but a link or a submodule"
        return replace(finding, verdict=Verdict.FOREIGN, reason=reason, is_free=False)
    return finding


def _second(finding: Finding, state: State, there: There, changes: tuple[Version, ...], is_ours: Ancestry) -> Finding:
    """Return the verdict with what the history says: what paperkit wrote last, who changed it, from which commit."""
    if not finding.is_free:
        return replace(finding, editor=changes[0] if changes else None)
    output, recorded = finding.output, state.base.get(finding.path)
    contents = dict(there.read([change.blob for change in changes if change.blob is not None]))
    blob = finding.entry.blob if finding.entry is not None else None
    if blob is not None and blob not in contents:
        contents |= there.read([blob])
    content = None if blob is None else content_of(contents, blob)
    base = recorded if recorded is not None else recovered(output, changes, contents, there, content)
    sides = Sides(local=finding.local, remote=finding.remote, base=base, sent=state.sent.get(finding.path, ()))
    decided = verdict(sides)
    pushed = content is not None and is_intact(output, content, there.read, there.files)
    reason, is_unseen = "", False
    if pushed and output is not None and decided is not Verdict.SAME and finding.remote not in sides.sent:
        if is_later(changes, blob, is_ours):
            decided, is_unseen = Verdict.UPDATE, True
        elif recorded is None:
            is_behind = finding.local in older_digests(changes, contents)
            decided = Verdict.EDITED_REMOTELY if is_behind else Verdict.CONFLICT
        reason = "pushed by another run of paperkit"
    known = base.blob if base is not None else None
    before = None if known is None else (contents | dict(there.read([known]))).get(known)
    if before is None and output is not None and base is not None and finding.local == base.digest:
        before = output.content
    editor = changes[0] if changes else None
    others = _others(changes, known)
    return replace(
        finding,
        verdict=decided,
        content=content,
        before=before,
        editor=editor,
        others=others,
        reason=reason,
        is_unseen=is_unseen,
    )


def _others(changes: tuple[Version, ...], base: str | None) -> tuple[str, ...]:
    """Return who, besides the last editor, changed a path since it was the blob `base`."""
    since = [change.blob for change in changes]
    count = since.index(base) if base in since else 1
    return tuple(dict.fromkeys(one.author for one in changes[1:count] if one.author != changes[0].author))


def _last(findings: Iterable[Finding], state: State, there: There) -> Iterable[Finding]:
    """Yield the findings, those held back that would break something on the other side."""
    for finding in findings:
        if finding.verdict is Verdict.CREATE and (other := clash(finding.path, there.files)):
            reason = f"{other} stands in its way there"
            yield replace(finding, verdict=Verdict.FOREIGN, reason=reason, is_free=False)
        elif finding.verdict is Verdict.DELETE and (used := readers(finding.path, there, state.base)):
            yield replace(finding, reason=f"still read by {', '.join(used)}; it stays", is_free=False)
        elif finding.verdict is Verdict.DELETED_REMOTELY:
            other = clash(finding.path, there.files)
            reason = f"{other} stands in its way there" if other else _moved(finding, state, there)
            yield replace(finding, reason=reason, is_free=not other)
        else:
            yield finding


def _moved(finding: Finding, state: State, there: There) -> str:
    base = state.base.get(finding.path)
    blob = base.blob if base is not None else None
    places = [path for path, entry in sorted(there.files.items()) if entry.blob == blob and path not in state.base]
    return f"moved to {places[0]}" if places else ""
