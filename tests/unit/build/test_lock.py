"""The lock: what is written is read back, sorted, and a broken one says what to do."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.build.lock import Record, load_lock, write_lock
from paperkit.errors import PaperkitError

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8)
MAPS = st.dictionaries(NAMES, NAMES, max_size=3)
RECORDS = st.builds(Record, manifest=NAMES, venue=NAMES, versions=MAPS, inputs=MAPS, outputs=MAPS, left=MAPS)


@given(st.dictionaries(NAMES, RECORDS, max_size=4))
def test_a_written_lock_is_read_back(records: dict[str, Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paper.lock")
        assert write_lock(path, records)
        assert load_lock(path) == records
        assert not write_lock(path, dict(reversed(records.items())))


def test_no_lock_is_an_empty_one(tmp_path: Path) -> None:
    assert load_lock(tmp_path / "paper.lock") == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<<<<<<< HEAD\n", ":1"),
        ("version = 2\n", ""),
        ('version = 1\n[target."table.a"]\nmanfest = "x"\n', ""),
        ("", ""),
    ],
)
def test_a_broken_lock_says_what_to_do(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "paper.lock").write_text(text)
    with pytest.raises(PaperkitError) as caught:
        load_lock(tmp_path / "paper.lock")
    hint = "delete it: the next build writes it again, and no output is lost"
    assert str(caught.value) == f"paper.lock{line}: the lock cannot be read\n    {hint}"
