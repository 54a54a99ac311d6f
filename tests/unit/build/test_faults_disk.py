"""Disks and folders that refuse: no half file, every target's message whole, the next build right."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.run import Result
from paperkit.cli.main import run

if sys.platform == "win32":
    pytest.skip("needs POSIX permissions and limits", allow_module_level=True)

MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "model"
cells = ["accuracy"]
[figure.size]
formats = ["pgf"]
source_data = true
[[figure.size.panel]]
data = "runs"
mark = "bar"
x = "model"
y = "accuracy"
"""
OLD, NEW = "model,accuracy\na,1.5\nb,2.5\n", "model,accuracy\na,1.5\nb,3.5\nc,9.0\n"
FULL = "make room on the disk and build again; what was there is untouched"
REFUSED = "let yourself write there (chmod, chown), and build again; what was there is untouched"
IN_THE_WAY = "something else is in the way: move it, and build again"

Said = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return _made(tmp_path / "paper", monkeypatch)


def _made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "paper.toml").write_text(MANIFEST)
    (folder / "runs.csv").write_text(OLD)
    Paper.load(folder / "paper.toml").build()
    monkeypatch.chdir(folder)
    return folder


def _contents(project: Path) -> dict[str, bytes]:
    found = (path for path in sorted(project.rglob("*")) if path.is_file() and ".paperkit" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found if path.name != "runs.csv"}


def _is_right(project: Path) -> bool:
    """Tell whether the next build succeeds, and gives what a build elsewhere gives."""
    assert run(["build", "-q"]) == 0
    other = project.with_name("other")
    other.mkdir()
    for name in ("paper.toml", "runs.csv"):
        shutil.copy(project / name, other / name)
    Paper.load(other / "paper.toml").build()
    return _contents(project) == _contents(other)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 128 kB, where the system lets us mount one."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, b"size=128k") != 0:
        pytest.skip("cannot mount a small disk here")
    yield folder
    assert libc.umount2(bytes(folder), 2) == 0


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)


def test_a_full_disk_leaves_every_file_as_it_was(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    project = _made(small_disk / "paper", monkeypatch)
    before = _contents(project)
    (project / "runs.csv").write_text(NEW)
    filler = small_disk / "filler"
    _fill(filler)
    capsys.readouterr()
    assert run(["build", "-q"]) == 1
    said = capsys.readouterr().err
    assert f"tables/main.tex: cannot be written: No space left on device\n    {FULL}\n" in said
    assert re.search(
        rf"^figures/size[^ ]*: cannot be written: No space left on device\n    {FULL}\n", said, re.MULTILINE
    )
    assert "Traceback" not in said
    assert {name: content for name, content in _contents(project).items() if name != "paper.lock"} == {
        name: content for name, content in before.items() if name != "paper.lock"
    }
    filler.unlink()
    assert run(["build", "-q"]) == 0
    assert b"c,bar" in (project / "figures" / "size-panel-1.csv").read_bytes()
    assert run(["check"]) == 0


def test_a_file_that_grows_too_large_is_not_left_half(project: Path, capsys: Said) -> None:
    before = _contents(project)
    (project / "runs.csv").write_text(NEW)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, hard))
    try:
        code = run(["build", "-q"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 1
    hint = "a limit on the size of files (ulimit -f) forbids it; what was there is untouched"
    assert f"figures/size.pgf: cannot be written: File too large\n    {hint}\n" in capsys.readouterr().err
    after = _contents(project)
    assert {name: after[name] for name in before if name.startswith("figures/")} == {
        name: content for name, content in before.items() if name.startswith("figures/")
    }
    assert not list(project.rglob("*.tmp"))
    assert _is_right(project)


# Root may read and write everything, until it gives up the capabilities for that: CAP_DAC_OVERRIDE and its like.
BOUND = """
import ctypes, os, sys
if os.geteuid() == 0:
    head, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(head, sets):
        sys.exit(77)
    for index in range(3):
        sets[index] &= ~0b1110
    if libc.capset(head, sets):
        sys.exit(77)
from paperkit.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def _bound(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run paperkit as a user whom permissions bind."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", BOUND, *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def lent(project: Path) -> Iterator[Path]:
    """Give a project to a user whom permissions bind, and have them back afterwards."""
    if _bound(project, "--version").returncode != 0:
        pytest.skip("cannot give up the rights of root here")
    yield project
    for path in (project, *(path for path in project.rglob("*") if path.is_dir())):
        path.chmod(0o755)


def test_a_folder_that_cannot_be_written_fails_its_targets_alone(lent: Path) -> None:
    (lent / "runs.csv").write_text(NEW)
    table = (lent / "tables" / "main.tex").read_bytes()
    (lent / "tables").chmod(0o555)
    done = _bound(lent, "build", "-q")
    assert (done.returncode, done.stderr) == (
        1,
        f"tables/main.tex: cannot be written: Permission denied\n    {REFUSED}\n",
    )
    assert (lent / "tables" / "main.tex").read_bytes() == table
    assert b"c,bar" in (lent / "figures" / "size-panel-1.csv").read_bytes()
    (lent / "tables").chmod(0o755)
    assert _is_right(lent)


def test_a_project_that_can_only_be_read_is_told_apart_from_one_that_is_done(lent: Path) -> None:
    for path in (lent, *(path for path in lent.rglob("*") if path.is_dir())):
        path.chmod(0o555)
    done = _bound(lent, "build")
    assert (done.returncode, done.stderr) == (0, "")
    (lent / "runs.csv").write_text(NEW)
    done = _bound(lent, "build", "-q")
    assert done.returncode == 1
    assert f"tables/main.tex: cannot be written: Permission denied\n    {REFUSED}\n" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_lock_that_cannot_be_written_is_said_once_and_costs_only_time(lent: Path) -> None:
    (lent / "runs.csv").write_text(NEW)
    lent.chmod(0o555)
    done = _bound(lent, "build", "-q")
    assert (done.returncode, done.stderr) == (
        1,
        f"paper.lock: cannot be written: Permission denied\n    {REFUSED}\n",
    )
    lent.chmod(0o755)
    assert _is_right(lent)


READ = "let yourself read it (chmod, chown)"


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("runs.csv", 1, f"runs.csv: cannot be read: Permission denied\n    {READ}\n"),
        ("tables/main.tex", 4, ""),
        ("paper.lock", 1, f"paper.lock: cannot be written: Permission denied\n    {REFUSED}\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(lent: Path, name: str, code: int, message: str) -> None:
    (lent / name).chmod(0o000)
    done = _bound(lent, "build", "--paranoid")
    assert (done.returncode, done.stderr) == (code, message)
    assert code != 4 or "(tables/main.tex cannot be read)" in done.stdout


def _in_the_way(project: Path) -> None:
    shutil.rmtree(project / ".paperkit")
    (project / ".paperkit").write_text("mine\n")


def test_a_file_in_the_place_of_the_machines_folder_stops_no_build(project: Path, capsys: Said) -> None:
    _in_the_way(project)
    (project / "runs.csv").write_text(NEW)
    assert run(["build", "-q"]) == 0
    assert capsys.readouterr().err == ""
    assert (project / ".paperkit").read_text() == "mine\n"
    table = project / "tables" / "main.tex"
    edited = table.read_bytes() + b"% mine\n"
    table.write_bytes(edited)
    assert run(["build", "-q", "--force"]) == 1
    assert capsys.readouterr().err == (
        f".paperkit/rescued/tables/main.tex.1: cannot be written: File exists\n    {IN_THE_WAY}\n"
    )
    assert table.read_bytes() == edited


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _link(path: Path) -> None:
    path.rename(path.with_name("real"))
    path.symlink_to(path.with_name("real"))


@pytest.mark.parametrize("change", [_dangling, _link])
def test_an_output_that_became_a_link_is_a_file_again(project: Path, change: Callable[[Path], None]) -> None:
    table = project / "tables" / "main.tex"
    before = table.read_bytes()
    change(table)
    (project / "runs.csv").write_text(NEW)
    assert run(["build", "-q"]) == 0
    assert table.read_bytes() != before
    assert run(["check"]) == 0


def test_a_link_that_leads_to_itself_is_refused(project: Path, capsys: Said) -> None:
    _loop(project / "tables" / "main.tex")
    assert run(["build", "-q"]) in (1, 2)
    said = capsys.readouterr().err
    assert "tables/main.tex" in said
    assert "RuntimeError" not in said


def test_outputs_are_written_through_a_folder_that_is_a_link(project: Path) -> None:
    (project / "tables").rename(project / "elsewhere")
    (project / "tables").symlink_to("elsewhere")
    (project / "runs.csv").write_text(NEW)
    assert run(["build", "-q"]) == 0
    assert (project / "tables").is_symlink()
    assert b"c & " in (project / "elsewhere" / "main.tex").read_bytes()


def test_a_folder_that_leads_elsewhere_is_refused(project: Path, tmp_path: Path, capsys: Said) -> None:
    shutil.rmtree(project / "tables")
    (tmp_path / "outside").mkdir()
    (project / "tables").symlink_to(tmp_path / "outside")
    assert run(["build", "-q"]) == 2
    assert "outputs stay in the folder of the manifest" in capsys.readouterr().err
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_build_that_ended_before_the_lock_was_written_is_made_good(project: Path) -> None:
    lock = (project / "paper.lock").read_bytes()
    (project / "runs.csv").write_text(NEW)
    assert run(["build", "-q"]) == 0
    (project / "paper.lock").write_bytes(lock)
    shutil.rmtree(project / ".paperkit")
    report = Paper.load(project / "paper.toml").build()
    assert {outcome.result for outcome in report.outcomes} == {Result.UNCHANGED}
    assert _is_right(project)
