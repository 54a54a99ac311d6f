"""S3: a real server on this machine that speaks it, and s3fs with credentials from the environment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from paperkit.data.fetch import fetch, fetch_frames
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec

KEY, SECRET = "AKIAEXAMPLEKEY", "the-secret-of-the-tests"
RUNS = b"model,acc\nA,1\n"
LARGE = bytes(range(256)) * 50_000  # more than s3fs reads at once
CREDENTIALS = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"


def tell(address: str, content: bytes) -> None:
    """Tell the server about itself."""
    request = Request(address, data=content, headers={"Content-Type": "text/plain"}, method="POST")
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 200


class Bucket:
    """A bucket called `papers` on a server of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = boto3.client(
            "s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1", endpoint_url=url
        )
        self.client.create_bucket(Bucket="papers")

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket="papers", Key=key, Body=content)

    def close(self) -> None:
        """Ask for credentials from now on; no one has any."""
        tell(f"{self.url}/moto-api/reset-auth", b"0")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bucket]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name, value in zip(CREDENTIALS, (KEY, SECRET), strict=True):
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
    tell(f"{url}/moto-api/reset", b"")
    yield Bucket(url)
    tell(f"{url}/moto-api/reset-auth", b"inf")
    server.stop()


def failed(url: str, target: Path) -> str:
    with pytest.raises(DataError) as caught:
        fetch(url, target, expected=None)
    assert KEY not in str(caught.value)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_files_come_from_s3(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("a/runs.csv", RUNS)
    bucket.put("large.bin", LARGE)
    assert fetch("s3://papers/a/runs.csv", tmp_path / "runs.csv", expected=None) == hashlib.sha256(RUNS).hexdigest()
    assert (tmp_path / "runs.csv").read_bytes() == RUNS
    fetch("s3://papers/large.bin", tmp_path / "large.bin", expected=hashlib.sha256(LARGE).hexdigest())
    assert (tmp_path / "large.bin").read_bytes() == LARGE


def test_credentials_come_from_their_file(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.put("runs.csv", RUNS)
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    fetch("s3://papers/runs.csv", tmp_path / "runs.csv", expected=None)
    assert (tmp_path / "runs.csv").read_bytes() == RUNS


def test_a_file_that_changed_there_is_told_of(bucket: Bucket, tmp_path: Path) -> None:
    frames = {"runs": FrameSpec(read="data/runs.csv", url="s3://papers/runs.csv")}
    bucket.put("runs.csv", RUNS)
    (first,) = fetch_frames(frames, tmp_path, {}).fetched
    known = {"runs": first.snapshot}
    more = RUNS + b"B,2\n"
    bucket.put("runs.csv", more)
    (tmp_path / "data" / "runs.csv").unlink()
    (problem,) = fetch_frames(frames, tmp_path, known).problems
    before, after = (hashlib.sha256(content).hexdigest()[:12] for content in (RUNS, more))
    assert problem.message == (
        f"the file at s3://papers/runs.csv is another than before: its hash is {after}…, not {before}…"
    )
    (second,) = fetch_frames(frames, tmp_path, known, update=True).fetched
    assert (second.state, second.snapshot.sha256[:12]) == ("fetched", after)


def test_what_cannot_be_had_is_told_without_secrets(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("runs.csv", RUNS)
    target = tmp_path / "x.csv"
    expected = "s3://papers/none.csv cannot be fetched: No such file or directory"
    assert failed("s3://papers/none.csv", target) == expected
    expected = "s3://no-papers/runs.csv cannot be fetched: The specified bucket does not exist"
    assert failed("s3://no-papers/runs.csv", target) == expected
    bucket.close()
    expected = "s3://papers/runs.csv cannot be fetched: "
    assert failed("s3://papers/runs.csv", target) == f"{expected}Forbidden"
    assert list(tmp_path.iterdir()) == []


def test_lacking_credentials_are_told_of(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.put("runs.csv", RUNS)
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    expected = "s3://papers/runs.csv cannot be fetched: Unable to locate credentials"
    assert failed("s3://papers/runs.csv", tmp_path / "x.csv") == expected
