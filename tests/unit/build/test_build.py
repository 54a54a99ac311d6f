"""Builds: only what changed, edited files left alone, one failure never stops the others, the same bytes always."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.paper import BuildReport
from paperkit.build.run import Result
from paperkit.build.seal import SealState, seal_state
from paperkit.cli.main import run
from paperkit.errors import ManifestError

MANIFEST = """[paper]
title = "Two tables"
[data.runs]
read = "runs.csv"
[data.best]
from = "runs"
where = "accuracy > 50"
[data.other]
read = "other.csv"
[table.runs]
data = "best"
rows = "dataset"
columns = ["model"]
cells = "accuracy"
shade = { within = ["row"], colormap = "Blues" }
[table.other]
data = "other"
rows = "dataset"
cells = ["accuracy"]
precision = 1
[macros]
meanAccuracy = { data = "runs", value = "mean(accuracy)", format = ".1f" }
"""
RUNS = "model,dataset,accuracy\na,x,71.25\na,y,80.5\nb,x,64.0\nb,y,12.0\n"
OTHER = "dataset,accuracy\nx,1.0\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text(RUNS)
    (tmp_path / "other.csv").write_text(OTHER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _build(project: Path, *selectors: str, force: bool = False) -> BuildReport:
    return Paper.load(project / "paper.toml").build(selectors, force=force)


def _results(report: BuildReport) -> dict[str, str]:
    return {outcome.id: outcome.result.value for outcome in report.outcomes}


def _reasons(report: BuildReport) -> dict[str, tuple[str, ...]]:
    return {outcome.id: outcome.reasons for outcome in report.outcomes if outcome.reasons}


def _files(project: Path) -> dict[str, bytes]:
    return {str(path.relative_to(project)): path.read_bytes() for path in _paths(project)}


def _paths(project: Path) -> list[Path]:
    """Return every file but those that belong to this machine."""
    found = sorted(path for path in project.rglob("*") if path.is_file())
    return [path for path in found if project / ".paperkit" not in path.parents]


def test_the_first_build_makes_everything_the_second_nothing(project: Path) -> None:
    first = _build(project)
    assert _results(first) == dict.fromkeys(["table.runs", "table.other", "macros", "preamble"], "built")
    assert set(_reasons(first).values()) == {("first build",)}
    before = {path: path.stat().st_mtime_ns for path in _paths(project)}
    second = _build(project)
    assert set(_results(second).values()) == {"unchanged"}
    assert _reasons(second) == {}
    assert {path: path.stat().st_mtime_ns for path in _paths(project)} == before
    assert sorted(_files(project)) == [
        "macros.tex",
        "other.csv",
        "paper.lock",
        "paper.toml",
        "paperkit-preamble.tex",
        "runs.csv",
        "tables/other.tex",
        "tables/runs.tex",
    ]
    assert rb"\newcommand" in (project / "macros.tex").read_bytes()
    assert b"56.9" in (project / "macros.tex").read_bytes()  # (71.25 + 80.5 + 64.0 + 12.0) / 4 = 56.9375


def test_only_what_depends_on_a_changed_file_is_built(project: Path) -> None:
    _build(project)
    (project / "runs.csv").write_text(RUNS.replace("71.25", "72.25"))
    report = _build(project)
    assert _results(report) == {
        "table.runs": "built",
        "table.other": "unchanged",
        "macros": "built",
        "preamble": "unchanged",
    }
    assert _reasons(report) == {"table.runs": ("runs.csv changed",), "macros": ("runs.csv changed",)}


def test_a_comment_in_the_manifest_changes_nothing_a_key_does(project: Path) -> None:
    _build(project)
    (project / "paper.toml").write_text("# a comment\n" + MANIFEST.replace("[table.other]", "\n\n[table.other]"))
    assert set(_results(_build(project)).values()) == {"unchanged"}
    (project / "paper.toml").write_text(MANIFEST.replace("precision = 1", "precision = 2"))
    assert _reasons(_build(project)) == {"table.other": ("paper.toml:20:1: precision 1 → 2",)}


def test_a_missing_output_comes_back(project: Path) -> None:
    _build(project)
    (project / "tables" / "other.tex").unlink()
    report = _build(project)
    assert _reasons(report) == {"table.other": ("tables/other.tex is missing",)}
    assert set(_results(_build(project)).values()) == {"unchanged"}


def test_a_lost_or_broken_lock_costs_time_not_outputs(project: Path) -> None:
    _build(project)
    files = _files(project)
    (project / "paper.lock").write_text("<<<<<<< HEAD\n")
    report = _build(project)
    assert set(_results(report).values()) == {"unchanged"}
    assert [str(notice) for notice in report.notices] == [
        "paper.lock:1: the lock cannot be read\n    it was written again; no output is lost"
    ]
    assert _files(project) == files


def test_an_edited_output_is_shown_and_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _build(project)
    table = project / "tables" / "runs.tex"
    edited = table.read_text().replace("71.25", "71.99")
    table.write_text(edited)
    (project / "other.csv").write_text("dataset,accuracy\nx,2.0\n")
    assert run(["build"]) == 4
    assert table.read_text() == edited
    assert b"2.0" in (project / "tables" / "other.tex").read_bytes()
    said = capsys.readouterr().out
    assert "edited     table.runs  (tables/runs.tex was edited)" in said
    assert "--- tables/runs.tex (paperkit)" in said
    assert [line.strip()[:1] for line in said.splitlines() if "71.99" in line] == ["+"]
    assert run(["check"]) == 4
    assert run(["build"]) == 4


def test_force_saves_the_edit_before_it_writes(project: Path) -> None:
    _build(project)
    table = project / "tables" / "runs.tex"
    original = table.read_bytes()
    for number in (1, 2):
        table.write_bytes(original + b"%% mine %d\n" % number)
        report = _build(project, force=True)
        assert _results(report)["table.runs"] == "built"
        assert report.outcomes[0].rescued == (f".paperkit/rescued/tables/runs.tex.{number}",)
        assert table.read_bytes() == original
        assert (project / report.outcomes[0].rescued[0]).read_bytes() == original + b"%% mine %d\n" % number


def test_a_file_of_somebody_else_is_not_overwritten(project: Path) -> None:
    (project / "tables").mkdir()
    (project / "tables" / "runs.tex").write_text("my own table\n")
    report = _build(project)
    assert _results(report)["table.runs"] == "edited"
    assert _reasons(report)["table.runs"] == ("tables/runs.tex was not written by paperkit",)
    assert (project / "tables" / "runs.tex").read_text() == "my own table\n"


FIGURE = """[figure.size]
formats = ["hybrid", "svg", "png"]
panel = [{ data = "runs", mark = "box", x = "dataset", y = "accuracy" }]
"""


@pytest.mark.parametrize("name", ["size.tex", "size-hybrid.tex", "size-hybrid.pdf", "size.svg", "size.png"])
def test_an_edit_of_any_file_of_a_figure_is_left_alone_and_can_be_given_back(project: Path, name: str) -> None:
    (project / "paper.toml").write_text(MANIFEST + FIGURE)
    assert _results(_build(project))["figure.size"] == "built"
    assert _results(_build(project))["figure.size"] == "unchanged"
    file = project / "figures" / name
    original = file.read_bytes()
    edited = original.replace(b"paperkit", b"somebody", 1)
    file.write_bytes(edited)
    report = _build(project, "figure.size")
    assert _results(report)["figure.size"] == "edited"
    assert file.read_bytes() == edited
    report = _build(project, "figure.size", force=True)
    (rescued,) = report.outcomes[0].rescued
    assert (project / rescued).read_bytes() == edited
    assert file.read_bytes() == original


def test_a_failure_keeps_the_last_good_file_and_the_others_go_on(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(project)
    good = (project / "tables" / "runs.tex").read_bytes()
    (project / "runs.csv").write_text("model,dataset,acc\na,x,1\n")
    (project / "other.csv").write_text("dataset,accuracy\nx,3.0\n")
    assert run(["build"]) == 1
    assert (project / "tables" / "runs.tex").read_bytes() == good
    assert b"3.0" in (project / "tables" / "other.tex").read_bytes()
    assert "unknown column 'accuracy'" in capsys.readouterr().err
    assert run(["check"]) == 1
    (project / "runs.csv").write_text(RUNS)
    assert _results(_build(project))["table.runs"] == "unchanged"


def test_a_defect_in_one_asset_does_not_stop_the_others(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from paperkit import macros

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(macros, "write", broken)
    report = _build(project)
    assert _results(report)["macros"] == "failed"
    assert _results(report)["table.runs"] == "built"
    assert str(report.having(Result.FAILED)[0].problems[0]).startswith("macros: RuntimeError: boom\n")


def test_selectors_name_assets_globs_frames_and_states(project: Path) -> None:
    assert list(_results(_build(project, "table.o*"))) == ["table.other"]
    assert list(_results(_build(project, "data.runs+"))) == ["table.runs", "macros"]
    assert list(_results(_build(project, "macro.mean*"))) == ["macros"]
    assert list(_results(_build(project, "state:missing"))) == ["preamble"]
    with pytest.raises(ManifestError) as caught:
        _build(project, "table.rusn", "nothing.here", "data.runs")
    problems = [str(problem) for problem in caught.value.problems]
    assert [problem.split("\n")[0] for problem in problems[:2]] == [
        "'table.rusn' selects nothing, did you mean 'table.runs'?",
        "'nothing.here' selects nothing",
    ]
    assert problems[2] == (
        "'data.runs' selects nothing, did you mean 'data.runs+'?\n"
        "    a frame is selected with a plus: everything that is made from it"
    )


def test_an_asset_that_leaves_the_manifest_is_an_orphan(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _build(project)
    (project / "paper.toml").write_text(MANIFEST.replace("[table.other]", "[table.renamed]"))
    _build(project)
    assert Paper.load().orphans() == ("tables/other.tex",)
    assert run(["status"]) == 0
    assert "orphan     tables/other.tex" in capsys.readouterr().out
    (project / "tables" / "other.tex").unlink()
    _build(project)
    assert "table.other" not in (project / "paper.lock").read_text()


def test_check_tells_stale_from_up_to_date(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 3
    assert run(["build"]) == 0
    assert run(["check"]) == 0
    assert capsys.readouterr().out.endswith("all outputs are up to date\n")
    (project / "other.csv").write_text(OTHER + "y,2.0\n")
    assert run(["check"]) == 3
    assert "stale      table.other  other.csv changed" in capsys.readouterr().out
    (project / "other.csv").unlink()
    capsys.readouterr()
    assert run(["check"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == "paper.toml:9:1: data.other.read: there is no file 'other.csv'"


def test_a_missing_source_fails_only_what_needs_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "other.csv").unlink()
    assert run(["build"]) == 1
    assert "failed     table.other" in capsys.readouterr().out
    assert sorted(path.name for path in (project / "tables").iterdir()) == ["runs.tex"]


LABELS = '[labels.model]\na = "A"\nb = "B"\n'


def test_the_order_of_labels_and_of_derived_columns_is_meaning(project: Path) -> None:
    (project / "paper.toml").write_text(MANIFEST + LABELS)
    _build(project)
    first = (project / "tables" / "runs.tex").read_bytes()
    (project / "paper.toml").write_text(MANIFEST + '[labels.model]\nb = "B"\na = "A"\n')
    assert _results(_build(project))["table.runs"] == "built"
    assert (project / "tables" / "runs.tex").read_bytes() != first
    one, other = '[data.other.derive]\naccuracy = "accuracy + 1"\n', 'twice = "accuracy * 10"\n'
    table = MANIFEST.replace('cells = ["accuracy"]', 'cells = ["twice"]')
    (project / "paper.toml").write_text(table + one + other)
    _build(project)
    assert b"20.0" in (project / "tables" / "other.tex").read_bytes()
    (project / "paper.toml").write_text(table + one.replace("accuracy =", other + "accuracy ="))
    _build(project)
    assert b"10.0" in (project / "tables" / "other.tex").read_bytes()


def test_a_folder_left_and_entered_again_is_not_up_to_date(project: Path) -> None:
    _build(project)
    (project / "paper.toml").write_text(MANIFEST.replace("[paper]", '[paper]\ntables = "tt"'))
    (project / "other.csv").write_text("dataset,accuracy\nx,7.0\n")
    _build(project)
    (project / "paper.toml").write_text(MANIFEST)
    assert run(["check"]) == 3
    _build(project)
    assert b"7.0" in (project / "tables" / "other.tex").read_bytes()
    assert Paper.load().orphans() == ("tt/other.tex", "tt/runs.tex")


def test_a_renamed_entry_gets_its_new_header(project: Path) -> None:
    _build(project)
    (project / "paper.toml").write_text(MANIFEST.replace("[table.other]", "[table.Other]"))
    assert _results(_build(project))["table.other"] == "built"
    assert b"[table.Other]" in (project / "tables" / "other.tex").read_bytes()


def test_a_line_break_in_a_name_stays_in_the_comment(project: Path) -> None:
    (project / "paper.toml").write_text(MANIFEST.replace("[table.other]", '[table."o\\nther"]'))
    _build(project)
    first, second = (project / "tables" / "o-ther.tex").read_text().splitlines()[:2]
    assert first == '% Made by paperkit from paper.toml [table."o\\u000Ather"] and other.csv; edit that, not this file.'
    assert second.startswith("% paperkit seal")


def test_two_manifests_in_one_folder_have_two_locks(project: Path) -> None:
    _build(project)
    (project / "talk.toml").write_text(
        MANIFEST.replace("[paper]", '[paper]\ntables = "t"\nmacros = "m.tex"\npreamble = "p.tex"')
    )
    assert run(["build", "-q", "-m", "talk.toml"]) == 0
    assert (project / "talk.lock").exists()
    assert set(_results(_build(project)).values()) == {"unchanged"}


def test_the_papers_own_template_and_its_errors(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _build(project)
    (project / "templates").mkdir()
    own = project / "templates" / "preamble.tex"
    own.write_text("% my own\n")
    assert _reasons(_build(project)) == {"preamble": ("templates/preamble.tex is new",)}
    assert b"% my own" in (project / "paperkit-preamble.tex").read_bytes()
    own.write_text("% first\n<< colums >>\n")
    capsys.readouterr()
    assert run(["build"]) == 1
    said = capsys.readouterr().err
    assert said == "templates/preamble.tex:2: UndefinedError: 'colums' is undefined\n"
    own.rename(project / "templates" / "preambel.tex")
    report = _build(project)
    notice = "templates/preambel.tex: overrides no packaged template, did you mean 'preamble.tex'?"
    assert [str(one) for one in report.notices] == [notice]


def test_a_folder_in_the_place_of_an_output_is_left_alone(project: Path) -> None:
    (project / "macros.tex").mkdir()
    assert _results(_build(project))["macros"] == "edited"
    report = _build(project, "macros", force=True)
    assert [str(problem) for problem in report.outcomes[0].problems] == [
        "macros.tex: is a folder\n    move it away, or name another file in the manifest"
    ]


def test_a_lock_cannot_point_outside(project: Path) -> None:
    _build(project)
    lock = project / "paper.lock"
    lock.write_text(
        lock.read_text()
        + '[target."table.x"]\nmanifest = ""\nvenue = ""\n[target."table.x".outputs]\n"../../etc/hosts" = ""\n'
    )
    assert Paper.load().orphans() == ()


def test_json_of_a_wrong_manifest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "paper.toml").write_text("[tabel]\n")
    assert run(["build", "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.err == ""
    assert '"message": "unknown section, did you mean \'table\'?"' in captured.out


def _python(project: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )


def test_two_processes_make_the_same_bytes(project: Path) -> None:
    made = []
    for seed in ("1", "2"):
        _python(project, "-m", "paperkit", "build", "--rebuild", seed=seed)
        made.append(_files(project))
        for output in ("tables/runs.tex", "tables/other.tex", "macros.tex", "paperkit-preamble.tex"):
            (project / output).unlink()
    assert made[0] == made[1]


def test_a_build_with_nothing_to_do_imports_no_data_library(project: Path) -> None:
    _build(project)
    script = "import sys; from paperkit.cli.main import run; code = run(['build']); print(code, *sys.modules)"
    code, *modules = _python(project, "-c", script).stdout.splitlines()[-1].split()
    assert code == "0"
    assert not {"pandas", "numpy", "matplotlib", "seaborn", "jinja2", "pylatex", "rich"} & set(modules)


def test_a_kill_leaves_only_whole_files(project: Path) -> None:
    for milliseconds in (300, 600, 900, 1200, 1500):
        process = subprocess.Popen([sys.executable, "-m", "paperkit", "build", "--rebuild"], cwd=project)
        try:
            process.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for output in project.rglob("*.tex"):
            assert seal_state(output.read_bytes()) is SealState.INTACT
    assert run(["build"]) == 0
    assert run(["check"]) == 0


def test_a_full_disk_fails_the_asset_and_keeps_the_old_file(project: Path) -> None:
    """A limit on file sizes stands in for a full disk: the write fails half way in the same place."""
    _build(project)
    files = _files(project)
    (project / "runs.csv").write_text(RUNS.replace("71.25", "72.25"))
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "from paperkit.cli.main import run; sys.exit(run(['build', 'table.runs']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "tables/runs.tex: cannot be written: File too large" in done.stderr
    assert _files(project) == {**files, "runs.csv": (project / "runs.csv").read_bytes()}
