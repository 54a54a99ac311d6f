"""Fetching: whole files or none, what was fetched stays what it was, and nothing of one's own is overwritten."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from paperkit.data.fetch import FetchReport, Snapshot, fetch, fetch_frames, load_record, record_name, shown
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec

RUNS = b"model,acc\nA,1\n"
MORE = b"model,acc\nA,2\n"


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
    pytest.importorskip("fsspec")
    (tmp_path / "from").write_bytes(RUNS)
    assert fetch((tmp_path / "from").as_uri(), tmp_path / "to", expected=None) == sha(RUNS)
    assert (tmp_path / "to").read_bytes() == RUNS
    lacking = (tmp_path / "none.csv").as_uri()
    assert failed(lacking, tmp_path / "to") == f"{lacking} cannot be fetched: No such file or directory"
    assert failed("xyz://a/b", tmp_path / "to") == "xyz://a/b cannot be fetched: Protocol not known: xyz"


def test_fsspec_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert failed("s3://bucket/runs.csv", tmp_path / "x") == (
        "s3://bucket/runs.csv needs fsspec\n    install paperkit-assets with the extra remote"
    )


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
        f"the file at {url}/runs.csv is another one than before: "
        f"its hash is {sha(RUNS)[:12]}…, not {sha(MORE)[:12]}…\n    --update takes it"
    )
    assert "cannot be fetched: " in failed("http://127.0.0.1:1/x", target)
    assert "cannot be fetched: " in failed("http://127.0.0.1:x/x", target)
    assert target.read_bytes() == RUNS
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]


def test_frames_are_fetched_once_and_written_down(tmp_path: Path, server: Server) -> None:
    record = tmp_path / record_name("paper.toml")
    frames = specs(
        zeta=("data/runs.csv", f"{server.url}/runs.csv"),
        own=("data/own.csv", None),
        **{"a b": ("data/runs.csv", f"{server.url}/runs.csv")},
    )
    report = fetch_frames(frames, tmp_path, record)
    assert [(item.frame, item.state) for item in report.fetched] == [("zeta", "fetched"), ("a b", "unchanged")]
    assert report.problems == ()
    assert server.asked == ["/runs.csv"]
    entry = f'path = "data/runs.csv"\nurl = "{server.url}/runs.csv"\nsha256 = "{sha(RUNS)}"\n'
    assert record.read_text() == (
        "# Made by `paperkit fetch`; commit it: whoever fetches again gets the same files, or is told.\n\n"
        f'["a b"]\n{entry}\n[zeta]\n{entry}'
    )
    os.utime(record, ns=(1, 1))
    report = fetch_frames(frames, tmp_path, record)
    assert [item.state for item in report.fetched] == ["unchanged", "unchanged"]
    assert server.asked == ["/runs.csv"]
    assert record.stat().st_mtime_ns == 1


def test_what_was_fetched_stays_what_it_was(tmp_path: Path, server: Server) -> None:
    record, target = tmp_path / "paper.sources.toml", tmp_path / "data" / "runs.csv"
    frames = specs(runs=("data/runs.csv", f"{server.url}/runs.csv"))
    fetch_frames(frames, tmp_path, record)
    server.files["/runs.csv"] = MORE
    assert fetch_frames(frames, tmp_path, record).problems == ()
    assert target.read_bytes() == RUNS
    target.unlink()
    (problem,) = words(fetch_frames(frames, tmp_path, record))
    assert problem.startswith(f"data.runs.url: the file at {server.url}/runs.csv is another one than before: ")
    assert not target.exists()
    assert load_record(record)["runs"].sha256 == sha(RUNS)
    report = fetch_frames(frames, tmp_path, record, ["runs"], update=True)
    assert [item.state for item in report.fetched] == ["fetched"]
    assert target.read_bytes() == MORE
    assert load_record(record) == {
        "runs": Snapshot(path="data/runs.csv", url=f"{server.url}/runs.csv", sha256=sha(MORE))
    }


def test_a_file_of_ones_own_is_not_overwritten(tmp_path: Path, server: Server) -> None:
    record, target = tmp_path / "paper.sources.toml", tmp_path / "runs.csv"
    frames = specs(runs=("runs.csv", f"{server.url}/runs.csv"))
    target.write_bytes(b"mine")
    assert words(fetch_frames(frames, tmp_path, record)) == [
        "data.runs.url: 'runs.csv' is there, and was not fetched\n    paperkit fetch runs --update replaces it"
    ]
    assert not record.exists()
    fetch_frames(frames, tmp_path, record, update=True)
    target.write_bytes(b"edited")
    assert words(fetch_frames(frames, tmp_path, record)) == [
        "data.runs.url: 'runs.csv' was changed since it was fetched\n    paperkit fetch runs --update replaces it"
    ]
    assert target.read_bytes() == b"edited"
    assert load_record(record)["runs"].sha256 == sha(RUNS)
    assert server.asked == ["/runs.csv"]


def test_another_address_is_fetched_anew(tmp_path: Path, server: Server) -> None:
    record = tmp_path / "paper.sources.toml"
    fetch_frames(specs(runs=("runs.csv", f"{server.url}/runs.csv")), tmp_path, record)
    server.files["/v2.csv"] = MORE
    fetch_frames(specs(runs=("runs.csv", f"{server.url}/v2.csv")), tmp_path, record)
    assert (tmp_path / "runs.csv").read_bytes() == MORE
    assert load_record(record)["runs"].url == f"{server.url}/v2.csv"


def test_one_failure_does_not_stop_the_others_and_frames_that_are_gone_are_forgotten(
    tmp_path: Path, server: Server
) -> None:
    record = tmp_path / "paper.sources.toml"
    fetch_frames(specs(old=("old.csv", f"{server.url}/runs.csv")), tmp_path, record)
    frames = specs(
        bad=("bad.csv", f"{server.url}/none.csv"),
        runs=("runs.csv", f"{server.url}/runs.csv"),
        other=("runs.csv", f"{server.url}/large.bin"),
    )
    report = fetch_frames(frames, tmp_path, record)
    assert [item.frame for item in report.fetched] == ["runs"]
    assert words(report) == [
        f"data.bad.url: {server.url}/none.csv cannot be fetched: the server answers 404 Not Found",
        f"data.other.url: another frame fetches 'runs.csv' from {server.url}/runs.csv",
    ]
    assert list(load_record(record)) == ["runs"]


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
            {"read": "x.csv", "url": "x.org/a"},
            "data.f.url: 'x.org/a' is no address\n    an address begins with https://, s3:// or file:///",
        ),
    ],
)
def test_frames_that_cannot_be_fetched(tmp_path: Path, spec: dict[str, Any], expected: str) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    report = fetch_frames({"f": FrameSpec.model_validate(spec)}, root, root / "paper.sources.toml", ["f"])
    (problem,) = words(report)
    assert problem.split("\n    write a path")[0] == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project"]


def test_frames_that_do_not_exist_are_guessed(tmp_path: Path) -> None:
    report = fetch_frames(specs(runs=("x.csv", None)), tmp_path, tmp_path / "r.toml", ["rnus"])
    assert words(report) == ["there is no [data.rnus], did you mean 'runs'?"]


@pytest.mark.parametrize("text", ["x", "x = 1", "[a]\npath = 'p'", "[a]\npath = 'p'\nurl = 'u'\nsha256 = 'z'", "\xff"])
def test_a_damaged_record_is_told_of(tmp_path: Path, text: str) -> None:
    (tmp_path / "paper.sources.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError) as caught:
        fetch_frames({}, tmp_path, tmp_path / "paper.sources.toml")
    assert str(caught.value) == (
        "paper.sources.toml: the record is damaged\n    restore it, or delete it and fetch with --update"
    )


def test_what_is_secret_in_an_address_is_not_shown() -> None:
    assert shown("s3://key:secret@bucket/a/b.csv?token=x#y") == "s3://bucket/a/b.csv"
