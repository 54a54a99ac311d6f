"""`paperkit camera-ready` as its users meet it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.cli.main import run

KNOWN = "known engines: pdflatex, lualatex, xelatex, tectonic"
ELSEWHERE = "name another folder with -o, or move it away"
AROUND = "holds the paper or the folder you are in, and would be replaced\n    name a new folder with -o\n"
ROOT = Path(__file__).parents[3]
MANIFEST = """[paper]
venue = "icml2026"
authors = ["Ada Lovelace"]
[data.r]
rows = [{ model = "A", score = 1.0 }, { model = "B", score = 2.0 }]
[table.main]
data = "r"
rows = "model"
cells = "score"
"""
MAIN = r"""\documentclass{article}
\input{paperkit-preamble}
\author{A. Nonymous}
\begin{document} % by Ada Lovelace
\input{tables/main}
\end{document}
"""


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("paper.toml").write_text(MANIFEST, encoding="utf-8")
    Path("main.tex").write_text(MAIN, encoding="utf-8")
    assert run(["build", "-q"]) == 0
    return tmp_path


def test_stale_assets_are_refused(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("paper.toml").write_text(MANIFEST.replace("2.0", "3.0"), encoding="utf-8")
    assert run(["camera-ready"]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("stale      table.main  ")
    assert err == "a bundle is made of assets that are up to date and unedited\n    run paperkit build first\n"
    assert not (paper / "camera-ready").exists()


def test_edited_assets_are_refused(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = paper / "tables" / "main.tex"
    table.write_text(table.read_text(encoding="utf-8") + "mine\n", encoding="utf-8")
    assert run(["camera-ready"]) == 4
    out, err = capsys.readouterr()
    assert out == "edited     table.main  tables/main.tex was edited\n"
    assert err == (
        "a bundle is made of assets that are up to date and unedited\n"
        "    move the edits into the manifest, or build --force\n"
    )


@pytest.mark.parametrize("folder", ["elsewhere", "sections"])
def test_edited_assets_are_refused_from_every_folder(
    paper: Path, folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = paper / "tables" / "main.tex"
    table.write_text(table.read_text(encoding="utf-8") + "mine\n", encoding="utf-8")
    (paper / folder).mkdir()
    (paper / folder / "main.tex").write_text(MAIN, encoding="utf-8")
    monkeypatch.chdir(paper / folder)
    main = "../main.tex" if folder == "elsewhere" else "main.tex"
    assert run(["camera-ready", main]) == 4
    assert capsys.readouterr().out == "edited     table.main  tables/main.tex was edited\n"


def test_the_manifest_of_another_paper_is_not_applied(
    paper: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (paper / "tables" / "main.tex").write_text("mine\n", encoding="utf-8")
    other = paper.parent / f"{paper.name}-other"
    other.mkdir()
    main = other / "main.tex"
    main.write_text(MAIN.replace("\\input", "%"), encoding="utf-8")
    monkeypatch.setenv("PATH", os.fspath(paper / "nothing"))
    assert run(["camera-ready", os.fspath(main), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["main"], document["venue"]) == ("main.tex", None)
    assert run(["camera-ready", os.fspath(main), "-m", "paper.toml"]) == 4
    assert capsys.readouterr().out == "edited     table.main  tables/main.tex was not written by paperkit\n"


@pytest.mark.usefixtures("paper")
def test_a_manifest_that_is_named_must_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["camera-ready", "-m", "nosuch.toml"]) == 2
    assert "nosuch.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--venue", "neurps2026"], 2, "unknown venue 'neurps2026', did you mean 'neurips2026'?\n"),
        (["nosuch.tex"], 1, "nosuch.tex: there is no such file\n"),
        (["--engine", "pdftex"], 1, f"unknown engine 'pdftex', did you mean 'pdflatex'?\n    {KNOWN}\n"),
        (["-o", "tables"], 1, f"tables: is not a bundle of paperkit's\n    {ELSEWHERE}\n"),
        (["-o", "."], 1, f".: {AROUND}"),
        (["-o", ".."], 1, f"..: {AROUND}"),
        (["-o", "tables/.."], 1, f"tables/..: {AROUND}"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("paper")
def test_what_cannot_be_is_said(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["camera-ready", *arguments]) == code
    assert capsys.readouterr().err == message


def test_a_paper_with_a_manifest_of_its_own_is_never_replaced(
    paper: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (paper / "MANIFEST.json").write_text("{}", encoding="utf-8")
    before = sorted(paper.rglob("*"))
    (paper / "tables" / "x").mkdir()
    monkeypatch.chdir(paper / "tables" / "x")
    assert run(["camera-ready", "../../main.tex", "-m", "../../paper.toml", "-o", "../.."]) == 1
    assert capsys.readouterr().err == f"../..: {AROUND}"
    assert [path for path in before if not path.exists()] == []


def test_the_main_file_is_found_or_asked_for(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (paper / "talk.tex").write_text(MAIN, encoding="utf-8")
    assert run(["camera-ready"]) == 1
    hint = "name it: paperkit camera-ready MAIN.tex (main.tex, talk.tex)"
    assert capsys.readouterr().err == f"there are several documents here\n    {hint}\n"
    (paper / "talk.tex").unlink()
    (paper / "main.tex").unlink()
    assert run(["camera-ready"]) == 1
    assert capsys.readouterr().err == ("there is no main TeX file here\n    name it: paperkit camera-ready MAIN.tex\n")


def test_without_tex_it_says_loudly_that_nothing_is_proven(
    paper: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", os.fspath(paper / "nothing"))
    assert run(["camera-ready", "--venue", "icml2026", "-o", "out"]) == 1
    out, err = capsys.readouterr()
    assert out == (
        "NOT PROVEN there is no TeX here: nothing was compiled, only lines that are comments were taken out, "
        "and files were found by name\n"
        "leak       main.tex:4: comment: % by Ada Lovelace\n"
        "           it could not be taken out: delete it by hand\n"
        "wrote out/main-icml2026.zip: 3 files, 1 kB\n"
    )
    assert err == ""
    with zipfile.ZipFile(paper / "out" / "main-icml2026.zip") as archive:
        assert archive.namelist() == ["main.tex", "paperkit-preamble.tex", "tables/main.tex"]


def test_a_review_is_searched_for_the_authors_of_the_manifest(
    paper: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", os.fspath(paper / "nothing"))
    assert run(["camera-ready", "--anonymous", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [(leak["rule"], leak["place"]) for leak in document["leaks"]] == [
        ("author", "main.tex:3"),  # that of \author
        ("author", "main.tex:4"),
        ("comment", "main.tex:4"),
    ]
    assert (document["proven"], document["main"], document["venue"]) == (False, "main.tex", "icml2026")


@pytest.mark.tex
@pytest.mark.usefixtures("paper")
def test_a_bundle_is_proven_searched_and_audited(
    capsys: pytest.CaptureFixture[str], require_program: Callable[[str], str]
) -> None:
    require_program("pdflatex")
    assert run(["camera-ready", "--venue", "arxiv"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("proven     1 page, same text, same pixels (100 dpi, ")
    assert lines[1] == "no leaks   comments, paths, names, tokens, addresses, metadata"
    assert lines[-1] == "wrote camera-ready/main-arxiv.tar.gz: 4 files, 1 kB"
    assert any(line.startswith("main.pdf for arxiv: ") for line in lines)
    assert err.splitlines()[:2] == ["compiling main.tex with pdflatex", "proving 3 changes of 3 files"]
    assert sorted(path.name for path in Path("camera-ready").iterdir()) == [
        "MANIFEST.json",
        "main-arxiv.tar.gz",
        "main.pdf",
    ]


@pytest.mark.tex
def test_a_copy_outside_of_git_gives_the_same_bytes(
    paper: Path, monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], str]
) -> None:
    require_program("pdflatex")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    Path("main.tex").write_text(MAIN.replace("% by Ada Lovelace", "Seen on \\today."), encoding="utf-8")
    made = []
    for day in (1_000_000_000, 1_500_000_000):
        os.utime(paper / "main.tex", (day, day))
        assert run(["camera-ready", "--venue", "arxiv", "-o", "out"]) == 0
        made.append({path.name: path.read_bytes() for path in (paper / "out").iterdir()})
    assert made[0] == made[1]
    notices = json.loads(made[0]["MANIFEST.json"])["notices"]
    hint = r"write \date{…}, or set SOURCE_DATE_EPOCH: outside of git no day is known"
    assert f"the PDF says January 1, 1980\n    {hint}" in notices


@pytest.mark.tex
def test_a_killed_run_leaves_no_half_bundle(paper: Path, require_program: Callable[[str], str]) -> None:
    require_program("pdflatex")
    command = [sys.executable, "-m", "paperkit", "camera-ready"]
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT)}
    before = sorted(path.name for path in paper.iterdir())
    running = subprocess.Popen(
        command, cwd=paper, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    assert running.stderr is not None
    assert running.stderr.readline() == b"compiling main.tex with pdflatex\n"
    time.sleep(0.5)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    assert sorted(path.name for path in paper.iterdir()) == before
