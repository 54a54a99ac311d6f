"""Every manifest in tests/invalid fails with exactly its words, its exit code, and nothing written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from paperkit.cli.main import run

FOLDER = Path(__file__).parents[2] / "invalid"
CASES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def test_every_case_has_its_words() -> None:
    assert CASES
    assert sorted(path.name.removesuffix(".errors.txt") for path in FOLDER.glob("*.errors.txt")) == CASES


@pytest.mark.parametrize("case", CASES)
def test_invalid(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(FOLDER / "data", tmp_path / "data")
    text = (FOLDER / f"{case}.toml").read_text(encoding="utf-8")
    (tmp_path / "paper.toml").write_text(text, encoding="utf-8")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "kept.tex").write_text("by hand\n")
    monkeypatch.chdir(tmp_path)
    first = text.split("\n", 1)[0]
    code = run(["build"])
    assert capsys.readouterr().err == (FOLDER / f"{case}.errors.txt").read_text(encoding="utf-8")
    assert code == (int(first.split()[2]) if first.startswith("# exit ") else 2)
    assert (tmp_path / "tables" / "kept.tex").read_text() == "by hand\n"
    made = sorted(path.name for path in (tmp_path / "tables").iterdir())
    assert made == ["kept.tex"]
