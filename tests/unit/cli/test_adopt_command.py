"""`paperkit adopt`: by asset or file, with a word for everything that cannot be adopted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paperkit.cli.main import run

Said = pytest.CaptureFixture[str]
MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "model"
cells = ["accuracy"]
[figure.size]
formats = ["pdf", "svg"]
source_data = true
[[figure.size.panel]]
data = "runs"
mark = "bar"
x = "model"
y = "accuracy"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paper")
    (folder / "paper.toml").write_text(MANIFEST)
    (folder / "runs.csv").write_text("model,accuracy\na,1.5\nb,2.5\n")
    assert run(["build", "-q", "-m", str(folder / "paper.toml")]) == 0
    return folder


@pytest.fixture
def said(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> pytest.CaptureFixture[str]:
    monkeypatch.chdir(built)
    capsys.readouterr()
    return capsys


def test_an_asset_is_adopted_and_dropped(built: Path, said: Said) -> None:
    table = built / "tables" / "main.tex"
    plain = table.read_text()
    table.write_text(plain.replace("\\bottomrule", "\\midrule\n\\bottomrule"))
    assert run(["build", "-q"]) == 4
    assert run(["build"]) == 4
    assert "    left alone: keep it with paperkit adopt table.main, move it into the manifest" in said.readouterr().out
    assert run(["adopt", "table.main"]) == 0
    out = said.readouterr().out
    assert out.startswith("adopted    tables/main.tex  as patches/tables/main.tex.patch; commit it\n    @@ -")
    assert "    +\\midrule\n" in out
    assert run(["check"]) == 0
    said.readouterr()
    assert run(["adopt", "--drop", "tables/main.tex"]) == 0
    assert said.readouterr().out == (
        "dropped    tables/main.tex  patches/tables/main.tex.patch is gone, "
        "saved as .paperkit/rescued/patches/tables/main.tex.patch.1\n"
    )
    assert table.read_text() == plain


def test_an_edited_svg_is_text(built: Path, said: Said) -> None:
    drawing = built / "figures" / "size.svg"
    drawing.write_text(drawing.read_text().replace("</svg>", "<!-- mine -->\n</svg>"))
    assert run(["adopt", "--json", "figures/size.svg"]) == 0
    document = json.loads(said.readouterr().out)
    assert [one["state"] for one in document["adopted"]] == ["adopted"]
    lines = drawing.read_text().split("\n")
    assert lines[2] == "<!-- Patched with patches/figures/size.svg.patch. -->"
    assert "<!-- mine -->" in lines
    assert run(["check"]) == 0


def test_a_lost_header_alone_comes_back(built: Path, said: Said) -> None:
    table = built / "tables" / "main.tex"
    plain = table.read_text()
    table.write_text(plain.split("\n", 2)[2])
    assert run(["adopt", "table.main"]) == 0
    assert (
        said.readouterr().out == "none       tables/main.tex  says what paperkit makes; only its header was changed\n"
    )
    assert table.read_text() == plain


SAVED = "build --force makes it again and saves the edited file first"
EDIT_FIRST = "\n    edit it first; paperkit status shows which outputs were edited\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["table.mian"], 2, "'table.mian' is no target and no output, did you mean 'table.main'?\n"),
        (["tables/man.tex"], 2, "'tables/man.tex' is no target and no output, did you mean 'tables/main.tex'?\n"),
        (
            ["zzz"],
            2,
            (
                "'zzz' is no target and no output\n"
                "    name a target, such as table.main, or one of its files; paperkit status lists them\n"
            ),
        ),
        (["table.main"], 1, f"table.main is as paperkit wrote it: tables/main.tex{EDIT_FIRST}"),
        (["tables/main.tex"], 1, f"tables/main.tex: is as paperkit wrote it{EDIT_FIRST}"),
        (
            ["figures/size.pdf"],
            1,
            (
                "figures/size.pdf: is no text, so that no patch can keep an edit of it\n"
                "    say it in the manifest, or keep "
                f"the edited file under another name and \\includegraphics that; {SAVED}\n"
            ),
        ),
        (
            ["figures/size-panel-1.csv"],
            1,
            (
                "figures/size-panel-1.csv: has the numbers of the figure: an edit would make it say what the "
                f"figure does not show\n    change the data, or a clause of their frame; {SAVED}\n"
            ),
        ),
        (
            ["--drop", "table.main"],
            1,
            "table.main has no patch: tables/main.tex\n    the patches that there are lie in patches/\n",
        ),
        (
            ["--drop", "tables/main.tex"],
            1,
            "tables/main.tex: has no patch\n    paperkit adopt makes one of an edited output\n",
        ),
    ],
)
def test_what_cannot_be_adopted_is_said(said: Said, arguments: list[str], code: int, message: str) -> None:
    assert run(["adopt", *arguments]) == code
    assert said.readouterr().err == message


def test_text_that_is_not_utf8_is_said(built: Path, said: Said) -> None:
    table = built / "tables" / "main.tex"
    plain = table.read_bytes()
    table.write_bytes(plain + b"% caf\xe9\n")
    line = plain.count(b"\n") + 1
    assert run(["adopt", "table.main"]) == 1
    table.write_bytes(plain)
    assert said.readouterr().err == f"tables/main.tex:{line}: is not UTF-8\n    save it as UTF-8, then adopt it\n"
