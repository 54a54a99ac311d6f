"""Races, lost replies and kills: no edit is lost, nothing is pushed twice, and the next run sets it right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.overleaf.errors import UnknownOutcomeError, UnreachableError
from tests.unit.overleaf.bridge import Bridge, Repository, git
from tests.unit.overleaf.desk import Desk
from tests.unit.overleaf.test_push import but

STEPS = ("looked", "fetched", "judged", "committed", "sending", "sent", "asked", "recorded")


class Killed(BaseException):
    """A kill, for what runs in this process."""


def test_the_remote_moves_before_the_push(repository: Repository, desk: Desk) -> None:
    typing = iter([b"typed\n"])

    def watch(step: str) -> None:
        if step == "sending" and (content := next(typing, None)):
            repository.edit({"main.tex": content, "new.tex": b"new\n"})

    desk.watch = watch
    desk.push()
    assert repository.commits()[:2] == ["paperkit: Update 2 outputs with paperkit", "Ana Diaz: Update on Overleaf."]
    assert (repository.read("main.tex"), repository.read("new.tex")) == (b"typed\n", b"new\n")
    assert repository.read("macros.tex") == desk.outputs["macros.tex"]


def test_what_was_taken_back_on_the_remote_before_the_push_stays_away(repository: Repository, desk: Desk) -> None:
    first = repository.head
    repository.edit({"secret.tex": b"never to be published"})
    back = iter([first])

    def watch(step: str) -> None:
        if step == "sending" and (commit := next(back, None)):
            git(repository.folder, "update-ref", f"refs/heads/{repository.branch}", commit)

    desk.watch = watch
    desk.push()
    assert repository.commits() == ["paperkit: Update 2 outputs with paperkit", "Ana Diaz: Update on Overleaf."]
    assert "secret.tex" not in repository.tree()
    assert repository.read("macros.tex") == desk.outputs["macros.tex"]


def test_the_remote_moves_during_the_push_on_the_very_output(bridge: Bridge, desk: Desk) -> None:
    repository, desk.remote = bridge.repository, bridge.url
    desk.push()
    typing = iter([b"typed\n"])

    def meanwhile() -> None:
        if content := next(typing, None):
            repository.edit({"tables/a.tex": content})
            repository.refuse("error: the project was changed meanwhile")
        else:
            repository.refuse(None)

    bridge.before_push = meanwhile
    desk.build("tables/a.tex", "new")
    desk.build("macros.tex", "two")
    report = desk.push()
    assert [one.path for one in report.written] == ["macros.tex"]
    assert [(one.path, one.verdict.value) for one in report.left] == [("tables/a.tex", "conflict")]
    assert repository.read("tables/a.tex") == b"typed\n"
    assert repository.read("macros.tex") == desk.outputs["macros.tex"]


def test_a_remote_that_never_stands_still_is_given_up(repository: Repository, desk: Desk) -> None:
    numbers = iter(range(100))

    def watch(step: str) -> None:
        if step == "sending":
            repository.edit({"main.tex": b"%d\n" % next(numbers)})

    desk.watch = watch
    with pytest.raises(UnreachableError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the remote changed during each of 5 attempts; nothing was pushed\n    try again when co-authors type less"
    )
    assert next(numbers) == 5
    assert "macros.tex" not in repository.tree()
    desk.watch = lambda _: None
    desk.push()
    assert repository.read("main.tex") == b"4\n"


def test_a_reply_that_is_dropped_after_the_push_was_applied(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url
    bridge.after_push = lambda: False
    report = desk.push()
    assert report.commit == bridge.repository.head  # asked again, it was there
    assert desk.push().commit is None
    assert len(bridge.repository.commits()) == 2


def test_a_remote_that_is_silent_after_the_push_was_sent(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url
    silent = threading.Event()

    def drop() -> bool:
        silent.set()
        return False

    bridge.after_push = drop
    bridge.answer = lambda _: (503, "down") if silent.is_set() else None
    with pytest.raises(UnknownOutcomeError) as caught:
        desk.push()
    first = str(caught.value).splitlines()
    assert first[0].startswith("the push was sent, and whether the remote has it is not known: ")
    assert first[1] == "    nothing is lost: the next paperkit overleaf status or push finds out"
    bridge.answer = lambda _: None
    bridge.after_push = lambda: True
    # Since then, the author built anew, and somebody typed in one of the outputs that went through.
    desk.build("tables/a.tex", "new")
    desk.build("macros.tex", "two")
    bridge.repository.edit({"macros.tex": b"typed\n"})
    assert desk.verdicts() == {"tables/a.tex": "update", "macros.tex": "conflict"}
    record = json.loads(desk.state.read_text())
    assert (sorted(record["base"]), record["sent"]) == (["macros.tex", "tables/a.tex"], {})
    desk.push()
    assert bridge.repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert bridge.repository.read("macros.tex") == b"typed\n"
    assert len(bridge.repository.commits()) == 4


def test_a_push_that_arrives_late_under_another_name(bridge: Bridge, desk: Desk) -> None:
    """Overleaf may apply what its bridge gave up on: the same files come back in a commit of its own."""
    repository, desk.remote = bridge.repository, bridge.url
    repository.refuse("error: Request timed out (after 360 seconds)")
    with pytest.raises(UnknownOutcomeError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the push was sent, and whether the remote has it is not known: "
        "error: Request timed out (after 360 seconds) / pre-receive hook declined\n"
        "    nothing is lost: the next paperkit overleaf status or push finds out"
    )
    late = {path: content for path, content in desk.outputs.items() if content is not None}
    repository.edit({**late, "macros.tex": late["macros.tex"].replace(b"\n", b"\r\n")}, who="Overleaf")
    repository.refuse(None)
    desk.build("tables/a.tex", "new")
    assert desk.verdicts() == {"tables/a.tex": "update", "macros.tex": "same"}
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]


def test_a_busy_project_is_tried_again(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url
    repository = bridge.repository
    repository.refuse("error: Another operation is in progress. Please try again later.")
    tries = []

    def count() -> None:
        tries.append(1)
        if len(tries) == 3:
            repository.refuse(None)

    bridge.before_push = count
    assert desk.push().commit == repository.head
    assert len(tries) == 3
    repository.refuse("error: Another operation is in progress. Please try again later.")
    desk.build("macros.tex", "two")
    before = repository.tree()
    with pytest.raises(UnreachableError) as caught:
        desk.push()
    assert "the project is busy: another operation is in progress" in str(caught.value)
    assert repository.tree() == before


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_is_set_right_by_the_next_run(repository: Repository, desk: Desk, step: str) -> None:
    desk.push()
    desk.build("tables/a.tex", "new")
    before, commits = repository.tree(), len(repository.commits())

    def watch(reached: str) -> None:
        if reached == step:
            raise Killed

    desk.watch = watch
    with pytest.raises(Killed):
        desk.push()
    assert repository.tree() in (before, {**before, "tables/a.tex": repository.tree()["tables/a.tex"]})
    desk.watch = lambda _: None
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert but(repository.tree(), "tables/a.tex") == but(before, "tables/a.tex")
    assert len(repository.commits()) == commits + 1
    desk.build("tables/a.tex", "newer")
    assert desk.verdicts()["tables/a.tex"] == "update"


_CHILD = """
import os, signal, sys
from pathlib import Path
from tests.unit.overleaf.desk import Desk
desk = Desk(Path(sys.argv[1]), sys.argv[2])
desk.build("tables/a.tex", "new")
desk.watch = lambda step: os.kill(os.getpid(), signal.SIGKILL) if step == sys.argv[3] else None
Path(sys.argv[1], "pid").write_text(str(os.getpid()))
desk.push()
"""


def _child(desk: Desk, step: str) -> int:
    desk.root.mkdir(exist_ok=True)
    command = [sys.executable, "-c", _CHILD, str(desk.root), desk.remote, step]
    done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[3])
    return done.returncode


@pytest.mark.parametrize("moment", ["committed", "during", "sent"])
def test_kill_9_before_during_and_after_the_push(bridge: Bridge, desk: Desk, moment: str) -> None:
    repository, desk.remote = bridge.repository, bridge.url
    before = repository.tree()
    if moment == "during":
        bridge.before_push = lambda: os.kill(int((desk.root / "pid").read_text()), signal.SIGKILL)
    assert _child(desk, moment) == -signal.SIGKILL
    bridge.before_push = lambda: None
    desk.outputs = {}
    desk.build("tables/a.tex", "new")
    desk.push()
    assert repository.commits() == ["paperkit: Update tables/a.tex with paperkit", "Ana Diaz: Update on Overleaf."]
    assert but(repository.tree(), "tables/a.tex") == before
    assert desk.push().commit is None


def test_what_a_killed_git_leaves_behind_stops_nobody(repository: Repository, desk: Desk) -> None:
    desk.push()
    store = desk.root / ".paperkit" / "overleaf" / "git"
    for lock in ("HEAD.lock", "packed-refs.lock", "refs/remote/head.lock", "refs/paperkit/pending.lock"):
        (store / lock).parent.mkdir(parents=True, exist_ok=True)
        (store / lock).touch()
    desk.build("tables/a.tex", "new")
    repository.edit({"main.tex": b"typed\n"})
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]


def test_a_scratch_repository_that_is_gone_or_damaged_is_made_again(repository: Repository, desk: Desk) -> None:
    desk.push()
    store = desk.root / ".paperkit" / "overleaf" / "git"
    (store / "HEAD").unlink()
    desk.build("tables/a.tex", "new")
    assert desk.verdicts()["tables/a.tex"] == "update"
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]


@pytest.mark.parametrize("moves", [True, False])
def test_damaged_objects_are_fetched_again(repository: Repository, desk: Desk, moves: bool) -> None:
    desk.push()
    objects = desk.root / ".paperkit" / "overleaf" / "git" / "objects"
    for file in (path for path in objects.rglob("*") if path.is_file()):
        file.chmod(0o600)
        file.write_bytes(file.read_bytes()[:10])
    if moves:
        repository.edit({"main.tex": b"typed\n"})
    desk.build("tables/a.tex", "new")
    before = repository.tree()
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert but(repository.tree(), "tables/a.tex") == but(before, "tables/a.tex")


def _at_once(actions: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_authors_push_at_once(bridge: Bridge, tmp_path: Path) -> None:
    desks = [Desk(tmp_path / f"desk{number}", bridge.url) for number in range(3)]
    before = bridge.repository.tree()
    for number, desk in enumerate(desks):
        desk.build(f"tables/t{number}.tex", str(number))
    _at_once([desk.push for desk in desks])
    after = bridge.repository.tree()
    assert but(after, *(f"tables/t{number}.tex" for number in range(3))) == before
    assert len(after) == len(before) + 3
    assert len(bridge.repository.commits()) == 4


def test_one_author_pushes_twice_at_once(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url
    desk.root.mkdir()
    _at_once([desk.push, desk.push])
    assert len(bridge.repository.commits()) == 2
    assert set(desk.verdicts().values()) == {"same"}


@pytest.mark.parametrize("damage", ["missing", "empty", "a body that is cut off"])
@pytest.mark.parametrize("typed", [b"typed by a co-author\n" * 5000, b"short\n"], ids=["long", "short"])
def test_a_file_whose_content_is_not_here_is_there_all_the_same(
    repository: Repository, desk: Desk, damage: str, typed: bytes
) -> None:
    """A co-author's file at an output's place must not be taken for absent when our copy of it is lost."""
    typed = b"".join(b"%d %s" % (number * number, line) for number, line in enumerate(typed.splitlines(keepends=True)))
    repository.edit({"macros.tex": typed})
    assert desk.verdicts()["macros.tex"] == "foreign"
    folder = desk.root / ".paperkit" / "overleaf" / "git"
    name = git(repository.folder, "rev-parse", f"{repository.head}:macros.tex").decode().strip()
    blob = folder / "objects" / name[:2] / name[2:]
    content = blob.read_bytes()
    blob.unlink()
    if damage != "missing":
        blob.write_bytes(b"" if damage == "empty" else content[:-5])
    assert desk.verdicts()["macros.tex"] == "foreign"
    assert [one.path for one in desk.push().left] == ["macros.tex"]
    assert repository.read("macros.tex") == typed
