"""Builds, edits, deletions, races, lost replies and kills in any order: no edit is lost, and all sets itself right.

`PAPERKIT_SYNC_RUNS=500` runs as many; fewer by default.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from paperkit.overleaf.content import digest
from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.verdicts import Verdict
from tests.unit.overleaf.bridge import Repository, git
from tests.unit.overleaf.desk import Desk
from tests.unit.overleaf.test_races import STEPS, Killed

RUNS = int(os.environ.get("PAPERKIT_SYNC_RUNS", "30"))
paths = st.sampled_from(["tables/a.tex", "tables/b.tex", "macros.tex"])
numbers = st.integers(0, 1)
steps = st.sampled_from(STEPS)


class Sync(RuleBasedStateMachine):
    """Two authors' desks and co-authors who type, in front of one project.

    `typed` is what a co-author last wrote to an output's path, until somebody asked for it to be replaced; `gone` are
    outputs that a co-author deleted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="paperkit-sync-"))
        self.repository = Repository(self.folder / "project.git")
        self.desks: list[Desk] = []
        self.typed: dict[str, bytes] = {}
        self.gone: set[str] = set()
        self.ours: set[str] = set()
        self.own: dict[str, bytes] = {"main.tex": b"\\input{tables/a}\r\n", "latin.tex": b"\xe9\n"}
        self.count = 0

    @initialize()
    def start(self) -> None:
        self.repository.create(self.own)
        self.desks = [Desk(self.folder / f"desk{number}", self.repository.folder.as_uri()) for number in (0, 1)]
        self.desks[0].build("tables/a.tex", "first")
        self.ours.add(digest(self.desks[0].outputs["tables/a.tex"] or b""))

    def teardown(self) -> None:
        if self.desks:
            self.everything_sets_itself_right()
        shutil.rmtree(self.folder)

    def fresh(self) -> str:
        self.count += 1
        return f"text {self.count}"

    # What authors do.

    @rule(path=paths, number=numbers)
    def build(self, path: str, number: int) -> None:
        self.ours.add(digest(self.desks[number].build(path, self.fresh())))

    @rule(path=paths, number=numbers)
    def take_out(self, path: str, number: int) -> None:
        self.desks[number].outputs.pop(path, None)

    @rule(number=numbers, what=st.sampled_from(["all", "record", "half a record", "objects"]))
    def lose(self, number: int, what: str) -> None:
        state = self.desks[number].state
        if what == "all":
            shutil.rmtree(state.parent / "git", ignore_errors=True)
        if what == "objects":
            for file in (path for path in (state.parent / "git" / "objects").rglob("*") if path.is_file()):
                file.chmod(0o600)
                file.write_bytes(b"")
        elif state.exists():
            state.write_bytes(state.read_bytes()[:50] if what == "half a record" else b"")

    @rule(number=numbers)
    def look(self, number: int) -> None:
        self.desks[number].verdicts()

    @rule(number=numbers)
    def push(self, number: int) -> None:
        self.pushed(number)

    @rule(number=numbers, step=steps)
    def push_and_be_killed(self, number: int, step: str) -> None:
        def kill(reached: str) -> None:
            if reached == step:
                raise Killed

        self.pushed(number, kill)

    @rule(number=numbers, step=steps, path=st.one_of(st.none(), paths), deletes=st.booleans())
    def push_while_somebody_types(self, number: int, step: str, path: str | None, deletes: bool) -> None:
        once = iter([True])

        def meanwhile(reached: str) -> None:
            if reached == step and next(once, False):
                self.delete_there(path) if deletes and path else self.type(path)

        self.pushed(number, meanwhile)

    @rule(number=numbers)
    def push_and_lose_the_connection(self, number: int) -> None:
        away = self.folder / "away"

        def cut(reached: str) -> None:
            if reached == "sent":
                self.repository.folder.rename(away)

        try:
            self.pushed(number, cut)
        finally:
            if away.exists():
                away.rename(self.repository.folder)

    @rule(number=numbers)
    def push_and_be_refused(self, number: int) -> None:
        self.repository.refuse("error: too many files")
        self.pushed(number, lambda _: None)
        self.repository.refuse(None)

    @rule(number=numbers, path=paths)
    def push_over(self, number: int, path: str) -> None:
        before = {one: content for one in self.typed if (content := self.there(one)) is not None}
        found = {p: f.verdict for p, f in self.desks[number].findings().items()}
        if path not in found:
            return
        self.desks[number].push(overwrite=[path], restore=[path])
        if found[path].is_theirs and self.there(path) != before.get(path, b"?"):
            self.gone.discard(path)
            content = self.typed.pop(path, None)
            assert content is None or content in self.saved()

    # What co-authors do.

    @rule(path=st.one_of(st.none(), paths))
    def type(self, path: str | None) -> None:
        content = f"{self.fresh()}\n".encode()
        if path is None:
            name = f"sections/{self.count % 3}.tex"
            self.own[name] = content
            self.repository.edit({name: content})
            return
        self.typed[path] = content
        self.gone.discard(path)
        self.repository.edit({path: content})

    @rule(path=paths)
    def type_within(self, path: str) -> None:
        content = self.there(path)
        if content is not None:
            self.typed[path] = content + f"% {self.fresh()}\n".encode()
            self.repository.edit({path: self.typed[path]})

    @rule(path=paths)
    def change_line_ends(self, path: str) -> None:
        content = self.there(path)
        if content is not None and b"\r" not in content:
            self.repository.edit({path: content.replace(b"\n", b"\r\n")})

    @rule(path=paths)
    def delete_there(self, path: str) -> None:
        if self.there(path) is not None:
            self.repository.edit({path: None})
            self.typed.pop(path, None)
            if self.was_ours(path):
                self.gone.add(path)

    # What must hold.

    @invariant()
    def nothing_of_a_co_author_is_lost(self) -> None:
        if not self.desks:
            return
        tree = self.repository.tree()
        outputs = {"tables/a.tex", "tables/b.tex", "macros.tex"}
        assert {path: self.repository.read(path) for path in tree if path not in outputs} == self.own
        for path, content in self.typed.items():
            assert digest(self.there(path) or b"") == digest(content), path
        for path in self.gone:
            assert path not in tree
        for path in outputs & set(tree):
            assert path in self.typed or digest(self.there(path) or b"") in self.ours

    @invariant()
    def no_commit_of_ours_is_empty_or_touches_anything_else(self) -> None:
        if not self.desks:
            return
        said = git(self.repository.folder, "log", "--author=paperkit", "--format=%x00%H %T %P", self.repository.head)
        for record in said.decode().split("\0")[1:]:
            commit, tree, parent = record.split()
            assert tree != git(self.repository.folder, "rev-parse", f"{parent}^{{tree}}").decode().strip(), commit

    def everything_sets_itself_right(self) -> None:
        for desk in self.desks:
            desk.watch = lambda _: None
            desk.push()
            head = self.repository.head
            assert desk.push().commit is None
            assert self.repository.head == head
            self.nothing_of_a_co_author_is_lost()
            before = {path: self.there(path) for path in self.typed}
            desk.push(overwrite=["*"], restore=["*"])
            kept = {Verdict.SAME, Verdict.DELETE}
            assert {finding.verdict for finding in desk.findings().values()} <= kept
            for path, content in before.items():
                assert content == self.there(path) or content in self.saved()
            self.typed = {path: content for path, content in self.typed.items() if self.there(path) == before[path]}
            self.gone = {path for path in self.gone if self.there(path) is None}

    # Helpers.

    def pushed(self, number: int, watch: Callable[[str], None] | None = None) -> None:
        desk = self.desks[number]
        desk.watch = watch or (lambda _: None)
        try:
            desk.push()
        except (Killed, OverleafError):
            assert watch is not None
        finally:
            desk.watch = lambda _: None

    def there(self, path: str) -> bytes | None:
        return self.repository.read(path) if path in self.repository.tree() else None

    def was_ours(self, path: str) -> bool:
        said = git(self.repository.folder, "log", "--author=paperkit", "--format=%H", self.repository.head, "--", path)
        return bool(said)

    def saved(self) -> list[bytes]:
        return [content for desk in self.desks for _, content in desk.rescued()]


TestSync = Sync.TestCase
TestSync.settings = settings(
    max_examples=RUNS,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
