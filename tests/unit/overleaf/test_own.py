"""A push deletes what this paper made, and nothing else."""

from __future__ import annotations

import pytest

from tests.unit.overleaf.bridge import Repository
from tests.unit.overleaf.desk import Desk
from tests.unit.overleaf.test_races import Killed


def kill(reached: str) -> None:
    if reached == "sent":
        raise Killed


def test_two_papers_in_one_folder_delete_nothing_of_each_other(repository: Repository, desk: Desk) -> None:
    desk.push()
    other = Desk(desk.root, desk.remote, manifest="other.toml")
    other.build("tables/other.tex", "other")
    other.watch = kill
    with pytest.raises(Killed):
        other.push()
    other.watch = lambda _: None
    # Neither what is recorded of the other, nor its push without an answer, is this one's.
    assert set(desk.verdicts()) == {"tables/a.tex", "macros.tex"}
    assert desk.push().commit is None
    assert other.push().commit is None
    assert {"tables/a.tex", "macros.tex", "tables/other.tex"} <= set(repository.tree())
    other.outputs.clear()
    other.push()
    assert "tables/other.tex" not in repository.tree()
    assert set(desk.verdicts().values()) == {"same"}


def test_leave_to_replace_is_no_leave_to_delete(repository: Repository, desk: Desk) -> None:
    repository.edit({"macros.tex": b"of a co-author\n"})
    assert desk.verdicts()["macros.tex"] == "foreign"
    desk.resolve("macros.tex")
    content = desk.outputs.pop("macros.tex")
    desk.push()
    assert repository.read("macros.tex") == b"of a co-author\n"
    desk.outputs["macros.tex"] = content
    assert desk.verdicts()["macros.tex"] == "foreign"  # and the leave ends with the output
    desk.resolve("macros.tex")
    desk.push()
    assert repository.read("macros.tex") == content
    del desk.outputs["macros.tex"]
    desk.push()
    assert "macros.tex" not in repository.tree()
