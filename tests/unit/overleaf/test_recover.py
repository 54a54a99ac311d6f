"""Without a record: seals and the remote's history say what is known, and what is not known is asked."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from paperkit.build.seal import seal_text
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.push import PushReport, push
from paperkit.overleaf.session import Session
from paperkit.overleaf.source import source_of
from tests.unit.overleaf.bridge import Repository, git
from tests.unit.overleaf.desk import Desk, sealed

DAMAGE = {
    "missing": None,
    "truncated": b'{"version": 1, "remote": "fi',
    "empty": b"",
    "not text": b"\xff\xfe\0",
    "another version": b'{"version": 99}',
    "a list": b"[]",
    "wrong types": b'{"version": 1, "remote": 3, "base": {"a": {"digest": 1}}, "sent": {}}',
    "a path that leads elsewhere": b'{"version":1,"remote":"x","base":{"../a":{"digest":null,"blob":null}},"sent":{}}',
    "a path for a hash": b'{"version":1,"remote":"x","base":{"a":{"digest":"../..","blob":null}},"sent":{}}',
}


def damage(desk: Desk, content: bytes | None) -> None:
    desk.state.unlink()
    if content is not None:
        desk.state.write_bytes(content)


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
def test_a_lost_record_loses_no_edit(repository: Repository, desk: Desk, content: bytes | None) -> None:
    for name in ("typed", "both", "gone"):
        desk.build(f"tables/{name}.tex", name)
    desk.push()
    typed = (repository.read("tables/typed.tex") + b"typed\n", repository.read("tables/both.tex") + b"typed\n")
    repository.edit({"tables/typed.tex": typed[0], "tables/both.tex": typed[1], "tables/gone.tex": None})
    desk.build("tables/both.tex", "built")
    desk.build("macros.tex", "built")
    damage(desk, content)
    before = repository.tree()
    assert desk.verdicts() == {
        "tables/a.tex": "same",
        "tables/typed.tex": "edited-remotely",
        "tables/both.tex": "conflict",
        "tables/gone.tex": "deleted-remotely",
        "macros.tex": "conflict",  # as far as anybody knows, another machine pushed what is there
    }
    assert desk.push().commit is None
    assert repository.tree() == before
    # Once both sides are seen to hold the same, the record is whole again.
    desk.build("tables/a.tex", "built")
    assert desk.verdicts()["tables/a.tex"] == "update"


@pytest.mark.parametrize("content", list(DAMAGE.values())[1:], ids=list(DAMAGE)[1:])
def test_a_damaged_record_is_said(desk: Desk, content: bytes) -> None:
    desk.push()
    damage(desk, content)
    desk.build("tables/c.tex", "c")
    (notice,) = desk.push().notices
    assert str(notice) == (
        "state.json: the record of the last sync cannot be read\n    nothing is lost: what was agreed on is found "
        "again from the seals and the remote's history"
    )
    assert desk.push().notices == ()


def test_the_record_of_another_project_is_not_believed(repository: Repository, desk: Desk, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other.git").create({"main.tex": b"other\n"})
    desk.push()
    record = json.loads(desk.state.read_text())
    desk.remote = other.folder.as_uri()
    other.edit({"tables/a.tex": repository.read("tables/a.tex") + b"typed\n"})
    found = desk.findings()
    assert found["tables/a.tex"].verdict.value == "foreign"
    desk.remote = repository.folder.as_uri()
    record["remote"] = "file:///elsewhere.git"
    desk.state.write_text(json.dumps(record))
    desk.build("macros.tex", "new")
    report = desk.push()
    assert [one.verdict.value for one in report.left] == ["conflict"]
    assert str(report.notices[0]).startswith("state.json: the record of the last sync is of file:///elsewhere.git\n")


def test_another_machine_pushed_meanwhile(repository: Repository, desk: Desk, tmp_path: Path) -> None:
    """The second author has the record of an older version: what is there is not theirs to replace."""
    desk.push()
    other = Desk(tmp_path / "other", desk.remote, outputs=dict(desk.outputs))
    assert other.push().commit is None  # equal contents are an agreement
    desk.build("macros.tex", "two")
    desk.push()
    found = other.findings()["macros.tex"]
    assert (found.verdict.value, found.reason) == ("edited-remotely", "pushed by another run of paperkit")
    other.build("macros.tex", "three")
    before = repository.tree()
    report = other.push()
    assert [(one.verdict.value, one.reason) for one in report.left] == [
        ("conflict", "pushed by another run of paperkit")
    ]
    assert repository.tree() == before


def test_a_clone_that_is_behind_is_told_so(desk: Desk, tmp_path: Path) -> None:
    desk.push()
    older = dict(desk.outputs)
    desk.build("macros.tex", "two")
    desk.push()
    clone = Desk(tmp_path / "clone", desk.remote, outputs=older)
    found = clone.findings()["macros.tex"]
    assert (found.verdict.value, found.reason) == ("edited-remotely", "pushed by another run of paperkit")


def test_a_later_commit_of_the_paper_may_replace_what_an_earlier_one_pushed(
    repository: Repository, desk: Desk, tmp_path: Path
) -> None:
    """A fresh clone, as on a CI server: the push says which commit it is made from."""
    paper = tmp_path / "paper"
    _commit(paper, "one")
    desk.with_session(lambda s: _push_from(s, desk, paper))
    assert f"Paperkit-Source: {_head(paper)}" in _message(repository)
    branch = tmp_path / "branch"
    subprocess.run(["git", "clone", "-q", str(paper), str(branch)], check=True)
    _commit(paper, "two")
    _commit(branch, "three")
    fresh = Desk(tmp_path / "fresh", desk.remote, outputs=dict(desk.outputs))
    fresh.build("macros.tex", "two")
    fresh.with_session(lambda s: _push_from(s, fresh, paper))
    assert repository.read("macros.tex") == fresh.outputs["macros.tex"]
    # Another branch does not come after it, and a hand edit is nobody's version of the paper.
    aside = Desk(tmp_path / "aside", desk.remote, outputs=dict(desk.outputs))
    aside.build("macros.tex", "three")
    report = aside.with_session(lambda s: _push_from(s, aside, branch))
    assert [one.verdict.value for one in report.left] == ["conflict"]
    repository.edit({"macros.tex": repository.read("macros.tex") + b"typed\n"})
    _commit(paper, "four")
    later = Desk(tmp_path / "later", desk.remote, outputs=dict(fresh.outputs))
    later.build("macros.tex", "four")
    report = later.with_session(lambda s: _push_from(s, later, paper))
    assert [one.verdict.value for one in report.left] == ["conflict"]


def test_uncommitted_changes_make_no_claim(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    _commit(paper, "one")
    assert source_of(paper, []).commit == _head(paper)
    (paper / "data.csv").write_text("changed")
    assert source_of(paper, []).commit is None
    assert source_of(paper, ["data.csv"]).commit == _head(paper)  # what is derived says nothing
    assert source_of(tmp_path, []).commit is None
    assert not source_of(tmp_path, []).contains("0" * 40)


def test_files_without_a_seal_are_sealed_by_their_neighbour(repository: Repository, desk: Desk) -> None:
    rows = b"x,y\n1,2\n"
    wrapper = seal_text(b"figure\n", origin="paper.toml [figure.f]", beside={"f-1.csv": rows})

    def listed(content: bytes) -> tuple[Output, ...]:
        return (
            Output(path="figures/f.tex", output="figures/f.tex", content=wrapper),
            Output(path="figures/f-1.csv", output="figures/f-1.csv", content=content, sealed_by="figures/f.tex"),
        )

    desk.with_session(lambda s: push(s, listed(rows)))
    desk.state.unlink()
    repository.edit({"figures/f-1.csv": b"x,y\n1,3\n"})
    found = desk.with_session(lambda s: s.survey(listed(rows))[0])
    assert {one.path: one.verdict.value for one in found.findings} == {
        "figures/f-1.csv": "edited-remotely",
        "figures/f.tex": "same",
    }


def test_an_output_that_was_removed_may_come_back(repository: Repository, desk: Desk) -> None:
    desk.push()
    content = desk.outputs.pop("macros.tex")
    desk.push()
    assert "macros.tex" not in repository.tree()
    desk.outputs["macros.tex"] = content
    assert desk.verdicts()["macros.tex"] == "create"
    desk.push()
    assert repository.read("macros.tex") == content


def test_a_missing_output_says_nothing_about_the_remote(repository: Repository, desk: Desk) -> None:
    desk.push()
    desk.outputs["macros.tex"] = None
    before = repository.tree()
    assert desk.verdicts() == {"macros.tex": "same", "tables/a.tex": "same"}
    repository.edit({"macros.tex": sealed("typed")})
    assert desk.verdicts()["macros.tex"] == "edited-remotely"
    desk.push(overwrite=["*"])
    assert set(repository.tree()) == set(before)


def _commit(paper: Path, text: str) -> None:
    paper.mkdir(exist_ok=True)
    (paper / "data.csv").write_text(text)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "data.csv"], [*identity, "commit", "-q", "-m", text]):
        subprocess.run(["git", *command], cwd=paper, check=True)


def _head(paper: Path) -> str:
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=paper, check=True, capture_output=True, text=True
    ).stdout.strip()


def _message(repository: Repository) -> str:
    return git(repository.folder, "log", "-1", "--format=%B", repository.head).decode()


def _push_from(session: Session, desk: Desk, paper: Path) -> PushReport:
    session.source = source_of(paper, [])
    return push(session, desk.listed())


def test_an_input_that_is_not_committed_makes_no_claim(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    _commit(paper, "one")
    (paper / ".git" / "info" / "exclude").write_text("ignored.csv\n")
    for name in ("ignored.csv", "new.csv", "../outside.csv"):
        (paper / name).write_text("1\n")
    assert source_of(paper, [], [paper / "data.csv"]).commit == _head(paper)
    for name in ("ignored.csv", "new.csv", "../outside.csv"):
        assert source_of(paper, [], [paper / "data.csv", paper / name]).commit is None, name
    assert source_of(paper, ["new.csv"], [paper / "new.csv"]).commit == _head(paper)


def test_the_same_commit_of_the_paper_is_no_later_one(repository: Repository, desk: Desk, tmp_path: Path) -> None:
    """What one clone made with a patch that it never committed is not replaced from another clone."""
    paper = tmp_path / "paper"
    _commit(paper, "one")
    desk.with_session(lambda s: _push_from(s, desk, paper))
    clone = Desk(tmp_path / "clone", desk.remote, outputs=dict(desk.outputs))
    clone.build("macros.tex", "other")
    report = clone.with_session(lambda s: _push_from(s, clone, paper))
    assert [one.verdict.value for one in report.left] == ["conflict"]
    _commit(paper, "two")
    clone.with_session(lambda s: _push_from(s, clone, paper))
    assert repository.read("macros.tex") == clone.outputs["macros.tex"]
    assert clone.rescued() == [("macros.tex", desk.outputs["macros.tex"])]


def test_a_co_authors_cherry_pick_of_a_push_is_theirs(repository: Repository, desk: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    _commit(paper, "one")
    desk.with_session(lambda s: _push_from(s, desk, paper))
    first = repository.head
    _commit(paper, "two")
    desk.build("macros.tex", "two")
    desk.with_session(lambda s: _push_from(s, desk, paper))
    work = _clone(repository, tmp_path)
    _run(work, "checkout", "-q", first, "--", "macros.tex")
    _run(work, "commit", "-q", "-C", first)
    _run(work, "push", "-q", "origin", "HEAD")
    fresh = Desk(tmp_path / "fresh", desk.remote, outputs=dict(desk.outputs))
    report = fresh.with_session(lambda s: _push_from(s, fresh, paper))
    assert [one.path for one in report.left] == ["macros.tex"]
    assert report.commit is None


@pytest.mark.parametrize("record", [True, False])
def test_a_file_that_a_merge_dropped_was_deleted_by_who_merged(
    repository: Repository, desk: Desk, tmp_path: Path, *, record: bool
) -> None:
    work = _clone(repository, tmp_path)
    (work / "more.tex").write_text("more\n")
    _run(work, "add", "more.tex")
    _run(work, "commit", "-q", "-m", "more")
    desk.push()
    _run(work, "fetch", "-q")
    _run(work, "merge", "-q", "-s", "ours", "-m", "merge", "FETCH_HEAD")
    _run(work, "push", "-q", "origin", "HEAD")
    if not record:
        desk.state.unlink()
    found = desk.findings()["macros.tex"]
    assert (found.verdict.value, found.editor and found.editor.author) == ("deleted-remotely", "Bo Chen")
    assert desk.push().commit is None


def _clone(repository: Repository, tmp_path: Path) -> Path:
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "-q", str(repository.folder), str(work)], check=True)
    return work


def _run(work: Path, *command: str) -> None:
    identity = ["-c", "user.name=Bo Chen", "-c", "user.email=bo@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *command], cwd=work, check=True)
