from __future__ import annotations

import subprocess
import sys

from paperkit.style.colormap import colormap_names
from paperkit.tables import Fill


def test_names_of_colours_are_distinct_letters_and_digits() -> None:
    colors = [(colormap, level) for colormap in colormap_names() for level in range(512)]
    names = [Fill(colormap=colormap, level=level, rgb=(0, 0, 0)).name for colormap, level in colors]
    assert len(set(names)) == len(names)
    assert all(name.isalnum() and name.isascii() for name in names)


def test_names_of_colours_read_well() -> None:
    assert Fill(colormap="Reds", level=137, rgb=(0, 0, 0)).name == "pkReds137"
    assert Fill(colormap="gist_earth_r", level=1, rgb=(0, 0, 0)).name == "pkgistEarthR1"
    assert Fill(colormap="tab20", level=5, rgb=(0, 0, 0)).name == "pktab20x5"
    assert Fill(colormap="Reds", level=0, rgb=(255, 10, 0)).html == "FF0A00"


def test_tables_are_cheap_to_import() -> None:
    code = "import sys, paperkit.tables; raise SystemExit(any(n in sys.modules for n in ('pandas', 'numpy', 'jinja2')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
