"""Fingerprints of frames that Python and SQL make: every file behind them, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path

import pytest

from paperkit.build.fingerprints import Fingerprints
from paperkit.build.lock import FrameRecord, Record
from paperkit.build.targets import dependents, origin, targets
from paperkit.data.dependencies import all_frames
from paperkit.errors import PaperkitError
from paperkit.manifest.load import load
from paperkit.manifest.model import FrameSpec
from paperkit.style.venue import Venue

MANIFEST = """
[data.runs]
read = "runs.csv"
[data.models]
read = "models.csv"
[data.unused]
read = "unused.csv"
[data.gain]
python = "code/prep.py:gain"
[data.best]
sql = "SELECT * FROM gain JOIN models USING (model)"
[data.shown]
from = "runs"
join = { frame = "best", on = "model" }
[table.main]
data = "shown"
rows = "model"
cells = ["gain"]
[table.plain]
data = "runs"
rows = "model"
cells = ["gain"]
"""
PREP = '"""Doc."""\nimport json\nimport numpy as np\nimport not_installed\nimport helpers\n\ndef gain(runs): ...\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    for name in ("runs", "models", "unused"):
        (tmp_path / f"{name}.csv").write_text("model\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "prep.py").write_text(PREP)
    (tmp_path / "code" / "helpers.py").write_text("x = 1\n")
    (tmp_path / "code" / "unused.py").write_text("x = 1\n")
    return tmp_path


Behind = tuple[Record, dict[str, FrameRecord]]


def _behind(root: Path, target: str) -> Behind:
    """Return the record of a target and those of all frames that it is made from."""
    manifest = load(root / "paper.toml")
    found = next(one for one in targets(manifest) if one.id == target)
    fingerprints = Fingerprints(manifest)
    names = all_frames(found.frames, manifest.data, root)
    return fingerprints.target(found, None), {name: fingerprints.frame(name, None) for name in names}


def _inputs(behind: Behind) -> list[str]:
    return sorted([*behind[0].inputs, *(path for record in behind[1].values() for path in record.inputs)])


def _versions(behind: Behind) -> dict[str, str]:
    return {name: version for record in behind[1].values() for name, version in record.versions.items()}


DEFAULTS = {
    '[data.runs]\nread = "runs.csv"\n': "drop = {}\nrename = {}\nrows = []\nselect = []\n",
    "[table.plain]\n": 'stubhead = ""\ndropna = true\neach = {}\n',
}


def test_a_default_that_is_written_out_changes_nothing(project: Path) -> None:
    before = {name: _behind(project, f"table.{name}") for name in ("main", "plain")}
    text = MANIFEST.replace(
        'on = "model" }', 'on = "model", how = "left", suffix = "_right", validate = "many_to_one" }'
    )
    for line, more in DEFAULTS.items():
        assert line in MANIFEST
        text = text.replace(line, line + more)
    (project / "paper.toml").write_text(text)
    assert {name: _behind(project, f"table.{name}") for name in ("main", "plain")} == before


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ('on = "model" }', 'on = "model", how = "inner" }', {"main"}),
        ("[table.plain]\n", "[table.plain]\ndropna = false\n", {"plain"}),
        ("[table.plain]\n", '[table.plain]\nstubhead = "x"\n', {"plain"}),
        ('read = "runs.csv"\n', 'read = "runs.csv"\nlimit = 0\n', {"main", "plain"}),
        ('read = "unused.csv"\n', 'read = "unused.csv"\nlimit = 0\n', set()),
    ],
)
def test_what_is_not_the_default_changes_the_record(project: Path, old: str, new: str, changed: set[str]) -> None:
    before = {name: _behind(project, f"table.{name}") for name in ("main", "plain")}
    (project / "paper.toml").write_text(MANIFEST.replace(old, new))
    after = {name: _behind(project, f"table.{name}") for name in ("main", "plain")}
    assert {name for name in after if after[name] != before[name]} == changed


def test_a_new_key_and_a_new_fact_leave_the_others_alone(project: Path) -> None:
    """A later paperkit that knows one more key and one more fact of venues makes no paper stale."""

    class Later(FrameSpec):
        novel: str | None = None

    @dataclass(frozen=True, kw_only=True, slots=True)
    class LaterVenue(Venue):
        novel: float = 1.5

    manifest = load(project / "paper.toml")
    target = next(one for one in targets(manifest) if one.id == "table.main")
    data = {name: Later.model_validate(spec.model_dump(exclude_unset=True)) for name, spec in manifest.data.items()}
    venue = LaterVenue(**{each.name: getattr(manifest.venue, each.name) for each in fields(manifest.venue)})
    last = Record(manifest="", facts=("novel", "text_width"))
    later = Fingerprints(replace(manifest, data=data, venue=venue))
    now = Fingerprints(manifest)
    assert later.target(target, last) == now.target(target, last)
    assert [later.frame(name, None) for name in data] == [now.frame(name, None) for name in data]
    novel = Fingerprints(replace(manifest, venue=replace(venue, novel=2.0)))
    assert novel.target(target, last).venue != later.target(target, last).venue
    without = Record(manifest="", facts=("text_width",))
    assert novel.target(target, without).venue == later.target(target, without).venue


def test_every_file_behind_a_target_is_an_input(project: Path) -> None:
    found = _behind(project, "table.main")
    assert _inputs(found) == ["code/helpers.py", "code/prep.py", "models.csv", "runs.csv"]
    assert _versions(found)["numpy"] == version("numpy")
    assert _versions(found)["duckdb"] == version("duckdb")
    plain = _behind(project, "table.plain")
    assert _inputs(plain) == ["runs.csv"]
    assert not {"numpy", "duckdb"} & set(_versions(plain))


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        ("code/prep.py", "Doc.", "Other words.", True),
        ("code/helpers.py", "x = 1", "x  =  1  # one", True),
        ("code/helpers.py", "x = 1", "x = 2", False),
        ("code/unused.py", "x = 1", "x = 2", True),
        ("models.csv", "model", "models", False),
        ("unused.csv", "model", "models", True),
    ],
)
def test_only_what_means_something_changes_the_inputs(project: Path, file: str, old: str, new: str, same: bool) -> None:
    before = _behind(project, "table.main")
    path = project / file
    path.write_text(path.read_text().replace(old, new))
    assert (_behind(project, "table.main") == before) is same


def test_frames_that_depend_through_sql_python_and_join(project: Path) -> None:
    manifest = load(project / "paper.toml")
    assert dependents(manifest, "runs") == {"runs", "gain", "best", "shown"}
    assert dependents(manifest, "models") == {"models", "best", "shown"}
    assert dependents(manifest, "nothing") == set()
    main = next(one for one in targets(manifest) if one.id == "table.main")
    assert origin(main, manifest) == "paper.toml [table.main] and runs.csv and code/prep.py:gain and models.csv"


def test_code_that_cannot_be_read_breaks_what_it_makes(project: Path) -> None:
    (project / "code" / "helpers.py").write_text("x = = 1\n")
    with pytest.raises(PaperkitError) as caught:
        _behind(project, "table.main")
    assert str(caught.value) == "code/helpers.py:1:5: data.gain.python: is not Python: invalid syntax"
    assert _inputs(_behind(project, "table.plain")) == ["runs.csv"]
