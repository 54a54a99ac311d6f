"""Adopted edits: kept over changes of the data, merged, refused where they do not fit, taken away again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit import Paper
from paperkit.build.adopt import adopt, drop
from paperkit.build.paper import BuildReport
from paperkit.build.patches import ConflictError
from paperkit.build.plan import State
from paperkit.build.receipt import nothing_to_do
from paperkit.build.run import Result
from paperkit.errors import PaperkitError
from paperkit.review.check import findings

MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "dataset"
cells = ["accuracy"]
precision = 1
[macros]
best = { data = "runs", value = "max(accuracy)", format = ".1f" }
"""
RUNS = "dataset,accuracy\n" + "".join(f"d{number},{number}.5\n" for number in range(10))
OUTPUT = "tables/main.tex"
PATCH = "patches/tables/main.tex.patch"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text(RUNS)
    _build(tmp_path)
    return tmp_path


def _paper(project: Path) -> Paper:
    return Paper.load(project / "paper.toml")


def _build(project: Path, *, force: bool = False, rebuild: bool = False) -> BuildReport:
    return _paper(project).build(force=force, rebuild=rebuild)


def _result(project: Path, *, rebuild: bool = False) -> tuple[str, tuple[str, ...]]:
    outcome = next(one for one in _build(project, rebuild=rebuild).outcomes if one.id == "table.main")
    return outcome.result.value, outcome.reasons


def _edit(project: Path, old: str, new: str, output: str = OUTPUT) -> None:
    text = (project / output).read_text()
    assert old in text
    (project / output).write_text(text.replace(old, new, 1))


def _state(project: Path) -> State:
    return next(step.state for step in _paper(project).plan() if step.target.id == "table.main")


def test_an_adopted_edit_becomes_a_readable_patch_and_survives_new_data(project: Path) -> None:
    row = next(line for line in (project / OUTPUT).read_text().split("\n") if line.startswith("d5"))
    before = (project / OUTPUT).read_text().split("\n")
    at = before.index(row)
    _edit(project, row, f"\\midrule\n{row}")
    assert _result(project) == ("edited", (f"{OUTPUT} was edited",))
    adoption = adopt(_paper(project), OUTPUT)
    assert (adoption.state, adoption.patch, adoption.target) == ("adopted", PATCH, "table.main")
    around = [f" {line}\n" for line in before]
    # Two lines of header stand above what the patch counts.
    assert (project / PATCH).read_text() == (
        f"--- a/{OUTPUT}\n+++ b/{OUTPUT}\n@@ -{at - 4},6 +{at - 4},7 @@\n"
        + "".join(around[at - 3 : at])
        + "+\\midrule\n"
        + "".join(around[at : at + 3])
    )
    assert _result(project) == ("unchanged", (f"{PATCH} is new", f"{OUTPUT} is of another build"))
    assert (project / OUTPUT).read_text().split("\n")[1] == f"% Patched with {PATCH}."
    assert _state(project) is State.UNCHANGED
    (project / "runs.csv").write_text(RUNS.replace("1.5", "7.7").replace("d9,", "d9x,"))
    assert _result(project) == ("built", ("runs.csv changed",))
    text = (project / OUTPUT).read_text()
    assert "\\midrule\nd5  &" in text
    assert "7.7" in text
    assert _state(project) is State.UNCHANGED


def test_a_changed_and_a_removed_patch_are_reasons(project: Path) -> None:
    plain = (project / OUTPUT).read_bytes()
    _edit(project, "\\bottomrule", "\\bottomrule[2pt]")
    adopt(_paper(project), OUTPUT)
    _build(project)
    patch = (project / PATCH).read_text()
    (project / PATCH).write_text(patch.replace("2pt", "3pt"))
    assert _result(project) == ("built", (f"{PATCH} changed",))
    assert "\\bottomrule[3pt]" in (project / OUTPUT).read_text()
    (project / PATCH).write_bytes(patch.replace("\n", "\r\n").encode())  # as git checks it out on Windows
    assert _result(project)[0] == "built"
    assert "\\bottomrule[2pt]\n" in (project / OUTPUT).read_bytes().decode()
    (project / PATCH).unlink()
    assert _result(project) == ("built", (f"{PATCH} is gone",))
    assert (project / OUTPUT).read_bytes() == plain


def test_a_second_edit_joins_the_first(project: Path) -> None:
    _edit(project, "\\toprule", "\\toprule[2pt]")
    adopt(_paper(project), OUTPUT)
    _build(project)
    (project / PATCH).write_text("The rules are thick.\n" + (project / PATCH).read_text())
    _build(project)
    _edit(project, "\\bottomrule", "\\bottomrule[2pt]")
    text = adopt(_paper(project), OUTPUT).text
    assert text.startswith("The rules are thick.\n--- a/")
    added = [line for line in text.split("\n") if line[:1] == "+"][1:]
    assert [line.startswith(("+\\toprule[2pt]", "+\\bottomrule[2pt]")) for line in added] == [True, True]
    _build(project)
    assert adopt(_paper(project), OUTPUT).state == "unchanged"
    # Both taken back by hand: nothing is left to patch.
    _edit(project, "\\bottomrule[2pt]", "\\bottomrule")
    _edit(project, "\\toprule[2pt]", "\\toprule")
    adoption = adopt(_paper(project), OUTPUT)
    assert (adoption.state, adoption.rescued) == ("dropped", f".paperkit/rescued/{PATCH}.1")
    assert not (project / PATCH).exists()


def test_an_edit_is_told_from_data_that_changed_since(project: Path) -> None:
    _edit(project, "\\bottomrule", "\\bottomrule[2pt]")
    (project / "runs.csv").write_text(RUNS.replace("1.5", "7.7"))
    outcome = next(one for one in _build(project).outcomes if one.result is Result.EDITED)
    changed = [line for line in outcome.diff.split("\n")[2:] if line[:1] in ("+", "-")]
    assert [line.split("%")[0] for line in changed] == ["-\\bottomrule", "+\\bottomrule[2pt]"]
    text = adopt(_paper(project), OUTPUT).text
    assert "7.7" not in text
    assert "1.5" not in text
    assert _build(project).having(Result.EDITED) == ()
    text = (project / OUTPUT).read_text()
    assert "\\bottomrule[2pt]" in text
    assert "7.7" in text


def test_without_what_it_began_with_an_edit_of_old_data_is_refused(project: Path) -> None:
    _edit(project, "\\bottomrule", "\\bottomrule[2pt]")
    (project / "runs.csv").write_text(RUNS.replace("1.5", "7.7"))
    shutil.rmtree(project / ".paperkit")
    with pytest.raises(PaperkitError) as caught:
        adopt(_paper(project), OUTPUT)
    assert str(caught.value) == (
        f"{OUTPUT}: was made from other data, and nothing here knows what it was before it was edited\n"
        f"    paperkit adopt --as-is {OUTPUT} takes all that differs from what is made now, old numbers too; "
        "or build --force, which saves the edited file, and edit the new one"
    )
    edited = (project / OUTPUT).read_text()
    adopt(_paper(project), OUTPUT, as_is=True)
    _build(project)
    assert (project / OUTPUT).read_text().split("\n")[3:] == edited.split("\n")[2:]


def test_git_knows_what_an_edit_began_with(project: Path, require_program: Callable[[str], str]) -> None:
    git = [require_program("git"), "-c", "user.name=A", "-c", "user.email=a@b.c", "-C", str(project)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "Begin"], check=True)
    _edit(project, "\\bottomrule", "\\bottomrule[2pt]")
    subprocess.run([*git, "commit", "-qam", "Edit"], check=True)
    (project / "runs.csv").write_text(RUNS.replace("1.5", "7.7"))
    shutil.rmtree(project / ".paperkit")
    assert "7.7" not in adopt(_paper(project), OUTPUT).text


def test_a_patch_that_does_not_fit_is_a_conflict_and_the_last_file_stays(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from paperkit.cli.main import run

    monkeypatch.chdir(project)
    _edit(project, "5.5", "5.9")
    adopt(_paper(project), OUTPUT)
    _build(project)
    before = (project / OUTPUT).read_bytes()
    (project / "runs.csv").write_text(RUNS.replace("5.5", "6.6").replace("9.5", "9.9"))
    capsys.readouterr()
    assert run(["build"]) == 4
    said = capsys.readouterr()
    assert "conflict   table.main  (runs.csv changed)" in said.out
    patch = (project / PATCH).read_text().split("\n")[2:-1]
    lines = "".join(f"    {line}\n" for line in patch)
    assert said.err == (
        f"{PATCH}:3: does not fit the new {OUTPUT}: the lines that it replaces are no longer there\n{lines}"
        f"    make the hunk fit; or paperkit adopt --drop {OUTPUT} takes the patch away (a copy stays in "
        ".paperkit/rescued/), then edit the new file and adopt that\n"
    )
    assert (project / OUTPUT).read_bytes() == before
    assert b"9.9" in (project / "macros.tex").read_bytes()
    # The place can be mended in the patch itself.
    (project / PATCH).write_text((project / PATCH).read_text().replace("5.5", "6.6"))
    assert run(["build"]) == 0
    assert "5.9" in (project / OUTPUT).read_text()


def test_an_edit_that_does_not_fit_new_data_is_a_conflict(project: Path) -> None:
    _edit(project, "5.5", "5.9")
    (project / "runs.csv").write_text(RUNS.replace("5.5", "6.6"))
    with pytest.raises(ConflictError) as caught:
        adopt(_paper(project), OUTPUT)
    line = next(n for n, text in enumerate((project / OUTPUT).read_text().split("\n"), 1) if "5.9" in text)
    said = str(caught.value).split("\n")
    assert said[0] == (
        f"{OUTPUT}:{line}: the edit does not fit the new data: the lines that it replaces are no longer there"
    )
    assert said[-1] == (
        "    build --force saves the edited file and makes it from the new data: edit that, and adopt it; "
        f"or paperkit adopt --as-is {OUTPUT} takes the edited file as it is, old numbers too"
    )
    assert not (project / PATCH).exists()


def test_a_patch_that_does_nothing_any_more_is_said(project: Path) -> None:
    _edit(project, "5.5", "5.9")
    adopt(_paper(project), OUTPUT)
    _build(project)
    (project / "runs.csv").write_text(RUNS.replace("5.5", "5.9"))
    outcome = next(one for one in _build(project).outcomes if one.id == "table.main")
    assert [str(notice) for notice in outcome.notices] == [
        (
            f"{PATCH}: makes no difference any more: {OUTPUT} is made like that\n"
            f"    take it away: paperkit adopt --drop {OUTPUT}"
        )
    ]
    assert b"Patched" not in (project / OUTPUT).read_bytes()
    saved = drop(_paper(project), OUTPUT).rescued
    assert saved == f".paperkit/rescued/{PATCH}.1"
    assert (project / saved).is_file()
    assert [one.notices for one in _build(project).outcomes if one.id == "table.main"] == [()]


def test_a_patch_whose_neighbours_changed_is_applied_and_said(project: Path) -> None:
    _edit(project, "5.5", "5.9")
    adopt(_paper(project), OUTPUT)
    (project / "runs.csv").write_text(RUNS.replace("4.5", "4.4"))
    outcome = next(one for one in _build(project).outcomes if one.id == "table.main")
    assert [str(notice) for notice in outcome.notices] == [
        (
            f"{PATCH}:3: was applied to {OUTPUT}, but lines around it are others now; "
            "look whether it still belongs there\n"
            f"    if it does, paperkit adopt {OUTPUT} writes it anew"
        )
    ]
    assert adopt(_paper(project), OUTPUT).state == "adopted"
    assert [one.notices for one in _build(project).outcomes if one.id == "table.main"] == [()]


def test_a_change_that_moved_into_the_manifest_ends_the_edit(project: Path) -> None:
    _edit(project, "5.5", "5.9")
    (project / "runs.csv").write_text(RUNS.replace("5.5", "5.9"))
    assert _result(project)[0] == "built"
    assert _state(project) is State.UNCHANGED


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_edit_is_never_overwritten(project: Path, *, rebuild: bool) -> None:
    _edit(project, "5.5", "5.9")
    edited = (project / OUTPUT).read_bytes()
    assert _result(project, rebuild=rebuild)[0] == "edited"
    assert (project / OUTPUT).read_bytes() == edited


def test_an_edit_from_elsewhere_is_adopted_by_its_bytes(project: Path) -> None:
    base = (project / OUTPUT).read_bytes()
    edited = base.replace(b"5.5", b"5.9").replace(b"\n", b"\r\n")
    (project / "runs.csv").write_text(RUNS.replace("1.5", "7.7"))
    _build(project)
    adopt(_paper(project), OUTPUT, edited, base=base)
    assert _result(project) == ("built", (f"{PATCH} is new",))
    assert b"5.9" in (project / OUTPUT).read_bytes()
    assert b"\r" not in (project / OUTPUT).read_bytes()


def test_a_patch_without_an_output_is_said(project: Path) -> None:
    (project / "patches" / "tables").mkdir(parents=True)
    (project / "patches" / "tables" / "old.tex.patch").write_text("")
    assert [str(notice) for notice in _build(project).notices] == [
        (
            "patches/tables/old.tex.patch: nothing makes tables/old.tex, which it patches\n"
            "    rename it after the new output, or delete it"
        )
    ]


def test_a_renamed_asset_leaves_its_patch_behind_until_that_is_renamed(project: Path) -> None:
    _edit(project, "5.5", "5.9")
    adopt(_paper(project), OUTPUT)
    (project / "paper.toml").write_text(MANIFEST.replace("[table.main]", "[table.new]"))
    note = f"{PATCH}: nothing makes tables/main.tex, which it patches\n    rename it after the new output, or delete it"
    for _ in range(2):
        assert note in [str(notice) for notice in _build(project).notices]
    assert note in [str(finding.problem) for finding in findings(_paper(project))]
    assert "5.9" not in (project / "tables" / "new.tex").read_text()
    (project / PATCH).rename(project / "patches" / "tables" / "new.tex.patch")
    assert nothing_to_do(str(project / "paper.toml")) is None
    assert _build(project).notices == ()
    assert "5.9" in (project / "tables" / "new.tex").read_text()


def test_the_patches_of_another_paper_in_the_folder_are_its_own(project: Path) -> None:
    _edit(project, "5.5", "5.9")
    adopt(_paper(project), OUTPUT)
    shutil.move(project / "paper.toml", project / "poster.toml")
    Paper.load(project / "poster.toml").build(rebuild=True)
    (project / "paper.toml").write_text('[paper]\npreamble = "other.tex"\n')
    assert _build(project).notices == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<<<<<<< HEAD\n", f"{PATCH}:1: is no patch: has no lines '--- …' and '+++ …'"),
        (b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-\xff\n", f"{PATCH}: is not UTF-8"),
    ],
)
def test_a_broken_patch_fails_its_target_alone(project: Path, content: bytes, message: str) -> None:
    (project / PATCH).parent.mkdir(parents=True)
    (project / PATCH).write_bytes(content)
    before = (project / OUTPUT).read_bytes()
    outcome = next(one for one in _build(project).outcomes if one.id == "table.main")
    hint = f"mend it, or delete it and adopt the edit again: paperkit adopt {OUTPUT}"
    assert (outcome.result, [str(one) for one in outcome.problems]) == (Result.FAILED, [f"{message}\n    {hint}"])
    assert (project / OUTPUT).read_bytes() == before


# No line of a header, which counts for nothing.
EDITS = st.text(st.characters(codec="utf-8", exclude_characters="%<\r"), max_size=60)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(3, 12), edit=EDITS, keeps_end=st.booleans())
def test_any_edit_comes_back_as_it_was_made(project: Path, at: int, edit: str, keeps_end: bool) -> None:
    (project / PATCH).unlink(missing_ok=True)
    _build(project, force=True)
    shutil.rmtree(project / ".paperkit" / "rescued", ignore_errors=True)
    lines = (project / OUTPUT).read_bytes().decode().split("\n")
    body = "\n".join([*lines[2:at], edit, *lines[at + 1 :]])
    body = body if keeps_end else body.rstrip("\n")
    (project / OUTPUT).write_bytes("\n".join([*lines[:2], body]).encode())
    adoption = adopt(_paper(project), OUTPUT)
    assert _result(project)[0] in ("built", "unchanged")
    header = 3 if adoption.state == "adopted" else 2
    assert (project / OUTPUT).read_bytes().decode().split("\n", header)[-1] == body
