"""The lock: what is written is read back, sorted, nothing of others is lost, and a broken one says what to do."""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.build.lock import FrameRecord, Lock, Record, in_order, load_lock, update_lock
from paperkit.data.snapshot import Snapshot
from paperkit.errors import PaperkitError, Place, Problem

SHA = "0" * 64
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8)
MAPS = st.dictionaries(NAMES, NAMES, max_size=3)
PLACES = st.builds(Place, file=NAMES, line=st.none() | st.integers(1, 9), column=st.none() | st.integers(1, 9))
PATHS = st.lists(st.integers(0, 9) | NAMES, max_size=3).map(tuple)
PROBLEMS = st.builds(Problem, message=NAMES, path=PATHS, place=st.none() | PLACES, hint=st.none() | NAMES)
NOTICES = st.lists(PROBLEMS, max_size=3).map(in_order)
WORDS = st.lists(st.from_regex("[a-z_0-9]+", fullmatch=True), max_size=3).map(tuple)
RECORDS = st.builds(
    Record,
    manifest=NAMES,
    venue=NAMES,
    facts=WORDS,
    texts=WORDS,
    labels=MAPS,
    versions=MAPS,
    frames=MAPS,
    inputs=MAPS,
    outputs=MAPS,
    left=MAPS,
    notices=NOTICES,
)
COUNTS = st.dictionaries(NAMES, st.integers(0, 9), max_size=3)
FRAMES = st.builds(
    FrameRecord, manifest=NAMES, labels=MAPS, versions=MAPS, frames=MAPS, inputs=MAPS, counts=COUNTS, rows=NAMES
)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
SNAPSHOTS = st.builds(Snapshot, path=NAMES, url=NAMES, sha256=HASHES)


@given(
    st.dictionaries(NAMES, RECORDS, max_size=4),
    st.dictionaries(NAMES, FRAMES, max_size=3),
    st.dictionaries(NAMES, SNAPSHOTS, max_size=3),
)
def test_a_written_lock_is_read_back(
    targets: dict[str, Record], frames: dict[str, FrameRecord], sources: dict[str, Snapshot]
) -> None:
    lock = Lock(targets=targets, frames=frames, sources=sources)
    upside_down = Lock(
        targets=dict(reversed(targets.items())),
        frames=dict(reversed(frames.items())),
        sources=dict(reversed(sources.items())),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paper.lock")
        assert update_lock(path, lambda _: lock) == bool(targets or frames or sources)
        assert load_lock(path) == lock
        assert not update_lock(path, lambda _: upside_down)


def test_no_lock_is_an_empty_one(tmp_path: Path) -> None:
    assert load_lock(tmp_path / "paper.lock") == Lock()
    assert not update_lock(tmp_path / "paper.lock", lambda lock: lock)
    assert list(tmp_path.iterdir()) == []


def test_what_was_fetched_is_a_block_of_its_own(tmp_path: Path) -> None:
    source = Snapshot(path="data/runs.csv", url="https://x.org/runs.csv", sha256=SHA)
    update_lock(tmp_path / "paper.lock", lambda _: Lock(sources={"zeta": source, "a b": source}))
    entry = f'path = "data/runs.csv"\nurl = "https://x.org/runs.csv"\nsha256 = "{SHA}"\n'
    assert (tmp_path / "paper.lock").read_text() == (
        "# Written by paperkit: what outputs were made from, and what was fetched. Commit it; never edit it.\n"
        f'version = 2\n\n[source."a b"]\n{entry}\n[source.zeta]\n{entry}\n[target]\n'
    )


def test_a_lock_of_the_first_form_keeps_what_was_fetched(tmp_path: Path) -> None:
    text = f"version = 1\n[source.runs]\npath = 'p'\nurl = 'u'\nsha256 = '{SHA}'\n[target.macros]\nmanifest = 'm'\n"
    (tmp_path / "paper.lock").write_text(text)
    assert load_lock(tmp_path / "paper.lock") == Lock(sources={"runs": Snapshot(path="p", url="u", sha256=SHA)})


def test_changes_that_meet_keep_each_others_blocks(tmp_path: Path) -> None:
    path = tmp_path / "paper.lock"

    def add(name: str) -> None:
        def added(lock: Lock) -> Lock:
            time.sleep(0.01)  # long enough for the others to come by
            return replace(lock, targets={**lock.targets, name: Record(manifest="m", venue="v")})

        update_lock(path, added)

    threads = [threading.Thread(target=add, args=(f"table.{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(load_lock(path).targets) == [f"table.{number}" for number in range(8)]
    assert [file.name for file in tmp_path.iterdir()] == ["paper.lock"]


def test_a_lock_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(PaperkitError) as caught:
        update_lock(tmp_path / "none" / "paper.lock", lambda lock: lock)
    assert str(caught.value) == "paper.lock: cannot be written: No such file or directory"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<<<<<<< HEAD\n", ":1"),
        ("version = 3\n", ""),
        ('version = 2\n[target."table.a"]\nmanfest = "x"\n', ""),
        ("version = 2\n[source.a]\npath = 'p'\n", ""),
        ("version = 2\n[source.a]\npath = 'p'\nurl = 'u'\nsha256 = 'z'\n", ""),
        ("version = 2\n[source.a]\npath = 1\nurl = 'u'\nsha256 = '" + SHA + "'\n", ""),
        ("version = 2\nsource = 1\n", ""),
        ("\xff", ""),
        ("", ""),
    ],
)
def test_a_broken_lock_says_what_to_do(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "paper.lock"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PaperkitError) as caught:
        load_lock(path)
    hint = "restore it, or delete it: paperkit build writes it again, and paperkit fetch --update what was fetched"
    assert str(caught.value) == f"paper.lock{line}: the lock cannot be read\n    {hint}"
    with pytest.raises(PaperkitError):
        update_lock(path, lambda lock: lock)
    assert path.read_bytes() == text.encode("latin-1")
    assert update_lock(path, lambda lock: lock, replace=True)
    assert load_lock(path) == Lock()
