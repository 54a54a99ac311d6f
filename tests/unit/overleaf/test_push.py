"""The invariants of the sync: every test compares the whole tree of the remote before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.overleaf.errors import OverleafError
from tests.unit.overleaf.bridge import PROJECT, Bridge, Repository, git
from tests.unit.overleaf.desk import MANUSCRIPT, Desk, sealed

Tree = dict[str, tuple[str, str]]


def but(tree: Tree, *paths: str) -> Tree:
    return {path: entry for path, entry in tree.items() if path not in paths}


def test_the_first_push_adds_the_outputs_and_changes_no_other_byte(repository: Repository, desk: Desk) -> None:
    before = repository.tree()
    report = desk.push()
    after = repository.tree()
    assert but(after, "tables/a.tex", "macros.tex") == before
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert repository.read("macros.tex") == desk.outputs["macros.tex"]
    assert (report.commit, report.left, report.rescued) == (repository.head, (), ())
    assert repository.commits() == ["paperkit: Update 2 outputs with paperkit", "Ana Diaz: Update on Overleaf."]
    assert {path: repository.read(path) for path in MANUSCRIPT} == MANUSCRIPT


def test_a_push_without_changes_makes_no_commit(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url
    desk.push()
    head = bridge.repository.head
    bridge.requests.clear()
    assert desk.push().commit is None
    assert bridge.repository.head == head
    assert (bridge.asked("git-upload-pack"), bridge.asked("git-receive-pack")) == (1, 0)  # one look, nothing fetched


def test_one_push_is_one_fetch_and_one_commit(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url
    commits = len(bridge.repository.commits())
    for number in range(30):
        desk.build(f"tables/t{number}.tex", str(number))
    desk.push()
    assert len(bridge.repository.commits()) == commits + 1
    # Looking at HEAD before and after, and a fetch in two steps; then the pack.
    assert (bridge.asked("git-upload-pack"), bridge.asked("git-receive-pack")) == (4, 1)


def test_only_what_changed_is_written(repository: Repository, desk: Desk) -> None:
    desk.push()
    before = repository.tree()
    desk.build("macros.tex", "two")
    assert [one.path for one in desk.push().written] == ["macros.tex"]
    assert but(repository.tree(), "macros.tex") == but(before, "macros.tex")


def test_a_branch_of_any_name_is_pushed_to(tmp_path: Path, desk: Desk) -> None:
    for name in ("master", "trunk/é"):
        old = Repository(tmp_path / f"old-{name[:3]}.git", branch=name).create(MANUSCRIPT)
        desk.root, desk.remote = tmp_path / f"desk-{name[:3]}", old.folder.as_uri()
        assert desk.push().branch == name
        assert git(old.folder, "for-each-ref", "--format=%(refname)").decode() == f"refs/heads/{name}\n"


def test_a_hand_edit_there_is_never_written_over(repository: Repository, desk: Desk) -> None:
    desk.push()
    typed = sealed("1.5 & 2.5").replace(b"2.5", b"2.6")
    repository.edit({"tables/a.tex": typed})
    before = repository.tree()
    assert desk.verdicts() == {"macros.tex": "same", "tables/a.tex": "edited-remotely"}
    assert desk.push().commit is None
    desk.build("tables/a.tex", "1.5 & 9.9")
    desk.build("macros.tex", "two")
    report = desk.push()
    assert [(one.path, one.verdict.value) for one in report.left] == [("tables/a.tex", "conflict")]
    assert but(repository.tree(), "macros.tex") == but(before, "macros.tex")
    assert repository.read("tables/a.tex") == typed


def test_what_is_asked_for_is_replaced_after_it_was_saved(repository: Repository, desk: Desk) -> None:
    desk.push()
    repository.edit({"tables/a.tex": b"typed\n"})
    before = repository.tree()
    desk.build("tables/a.tex", "new")
    report = desk.push(overwrite=["tables/a.tex"])
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert desk.rescued() == [("tables/a.tex", b"typed\n")]
    assert [Path(file).name for file in report.rescued] == ["a.tex"]
    assert but(repository.tree(), "tables/a.tex") == but(before, "tables/a.tex")
    assert set(desk.verdicts().values()) == {"same"}


def test_overwriting_means_the_version_that_was_seen(repository: Repository, desk: Desk) -> None:
    desk.push()
    repository.edit({"tables/a.tex": b"typed\n"})
    desk.build("tables/a.tex", "new")
    typing = iter([b"typed again\n"])

    def watch(step: str) -> None:
        if step == "sending" and (content := next(typing, None)):
            repository.edit({"tables/a.tex": content})

    desk.watch = watch
    report = desk.push(overwrite=["*"])
    assert (report.commit, [one.verdict.value for one in report.left]) == (None, ["conflict"])
    assert repository.read("tables/a.tex") == b"typed again\n"


def test_a_deleted_output_stays_deleted_until_it_is_wanted_back(repository: Repository, desk: Desk) -> None:
    desk.push()
    repository.edit({"tables/a.tex": None}, who="Bo Chen")
    desk.build("tables/a.tex", "new")
    before = repository.tree()
    report = desk.push()
    assert [one.verdict.value for one in report.left] == ["deleted-remotely"]
    assert repository.tree() == before
    desk.push(overwrite=["tables/a.tex"])  # that is about edits
    assert repository.tree() == before
    desk.push(restore=["tables/a.tex"])
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert but(repository.tree(), "tables/a.tex") == before


def test_a_file_that_was_there_first_is_somebody_elses(repository: Repository, desk: Desk) -> None:
    repository.edit({"tables/a.tex": b"by hand\n"}, who="Bo Chen")
    before = repository.tree()
    found = desk.findings()["tables/a.tex"]
    assert (found.verdict.value, found.editor.author if found.editor else None) == ("foreign", "Bo Chen")
    desk.push()
    assert but(repository.tree(), "macros.tex") == before
    desk.push(overwrite=["tables/a.tex"])
    assert desk.rescued() == [("tables/a.tex", b"by hand\n")]


def test_an_output_that_is_not_made_any_more_is_removed(repository: Repository, desk: Desk) -> None:
    desk.build("tables/old.tex", "old")
    desk.push()
    del desk.outputs["tables/old.tex"]
    before = repository.tree()
    assert desk.verdicts()["tables/old.tex"] == "delete"
    desk.push()
    assert repository.tree() == but(before, "tables/old.tex")
    assert "tables/old.tex" not in desk.verdicts()


def test_nothing_is_removed_that_the_document_reads_or_somebody_edited(repository: Repository, desk: Desk) -> None:
    for name in ("old", "typed"):
        desk.build(f"tables/{name}.tex", name)
    desk.push()
    repository.edit({"sections/one.tex": b"see \\input{tables/old}\n", "tables/typed.tex": b"mine\n"})
    del desk.outputs["tables/old.tex"], desk.outputs["tables/typed.tex"]
    before = repository.tree()
    report = desk.push()
    assert repository.tree() == before
    assert {one.path: (one.verdict.value, one.reason) for one in report.left} == {
        "tables/old.tex": ("delete", "still read by sections/one.tex; it stays"),
        "tables/typed.tex": ("conflict", ""),
    }


def test_a_folder_that_was_renamed_there(repository: Repository, desk: Desk) -> None:
    desk.push()
    repository.edit({"tables/a.tex": None, "tabs/a.tex": repository.read("tables/a.tex")})
    before = repository.tree()
    found = desk.findings()["tables/a.tex"]
    assert (found.verdict.value, found.reason) == ("deleted-remotely", "moved to tabs/a.tex")
    desk.build("tables/a.tex", "new")
    desk.push()
    assert repository.tree() == before


def test_a_name_that_differs_only_in_case(repository: Repository, desk: Desk) -> None:
    desk.push()
    repository.edit({"tables/a.tex": None, "Tables/A.tex": repository.read("tables/a.tex")})
    desk.build("tables/b.tex", "new")
    before = repository.tree()
    found = desk.findings()
    assert (found["tables/a.tex"].verdict.value, found["tables/a.tex"].is_free) == ("deleted-remotely", False)
    assert found["tables/a.tex"].reason == "Tables/A.tex stands in its way there"
    with pytest.raises(OverleafError) as caught:
        desk.push(restore=["tables/a.tex"])
    assert str(caught.value) == "tables/a.tex cannot be written: Tables/A.tex stands in its way there"
    assert repository.tree() == before


@pytest.mark.parametrize("there", [{"tables": b"a file\n"}, {"tables/a.tex/b.tex": b"a folder\n"}])
def test_a_file_stands_where_a_folder_is_needed(repository: Repository, desk: Desk, there: dict[str, bytes]) -> None:
    repository.edit(there)
    before = repository.tree()
    assert desk.verdicts()["tables/a.tex"] == "foreign"
    desk.push()
    assert but(repository.tree(), "macros.tex") == before


def test_line_ends_are_no_edits(repository: Repository, desk: Desk) -> None:
    desk.build("tables/a.tex", "1\n2\n3")
    desk.push()
    content = repository.read("tables/a.tex")
    for changed in (content.replace(b"\n", b"\r\n"), content.replace(b"\n", b"\r"), content.rstrip(b"\n")):
        repository.edit({"tables/a.tex": changed})
        before = repository.tree()
        assert set(desk.verdicts().values()) == {"same"}
        assert desk.push().commit is None
        assert repository.tree() == before
    desk.build("tables/a.tex", "4")
    assert [one.verdict.value for one in desk.push().written] == ["update"]


@pytest.mark.parametrize("content", ["Fran\xe7ois\n".encode("latin-1"), b"a\0b\r\n", b"", b"\xff\xfe\r\n"])
def test_content_of_any_kind_is_an_edit_like_any_other(repository: Repository, desk: Desk, content: bytes) -> None:
    desk.push()
    repository.edit({"tables/a.tex": content})
    before = repository.tree()
    desk.build("tables/a.tex", "new")
    assert desk.verdicts()["tables/a.tex"] == "conflict"
    desk.push()
    assert but(repository.tree(), "macros.tex") == but(before, "macros.tex")
    desk.push(overwrite=["tables/a.tex"])
    assert desk.rescued() == [("tables/a.tex", content)]


def test_links_and_submodules_there_are_left_alone(repository: Repository, desk: Desk) -> None:
    repository.edit(
        {"tables/a.tex": b"../../etc/passwd", "macros.tex": b"1" * 40, "link.tex": b"/etc/passwd"},
        modes={"tables/a.tex": "120000", "macros.tex": "160000", "link.tex": "120000"},
    )
    before = repository.tree()
    desk.build("tables/c.tex", "c")
    assert desk.verdicts() == {"tables/a.tex": "foreign", "macros.tex": "foreign", "tables/c.tex": "create"}
    desk.push()
    assert but(repository.tree(), "tables/c.tex") == before
    with pytest.raises(OverleafError) as caught:
        desk.push(overwrite=["tables/a.tex"])
    expected = "tables/a.tex cannot be written: is no plain file there, but a link or a submodule"
    assert str(caught.value) == expected
    assert but(repository.tree(), "tables/c.tex") == before


def test_paths_that_are_no_text_are_carried_along(repository: Repository, desk: Desk) -> None:
    repository.edit({"caf\udce9/\udcff.tex": b"\\input{tables/gone}\n", "TABLES/\udce9": b"x\n"})
    desk.build("tables/gone.tex", "gone")
    before = repository.tree()
    assert {finding.reason for finding in desk.findings().values() if finding.reason} == set()
    desk.push()
    del desk.outputs["tables/gone.tex"]
    (left,) = desk.push().left
    assert left.reason == "still read by caf\udce9/\udcff.tex; it stays"
    assert but(repository.tree(), *desk.outputs, "tables/gone.tex") == before


def test_outputs_below_a_folder_of_the_remote(repository: Repository, desk: Desk) -> None:
    desk.folder = "paper/generated"
    before = repository.tree()
    desk.push()
    new = ["paper/generated/tables/a.tex", "paper/generated/macros.tex"]
    assert but(repository.tree(), *new) == before
    assert sorted(repository.tree().keys() - before.keys()) == sorted(new)


def test_two_projects_on_one_server_do_not_meet(bridge: Bridge, desk: Desk, tmp_path: Path) -> None:
    desk.push()
    other = Repository(tmp_path / f"{PROJECT}-2.git").create({"main.tex": b"other\n"})
    desk.remote = other.folder.as_uri()
    desk.push()
    assert sorted(other.tree()) == ["macros.tex", "main.tex", "tables/a.tex"]
    assert other.commits()[-1] == "Ana Diaz: Update on Overleaf."
    assert len(bridge.repository.commits()) == len(other.commits()) == 2


def test_an_unknown_path_is_said(desk: Desk) -> None:
    with pytest.raises(OverleafError) as caught:
        desk.push(overwrite=["tables/b.tex"], restore=["x", "y*"])
    assert str(caught.value) == (
        "'tables/b.tex' names no output\n    paperkit overleaf status lists them\n"
        "'x' names no output\n    paperkit overleaf status lists them"
    )


def test_resolving_keeps_ours_over_the_version_that_was_seen(repository: Repository, desk: Desk) -> None:
    desk.push()
    desk.build("tables/a.tex", "new")
    repository.edit({"tables/a.tex": b"typed\n"})
    assert [one.path for one in desk.resolve("tables/a.tex").findings] == ["tables/a.tex"]
    assert desk.verdicts()["tables/a.tex"] == "update"
    repository.edit({"tables/a.tex": b"typed again\n"})
    assert desk.verdicts()["tables/a.tex"] == "conflict"
    assert desk.push().commit is None
    desk.resolve("tables/*")
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    assert {content for _, content in desk.rescued()} == {b"typed\n", b"typed again\n"}


def test_resolving_a_deletion_brings_the_output_back(repository: Repository, desk: Desk) -> None:
    desk.push()
    repository.edit({"tables/a.tex": None})
    desk.resolve("tables/a.tex")
    assert desk.verdicts()["tables/a.tex"] == "create"
    desk.push()
    assert repository.read("tables/a.tex") == desk.outputs["tables/a.tex"]
    with pytest.raises(OverleafError) as caught:
        desk.resolve("tables/a.tex", "nothing")
    assert str(caught.value) == (
        "'tables/a.tex' is same: there is nothing to resolve\n    paperkit overleaf status lists what waits for you\n"
        "'nothing' names no output\n    paperkit overleaf status lists what waits for you"
    )
