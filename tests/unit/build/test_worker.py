"""Workers: a task is small, what they make is what this process makes, and what they see otherwise they refuse."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.fingerprints import Fingerprints
from paperkit.build.frame_states import FrameStates
from paperkit.build.make import Workshop
from paperkit.build.worker import Job, Site, Task, make, work
from paperkit.files import fingerprint
from tests.unit.build.figure_paper import write_paper

HOST = "elsewhere"


def task_of(manifest: Path, *names: str, host: str = HOST, **changed: object) -> Task:
    paper = Paper.load(manifest)
    states = FrameStates(paper.manifest, Fingerprints(paper.manifest))
    jobs = [
        Job(
            target=step.target.id, record=step.record, frames={name: states.record(name) for name in step.target.frames}
        )
        for step in paper.plan(names)
        if step.record is not None
    ]
    site = Site(
        root=str(manifest.parent),
        file=manifest.name,
        manifest=fingerprint(manifest.read_bytes()),
        inputs=fingerprint((manifest.parent / "runs.csv").read_bytes()),
        host=host,
    )
    return Task(site=site, jobs=tuple(replace(job, **changed) for job in jobs))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: HOST)


def said(task: Task) -> str:
    return "\n".join(str(problem) for answer in work(task) for problem in answer.problems)


def test_a_worker_makes_what_this_process_makes(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path)
    workshop = Workshop(Paper.load(manifest).manifest)
    ours = [make(workshop, target) for target in Paper.load(manifest).targets if target.kind == "figure"]
    theirs = work(task_of(manifest, "figure.f0", "figure.f1", "figure.f2", "figure.f3"))
    assert list(theirs) == ours
    assert all(answer.made is not None and answer.made.artifacts for answer in theirs)
    assert pickle.loads(pickle.dumps(theirs)) == theirs
    assert sorted(path.name for path in tmp_path.iterdir()) == ["paper.toml", "runs.csv"]


def test_a_task_carries_hashes_and_no_rows(tmp_path: Path) -> None:
    sent = pickle.dumps(task_of(write_paper(tmp_path), "figure.f0"))
    assert len(sent) < 3000
    assert b"40.25" not in sent


def test_data_that_changed_since_the_plan_are_refused(tmp_path: Path) -> None:
    task = task_of(write_paper(tmp_path), "figure.f0")
    (tmp_path / "runs.csv").write_text("model,dataset,accuracy\nm0,d0,1\n")
    assert said(task) == (
        "runs.csv: is not what the build saw when it began\n"
        "    it was saved meanwhile, or the workers' file system lags behind; build again"
    )


def test_a_manifest_that_changed_since_the_plan_is_refused_with_the_machine(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path)
    task = task_of(manifest, "figure.f0", host="here")
    manifest.write_text("# saved\n" + manifest.read_text())
    assert said(task) == (
        "paper.toml: is not what the build saw when it began on elsewhere\n"
        "    it was saved meanwhile, or the workers' file system lags behind; build again"
    )


def test_a_machine_without_the_project_says_so(tmp_path: Path) -> None:
    task = task_of(write_paper(tmp_path / "there"), "figure.f0", host="here")
    gone = replace(task, site=replace(task.site, root=str(tmp_path / "gone")))
    assert said(gone) == (
        f"there is no {tmp_path / 'gone' / 'paper.toml'} on elsewhere\n"
        "    workers need the paper's folder under the same path as the machine that builds: a shared file system"
    )


def test_other_versions_of_what_shapes_the_output_are_refused(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path)
    (job,) = task_of(manifest, "figure.f0").jobs
    old = replace(job.record, versions={**job.record.versions, "matplotlib": "0.1"})
    here = job.record.versions["matplotlib"]
    assert said(task_of(manifest, "figure.f0", record=old)) == (
        f"the worker has matplotlib {here}, this build 0.1\n"
        "    other versions make other files: install the same ones where the workers run"
    )


def test_new_rows_reach_a_worker_that_is_still_warm(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path)
    (before,) = work(task_of(manifest, "figure.f0"))
    rows = (tmp_path / "runs.csv").read_text()
    (tmp_path / "runs.csv").write_text(rows.replace("m0,d0,40.25", "m0,d0,99.25"))
    (after,) = work(task_of(manifest, "figure.f0"))
    (tmp_path / "runs.csv").write_text(rows)
    (again,) = work(task_of(manifest, "figure.f0"))
    assert before == again != after


def test_texts_that_only_tex_can_measure_are_answered_not_asked(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path, 1)
    manifest.write_text(manifest.read_text() + 'axes = { ylabel = "$\\\\boxtimes$" }\n')
    (asked,) = work(task_of(manifest, "figure.f0", asks=True))
    assert asked.made is None
    assert {text.tex for text in asked.wanted} == {r"$\boxtimes$"}
    (estimated,) = work(task_of(manifest, "figure.f0"))
    assert [notice.message for notice in estimated.made.notices if estimated.made] == [  # type: ignore[union-attr]
        r"'\boxtimes' is not known in maths, measured as nothing"
    ]
    assert not (tmp_path / "paper.metrics").exists()
