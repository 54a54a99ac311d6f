"""Write paperkit/style/colormaps.txt: matplotlib's named colormaps as 8-bit lookup tables.

Run it after an upgrade of matplotlib: `python scripts/extract_colormaps.py`. Each line is `NAME HEX…` with six
hexadecimal digits per entry, or `NAME = OTHER` for a second name of the same table. A reversed map (`NAME_r`)
is left out when it is its original read backwards, which the reader does by itself.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib import colormaps

OUTPUT = Path(__file__).parents[1] / "paperkit" / "style" / "colormaps.txt"


def lookup_table(name: str) -> list[str]:
    """Return the entries of one colormap, rounded to the nearest 8-bit value as matplotlib's `to_hex` does."""
    colormap = colormaps[name]
    entries = np.round(colormap(np.arange(colormap.N))[:, :3] * 255).astype(int)
    return ["".join(f"{channel:02x}" for channel in entry) for entry in entries]


def main() -> None:
    """Write the file."""
    tables = {name: lookup_table(name) for name in sorted(colormaps)}
    first: dict[tuple[str, ...], str] = {}
    lines = []
    for name, table in tables.items():
        if name.endswith("_r") and tables.get(name[:-2], [])[::-1] == table:
            continue
        known = first.setdefault(tuple(table), name)
        lines.append(f"{name} {''.join(table)}" if known == name else f"{name} = {known}")
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
