"""Zips: the same bytes for the same outputs, and downloaded projects read without trust."""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.overleaf.archive import make_archive, read_archive, refuse_other
from paperkit.overleaf.content import digest
from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.state import State
from paperkit.overleaf.survey import survey
from tests.unit.overleaf.desk import Desk, sealed

HINT = "\n    download the project again: Menu, Source"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    return content.replace(old, new)


HOSTILE = {
    "traversal": (
        zipped(("../../etc/cron.d/x", b"")),
        "the name '../../etc/cron.d/x' has an empty name, '.' or '..' in its path",
    ),
    "inner traversal": (zipped(("a/../b", b"")), "the name 'a/../b' has an empty name, '.' or '..' in its path"),
    "absolute": (zipped(("/etc/passwd", b"")), "the name '/etc/passwd' is not relative"),
    "drive": (zipped(("C:/x.tex", b"")), "the name 'C:/x.tex' is not relative"),
    "backslash": (zipped(("a\\b.tex", b"")), "the name 'a\\b.tex' has '\\\\' in its name"),
    "NUL": (renamed(zipped(("a_b.tex", b"")), b"a_b.tex", b"a\0b.tex"), "the name 'a?b.tex' has a NUL in it"),
    "twice": (zipped(("a.tex", b"1"), ("a.tex", b"2")), "'a.tex' stands in it twice"),
    "link": (zipped((link("a.tex"), b"/etc/passwd")), "'a.tex' is a link or a device, not a file"),
    "git": (zipped((".git/hooks/x", b"")), "the name '.git/hooks/x' leads into a folder of git's own"),
    "escape": (zipped(("\x1b[2Ja.tex", b"")), "the name '?[2Ja.tex' has '\\x1b' in its name"),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_archives_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "Source.zip").write_bytes(content)
    with pytest.raises(OverleafError) as caught:
        read_archive(tmp_path / "Source.zip")
    assert str(caught.value) == f"Source.zip: {message}{HINT}"


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "Source.zip").write_bytes(zipped(("/a", b""), ("../b", b""), ("fine.tex", b"")))
    with pytest.raises(OverleafError) as caught:
        read_archive(tmp_path / "Source.zip")
    assert len(caught.value.problems) == 2


def test_a_password(tmp_path: Path) -> None:
    content = bytearray(zipped(("a.tex", b"text")))
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1
    (tmp_path / "Source.zip").write_bytes(bytes(content))
    with pytest.raises(OverleafError) as caught:
        read_archive(tmp_path / "Source.zip")
    assert str(caught.value) == f"Source.zip: 'a.tex' is encrypted{HINT}"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_another_compression_is_refused_before_anything_is_read(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "Source.zip", "w", method) as archive:
        archive.writestr("a.tex", b"text" * 999)
    content = bytearray((tmp_path / "Source.zip").read_bytes())
    content[45:70] = bytes(25)
    (tmp_path / "Source.zip").write_bytes(bytes(content))
    with pytest.raises(OverleafError) as caught:
        read_archive(tmp_path / "Source.zip")
    assert str(caught.value) == f"Source.zip: 'a.tex' is compressed in a way that Overleaf does not use{HINT}"


@pytest.mark.parametrize(
    "content", [b"[data.runs]\n", b"", zipped(("main.tex", b"by hand")), b"PK\x03\x04" + bytes(40)]
)
def test_only_a_zip_of_ours_is_replaced_by_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "overleaf.zip"
    refuse_other(path)
    for outputs in ([], [Output(path="a.tex", output="", content=b"a")]):
        path.write_bytes(make_archive(outputs))
        refuse_other(path)
    path.write_bytes(content)
    with pytest.raises(OverleafError) as caught:
        refuse_other(path)
    assert str(caught.value) == (
        "overleaf.zip: is no zip that paperkit made, and is not replaced\n"
        "    name another file with -o, or remove this one"
    )


def test_bombs(tmp_path: Path) -> None:
    path = tmp_path / "Source.zip"
    path.write_bytes(zipped(*((f"{number}.tex", bytes(11 * 1024 * 1024)) for number in range(30))))
    assert path.stat().st_size < 400_000
    with pytest.raises(OverleafError) as caught:
        read_archive(path)
    assert str(caught.value) == f"Source.zip: would unpack to 330 MiB; Overleaf has at most 300{HINT}"
    # One that says less than it holds.
    content = bytearray(zipped(("a.tex", bytes(5_000_000))))
    for start in (content.index(b"PK\x03\x04") + 22, content.index(b"PK\x01\x02") + 24):
        content[start : start + 4] = struct.pack("<L", 10)
    path.write_bytes(bytes(content))
    with pytest.raises(OverleafError) as caught:
        read_archive(path)
    assert str(caught.value).startswith("Source.zip: cannot be read as a zip: ")
    path.write_bytes(zipped(*((f"{number}", b"") for number in range(20_001))))
    with pytest.raises(OverleafError) as caught:
        read_archive(path)
    assert str(caught.value) == f"Source.zip: has 20001 files; Overleaf has at most 2000{HINT}"


@pytest.mark.parametrize("content", [b"", b"<html>please log in</html>", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_zip_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "Source.zip").write_bytes(content)
    with pytest.raises(OverleafError) as caught:
        read_archive(tmp_path / "Source.zip")
    assert str(caught.value).startswith("Source.zip: cannot be read as a zip: ")
    assert str(caught.value).endswith("\n    on Overleaf: Menu, Source, downloads the project")
    with pytest.raises(OverleafError) as caught:
        read_archive(tmp_path / "none.zip")
    assert str(caught.value) == "none.zip: there is no such file"


@given(st.data())
def test_a_damaged_archive_never_does_more_than_fail(data: st.DataObject) -> None:
    content = bytearray(zipped(("main.tex", b"text" * 50), ("tables/a.tex", sealed("1"))))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Source.zip"
        path.write_bytes(bytes(content))
        with suppress(OverleafError):
            read_archive(path)
        assert [entry.name for entry in Path(folder).iterdir()] == ["Source.zip"]


def test_an_archive_has_the_same_bytes_whatever_the_order() -> None:
    outputs = [Output(path=f"tables/{name}.tex", output="", content=name.encode() * 99) for name in "cab"]
    one, other = make_archive(outputs), make_archive(reversed(outputs))
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        infos = archive.infolist()
        assert [info.filename for info in infos] == ["tables/a.tex", "tables/b.tex", "tables/c.tex"]
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert {oct(info.external_attr >> 16) for info in infos} == {"0o100644"}
        assert archive.read("tables/b.tex") == b"b" * 99


def test_three_ways_against_a_download(desk: Desk, tmp_path: Path) -> None:
    for name in ("same", "typed", "both"):
        desk.build(f"{name}.tex", name)
    outputs = {output.path: output for output in desk.listed()}
    sent = State(remote="")
    path = tmp_path / "Source.zip"
    contents = {output.path: output.content or b"" for output in outputs.values()}
    path.write_bytes(zipped(("main.tex", b"by hand"), *contents.items()))
    agreed = survey(outputs.values(), sent, read_archive(path)).agreement()
    state = sent.agreed(agreed)
    # Later: one was edited there, one on both sides, one deleted, one created by somebody; lines end otherwise.
    contents["same.tex"] = contents["same.tex"].replace(b"\n", b"\r\n")
    contents["typed.tex"] += b"typed\n"
    contents["both.tex"] += b"typed\n"
    contents["fresh.tex"] = b"mine\n"
    del contents["macros.tex"]
    desk.build("both.tex", "new")
    desk.build("tables/a.tex", "new")
    desk.build("fresh.tex", "new")
    path.write_bytes(zipped(("main.tex", b"by hand"), *contents.items()))
    found = survey(desk.listed(), state, read_archive(path))
    assert {one.path: one.verdict.value for one in found.findings} == {
        "same.tex": "same",
        "typed.tex": "edited-remotely",
        "both.tex": "conflict",
        "fresh.tex": "foreign",
        "macros.tex": "deleted-remotely",
        "tables/a.tex": "update",
    }


def test_an_older_version_that_is_put_back_is_told_once_the_newer_was_seen_there(tmp_path: Path) -> None:
    path, old, new = tmp_path / "Source.zip", sealed("1"), sealed("2")
    outputs = [Output(path="a.tex", output="a.tex", content=new)]
    state = State(remote="").sending({"a.tex": digest(old)}).sending({"a.tex": digest(new)})
    path.write_bytes(zipped(("a.tex", new)))
    seen = state.agreed(survey(outputs, state, read_archive(path)).agreement())
    path.write_bytes(zipped(("a.tex", old)))
    verdicts = [survey(outputs, known, read_archive(path)).findings[0].verdict.value for known in (state, seen)]
    assert verdicts == ["update", "edited-remotely"]
