"""A session with one remote: one process at a time, one look at the remote, and a record that outlives a kill."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import exclusive, private_folder
from paperkit.manifest.overleaf import OverleafSpec
from paperkit.manifest.remote import Address
from paperkit.overleaf import remote
from paperkit.overleaf.content import digest
from paperkit.overleaf.credentials import Token, find_token, logged_in
from paperkit.overleaf.errors import DamagedError, OverleafError
from paperkit.overleaf.git import Git, find_git, open_repository
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.source import Source
from paperkit.overleaf.state import Base, State, load_state, save_state
from paperkit.overleaf.survey import Survey, survey
from paperkit.overleaf.there import Commit
from paperkit.overleaf.trees import (
    changed_paths,
    content_of,
    forget_pending,
    is_ancestor,
    list_tree,
    pending,
    read_blobs,
)

FOLDER = ".paperkit/overleaf"
MANIFEST = "paper.toml"  # any other has a folder of its own in that one
_LOOKED = "looked"


@dataclass(kw_only=True)
class Session:
    """What is open towards one remote. `watch` is told of every step, `sleep` waits; tests put their own there.

    `folder` is where everything about remotes is kept; all of it can be made again.
    """

    root: Path
    folder: Path
    address: Address
    git: Git
    token: Token | None
    state: State
    excluded: frozenset[str] = frozenset()
    source: Source | None = None
    head: remote.Head | None = None
    watch: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = field(default=time.sleep)

    def look(self) -> Commit:
        """Fetch what the remote has now, if it is not here, and find out what became of an unanswered push.

        Raises:
            OverleafError: the remote does not let us in or does not answer.

        """
        try:
            return self._looked()
        except DamagedError:
            return self._looked_again()

    def _looked_again(self) -> Commit:
        """Fetch everything anew, into another repository; what was agreed on is recorded elsewhere."""
        shutil.rmtree(self.git.folder)
        self.git = open_repository(self.git.folder, self.git.program)
        return self._looked()

    def _looked(self) -> Commit:
        with logged_in(self.git, self.token) as git:
            self.head = remote.look(git, self.address.url)
            self.watch("looked")
            commit = remote.fetch(git, self.address.url, self.head)
        self.head = replace(self.head, commit=commit)
        (self.folder / _LOOKED).touch()
        self.watch("fetched")
        self._reconcile(commit)
        return Commit.of(self.git, commit)

    def recall(self) -> Commit:
        """Return what the remote had when it was last looked at; nobody is asked.

        Raises:
            OverleafError: it never was.

        """
        commit = remote.fetched(self.git)
        if commit is None:
            hint = "without --cached, paperkit overleaf status asks the remote"
            raise OverleafError(Problem(message="the remote was not looked at yet", hint=hint))
        return Commit.of(self.git, commit)

    def age(self) -> float | None:
        """Return how many seconds ago the remote was looked at; None if it never was."""
        try:
            return max(0.0, time.time() - (self.folder / _LOOKED).stat().st_mtime)
        except FileNotFoundError:
            return None

    def survey(self, outputs: Iterable[Output]) -> tuple[Survey, Commit]:
        """Return the verdicts against what the remote has now; what both sides hold alike is recorded."""
        kept = tuple(outputs)
        there = self.look()
        try:
            return self.judged(kept, there), there
        except DamagedError:
            # Every file is listed, but not all of them can be read.
            there = self._looked_again()
            return self.judged(kept, there), there

    def judged(self, outputs: Iterable[Output], there: Commit) -> Survey:
        """Return the verdicts against a commit that has been fetched."""
        is_ours = self.source.contains if self.source is not None else lambda _: False
        found = survey(outputs, self.state, there, is_ours)
        self.record(found.agreement())
        return found

    def record(self, agreed: Mapping[str, Base | None]) -> None:
        """Keep what both sides hold alike."""
        self.keep(self.state.agreed(agreed))

    def keep(self, state: State) -> None:
        """Keep a state, on the disk first."""
        if state != self.state:
            save_state(self.folder / "state.json", replace(state, notices=()))
            self.state = state

    def _reconcile(self, head: str) -> None:
        """Record a push whose answer never came, if the remote has it; else it never happened."""
        commit = pending(self.git)
        if commit is None:
            return
        if is_ancestor(self.git, commit, head):
            self.record(written_by(self.git, commit))
        forget_pending(self.git)
        self.watch("reconciled")


def written_by(git: Git, commit: str) -> Mapping[str, Base | None]:
    """Return what a commit of ours wrote, as the base of its paths; None for what it removed."""
    changed = changed_paths(git, f"{commit}^", commit)
    files = {path: entry for path, entry in list_tree(git, commit).items() if path in changed}
    contents = read_blobs(git, [entry.blob for entry in files.values()])
    found: dict[str, Base | None] = dict.fromkeys(changed)
    for path, entry in files.items():
        found[path] = Base(digest=digest(content_of(contents, entry.blob)), blob=entry.blob)
    return found


@contextmanager
def open_session(
    root: Path,
    spec: OverleafSpec,
    *,
    manifest: str = MANIFEST,
    excluded: Iterable[str] = (),
    source: Source | None = None,
    is_cached: bool = False,
) -> Iterator[Session]:
    """Open a session with the remote of a manifest; other processes wait until it is closed.

    `excluded` are paths on the remote that are the paper's, but not shared: they are never deleted there. A session
    that `is_cached` asks for no token, and cannot look at the remote.

    Raises:
        ManifestError: the address is wrong.
        OverleafError: the manifest names no remote, or there is no git.
        AccessError: there is no token.

    """
    address = spec.address
    if address is None:
        hint = "paperkit overleaf link URL writes [overleaf] project = '…'; without git: paperkit overleaf zip"
        raise OverleafError(Problem(message="the manifest names no remote", path=("overleaf",), hint=hint))
    program = find_git()
    token = None if is_cached else find_token(address, program)
    folder = prepared(root, manifest)
    with exclusive(folder):
        state = known_state(folder, spec, excluded)
        git = open_repository(folder / "git", program)
        yield Session(root=root, folder=folder, address=address, git=git, token=token, state=state, source=source)


def prepared(root: Path, manifest: str = MANIFEST) -> Path:
    """Return the folder of what is kept about the remote of a manifest, which the project's own git leaves out.

    Another paper in the same folder has its own: what that one pushed is not this one's to delete.

    Raises:
        PaperkitError: it cannot be made.

    """
    folder = root / FOLDER
    if manifest != MANIFEST:
        folder /= manifest
    try:
        private_folder(root)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise PaperkitError(Problem(message=message, place=Place(file=FOLDER))) from error
    return folder


def known_state(folder: Path, spec: OverleafSpec, excluded: Iterable[str] = ()) -> State:
    """Return what is recorded of the remote of a manifest, without the paths that are not shared any more."""
    address = spec.address
    name = "" if address is None else address.url
    state = load_state(folder / "state.json", f"{name} {spec.folder}".strip())
    kept = set(excluded)
    return replace(state, base={path: base for path, base in state.base.items() if path not in kept})
