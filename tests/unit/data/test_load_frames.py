"""Frames: memoised, chained by `from`, closed to the outside; and the two customers' numbers."""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from paperkit.data.load import Frames
from paperkit.errors import DataError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Label

REPOSITORY = Path(__file__).parents[3]
FAMILIES = {"OpenCLIP": "CLIP", "vit_": "ViT", "mae-": "MAE", "dinov2-": "DINOv2"}


def specs(**frames: dict[str, Any]) -> dict[str, FrameSpec]:
    return {name: FrameSpec.model_validate(spec) for name, spec in frames.items()}


def test_frames_are_loaded_once(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    frames = Frames(tmp_path, specs(one={"read": "x.csv"}, two={"from": "one", "derive": {"c": "a + b"}}), Labels())
    two = frames.load("two")
    (tmp_path / "x.csv").unlink()
    assert frames.load("two") is two
    assert two.rows("c", "a") == ((3, 1),)
    assert frames.load("one").columns == ("a", "b")
    assert str(two.origin(0, "b")) == "x.csv:2:2"


def test_failures_are_kept(tmp_path: Path) -> None:
    frames = Frames(tmp_path, specs(one={"read": "x.csv"}, two={"from": "one"}), Labels())
    caught = []
    for name in ("two", "two", "one"):
        with pytest.raises(DataError) as error:
            frames.load(name)
        caught.append(error.value)
    assert caught[0] is caught[1] is caught[2]
    assert [str(error) for error in caught] == [
        "data.one.read: there is no file 'x.csv'\n    the folder '.' has no files"
    ] * 3


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError) as caught:
        Frames(tmp_path, specs(f={"read": "x.csv"}), Labels()).load("f")
    assert str(caught.value) == "data.f.read: 'x.csv' cannot be read: Permission denied"


def test_circles_and_unknown_frames(tmp_path: Path) -> None:
    frames = Frames(tmp_path, specs(a={"from": "b"}, b={"from": "a"}, c={"from": "aa"}, d={}), Labels())
    for name, message in (
        ("a", "data.b.from: the frame is made from itself: a -> b -> a"),
        ("c", "data.c.from: there is no [data.aa], did you mean 'a'?"),
        ("e", "there is no [data.e]"),
        ("d", 'data.d: the frame has no source\n    read = "data/runs.csv"'),
    ):
        with pytest.raises(DataError) as caught:
            frames.load(name)
        assert str(caught.value) == message


def test_notices_travel_with_the_rows(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,a\n1,2\n")
    frames = Frames(tmp_path, specs(one={"read": "x.csv"}, two={"from": "one", "drop": {"a": ["z"]}}), Labels())
    assert [notice.subject for notice in frames.load("two").notices] == ["data.one.read", "data.two.drop.a"]
    assert [notice.subject for notice in frames.load("one").notices] == ["data.one.read"]


def test_files_of_no_kind_and_of_two_kinds(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    (tmp_path / "x.pkl").write_bytes(b"")
    (tmp_path / "x.xls").write_text("a\n1\n")
    frames = Frames(tmp_path, specs(a={"read": "x.xls"}, b={"read": "x.{kind}"}, c={"read": "x.*"}), Labels())
    (tmp_path / "x.cvs").write_text("a\n1\n")
    with pytest.raises(DataError) as caught:
        frames.load("a")
    assert str(caught.value) == "data.a.read: nothing reads 'x.xls', did you mean '.xlsx'?"
    with pytest.raises(DataError) as caught:
        frames.load("b")
    assert [problem.message for problem in caught.value.problems] == [
        "nothing reads 'x.cvs', did you mean '.csv'?",
        "nothing reads 'x.xls', did you mean '.xlsx'?",
    ]
    for name in ("x.cvs", "x.xls"):
        (tmp_path / name).unlink()
    with pytest.raises(DataError) as caught:
        frames.load("c")
    assert str(caught.value) == "data.c.read: 'x.*' means files of several kinds\n    name one suffix"


def test_rows_of_unknown_columns(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("model,b\n1,2\n3,4\n")
    frame = Frames(tmp_path, specs(f={"read": "x.csv"}), Labels()).load("f")
    with pytest.raises(DataError) as caught:
        frame.rows("modl", "c")
    assert str(caught.value) == (
        "data.f: unknown column 'modl', did you mean 'model'?\ndata.f: unknown column 'c'\n    the columns are model, b"
    )
    assert frame.rows() == ((), ())
    assert frame.to_pandas().to_dict("list") == {"model": [1, 3], "b": [2, 4]}


def test_importing_frames_is_cheap() -> None:
    code = (
        "import sys, paperkit.data.load, paperkit.data.check, paperkit.macros, paperkit.data.sources as s; s.readers();"
        "print([name for name in ('pandas', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert found.stdout == "[]\n"


def plain_accuracies() -> dict[tuple[str, str, str], float]:
    """Return (base model, data set, experiment) → accuracy, read with the csv module alone."""
    found = {}
    for path in sorted((REPOSITORY / "data").glob("perf_table_*.csv")):
        models, experiments, _, *body = csv.reader(path.read_text().splitlines())
        for name, *cells in body:
            for model, experiment, cell in zip(models[1:], experiments[1:], cells, strict=True):
                assert path.stem == f"perf_table_{model}"
                found[model, name, experiment] = float(cell)
    return found


@pytest.fixture(scope="module")
def reference() -> Frames:
    models = dict.fromkeys(model for model, _, _ in plain_accuracies())
    families = {m: next(family for prefix, family in FAMILIES.items() if m.startswith(prefix)) for m in models}
    labels = Labels(columns={"base_model": {m: Label.model_validate({"family": families[m]}) for m in models}})
    frames = specs(
        performance={
            "read": "data/perf_table_{base_model}.csv",
            "header": ["base_model", "experiment"],
            "index": "dataset",
            "values": "accuracy",
            "drop": {"dataset": ["dataset_fmt"]},
            "numeric": ["accuracy"],
        },
        gain={
            "from": "performance",
            "where": "base_model.family != 'MAE'",
            "baseline": {"where": "experiment == 'CLS last layer'", "on": ["base_model", "dataset"]},
            "derive": {"gain": "accuracy - baseline.accuracy"},
            "check": ["between(accuracy, 0, 100)", "unique(base_model, dataset, experiment)"],
        },
    )
    return Frames(REPOSITORY, frames, labels)


def test_every_accuracy_of_the_reference_paper(reference: Frames) -> None:
    frame = reference.load("performance")
    rows = frame.rows("base_model", "dataset", "experiment", "accuracy")
    assert {row[:3]: row[3] for row in rows} == plain_accuracies()
    assert len(frame) == len(plain_accuracies()) == 540
    assert frame.notices == ()


def test_every_gain_of_the_reference_paper(reference: Frames) -> None:
    accuracies = plain_accuracies()
    gains = {
        key: accuracy - accuracies[key[0], key[1], "CLS last layer"]
        for key, accuracy in accuracies.items()
        if not key[0].startswith("mae-")
    }
    frame = reference.load("gain")
    assert {row[:3]: row[3] for row in frame.rows("base_model", "dataset", "experiment", "gain")} == gains
    means = {}
    for experiment in dict.fromkeys(key[2] for key in gains):
        values = [gain for key, gain in gains.items() if key[2] == experiment]
        means[experiment] = statistics.fmean(values)
        found = frame.where("experiment == each.e", each={"e": experiment}, path=()).aggregate("mean(gain)", path=())
        assert found == means[experiment]
    assert frame.aggregate("argmax(mean(gain), experiment)", path=()) == max(means, key=lambda key: means[key])


def test_cells_know_where_they_stand(reference: Frames) -> None:
    frame = reference.load("gain").where("accuracy > 99", path=())
    rows = frame.rows("base_model", "dataset", "experiment", "accuracy")
    for row, (model, dataset, _, accuracy) in enumerate(rows):
        place = frame.origin(row, "accuracy")
        assert place is not None
        lines = (REPOSITORY / place.file).read_text().splitlines()
        assert place.file == f"data/perf_table_{model}.csv"
        assert place.line is not None
        assert place.column is not None
        cells = lines[place.line - 1].split(",")
        assert (cells[0], float(cells[place.column - 1])) == (dataset, accuracy)
    assert rows
