"""What changed since a revision: real git, real builds, told by rows and columns."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.errors import ManifestError, PaperkitError
from paperkit.review.diff import NOW, diff
from paperkit.review.revision import Repository

MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "dataset"
columns = "model"
cells = "accuracy"
precision = 1
[table.other]
data = "runs"
rows = "model"
columns = "dataset"
cells = "accuracy"
precision = 0
[figure.bars]
formats = ["pdf"]
source_data = true
[[figure.bars.panel]]
data = "runs"
mark = "box"
x = "model"
y = "accuracy"
[macros]
best = { data = "runs", value = "max(accuracy)", format = ".1f" }
"""
RUNS = "model,dataset,accuracy\na,x,71.25\na,y,80.5\nb,x,64.0\nb,y,12.0\n"


@pytest.fixture
def git(require_program: Callable[[str], str], tmp_path: Path) -> Callable[..., str]:
    program = require_program("git")

    def run(*arguments: str) -> str:
        own = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"]
        done = subprocess.run([program, *own, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def paper(git: Callable[..., str], tmp_path: Path) -> Paper:
    git("init", "-q", "-b", "main")
    folder = tmp_path / "sub folder ü"
    folder.mkdir()
    (folder / "paper.toml").write_text(MANIFEST)
    (folder / "runs.csv").write_text(RUNS)
    made = Paper.load(folder / "paper.toml")
    made.build()
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "v1")
    return made


def rebuilt(paper: Paper, old: str, new: str, file: str = "runs.csv") -> Paper:
    path = paper.manifest.root / file
    path.write_text(path.read_text().replace(old, new))
    made = Paper.load(paper.manifest.root / "paper.toml")
    made.build()
    return made


def test_nothing_changed(paper: Paper) -> None:
    found = diff(paper)
    assert (found.assets, found.unchanged, found.after, found.notices) == ((), 5, NOW, ())
    assert found.before.startswith("HEAD (")


def test_every_kind_says_what_moved(paper: Paper) -> None:
    found = diff(rebuilt(paper, "a,y,80.5", "a,y,80.7"))
    main, other, bars, macros = found.assets
    assert main.table is not None
    assert main.table.lines() == ("1 of 4 cells moved", "y, a: 80.5 → 80.7")
    assert (main.id, main.fate, main.files[0].path) == ("table.main", "changed", "tables/main.tex")
    assert other.table is not None
    # 80.5 is rounded to even.
    assert other.table.lines() == ("1 of 4 cells moved", "a, y: 80 → 81")
    # The median of two numbers is their mean: 75.875 and 75.975.
    assert "median of a 75.9 → 76" in bars.numbers
    assert bars.source == ("its alt text changed",)
    assert bars.picture is not None
    assert bars.picture.path == "figures/bars.pdf"
    assert list(map(str, macros.macros)) == ["\\best 80.5 → 80.7"]
    assert found.unchanged == 1


def test_between_two_revisions(paper: Paper, git: Callable[..., str]) -> None:
    later = rebuilt(paper, "a,y,80.5", "a,y,80.7")
    git("commit", "-qam", "two")
    git("tag", "v2")
    git("checkout", "-q", "-b", "side", "v1")
    git("commit", "-q", "--allow-empty", "-m", "beside")
    assert [asset.id for asset in diff(later, "v1..v2", ["table.main"]).assets] == ["table.main"]
    assert diff(later, "v2..", ["table.main"]).assets[0].table.lines()[1] == "y, a: 80.7 → 80.5"  # type: ignore[union-attr]
    assert diff(later, "v2...side").assets == ()
    assert diff(later, "v1").assets == ()
    short = git("rev-parse", "v1")[:10]
    assert (diff(later, "v1..v2").before, diff(later, short).before) == (f"v1 ({short})", short)


def test_assets_come_and_go(paper: Paper) -> None:
    later = rebuilt(paper, "[table.other]", "[table.fresh]", "paper.toml")
    found = {asset.id: asset for asset in diff(later).assets}
    assert {name: asset.fate for name, asset in found.items()} == {"table.fresh": "new", "table.other": "gone"}
    assert found["table.other"].files[0].after is None
    assert [asset.id for asset in diff(later, "HEAD", ["table.other"]).assets] == ["table.other"]


def test_an_asset_that_moved_to_another_folder_is_the_same(paper: Paper) -> None:
    later = rebuilt(paper, "[data.runs]", '[paper]\ntables = "tabs"\n[data.runs]', "paper.toml")
    assert [asset.id for asset in diff(later, "HEAD", ["table.*"]).assets] == []


def test_seals_and_line_ends_are_no_change(paper: Paper) -> None:
    output = paper.manifest.root / "tables/main.tex"
    content = output.read_bytes().replace(b"seal sha256:", b"seal sha256:0").replace(b"\n", b"\r\n")
    output.write_bytes(content)
    assert diff(paper, "HEAD", ["table.main"]).assets == ()


def test_what_is_not_built_is_told(paper: Paper) -> None:
    (paper.manifest.root / "runs.csv").write_text(RUNS.replace("71.25", "72"))
    (notice,) = diff(paper, "HEAD", ["table.main", "preamble"]).notices
    assert str(notice) == "compared as they stand: table.main (stale)\n    paperkit build brings them up to date"


def test_an_edited_lock_or_output_never_stops_it(paper: Paper, git: Callable[..., str]) -> None:
    (paper.manifest.root / "paper.lock").write_text(
        '[target."table.x"]\noutputs = 3\n[target."table.y".outputs]\n"../z"=""'
    )
    (paper.manifest.root / "figures/bars-panel-1.csv").write_text('mark,a\n"')
    git("commit", "-qam", "damaged")
    assert diff(paper).assets == ()
    assert [asset.id for asset in diff(paper, "v1").assets] == ["figure.bars"]


def test_what_git_cannot_give(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PaperkitError) as caught:
        diff(paper, "v9")
    hint = "name a commit, tag or branch; git log --oneline lists commits"
    assert str(caught.value) == f"git knows no revision 'v9'\n    {hint}"
    with pytest.raises(ManifestError) as selected:
        diff(paper, "HEAD", ["table.man"])
    assert str(selected.value) == "'table.man' selects nothing, did you mean 'table.main'?"
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PaperkitError) as missing:
        diff(paper)
    assert str(missing.value) == "git is not installed\n    install it, or put it on the PATH"


def test_outside_a_repository_and_before_its_first_commit(tmp_path: Path, git: Callable[..., str]) -> None:
    with pytest.raises(PaperkitError) as caught:
        Repository(tmp_path)
    hint = "git init makes one; paperkit diff compares outputs with those that are committed"
    assert str(caught.value) == f"the project is in no git repository\n    {hint}"
    git("init", "-q")
    with pytest.raises(PaperkitError) as unborn:
        Repository(tmp_path).revision("HEAD")
    assert str(unborn.value) == "the repository has no commit yet\n    commit the outputs first"


def test_files_are_read_by_their_very_names(tmp_path: Path, git: Callable[..., str]) -> None:
    names = ["a b.tex", "ü.tex", "*.tex", ":(glob)x", "-n", "sub/c.tex"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode() + b"\n\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    repository = Repository(tmp_path)
    revision = repository.revision("HEAD")
    assert repository.read(revision, [*names, "no.tex", "sub"]) == {name: name.encode() + b"\n\n" for name in names}
    assert Repository(tmp_path / "sub").read(revision, ["c.tex", "a b.tex"]) == {"c.tex": b"sub/c.tex\n\n"}
