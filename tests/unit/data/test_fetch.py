"""Fetching: whole files or none, what was fetched stays what it was, and nothing of one's own is overwritten."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fsspec.registry import _registry

from paperkit.data.fetch import FetchReport, changed, fetch, fetch_frames, merged_snapshots, shown
from paperkit.data.snapshot import Snapshot
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec

RUNS = b"model,acc\nA,1\n"
MORE = b"model,acc\nA,2\n"
PASSWORD = "take it out: the manifest is committed; credentials are read from the environment and their usual files"
SCHEMES = "an address begins with https://, s3://, file:///, mlflow: or tensorboard:"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Server:
    """A web server whose files are set by the tests, and the paths that were asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        if path == "/moved.csv":
            handler.send_response(302)
            handler.send_header("Location", "/runs.csv")
            handler.end_headers()
            return
        if path not in self.files:
            handler.send_error(404)
            return
        body = self.files[path]
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8" if path == "/login.csv" else "text/csv")
        handler.send_header("Content-Length", str(len(body) + (10 if path == "/short.csv" else 0)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    found = Server()
    found.files = {
        "/runs.csv": RUNS,
        "/login.csv": b"<html>",
        "/short.csv": RUNS,
        "/large.bin": bytes(range(256)) * 20_000,
    }
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def specs(**frames: tuple[str, str | None]) -> dict[str, FrameSpec]:
    return {name: FrameSpec(read=read, url=url) for name, (read, url) in frames.items()}


class Project:
    """A project's folder, and what its lock knows of what was fetched."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: Mapping[str, Snapshot] = {}

    def fetch(self, frames: dict[str, FrameSpec], *names: str, update: bool = False) -> FetchReport:
        report = fetch_frames(frames, self.root, self.known, names, update=update)
        self.known = merged_snapshots(frames, self.known, report)
        return report


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def words(report: FetchReport) -> list[str]:
    return [str(problem) for problem in report.problems]


def failed(url: str, target: Path, expected: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        fetch(url, target, expected=expected)
    return str(caught.value)


def test_a_file_is_copied(tmp_path: Path, server: Server) -> None:
    target = tmp_path / "data" / "deep" / "x.bin"
    assert fetch(f"{server.url}/large.bin?token=1", target, expected=None) == sha(server.files["/large.bin"])
    assert target.read_bytes() == server.files["/large.bin"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
    assert [path.name for path in target.parent.iterdir()] == ["x.bin"]


def test_a_file_that_is_there_already_is_not_touched(tmp_path: Path, server: Server) -> None:
    target = tmp_path / "runs.csv"
    target.write_bytes(RUNS)
    os.utime(target, ns=(1, 1))
    assert fetch(f"{server.url}/moved.csv", target, expected=sha(RUNS)) == sha(RUNS)
    assert target.stat().st_mtime_ns == 1
    server.files["/runs.csv"] = MORE
    target.chmod(0o640)
    fetch(f"{server.url}/runs.csv", target, expected=None)
    assert target.read_bytes() == MORE
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_through_fsspec(tmp_path: Path) -> None:
    (tmp_path / "from").write_bytes(RUNS)
    assert fetch((tmp_path / "from").as_uri(), tmp_path / "to", expected=None) == sha(RUNS)
    assert (tmp_path / "to").read_bytes() == RUNS
    lacking = (tmp_path / "none.csv").as_uri()
    assert failed(lacking, tmp_path / "to") == f"{lacking} cannot be fetched: No such file or directory"
    assert failed("xyz://a/b", tmp_path / "to") == "xyz://a/b cannot be fetched: Protocol not known: xyz"


def test_what_reads_an_address_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hint = "install paperkit-assets with the extra"
    monkeypatch.delitem(_registry, "s3", raising=False)  # what other tests have used stands there
    monkeypatch.setitem(sys.modules, "s3fs", None)
    assert failed("s3://bucket/runs.csv", tmp_path / "x") == f"s3://bucket/runs.csv needs s3fs\n    {hint} s3"
    expected = "gs://bucket/runs.csv cannot be fetched: Please install gcsfs to access Google Storage"
    assert failed("gs://bucket/runs.csv", tmp_path / "x") == expected
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert failed("s3://bucket/runs.csv", tmp_path / "x") == f"s3://bucket/runs.csv needs s3fs\n    {hint} s3"
    assert failed("ftp://host/runs.csv", tmp_path / "x") == f"ftp://host/runs.csv needs fsspec\n    {hint} remote"


def test_what_cannot_be_fetched_leaves_everything_as_it_was(tmp_path: Path, server: Server) -> None:
    target = tmp_path / "runs.csv"
    target.write_bytes(RUNS)
    url = server.url
    assert failed(f"{url}/none.csv", target) == f"{url}/none.csv cannot be fetched: the server answers 404 Not Found"
    assert (
        failed(f"{url}/short.csv", target) == f"{url}/short.csv cannot be fetched: the connection ended 10 bytes early"
    )
    assert failed(f"{url}/login.csv", target) == (
        f"{url}/login.csv is a web page, not a file\n"
        "    look at it in a browser: it may ask for a login, or show the file instead of sending it"
    )
    assert failed(f"{url}/runs.csv?key=secret", target, sha(MORE)) == (
        f"the file at {url}/runs.csv is another than before: "
        f"its hash is {sha(RUNS)[:12]}…, not {sha(MORE)[:12]}…\n    --update takes it"
    )
    assert "cannot be fetched: " in failed("http://127.0.0.1:1/x", target)
    assert "cannot be fetched: " in failed("http://127.0.0.1:x/x", target)
    assert target.read_bytes() == RUNS
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]


def test_frames_are_fetched_once_and_known(project: Project, server: Server) -> None:
    frames = specs(
        zeta=("data/runs.csv", f"{server.url}/runs.csv"),
        own=("data/own.csv", None),
        **{"a b": ("data/runs.csv", f"{server.url}/runs.csv")},
    )
    report = project.fetch(frames)
    assert [(item.frame, item.state) for item in report.fetched] == [("zeta", "fetched"), ("a b", "unchanged")]
    assert report.problems == ()
    assert server.asked == ["/runs.csv"]
    snapshot = Snapshot(path="data/runs.csv", url=f"{server.url}/runs.csv", sha256=sha(RUNS))
    assert project.known == {"zeta": snapshot, "a b": snapshot}
    report = project.fetch(frames)
    assert [item.state for item in report.fetched] == ["unchanged", "unchanged"]
    assert server.asked == ["/runs.csv"]


def test_what_was_fetched_stays_what_it_was(project: Project, server: Server) -> None:
    target = project.root / "data" / "runs.csv"
    frames = specs(runs=("data/runs.csv", f"{server.url}/runs.csv"))
    project.fetch(frames)
    server.files["/runs.csv"] = MORE
    assert project.fetch(frames).problems == ()
    assert target.read_bytes() == RUNS
    target.unlink()
    (problem,) = words(project.fetch(frames))
    assert problem.startswith(f"data.runs.url: the file at {server.url}/runs.csv is another than before: ")
    assert not target.exists()
    assert project.known["runs"].sha256 == sha(RUNS)
    report = project.fetch(frames, "runs", update=True)
    assert [item.state for item in report.fetched] == ["fetched"]
    assert target.read_bytes() == MORE
    assert project.known == {"runs": Snapshot(path="data/runs.csv", url=f"{server.url}/runs.csv", sha256=sha(MORE))}


def test_a_file_of_ones_own_is_not_overwritten(project: Project, server: Server) -> None:
    target = project.root / "runs.csv"
    frames = specs(runs=("runs.csv", f"{server.url}/runs.csv"))
    target.write_bytes(b"mine")
    assert words(project.fetch(frames)) == [
        "data.runs.url: 'runs.csv' is there, and was not fetched\n    paperkit fetch runs --update replaces it"
    ]
    assert project.known == {}
    project.fetch(frames, update=True)
    target.write_bytes(b"edited")
    assert words(project.fetch(frames)) == [
        "data.runs.url: 'runs.csv' was changed since it was fetched\n    paperkit fetch runs --update replaces it"
    ]
    assert target.read_bytes() == b"edited"
    assert project.known["runs"].sha256 == sha(RUNS)
    assert server.asked == ["/runs.csv"]


def test_another_address_is_fetched_anew(project: Project, server: Server) -> None:
    project.fetch(specs(runs=("runs.csv", f"{server.url}/runs.csv")))
    server.files["/v2.csv"] = MORE
    project.fetch(specs(runs=("runs.csv", f"{server.url}/v2.csv")))
    assert (project.root / "runs.csv").read_bytes() == MORE
    assert project.known["runs"].url == f"{server.url}/v2.csv"


def test_one_failure_does_not_stop_the_others_and_frames_that_are_gone_are_forgotten(
    project: Project, server: Server
) -> None:
    project.fetch(specs(old=("old.csv", f"{server.url}/runs.csv")))
    frames = specs(
        bad=("bad.csv", f"{server.url}/none.csv"),
        runs=("runs.csv", f"{server.url}/runs.csv"),
        other=("runs.csv", f"{server.url}/large.bin"),
    )
    report = project.fetch(frames)
    assert [item.frame for item in report.fetched] == ["runs"]
    assert words(report) == [
        f"data.bad.url: {server.url}/none.csv cannot be fetched: the server answers 404 Not Found",
        f"data.other.url: another frame fetches 'runs.csv' from {server.url}/runs.csv",
    ]
    assert list(project.known) == ["runs"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"url": "https://x.org/a"},
            'data.f.url: url needs read beside it\n    read = "data/runs.csv" says where the file is kept',
        ),
        ({"read": "x.csv"}, "data.f: the frame has no url"),
        ({"read": "{m}.csv", "url": "https://x.org/a"}, "data.f.read: url is one file, but '{m}.csv' may mean several"),
        ({"read": "../x.csv", "url": "https://x.org/a"}, "data.f.read: '../x.csv' leads outside the project"),
        ({"read": "out/x.csv", "url": "https://x.org/a"}, "data.f.read: 'out/x.csv' leads outside the project"),
        (
            {"read": "x.csv", "url": "s3://key:secret@bucket/a.csv"},
            f"data.f.url: the address holds a password\n    {PASSWORD}",
        ),
        (
            {"read": "x.csv", "url": "x.org/a"},
            f"data.f.url: 'x.org/a' is no address\n    {SCHEMES}",
        ),
    ],
)
def test_frames_that_cannot_be_fetched(tmp_path: Path, spec: dict[str, Any], expected: str) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    report = fetch_frames({"f": FrameSpec.model_validate(spec)}, root, {}, ["f"])
    (problem,) = words(report)
    assert problem.split("\n    write a path")[0] == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project"]


def test_frames_that_do_not_exist_are_guessed(tmp_path: Path) -> None:
    report = fetch_frames(specs(runs=("x.csv", None)), tmp_path, {}, ["rnus"])
    assert words(report) == ["there is no [data.rnus], did you mean 'runs'?"]


def run_store(root: Path, accuracy: float) -> None:
    run = root / "mlruns" / "1" / ("a" * 32)
    (run / "metrics").mkdir(parents=True, exist_ok=True)
    (run.parent / "meta.yaml").write_text("name: base\n")
    (run / "meta.yaml").write_text("run_name: one\nstatus: 3\n")
    (run / "metrics" / "acc").write_text(f"1700000000000 {accuracy} 1\n")


def test_a_run_store_is_kept_as_csv(tmp_path: Path) -> None:
    run_store(tmp_path, 0.25)
    project = Project(tmp_path / "paper")
    project.root.mkdir()
    url = "mlflow:../mlruns?experiment=base"
    frames = specs(runs=("data/runs.csv", url))
    assert [item.state for item in project.fetch(frames).fetched] == ["fetched"]
    content = (project.root / "data" / "runs.csv").read_bytes()
    assert content == (
        b"experiment,run_id,run_name,status,start_time,end_time,metrics.acc\n"
        b"base,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,one,FINISHED,,,0.25\n"
    )
    assert project.known == {"runs": Snapshot(path="data/runs.csv", url=url, sha256=sha(content))}
    run_store(tmp_path, 0.5)
    assert [item.state for item in project.fetch(frames).fetched] == ["unchanged"]
    (project.root / "data" / "runs.csv").unlink()
    (problem,) = words(project.fetch(frames))
    after = sha(content.replace(b"0.25", b"0.5"))
    assert problem == (
        f"data.runs.url: the content of {url} is another than before: "
        f"its hash is {after[:12]}…, not {sha(content)[:12]}…\n    --update takes it"
    )
    assert [item.state for item in project.fetch(frames, update=True).fetched] == ["fetched"]
    assert words(project.fetch(specs(runs=("runs.parquet", url)))) == [
        "data.runs.url: a run store is kept as CSV, and 'runs.parquet' is none\n    let read end with .csv"
    ]
    assert words(project.fetch(specs(runs=("none.csv", "mlflow:../none")))) == [
        "data.runs.url: there is no run store '../none'\n    the path is relative to the manifest's folder"
    ]


def test_what_was_changed_since_is_noticed(project: Project, server: Server) -> None:
    frames = specs(
        runs=("runs.csv", f"{server.url}/runs.csv"), gone=("gone.csv", f"{server.url}/runs.csv"), own=("own.csv", None)
    )
    project.fetch(frames)
    assert changed(frames, project.root, project.known) == ()
    (project.root / "runs.csv").write_bytes(MORE)
    (project.root / "gone.csv").unlink()
    assert [str(problem) for problem in changed(frames, project.root, project.known)] == [
        "data.runs.url: 'runs.csv' was changed since it was fetched\n    paperkit fetch runs --update replaces it"
    ]
    elsewhere = specs(runs=("runs.csv", f"{server.url}/large.bin"))
    assert changed(elsewhere, project.root, project.known) == ()


def test_what_is_secret_in_an_address_is_not_shown() -> None:
    assert shown("s3://key:secret@bucket/a/b.csv?token=x#y") == "s3://bucket/a/b.csv"
