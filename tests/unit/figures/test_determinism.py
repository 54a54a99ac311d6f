"""The same bytes in every process, under every hash seed, locale and clock, for every mark in every format."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import hashlib
import locale
from paperkit import figures
from paperkit.templates import Templates
from tests.unit.figures.every_mark import FORMATS, every_mark
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass  # it is not installed here: then its name alone must change nothing
for made in every_mark():
    for artifact in figures.write(*made, folder="figures", formats=FORMATS, templates=Templates()):
        print(artifact.path, hashlib.sha256(artifact.content).hexdigest())
"""
# Commas for decimals, no Unicode at all, another clock, another zone.
SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "de_DE.UTF-8", "SOURCE_DATE_EPOCH": "0", "TZ": "Asia/Tokyo"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1700000000", "PYTHONUTF8": "0"},
)


def test_every_mark_has_the_same_bytes_everywhere() -> None:
    root = Path(__file__).parents[3]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CODE], env={**os.environ, **more}, cwd=root, stdout=subprocess.PIPE, text=True
        )
        for more in SURROUNDINGS
    ]
    first, second = (process.communicate()[0].splitlines() for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert len(first) >= 10 * 7
    assert first == second
