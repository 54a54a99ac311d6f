"""The remote's files: listed and read without a checkout, and a commit on top that replaces nothing but given paths."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paperkit.errors import Problem
from paperkit.overleaf.errors import DamagedError, OverleafError
from paperkit.overleaf.git import Git

PENDING = "refs/paperkit/pending"
FILE, PROGRAM, LINK, MODULE = "100644", "100755", "120000", "160000"
AUTHOR = "paperkit"
WHO = f"{AUTHOR} <paperkit@localhost>"
_ENTRY = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64}) +(-|\d+)\t(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One file of the remote: git's mode and name of its content, and its size in bytes."""

    mode: str
    blob: str
    size: int

    @property
    def is_file(self) -> bool:
        """Tell whether it is a plain file, no link and no submodule."""
        return self.mode in (FILE, PROGRAM)


def list_tree(git: Git, commit: str) -> Mapping[str, Entry]:
    """Return every file of a commit by its path; bytes that are not UTF-8 are kept as surrogates.

    Raises:
        DamagedError: the content of one is not here, which git says by a size that is no number.

    """
    found: dict[str, Entry] = {}
    for line in filter(None, git.run("ls-tree", "-r", "-z", "--long", "--full-tree", commit).split(b"\0")):
        match = _ENTRY.fullmatch(line)
        if match is None:
            raise _damaged(line.decode("utf-8", errors="replace").rpartition("\t")[2])
        size = 0 if match[4] == b"-" else int(match[4])
        path = match[5].decode("utf-8", errors="surrogateescape")
        found[path] = Entry(mode=match[1].decode(), blob=match[3].decode(), size=size)
    return found


def content_of(contents: Mapping[str, bytes | None], blob: str) -> bytes:
    """Return the content of a blob that a fetched commit has.

    Raises:
        DamagedError: it is not here: the remote's file must not be taken for an empty one, or for none.

    """
    content = contents.get(blob)
    if content is None:
        raise _damaged(blob)
    return content


def _damaged(name: str) -> DamagedError:
    message = f"the copy of the remote in .paperkit/overleaf is damaged: {name} cannot be read"
    return DamagedError(Problem(message=message, hint=".paperkit/overleaf/git may be deleted: it is fetched again"))


def read_blobs(git: Git, names: Iterable[str]) -> Mapping[str, bytes | None]:
    """Return the content of blobs, each by any name that git knows; None for what is not there."""
    wanted = tuple(dict.fromkeys(names))
    if not wanted:
        return {}
    said = git.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode())
    found: dict[str, bytes | None] = {}
    at = 0
    for name in wanted:
        end = said.index(b"\n", at)
        head = said[at:end].split(b" ")
        at = end + 1
        if head[-1] == b"missing" or len(head) != 3:  # noqa: PLR2004 - name, type, size
            found[name] = None
            continue
        size = int(head[2])
        found[name] = said[at : at + size] if head[1] == b"blob" else None
        at += size + 1
    return found


def commit_on(git: Git, parent: str, changes: Mapping[str, bytes | None], message: str) -> str:
    """Return a commit on `parent` whose tree is the parent's with `changes` (None removes), kept as pending.

    There is no checkout: whatever else the tree holds is taken over by its names, byte for byte. Before it is handed
    out, the commit is compared with its parent.

    Raises:
        OverleafError: it would change something else.

    """
    now = f"{int(time.time())} +0000"
    text = message.encode()
    parts = [
        f"commit {PENDING}\nauthor {WHO} {now}\ncommitter {WHO} {now}\n".encode(),
        b"data %d\n%s\nfrom %s\n" % (len(text), text, parent.encode()),
    ]
    for path, content in sorted(changes.items()):
        parts.append(_change(path, content))
    parts.append(b"\ndone\n")
    git.run("fast-import", "--quiet", "--done", "--force", "--date-format=raw", stdin=b"".join(parts))
    commit = git.run("rev-parse", "--verify", f"{PENDING}^{{commit}}").decode().strip()
    changed = changed_paths(git, parent, commit)
    if not changed <= set(changes):
        others = ", ".join(sorted(changed - set(changes))[:5])
        forget_pending(git)
        message = f"the commit would change files that are not outputs ({others}); nothing was pushed"
        raise OverleafError(Problem(message=message, hint="this is a defect of paperkit"))
    return commit


def _change(path: str, content: bytes | None) -> bytes:
    name = path.encode("utf-8", errors="surrogateescape")
    quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
    if content is None:
        return b"D " + quoted + b"\n"
    return b"M %s inline %s\ndata %d\n%s\n" % (FILE.encode(), quoted, len(content), content)


def changed_paths(git: Git, before: str, after: str) -> set[str]:
    """Return the paths whose content, mode or existence differs between two commits."""
    said = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after)
    return {name.decode("utf-8", errors="surrogateescape") for name in said.split(b"\0") if name}


def pending(git: Git) -> str | None:
    """Return the commit that was last offered to the remote and never confirmed."""
    done = git.ask("rev-parse", "--quiet", "--verify", f"{PENDING}^{{commit}}")
    return None if done.code else done.out.decode().strip()


def forget_pending(git: Git) -> None:
    """Forget the commit that was offered, after its outcome is known."""
    git.run("update-ref", "-d", PENDING)


def is_ancestor(git: Git, commit: str, head: str) -> bool:
    """Tell whether `commit` is `head` or in its history."""
    return commit == head or git.ask("merge-base", "--is-ancestor", commit, head).code == 0
