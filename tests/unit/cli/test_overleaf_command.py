"""`paperkit overleaf`: a paper, a project on a stand-in bridge, and what the commands say of them."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from paperkit.cli.main import run
from tests.unit.overleaf.bridge import PROJECT, TOKEN, Bridge, Repository

MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "model"
columns = ["dataset"]
cells = "acc"
[macros]
best = { data = "runs", value = "max(acc)", format = ".1f" }
"""
RUNS = "model,dataset,acc\nViT,DTD,77.34\nViT,Pets,80.12\nCLIP,DTD,70.5\nCLIP,Pets,90.25\n"
Screen = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="'git' is not installed")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built")
    (root / "paper.toml").write_text(MANIFEST)
    (root / "runs.csv").write_text(RUNS)
    assert run(["build", "-q", "-m", str(root / "paper.toml")]) == 0
    return root


@pytest.fixture
def project(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("PAPERKIT_OVERLEAF_TOKEN", TOKEN)
    root = tmp_path / "paper"
    shutil.copytree(built, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    files = {"main.tex": b"\\documentclass{article}\n\\input{tables/main}\n", "refs.bib": b"@a\n"}
    with Bridge(Repository(tmp_path / f"{PROJECT}.git").create(files)) as running:
        yield running


@pytest.fixture
def linked(project: Path, bridge: Bridge, capsys: Screen) -> Repository:
    (project / "paper.toml").write_text(f'{MANIFEST}[overleaf]\nremote = "{bridge.url}"\n')
    assert run(["overleaf", "push"]) == 0
    capsys.readouterr()
    return bridge.repository


def typed(repository: Repository) -> bytes:
    content = repository.read("tables/main.tex")
    assert b"77.34" in content
    return content.replace(b"77.34", b"77.4")


def test_link_writes_the_address_once_the_project_has_answered(project: Path, bridge: Bridge, capsys: Screen) -> None:
    before = bridge.repository.tree()
    bridge.answer = lambda _: (403, "forbidden")
    assert run(["overleaf", "link", bridge.url]) == 3
    assert (project / "paper.toml").read_text() == MANIFEST
    bridge.answer = lambda _: None
    capsys.readouterr()
    assert run(["overleaf", "link", bridge.url, "--folder", "gen"]) == 0
    assert (project / "paper.toml").read_text() == f'{MANIFEST}\n[overleaf]\nremote = "{bridge.url}"\nfolder = "gen"\n'
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [
        f"linked to {bridge.url}, branch main, commit {bridge.repository.head[:8]}",
        "2 files are there",
    ]
    assert said[2:] == [
        "create           gen/macros.tex",
        "create           gen/paperkit-preamble.tex",
        "create           gen/tables/main.tex",
    ]
    assert run(["overleaf", "link", bridge.url, "--folder", "gen"]) == 0
    assert capsys.readouterr().out.startswith(f"is linked to {bridge.url}, ")
    assert run(["overleaf", "link", bridge.url]) == 2
    assert capsys.readouterr().err == (
        f"paper.toml:12:1: overleaf.remote: the paper is linked to {bridge.url}\n"
        "    change it there, or take it out first\n"
    )
    assert bridge.repository.tree() == before
    assert run(["check"]) == 0  # the address changes no output


SHARED = """is a link for sharing, which git cannot use
    open the project in the browser and copy the address, https://www.overleaf.com/project/…
"""
PASSWORD = """the address holds a password or token, which would be stored in the manifest
    take it out; revoke it, since it has been in a file, and give the new one as PAPERKIT_OVERLEAF_TOKEN
"""
UNKNOWN = """'{}' is no address of a git remote
    known: https, http, ssh, git, file, user@host:path
"""
OPEN = """'{}' is not encrypted: everybody on the way could read the token
    use https
"""
WRONG = {
    "https://www.overleaf.com/read/abcdefghijkl": f"'{{}}' {SHARED}",
    "https://www.overleaf.com/1234567890abcdefghij#0a1b2c": f"'{{}}' {SHARED}",
    f"https://git:olp_x@git.overleaf.com/{PROJECT}": PASSWORD,
    "https://ghp_x@github.com/us/paper.git": PASSWORD,
    "paper": UNKNOWN,
    "ext::sh -c x": UNKNOWN,
    "http://example.org/paper.git": OPEN,
}


@pytest.mark.parametrize(("address", "message"), WRONG.items())
def test_what_is_no_address(project: Path, address: str, message: str, capsys: Screen) -> None:
    assert run(["overleaf", "link", address]) == 2
    assert capsys.readouterr().err == message.format(address)
    assert (project / "paper.toml").read_text() == MANIFEST


def test_push_status_and_push_again(project: Path, bridge: Bridge, capsys: Screen) -> None:
    (project / "paper.toml").write_text(f'{MANIFEST}[overleaf]\nremote = "{bridge.url}"\n')
    assert run(["overleaf", "status"]) == 1
    assert capsys.readouterr().out == (
        f"{bridge.url}, branch main, commit {bridge.repository.head[:8]}\n"
        "create           macros.tex\ncreate           paperkit-preamble.tex\ncreate           tables/main.tex\n"
        "paperkit overleaf push writes 3\n"
    )
    assert run(["overleaf", "push"]) == 0
    assert capsys.readouterr().out == (
        "wrote macros.tex\nwrote paperkit-preamble.tex\nwrote tables/main.tex\n"
        f"pushed to main as {bridge.repository.head[:8]}, and found there\n"
    )
    assert run(["overleaf", "status"]) == 0
    assert capsys.readouterr().out.endswith("same             3 outputs\n")
    assert run(["overleaf", "push"]) == 0
    assert capsys.readouterr().out == "nothing to push: 3 outputs are the same there\n"
    assert sorted(path.name for path in project.iterdir()) == [
        ".paperkit",
        "macros.tex",
        "paper.lock",
        "paper.toml",
        "paperkit-preamble.tex",
        "runs.csv",
        "tables",
    ]
    assert (project / ".paperkit" / ".gitignore").read_text().endswith("*\n")


def test_an_edit_there_is_said_with_its_author_and_kept(project: Path, linked: Repository, capsys: Screen) -> None:
    linked.edit({"tables/main.tex": typed(linked)}, who="Bo \x1b[31mChen")
    before = linked.tree()
    ours = (project / "tables" / "main.tex").read_bytes()
    assert run(["overleaf", "status"]) == 2
    said = capsys.readouterr().out
    assert "edited-remotely  tables/main.tex  by Bo ?[31mChen on 2026-11-20 14:03\n" in said
    assert "                 row ViT, column DTD: 77.34 → 77.4\n" in said
    assert "1 are left to you: paperkit overleaf pull saves them here; see docs/overleaf.md\n" in said
    (project / "runs.csv").write_text(RUNS.replace("80.12", "81.12"))
    assert run(["build", "-q"]) == 0
    assert run(["overleaf", "push"]) == 2
    said = capsys.readouterr().out
    assert "conflict         tables/main.tex  by Bo ?[31mChen on 2026-11-20 14:03\n" in said
    assert "left alone: 1; paperkit overleaf pull saves what is there, resolve decides\n" in said
    assert linked.tree() == before
    ours = (project / "tables" / "main.tex").read_bytes()
    capsys.readouterr()
    assert run(["overleaf", "pull"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "                 saved as .paperkit/overleaf/theirs/tables/main.tex.patch",
        "paperkit overleaf resolve --theirs tables/main.tex keeps them, resolve --ours yours",
    ]
    assert (project / "tables" / "main.tex").read_bytes() == ours
    saved = project / ".paperkit" / "overleaf" / "theirs" / "tables" / "main.tex"
    assert saved.read_bytes() == linked.read("tables/main.tex")
    assert b"77.4 " in Path(f"{saved}.patch").read_bytes()
    capsys.readouterr()
    assert run(["overleaf", "resolve", "tables/main.tex"]) == 0
    copy = f".paperkit/rescued/overleaf/{linked.head[:12]}/tables/main.tex"
    assert capsys.readouterr().out == (
        f"resolved  tables/main.tex: the next push writes yours\n          their version is saved as {copy}\n"
    )
    assert (project / copy).read_bytes() == linked.read("tables/main.tex")
    assert run(["overleaf", "push"]) == 0
    assert linked.read("tables/main.tex") == ours


def test_an_edit_there_is_adopted_and_survives_new_data(project: Path, linked: Repository, capsys: Screen) -> None:
    linked.edit({"tables/main.tex": typed(linked).replace(b"\n", b"\r\n")})
    assert run(["overleaf", "resolve", "--theirs", "tables/main.tex"]) == 0
    assert capsys.readouterr().out == (
        "resolved  tables/main.tex: their edit is kept in patches/tables/main.tex.patch; "
        "paperkit build applies it, then push\n"
    )
    (project / "runs.csv").write_text(RUNS.replace("70.5", "71.5"))
    assert run(["build", "-q"]) == 0
    content = (project / "tables" / "main.tex").read_bytes()
    assert (b"77.4 " in content, b"71.5" in content) == (True, True)
    assert run(["overleaf", "push"]) == 0
    assert linked.read("tables/main.tex") == content
    linked.edit({"tables/main.tex": None})
    capsys.readouterr()
    assert run(["overleaf", "resolve", "--theirs", "tables/main.tex"]) == 1
    assert capsys.readouterr().err == (
        "tables/main.tex was deleted there\n    take it out of the manifest, or list it under overleaf.exclude; "
        "resolve --ours brings it back\n"
    )


def test_json(project: Path, linked: Repository, capsys: Screen) -> None:
    linked.edit({"tables/main.tex": typed(linked)})
    assert run(["overleaf", "status", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert {entry["path"]: entry["verdict"] for entry in found["findings"]} == {
        "macros.tex": "same",
        "paperkit-preamble.tex": "same",
        "tables/main.tex": "edited-remotely",
    }
    (edit,) = (entry for entry in found["findings"] if entry["verdict"] != "same")
    assert (edit["author"], edit["date"]) == ("Ana Diaz", "2026-11-20T14:03:00+01:00")
    assert (found["branch"], found["commit"], found["unready"]) == ("main", linked.head, [])
    assert run(["overleaf", "pull", "--json"]) == 0
    (pulled,) = json.loads(capsys.readouterr().out)["pulled"]
    assert pulled["saved"] == ".paperkit/overleaf/theirs/tables/main.tex"
    assert run(["overleaf", "push", "--json", "--overwrite", "tables/*"]) == 0
    pushed = json.loads(capsys.readouterr().out)
    assert (pushed["written"], pushed["commit"], pushed["left"]) == (["tables/main.tex"], linked.head, [])
    (project / "runs.csv").write_text(RUNS.replace("80.12", "81.12"))
    assert run(["overleaf", "push", "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["message"] for problem in problems] == [
        "table.main is stale (runs.csv changed); nothing was pushed",
        "macros is stale (runs.csv changed); nothing was pushed",
    ]


def test_the_same_edit_on_both_sides_is_no_agreement(project: Path, linked: Repository, capsys: Screen) -> None:
    edit = typed(linked)
    linked.edit({"tables/main.tex": edit})
    (project / "tables" / "main.tex").write_bytes(edit)
    assert run(["overleaf", "status"]) == 1  # the same there, but not as paperkit makes it
    assert run(["build", "-q", "--force"]) == 0
    assert run(["overleaf", "push"]) == 2
    assert "edited-remotely  tables/main.tex" in capsys.readouterr().out
    assert linked.read("tables/main.tex") == edit


def test_nothing_unready_is_pushed_and_nobody_is_asked(
    project: Path, bridge: Bridge, linked: Repository, capsys: Screen
) -> None:
    before, table = linked.tree(), project / "tables" / "main.tex"
    (project / "runs.csv").write_text(RUNS.replace("80.12", "81.12"))
    table.write_text(table.read_text().replace("90.25", "99.99"))
    (project / "macros.tex").unlink()
    bridge.requests.clear()
    assert run(["overleaf", "push"]) == 2
    said = capsys.readouterr().err
    assert "table.main is edited (tables/main.tex was edited" in said
    assert "macros is missing (macros.tex is missing" in said
    assert run(["overleaf", "zip"]) == 2
    assert not (project / "overleaf.zip").exists()
    (project / "tables" / "main.tex").unlink()
    (project / "runs.csv").write_text("other\n1\n")
    assert run(["overleaf", "push"]) == 1
    (project / "runs.csv").write_text(RUNS)
    assert run(["build", "-q", "--force"]) == 0
    (project / "real.tex").write_bytes(table.read_bytes())
    table.unlink()
    table.symlink_to("../real.tex")
    capsys.readouterr()
    assert run(["overleaf", "push"]) == 1
    assert capsys.readouterr().err == (
        "tables/main.tex: is a symbolic link, which Overleaf cannot hold\n    put the file itself there\n"
    )
    assert (bridge.requests, linked.tree()) == ([], before)


def test_an_emoji_in_a_cell_is_refused(project: Path, bridge: Bridge, linked: Repository, capsys: Screen) -> None:
    """paperkit's own writers refuse such text; a template of the paper's own may still print it."""
    from paperkit.build.seal import seal_text

    table = project / "tables" / "main.tex"
    table.write_bytes(seal_text("a 😀\n".encode(), origin="paper.toml"))
    before = linked.tree()
    bridge.requests.clear()
    assert run(["overleaf", "push"]) == 1
    assert "tables/main.tex:3: has '😀' (U+1F600): Overleaf makes a binary file of it" in capsys.readouterr().err
    assert (bridge.requests, linked.tree()) == ([], before)


def test_excluded_outputs_stay_as_they_are_on_both_sides(project: Path, linked: Repository, capsys: Screen) -> None:
    before = linked.tree()
    with (project / "paper.toml").open("a") as file:
        file.write('exclude = "macros.tex"\n')
    (project / "macros.tex").unlink()
    assert run(["overleaf", "push"]) == 0
    assert run(["overleaf", "status", "--json"]) == 1  # macros are missing here
    found = [entry["path"] for entry in json.loads(capsys.readouterr().out.partition("\n")[2])["findings"]]
    assert found == ["paperkit-preamble.tex", "tables/main.tex"]
    assert linked.tree() == before


def test_a_table_that_is_taken_out_of_the_manifest(project: Path, linked: Repository, capsys: Screen) -> None:
    manifest = (project / "paper.toml").read_text()
    (project / "paper.toml").write_text(manifest.replace("[table.main]", "[table.other]"))
    assert run(["build", "-q"]) == 0
    before = linked.tree()
    assert run(["overleaf", "push"]) == 1
    said = capsys.readouterr().out
    assert "wrote tables/other.tex\n" in said
    assert "delete           tables/main.tex  still read by main.tex; it stays\n" in said
    linked.edit({"main.tex": b"\\input{tables/other}\n"})
    assert run(["overleaf", "push"]) == 0
    assert "removed tables/main.tex\n" in capsys.readouterr().out
    assert set(before) - set(linked.tree()) == {"tables/main.tex"}


def test_the_manuscript_is_mirrored(project: Path, linked: Repository, capsys: Screen) -> None:
    linked.edit({"images/a b.png": b"\0png", "old.tex": b"old\n", "tables/main.tex": typed(linked)})
    assert run(["overleaf", "pull", "--text"]) == 0
    mirror = project / ".paperkit" / "overleaf" / "text"
    assert (mirror / "main.tex").read_bytes() == linked.read("main.tex")
    assert (mirror / "images" / "a b.png").read_bytes() == b"\0png"
    assert (mirror / "tables" / "main.tex").read_bytes() == (project / "tables" / "main.tex").read_bytes()
    assert capsys.readouterr().out.endswith(
        "7 files of the manuscript are in .paperkit/overleaf/text (7 written, 0 removed)\n"
    )
    linked.edit({"old.tex": None, "main.tex": b"new\n"})
    assert run(["overleaf", "pull", "--text"]) == 0
    assert capsys.readouterr().out.endswith("(1 written, 1 removed)\n")
    assert not (mirror / "old.tex").exists()
    (mirror / "main.tex").write_text("mine")
    assert run(["overleaf", "pull", "--text"]) == 2
    assert capsys.readouterr().err == (
        ".paperkit/overleaf/text/main.tex: was changed in the mirror, which is a copy to be read\n"
        "    make the change on the remote, and delete the file here\n"
    )
    assert (mirror / "main.tex").read_text() == "mine"


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        (".", "the mirror must be a folder inside the project\n    name a folder of the project that is free\n"),
        ("..", "the mirror must be a folder inside the project\n    name a folder of the project that is free\n"),
        ("tables", "tables: is no mirror that paperkit made, and is left alone\n    name a folder that is free\n"),
    ],
)
def test_the_mirror_goes_nowhere_else(
    project: Path, linked: Repository, folder: str, message: str, capsys: Screen
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*.tex") if ".paperkit" not in path.parts}
    assert linked.head
    assert run(["overleaf", "pull", "--text", folder]) == 1
    assert capsys.readouterr().err == message
    assert {path: path.read_bytes() for path in project.rglob("*.tex") if ".paperkit" not in path.parts} == before


def test_names_that_lead_elsewhere_are_not_mirrored(project: Path, linked: Repository, capsys: Screen) -> None:
    linked.edit({"a\\b.tex": b"x\n", "link": b"/etc"}, modes={"link": "120000"})
    assert run(["overleaf", "pull", "--text", "copy"]) == 1
    assert capsys.readouterr().err == "a\\b.tex: has '\\\\' in its name; nothing was written\n"
    assert not (project / "copy").exists()


def test_the_free_plan(project: Path, capsys: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no git
    monkeypatch.delenv("PAPERKIT_OVERLEAF_TOKEN")
    assert run(["overleaf", "status"]) == 1
    assert capsys.readouterr().err == (
        "overleaf: the manifest names no remote\n    paperkit overleaf link URL writes [overleaf] project = '…'; "
        "without git: paperkit overleaf zip\n"
    )
    assert run(["overleaf", "zip"]) == 0
    assert capsys.readouterr().out == (
        "wrote overleaf.zip with 3 files\n"
        "dragging it into the project replaces what is there: check before with status --zip\n"
    )
    first = (project / "overleaf.zip").read_bytes()
    assert run(["overleaf", "zip"]) == 0
    assert (project / "overleaf.zip").read_bytes() == first
    source = tmp_path / "Source.zip"
    with zipfile.ZipFile(project / "overleaf.zip") as ours, zipfile.ZipFile(source, "w") as theirs:
        theirs.writestr("main.tex", "by hand")
        for name in ours.namelist():
            theirs.writestr(name, ours.read(name).replace(b"77.34", b"77.4"))
    (project / "runs.csv").write_text(RUNS.replace("90.25", "91.25"))
    assert run(["build", "-q"]) == 0
    capsys.readouterr()
    assert run(["overleaf", "status", "--zip", str(source)]) == 2
    assert capsys.readouterr().out == (
        "Source.zip\nupdate           macros.tex\nconflict         tables/main.tex\nsame             1 output\n"
        "paperkit overleaf zip --source makes a zip of 1\n1 are left to you: see docs/overleaf.md\n"
    )
    assert run(["overleaf", "zip", "--source", str(source), "-o", "next.zip"]) == 2
    assert capsys.readouterr().out == "conflict         tables/main.tex\nwrote next.zip with 1 files; 1 left out\n"
    with zipfile.ZipFile(project / "next.zip") as archive:
        assert archive.namelist() == ["macros.tex"]


def test_status_from_what_was_fetched(project: Path, bridge: Bridge, linked: Repository, capsys: Screen) -> None:
    seen = linked.head
    linked.edit({"tables/main.tex": typed(linked)}, who="Ana Diaz")
    bridge.requests.clear()
    assert run(["overleaf", "status", "--cached"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{bridge.url}, commit {seen[:8]}, as it was ")
    assert said.endswith(" ago\nsame             3 outputs\n")
    assert bridge.requests == []
    shutil.rmtree(project / ".paperkit")
    assert run(["overleaf", "status", "--cached"]) == 1
    assert capsys.readouterr().err == (
        "the remote was not looked at yet\n    without --cached, paperkit overleaf status asks the remote\n"
    )


def test_everybody_who_edited_is_named(linked: Repository, capsys: Screen) -> None:
    first = linked.read("tables/main.tex")
    for who in ("Ana Diaz", "Bo Chen", "Ana Diaz", "Cy"):
        linked.edit({"tables/main.tex": first + f"% {who}\n".encode()}, who=who)
    assert run(["overleaf", "status"]) == 2
    assert "tables/main.tex  by Cy on 2026-11-20 14:03 and Ana Diaz and Bo Chen\n" in capsys.readouterr().out


def test_exit_codes(project: Path, bridge: Bridge, linked: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    assert linked.head
    bridge.answer = lambda _: (429, "Rate limit exceeded.")
    assert run(["overleaf", "status"]) == 4
    bridge.answer = lambda _: None
    monkeypatch.setenv("PAPERKIT_OVERLEAF_TOKEN", "wrong")
    assert run(["overleaf", "status"]) == 3
    (project / "paper.toml").write_text(MANIFEST + "[overleaf]\nremot = 'x'\n")
    assert run(["overleaf", "status"]) == 2
