"""The remote over the network: what its head is, getting it, and pushing one commit onto it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paperkit.errors import Problem
from paperkit.overleaf.errors import AccessError, OverleafError, UnreachableError
from paperkit.overleaf.git import Done, Git

FETCHED = "refs/remote/head"
_HEAD = re.compile(rb"^ref: refs/heads/(\S+)\tHEAD\n([0-9a-f]{40,64})\tHEAD$", re.MULTILINE)
_LISTED = 10
_SETTINGS_PAGE = "make a token on overleaf.com (Account Settings, Git integration)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The remote's default branch, whatever it is called, and its last commit."""

    branch: str
    commit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Refusal:
    """What a remote says when it does not want to, and what that means."""

    words: str
    kind: type[OverleafError]
    message: str
    hint: str | None = None


_REFUSALS = (
    _Refusal(
        words=r"rate.?limit exceeded|returned error: 429",
        kind=UnreachableError,
        message="the remote asks to be left alone for a while: too many requests",
        hint="wait some minutes; a run asks once and never tries again by itself",
    ),
    _Refusal(
        words=r"token has expired",
        kind=AccessError,
        message="the token has expired",
        hint=f"{_SETTINGS_PAGE}",
    ),
    _Refusal(
        words=r"only supports git authentication tokens",
        kind=AccessError,
        message="the remote takes tokens only, with the user name git",
        hint=f"{_SETTINGS_PAGE}",
    ),
    _Refusal(
        words=r"could not read (?:username|password)",
        kind=AccessError,
        message="the remote asks for a login, and no token was found",
        hint="give one as PAPERKIT_OVERLEAF_TOKEN, to git's credential helper, or to the keyring",
    ),
    _Refusal(
        words=r"dubious ownership",
        kind=AccessError,
        message="the remote's folder belongs to another user, and git does not trust it",
        hint="reach it by ssh as its owner, or let its owner make it yours (chown -R)",
    ),
    _Refusal(
        words=r"authentication failed|returned error: 401|permission denied \(",
        kind=AccessError,
        message="the remote does not accept the login",
        hint="check the token: it may be mistyped, revoked, or of another account",
    ),
    _Refusal(
        words=r"no git access|invalid project id|returned error: 404|not found|does not appear to be a git repo",
        kind=AccessError,
        message="there is no such project, or it cannot be reached by git",
        hint="is the address right, are you a member of the project, and has its owner a plan with git?",
    ),
    _Refusal(
        words=r"forbidden|returned error: 403|read.?only|protected branch",
        kind=AccessError,
        message="the remote does not let you write",
        hint="your role in the project must be editor or owner, not reviewer or reader",
    ),
    _Refusal(
        words=r"another operation is in progress",
        kind=UnreachableError,
        message="the project is busy: another operation is in progress",
        hint="try again later",
    ),
    _Refusal(
        words=r"too big|too many files|invalid files|invalid git repo|git lfs|wrong branch|forced push",
        kind=OverleafError,
        message="the remote refuses the files",
    ),
)


def look(git: Git, url: str) -> Head:
    """Return what the remote's HEAD says; the branch is never assumed.

    Raises:
        AccessError: it does not let us in.
        UnreachableError: it does not answer.
        OverleafError: it has no commit yet.

    """
    done = git.ask("ls-remote", "--symref", "--", url, "HEAD")
    if done.code:
        raise explained(done, UnreachableError, "the remote cannot be reached")
    found = _HEAD.search(done.out)
    if found is None:
        raise OverleafError(_headless(git, url))
    return Head(branch=found[1].decode(errors="surrogateescape"), commit=found[2].decode())


def _headless(git: Git, url: str) -> Problem:
    """Return what is wrong with a remote whose HEAD names no branch that is there."""
    done = git.ask("ls-remote", "--heads", "--", url)
    branches = re.findall(r"\trefs/heads/(\S+)$", done.out.decode(errors="replace"), re.MULTILINE)
    if not branches:
        hint = "put a first file there in the browser, such as main.tex"
        return Problem(message="the remote is empty: it has no commit", hint=hint)
    shown = ", ".join("".join(c if c.isprintable() else "?" for c in name) for name in branches[:_LISTED])
    message = f"the remote's HEAD names no branch that it has; it has {shown}"
    return Problem(message=message, hint="make one of them its default branch: git symbolic-ref HEAD, or its settings")


def fetch(git: Git, url: str, head: Head) -> str:
    """Get the head's history, unless it is here, and return the commit that the branch has now.

    Raises:
        AccessError: the remote does not let us in.
        UnreachableError: it does not answer.
        DamagedError: what was fetched before is damaged.

    """
    if fetched(git) == head.commit:
        return head.commit
    quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--force")
    done = git.ask("fetch", *quiet, "--", url, f"+refs/heads/{head.branch}:{FETCHED}")
    if done.code:
        git.run("fsck", "--connectivity-only", "--no-dangling", "--no-progress")
        raise explained(done, UnreachableError, "the remote's files cannot be fetched")
    return fetched(git) or head.commit


def fetched(git: Git) -> str | None:
    """Return the remote's head as it was last fetched."""
    done = git.ask("rev-parse", "--quiet", "--verify", f"{FETCHED}^{{commit}}")
    return None if done.code else done.out.decode().strip()


def keep(git: Git, commit: str) -> None:
    """Take a commit that the remote has for the one that was fetched, so that it need not be."""
    git.run("update-ref", FETCHED, commit)


def push(git: Git, url: str, commit: str, parent: str, branch: str) -> Done:
    """Offer a commit to the branch; the remote takes it only if its head is `parent`, which the commit stands on.

    A fast-forward alone would bring back the commits of a branch that was set back meanwhile.
    """
    quiet = ("--porcelain", "--no-verify", "--no-follow-tags")
    target = f"refs/heads/{branch}"
    return git.ask("push", *quiet, f"--force-with-lease={target}:{parent}", "--", url, f"{commit}:{target}")


def is_open(done: Done) -> bool:
    """Tell whether the remote may still take a push that failed: it, or a gateway before it, stopped waiting."""
    said = f"{done.err}\n{done.out.decode(errors='replace')}"
    waited = r"request timed out|no answer within|returned error: (?:408|502|504)|HTTP (?:408|502|504)"
    return re.search(waited, said, re.IGNORECASE) is not None


def is_busy(done: Done) -> bool:
    """Tell whether a push failed for a reason that goes away by itself."""
    said = f"{done.err}\n{done.out.decode(errors='replace')}".lower()
    passing = (
        "another operation is in progress",
        "non-fast-forward",
        "fetch first",
        "stale info",
        "cannot lock ref",
        "failed to update ref",
    )
    return any(words in said for words in passing)


def explained(done: Done, kind: type[OverleafError], message: str) -> OverleafError:
    """Return why git failed as an error that says what it means and what the remote said."""
    said = f"{done.err}\n{done.out.decode(errors='replace')}"
    words = words_of(done)
    for refusal in _REFUSALS:
        if re.search(refusal.words, said, re.IGNORECASE):
            quoted = f"{refusal.message} ({words})" if words else refusal.message
            return refusal.kind(Problem(message=quoted, hint=refusal.hint))
    return kind(Problem(message=f"{message} ({words})" if words else message, hint=_last_resort(said)))


def _last_resort(said: str) -> str | None:
    offline = re.search(
        r"could not resolve|failed to connect|connection (?:refused|timed out)|unreachable", said, re.IGNORECASE
    )
    return "is this machine online, and does a proxy stand between?" if offline else None


def words_of(done: Done) -> str:
    """Return what the remote itself said, or else git's last complaint, on one line."""
    lines = [line.strip() for line in done.err.splitlines()]
    theirs = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    reasons = re.findall(rb"^!\t[^\t]*\t\[.*?\](?: \((.*)\))?$", done.out, re.MULTILINE)
    theirs += [reason.decode(errors="replace") for reason in reasons if reason]
    if not any(theirs):
        theirs = [re.sub(r"^(?:fatal|error): ", "", line) for line in lines if line.startswith(("fatal:", "error:"))][
            :1
        ]
    printable = "".join(c if c.isprintable() else "?" for c in " / ".join(line for line in theirs if line))
    return printable if len(printable) <= 400 else f"{printable[:399]}…"  # noqa: PLR2004
