"""Nothing is made twice: a frame whose rows are the same stops there, and only what was looked up counts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.lock import load_lock
from paperkit.build.paper import BuildReport
from paperkit.build.run import Result

MANIFEST = """
[labels.model]
a = { label = "A", colormap = "Blues" }
b = "B"
[labels.dataset]
x = "X"
[labels.unused]
a = "Z"
[data.runs]
read = "runs.csv"
[data.sorted]
from = "runs"
sort = ["model", "dataset"]
[data.best]
from = "sorted"
where = "accuracy > 50"
[data.counted]
python = "prep.py:counted"
[table.best]
data = "best"
rows = "dataset"
columns = ["model"]
cells = "accuracy"
[table.counted]
data = "counted"
rows = "n"
cells = ["n"]
[macros]
meanAccuracy = { data = "sorted", value = "mean(accuracy)", format = ".1f" }
"""
ROWS = ("a,x,71.25", "a,y,80.5", "b,x,64.0", "b,y,12.0")
PREP = '''
import pandas as pd

def counted(best):
    """Count."""
    with open("calls.txt", "a") as calls:
        calls.write("x")
    return pd.DataFrame({"n": [len(best)]})
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "prep.py").write_text(PREP)
    _write(tmp_path, ROWS)
    return tmp_path


def _write(project: Path, rows: tuple[str, ...], head: str = "model,dataset,accuracy") -> None:
    (project / "runs.csv").write_text("\n".join((head, *rows)) + "\n")


def _build(project: Path, **options: bool) -> BuildReport:
    return Paper.load(project / "paper.toml").build(**options)  # type: ignore[arg-type]


def _results(report: BuildReport) -> dict[str, str]:
    return {outcome.id: outcome.result.value for outcome in report.outcomes}


def _changed(project: Path, old: str, new: str) -> dict[str, tuple[str, ...]]:
    """Build after a change of the manifest, and return what was made again, and why."""
    text = (project / "paper.toml").read_text()
    assert old in text
    (project / "paper.toml").write_text(text.replace(old, new))
    report = _build(project)
    return {o.id: o.reasons for o in report.outcomes if o.reasons}


def _calls(project: Path) -> int:
    return len((project / "calls.txt").read_text())


EQUAL: dict[str, Callable[[Path], object]] = {
    "touched": lambda project: os.utime(project / "runs.csv", (1, 1)),
    "rows in another order": lambda project: _write(project, tuple(reversed(ROWS))),
    "other line ends and quotes": lambda project: _write(project, tuple(f'"{r[0]}"{r[1:]}\r' for r in ROWS)),
    "a comment in the script": lambda project: (project / "prep.py").write_text(
        PREP.replace("Count.", "Tell.") + "#\n"
    ),
    "a comment in the manifest": lambda project: (project / "paper.toml").write_text("# hello\n" + MANIFEST),
    "a label that nothing looks up": lambda project: (project / "paper.toml").write_text(
        MANIFEST.replace('"Z"', '"Y"')
    ),
}


@pytest.mark.parametrize("change", EQUAL)
def test_what_leaves_the_rows_alone_makes_nothing(project: Path, change: str) -> None:
    _build(project)
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*.tex")}
    EQUAL[change](project)
    report = _build(project)
    assert set(_results(report).values()) == {"unchanged"}
    assert _calls(project) == 1
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*.tex")} == before
    assert {outcome.reasons for outcome in _build(project).outcomes} == {()}


def test_a_change_goes_as_far_as_rows_differ(project: Path) -> None:
    _build(project)
    _write(project, (*ROWS[:3], "b,y,13.0"))  # below 50: `best` has the same rows, the mean has not
    reasons = {outcome.id: (outcome.result.value, outcome.reasons) for outcome in _build(project).outcomes}
    same = ("runs.csv changed", "the rows are the same")
    assert reasons == {
        "table.best": ("unchanged", same),
        "table.counted": ("unchanged", same),
        "macros": ("built", ("runs.csv changed",)),
        "preamble": ("unchanged", ()),
    }
    assert _calls(project) == 1
    assert {outcome.reasons for outcome in _build(project).outcomes} == {()}


def test_reasons_count_the_rows(project: Path) -> None:
    _build(project)
    _write(project, (*ROWS, "c,x,51.0", "c,y,7.0"))
    reasons = {outcome.id: outcome.reasons for outcome in _build(project).outcomes}
    assert reasons["macros"] == ("runs.csv changed (4 → 6 rows)",)
    assert reasons["table.counted"] == ("runs.csv changed (4 → 6 rows)",)
    assert _changed(project, "accuracy > 50", "accuracy > 60") == dict.fromkeys(
        ["table.best", "table.counted"],
        ('paper.toml:16:1: where "accuracy > 50" → "accuracy > 60" (4 → 3 rows after where)',),
    )
    assert _calls(project) == 3


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        ('label = "A"', 'label = "Alpha"', {"table.best": ('paper.toml:3:7: model.a.label "A" → "Alpha"',)}),
        ('x = "X"', 'x = "Ix"', {"table.best": ('paper.toml:6:1: dataset.x.label "X" → "Ix"',)}),
        ('rows = "n"', 'rows = "n"\nprecision = 1', {"table.counted": ("paper.toml:27:1: precision = 1 is new",)}),
        (
            'format = ".1f"',
            'format = ".2f"',
            {"macros": ('paper.toml:29:61: meanAccuracy.format ".1f" → ".2f"',)},
        ),
    ],
)
def test_reasons_name_the_key(project: Path, old: str, new: str, reasons: dict[str, tuple[str, ...]]) -> None:
    _build(project)
    found = _changed(project, old, new)
    assert {name: why[:1] for name, why in found.items() if "the rows are the same" not in why} == reasons
    assert _changed(project, MANIFEST[:9], MANIFEST[:9]) == {}


def test_a_reason_without_memory_names_the_entry(project: Path) -> None:
    _build(project)
    (project / ".paperkit" / "paper.memory.json").write_text("{")
    assert _changed(project, 'rows = "n"', 'rows = "n"\nprecision = 1') == {
        "table.counted": ("paper.toml:24:8: its entry changed",)
    }


def test_a_clone_knows_the_rows_from_the_lock(project: Path) -> None:
    _build(project)
    lock = load_lock(project / "paper.lock")
    assert lock.frames["best"].counts == {"from": 4, "where": 3}
    assert lock.targets["table.counted"].frames == {"counted": lock.frames["counted"].rows}
    shutil.rmtree(project / ".paperkit")
    assert set(_results(_build(project)).values()) == {"unchanged"}
    assert _calls(project) == 1


def test_frozen_writes_nothing(project: Path) -> None:
    _build(project)
    _write(project, ROWS[:2])
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    report = _build(project, frozen=True)
    assert {outcome.id: outcome.result for outcome in report.outcomes} == {
        "table.best": Result.STALE,
        "table.counted": Result.STALE,
        "macros": Result.STALE,
        "preamble": Result.UNCHANGED,
    }
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    _write(project, ROWS)
    assert not _build(project, frozen=True).having(Result.STALE)


def test_why_loads_what_changed_and_writes_nothing(project: Path) -> None:
    _build(project)
    _write(project, (*ROWS[:3], "b,y,13.0", "c,x,1.0"))
    (project / "paper.toml").write_text(MANIFEST.replace('rows = "n"', 'rows = "n"\nprecision = 1'))
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    found = {one.step.target.id: one for one in Paper.load(project / "paper.toml").why()}
    assert found["preamble"].step.state.value == "unchanged"
    assert found["table.best"].is_same
    assert found["table.best"].frames == (("runs", ("runs.csv changed (4 → 5 rows)",)),)
    assert found["table.counted"].reasons == ("paper.toml:27:1: precision = 1 is new",)
    assert not found["table.counted"].is_same
    assert found["macros"].frames == (("runs", ("runs.csv changed (4 → 5 rows)",)),)
    assert not found["macros"].is_same
    after = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert after.pop(project / "calls.txt") == before.pop(project / "calls.txt")
    assert after == before
