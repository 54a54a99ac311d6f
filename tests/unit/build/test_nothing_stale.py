"""What an output depends on in roundabout ways is noticed: after every change, a build equals one from scratch."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.metrics import save_metrics
from paperkit.build.paper import BuildReport
from paperkit.build.receipt import nothing_to_do
from paperkit.build.run import Outcome, Result
from paperkit.files import fingerprint
from paperkit.tex.extents import SetText
from paperkit.tex.metrics import Extent

MANIFEST = """
[data.runs]
read = "data/*.csv"
[data.best]
from = "runs"
where = "accuracy > 50"
[data.slow]
from = "best"
derive.twice = "accuracy * 2"
[data.made]
python = "prep.py:made"
[table.best]
data = "best"
rows = "model"
cells = ["accuracy"]
[table.slow]
data = "slow"
rows = "model"
cells = ["twice"]
[table.made]
data = "made"
rows = "model"
cells = ["factor"]
"""
PREP = "import mylib\nimport texts\n\ndef made(runs):\n    return runs.assign(factor=mylib.K + len(texts.__doc__))\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "paper"
    (root / "data").mkdir(parents=True)
    (root / "data" / "runs.csv").write_text("model,accuracy\na,71.5\nb,64.0\n")
    (root / "paper.toml").write_text(MANIFEST)
    (root / "prep.py").write_text(PREP)
    (root / "texts.py").write_text('"""Read."""\nassert __doc__\n')
    (root / "src").mkdir()
    (root / "src" / "mylib.py").write_text("K = 1\n")
    (root / "templates").mkdir()
    packaged = files("paperkit.templates").joinpath("table.tex").read_text()
    included = '<% include "preamble.tex" %>\n<% include "parts/table.tex" %>\n'
    (root / "templates" / "table.tex").write_text(packaged + included)
    (root / "templates" / "preamble.tex").write_text("% one\n")
    (root / "templates" / "parts").mkdir()
    (root / "templates" / "parts" / "table.tex").write_text("% two\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(root / "src")])
    return root


def _build(project: Path, *selectors: str) -> BuildReport:
    return Paper.load(project / "paper.toml").build(selectors)


def _outputs(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (*project.glob("tables/*.tex"), *project.glob("*.tex"))}


def _from_scratch(project: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    other = project.with_name("scratch")
    shutil.rmtree(other, ignore_errors=True)
    keep = shutil.ignore_patterns("tables", "*.lock", ".paperkit", "paperkit-preamble.tex")
    shutil.copytree(project, other, ignore=keep)
    monkeypatch.setattr(
        sys, "path", [*(entry for entry in sys.path if entry != str(project / "src")), str(other / "src")]
    )
    _build(other)
    return _outputs(other)


CHANGES: dict[str, tuple[str, str, str]] = {
    "a module on Python's path": ("src/mylib.py", "1", "2"),
    "a docstring that is read": ("texts.py", "Read.", "Read it."),
    "an included template of a packaged name": ("templates/preamble.tex", "one", "uno"),
    "an included template in a folder": ("templates/parts/table.tex", "two", "due"),
    "the first of a chain of frames": ("data/runs.csv", "71.5", "72.5"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed(project: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    _build(project)
    name, old, new = CHANGES[change]
    path = project / name
    path.write_text(path.read_text().replace(old, new))
    assert _build(project).having(Result.BUILT)
    assert _outputs(project) == _from_scratch(project, monkeypatch)


def test_a_frame_is_noticed_whose_source_another_target_took(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(project)
    path = project / "data" / "runs.csv"
    path.write_text(path.read_text().replace("71.5", "72.5"))
    _build(project, "table.best")
    steps = {step.target.id: step for step in Paper.load(project / "paper.toml").plan()}
    assert steps["table.slow"].reasons == ("[data.best] has other rows",)
    assert steps["table.made"].reasons == ("[data.runs] has other rows",)
    _build(project)
    assert _outputs(project) == _from_scratch(project, monkeypatch)


def test_a_check_that_failed_fails_again(project: Path) -> None:
    path = project / "paper.toml"
    path.write_text(MANIFEST.replace("[data.made]", 'check = ["accuracy < 90"]\n[data.made]'))
    _build(project)
    data = project / "data" / "runs.csv"
    data.write_text(data.read_text().replace("71.5", "95.0"))
    for _ in range(2):
        assert [outcome.id for outcome in _build(project).having(Result.FAILED)] == ["table.slow"]


SAVED: dict[str, Callable[[Path], object]] = {
    "the manifest": lambda project: (project / "paper.toml").write_text(MANIFEST + "precision = 3\n"),
    "a file that fits a pattern": lambda project: (project / "data" / "more.csv").write_text("model,accuracy\nc,99\n"),
    "an output": lambda project: (project / "tables" / "best.tex").write_text("mine\n"),
    "a page": lambda project: (project / "paper.pkdims").write_text("x"),
    "a template": lambda project: (project / "templates" / "preamble.tex").write_text("% another\n"),
}


@pytest.mark.parametrize("saved", SAVED)
def test_what_is_saved_during_a_build_is_seen_by_the_next(project: Path, saved: str) -> None:
    paper = Paper.load(project / "paper.toml")

    def save(outcome: Outcome) -> None:
        if outcome.id == "preamble":
            SAVED[saved](project)

    paper.build(on_outcome=save)
    assert nothing_to_do(str(project / "paper.toml")) is None


def test_an_old_paper_object_seals_nothing(project: Path) -> None:
    paper = Paper.load(project / "paper.toml")
    (project / "paper.toml").write_text(MANIFEST + "precision = 3\n")
    paper.build()
    assert nothing_to_do(str(project / "paper.toml")) is None
    _build(project)
    assert nothing_to_do(str(project / "paper.toml")) == (4, [])


def test_frozen_leaves_a_lock_alone_that_names_too_much(project: Path) -> None:
    (project / "paper.toml").write_text(
        MANIFEST + '[table.more]\ndata = "best"\nrows = "model"\ncells = ["accuracy"]\n'
    )
    _build(project)
    (project / "paper.toml").write_text(MANIFEST)
    (project / "tables" / "more.tex").unlink()
    before = (project / "paper.lock").read_bytes()
    report = Paper.load(project / "paper.toml").build(frozen=True)
    assert [(outcome.id, outcome.reasons) for outcome in report.having(Result.STALE)] == [
        ("paper.lock", ("it names what the manifest does not have",))
    ]
    assert (project / "paper.lock").read_bytes() == before


FIGURE = r"""
[data.runs]
read = "runs.csv"
[figure.size]
formats = ["pgf"]
[[figure.size.panel]]
data = "runs"
mark = "bar"
x = "model"
y = "accuracy"
axes = { ylabel = "$\\iiint x$" }
"""


def test_sizes_of_texts_are_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs.csv").write_text("model,accuracy\na,71.5\nb,64.0\n")
    (tmp_path / "paper.toml").write_text(FIGURE)
    monkeypatch.setenv("PATH", str(tmp_path))  # no TeX: the size is estimated
    asked: list[SetText] = []

    def remembering(_: object, texts: Iterable[SetText]) -> bool:
        asked.extend(texts)
        return False

    monkeypatch.setattr("paperkit.build.metrics.Sizes.ask", remembering)
    _build(tmp_path)
    assert asked
    first = (tmp_path / "figures" / "size.pgf").read_bytes()
    assert nothing_to_do(str(tmp_path / "paper.toml")) is not None
    # As a co-author's machine with TeX would have left it.
    save_metrics(tmp_path / "paper.metrics", {text: Extent(width=99.0, height=9.0, depth=3.0) for text in asked})
    assert nothing_to_do(str(tmp_path / "paper.toml")) is None
    (built,) = _build(tmp_path, "figure.size").outcomes
    assert (built.result, built.reasons) == (Result.BUILT, ("paper.metrics is new",)) or built.reasons == (
        "paper.metrics changed",
    )
    assert fingerprint((tmp_path / "figures" / "size.pgf").read_bytes()) != fingerprint(first)
    (tmp_path / "paper.metrics").write_text("<<<<<<< HEAD\n")
    (step,) = Paper.load(tmp_path / "paper.toml").plan(["figure.size"])
    assert [str(problem).partition("\n")[0] for problem in step.problems] == [
        "paper.metrics: the metrics cannot be read"
    ]
    (tmp_path / "paper.metrics").unlink()
    (step,) = Paper.load(tmp_path / "paper.toml").plan(["figure.size"])
    assert step.reasons == ("paper.metrics changed",)
