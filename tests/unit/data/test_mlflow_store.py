"""MLflow's run stores: what MLflow itself logged stands in the table, from a folder as from a database."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from paperkit.data.stores import export
from paperkit.errors import DataError

AWKWARD = 'a, "b"\n% é 𝕏'
# A metric is its name, the time in milliseconds, the value and the step.
PLAN: list[dict[str, Any]] = [
    {
        "experiment": "baselines",
        "run": "late",
        "start": 1_700_000_005_000,
        "status": "FINISHED",
        "params": {"lr": "0.001", "model/name": AWKWARD},
        "tags": {"note": AWKWARD},
        "metrics": [
            ("val/acc", 1_700_000_006_001, 0.1 + 0.2, 1),
            ("val/acc", 1_700_000_006_003, 0.5, 3),
            ("val/acc", 1_700_000_006_002, 0.4, 2),
            ("val/acc", 1_700_000_006_009, 0.45, 2),
            ("loss", 1_700_000_006_001, 1e-300, 0),
        ],
    },
    {
        "experiment": "baselines",
        "run": "early",
        "start": 1_700_000_000_000,
        "status": "FAILED",
        "params": {"lr": "0.01", "seed": "007"},
        "tags": {},
        "metrics": [
            ("val/acc", 1_700_000_001_000, math.nan, 1),
            ("loss", 1_700_000_001_000, math.inf, 1),
            ("grad", 1_700_000_001_000, -math.inf, -1),
        ],
    },
    {
        "experiment": "ablation-depth",
        "run": "alone",
        "start": 1_700_000_000_000,
        "status": None,
        "params": {},
        "tags": {},
        "metrics": [],
    },
    {
        "experiment": "baselines",
        "run": "deleted",
        "start": 1_700_000_000_000,
        "status": "FINISHED",
        "delete": True,
        "params": {"gone": "1"},
        "tags": {},
        "metrics": [],
    },
    {
        "experiment": "abandoned",
        "run": "x",
        "start": 1_700_000_000_000,
        "status": "FINISHED",
        "params": {},
        "tags": {},
        "metrics": [],
    },
]
SCRIPT = """
import json, sys
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

plan = json.load(sys.stdin)
found = {}
for store, uri in zip(("files", "database"), sys.argv[1:]):
    client = MlflowClient(uri)
    experiments, runs = {}, {}
    for run in plan:
        name = run["experiment"]
        if name not in experiments:
            experiments[name] = client.create_experiment(name)
        made = client.create_run(experiments[name], start_time=run["start"], run_name=run["run"])
        runs[run["run"]] = made.info.run_id
        client.log_batch(
            made.info.run_id,
            metrics=[Metric(key, value, timestamp, step) for key, timestamp, value, step in run["metrics"]],
            params=[Param(*pair) for pair in run["params"].items()],
            tags=[RunTag(*pair) for pair in run["tags"].items()],
        )
        if run["status"]:
            client.set_terminated(made.info.run_id, run["status"], end_time=run["start"] + 1500)
        if run.get("delete"):
            client.delete_run(made.info.run_id)
    client.delete_experiment(experiments["abandoned"])
    last = {name: client.get_run(run).data.metrics for name, run in runs.items()}
    found[store] = {"runs": runs, "last": last}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Let MLflow log the plan into a folder and into a database; return where, and what it says of its own runs."""
    root = tmp_path_factory.mktemp("mlflow")
    quiet = {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, (root / "mlruns").as_uri(), f"sqlite:///{root / 'mlflow.db'}"],
        input=json.dumps(PLAN),
        env=os.environ | quiet,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return root, json.loads(done.stdout)


def table(url: str, root: Path) -> list[dict[str, str]]:
    text = export(url, root).csv().decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def time_of(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:03}Z"


def failed(url: str, root: Path) -> str:
    with pytest.raises(DataError) as caught:
        export(url, root)
    return str(caught.value)


STORES = pytest.mark.parametrize(("store", "path"), [("files", "mlruns"), ("database", "mlflow.db")])


@STORES
def test_every_run_is_a_row(logged: tuple[Path, dict[str, Any]], store: str, path: str) -> None:
    root, told = logged
    rows = table(f"mlflow:{path}", root)
    assert [row["run_name"] for row in rows] == ["alone", "early", "late"]
    assert list(rows[0]) == [
        *("experiment", "run_id", "run_name", "status", "start_time", "end_time"),
        *("params.lr", "params.model/name", "params.seed", "tags.note"),
        *("metrics.grad", "metrics.loss", "metrics.val/acc"),
    ]
    plan = {run["run"]: run for run in PLAN}
    for row in rows:
        run = plan[row["run_name"]]
        assert row["experiment"] == run["experiment"]
        assert row["run_id"] == told[store]["runs"][row["run_name"]]
        assert row["status"] == (run["status"] or "RUNNING")
        assert row["start_time"] == time_of(run["start"])
        assert row["end_time"] == (time_of(run["start"] + 1500) if run["status"] else "")
        for kind in ("params", "tags"):
            assert {k.partition(".")[2]: v for k, v in row.items() if k.startswith(kind) and v} == run[kind]
        last = {k.partition(".")[2]: float(v) for k, v in row.items() if k.startswith("metrics") and v}
        # The database keeps the infinite as the largest number, and MLflow hands that out.
        own = {
            k: math.copysign(math.inf, v) if abs(v) == sys.float_info.max else v
            for k, v in told[store]["last"][row["run_name"]].items()
        }
        assert last == pytest.approx(own, abs=0, rel=0, nan_ok=True)


@STORES
def test_the_last_value_is_the_one_of_the_last_step(logged: tuple[Path, dict[str, Any]], store: str, path: str) -> None:
    _, early, late = table(f"mlflow:{path}", logged[0])
    assert (late["metrics.val/acc"], late["metrics.loss"], late["metrics.grad"]) == ("0.5", "1e-300", ""), store
    assert (early["metrics.val/acc"], early["metrics.loss"], early["metrics.grad"]) == ("nan", "inf", "-inf")


@STORES
def test_histories_hold_every_value(logged: tuple[Path, dict[str, Any]], store: str, path: str) -> None:
    rows = table(f"mlflow:{path}?metrics=history", logged[0])
    assert list(rows[0])[-4:] == ["metric", "step", "timestamp", "value"], store
    found = [(r["run_name"], r["metric"], int(r["step"]), r["timestamp"], r["value"]) for r in rows]
    assert found == [
        ("early", "grad", -1, time_of(1_700_000_001_000), "-inf"),
        ("early", "loss", 1, time_of(1_700_000_001_000), "inf"),
        ("early", "val/acc", 1, time_of(1_700_000_001_000), "nan"),
        ("late", "loss", 0, time_of(1_700_000_006_001), "1e-300"),
        ("late", "val/acc", 1, time_of(1_700_000_006_001), "0.30000000000000004"),
        ("late", "val/acc", 2, time_of(1_700_000_006_002), "0.4"),
        ("late", "val/acc", 2, time_of(1_700_000_006_009), "0.45"),
        ("late", "val/acc", 3, time_of(1_700_000_006_003), "0.5"),
    ]


@STORES
def test_experiments_are_picked_by_name(logged: tuple[Path, dict[str, Any]], store: str, path: str) -> None:
    root = logged[0]
    assert [row["run_name"] for row in table(f"mlflow:{path}?experiment=baselines", root)] == ["early", "late"], store
    assert [row["run_name"] for row in table(f"mlflow:{path}?experiment=ablation-*", root)] == ["alone"]
    both = table(f"mlflow:{path}?experiment=baselines&experiment=ablation%2Ddepth", root)
    assert len(both) == 3
    expected = (
        f"the run store '{path}' holds no runs of the experiment 'abandoned or none'\n"
        "    the experiments are ablation-depth, baselines"
    )
    assert failed(f"mlflow:{path}?experiment=abandoned&experiment=none", root) == expected
    close = f"the run store '{path}' holds no runs of the experiment 'baseline', did you mean 'baselines'?"
    assert failed(f"mlflow:{path}?experiment=baseline", root) == close


def test_a_folder_and_a_database_give_the_same_table(logged: tuple[Path, dict[str, Any]]) -> None:
    first, second = (
        [{key: value for key, value in row.items() if key != "run_id"} for row in table(f"mlflow:{path}", logged[0])]
        for path in ("mlruns", "mlflow.db")
    )
    assert first == second


def test_reading_changes_nothing(logged: tuple[Path, dict[str, Any]]) -> None:
    root = logged[0]
    before = {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    first = [export(f"mlflow:{path}?metrics=history", root).csv() for path in ("mlruns", "mlflow.db")]
    assert [export(f"mlflow:{path}?metrics=history", root).csv() for path in ("mlruns", "mlflow.db")] == first
    assert {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mlflow:none", "there is no run store 'none'\n    the path is relative to the manifest's folder"),
        ("mlflow:", "there is no run store ''\n    the path is relative to the manifest's folder"),
        (
            "mlflow://host/mlruns",
            "'mlflow://host/mlruns' is no run store on this machine\n    name its folder or file: mlflow:../mlruns",
        ),
        (
            "mlflow:.?experimnt=a",
            "unknown option 'experimnt', did you mean 'experiment'?\n    the options are experiment, metrics",
        ),
        ("mlflow:.?metrics=all", "metrics is last or history, not 'all'"),
        ("mlflow:.?metrics=last&metrics=history", "metrics is last or history, not 'last and history'"),
        (
            "mlflow:.",
            "'.' is no folder of MLflow's\n    the store is the folder that is called mlruns where MLflow made it",
        ),
        ("mlflow:x.db", "'x.db' cannot be read as MLflow's database: file is not a database"),
        ("mlflow:empty.db", "'empty.db' cannot be read as MLflow's database: no such table: params"),
    ],
)
def test_addresses_that_lead_nowhere(tmp_path: Path, url: str, expected: str) -> None:
    (tmp_path / "x.db").write_text("text" * 100)
    (tmp_path / "empty.db").touch()
    assert failed(url, tmp_path) == expected


def test_a_damaged_folder_tells_everything_that_is_wrong(logged: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    root, told = logged
    shutil.copytree(root / "mlruns", tmp_path / "mlruns")
    runs = {name: run for name, run in told["files"]["runs"].items() if name != "x"}  # it stands in .trash
    folders = {name: next((tmp_path / "mlruns").glob(f"*/{run}")) for name, run in runs.items()}
    metric = folders["late"] / "metrics" / "val" / "acc"
    metric.write_text(f"{metric.read_text()}17000000000")
    (folders["early"] / "meta.yaml").write_text("status: [\n")
    (folders["alone"] / "meta.yaml").unlink()
    (folders["deleted"] / "meta.yaml").write_text("a: 1\n")
    names = {name: folder.relative_to(tmp_path).as_posix() for name, folder in folders.items()}
    found = sorted(
        re.sub(r": is no YAML: .*", ": is no YAML", line) for line in failed("mlflow:mlruns", tmp_path).split("\n")
    )
    assert found == sorted(
        [
            f"{names['late']}/metrics/val/acc:5: '17000000000' is no value of a metric",
            "    a line is a time, a value and a step, such as 1700000000000 0.25 10",
            f"{names['early']}/meta.yaml:2:1: is no YAML",
            f"{names['alone']}/meta.yaml: cannot be read: No such file or directory",
            f"{names['deleted']}/meta.yaml: 'status' is missing",
        ]
    )


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("meta.yaml", b"status: 3\nstart_time: soon\n", "a time is no number of milliseconds"),
        ("meta.yaml", b"- status\n", "'status' is missing"),
        ("meta.yaml", b"status: !!python/name:os.system\n", ":1:9: is no YAML: could not determine a constructor for"),
        ("metrics/acc", b"", "holds no value of the metric"),
        ("params/lr", b"\xff", "is no text in UTF-8"),
    ],
)
def test_files_that_are_damaged(tmp_path: Path, file: str, content: bytes, expected: str) -> None:
    run = tmp_path / "mlruns" / "1" / ("0" * 32)
    run.mkdir(parents=True)
    (run.parent / "meta.yaml").write_text("name: e\n")
    (run / "meta.yaml").write_text("status: 3\n")
    (run / file).parent.mkdir(exist_ok=True)
    (run / file).write_bytes(content)
    found = failed("mlflow:mlruns", tmp_path)
    gap = "" if expected.startswith(":") else ": "
    assert found.startswith(f"mlruns/1/{'0' * 32}/{file}{gap}{expected}")
    assert "\n" not in found


def test_stores_of_older_versions_are_read(tmp_path: Path) -> None:
    run = tmp_path / "mlruns" / "1" / ("a" * 32)
    for name, text in {"metrics/acc": "1700000000000 0.25\n1700000000001 0.5\n", "tags/mlflow.runName": "old"}.items():
        (run / name).parent.mkdir(parents=True)
        (run / name).write_text(text)
    (run.parent / "meta.yaml").write_text("name: 7\n")
    (run / "meta.yaml").write_text(f"run_uuid: {'b' * 32}\nstatus: 5\nstart_time: {10**20}\n")
    (row,) = table("mlflow:mlruns/", tmp_path)
    assert row == {
        "experiment": "7",
        "run_id": "b" * 32,
        "run_name": "old",
        "status": "KILLED",
        "start_time": "1" + "0" * 20,
        "end_time": "",
        "metrics.acc": "0.5",
    }


def test_a_database_of_nonsense_is_told_of(logged: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    shutil.copy(logged[0] / "mlflow.db", tmp_path / "mlflow.db")
    connection = sqlite3.connect(tmp_path / "mlflow.db")
    connection.execute("UPDATE latest_metrics SET value = 'many'")
    connection.commit()
    connection.close()
    expected = "'mlflow.db' holds what is no value of MLflow's: could not convert string to float: 'many'"
    assert failed("mlflow:mlflow.db", tmp_path) == expected


def test_yaml_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mlruns" / "0").mkdir(parents=True)
    monkeypatch.setitem(sys.modules, "yaml", None)
    expected = "a folder of MLflow's needs PyYAML\n    install paperkit-assets with the extra mlflow"
    assert failed("mlflow:mlruns", tmp_path) == expected
