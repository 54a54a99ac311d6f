"""A small paper with a table, macros and as many figures as a test wants, some drawn by the project's own Python."""

from __future__ import annotations

from pathlib import Path

RUNS = "model,dataset,accuracy\n" + "".join(
    f"m{index % 4},d{index % 3},{40 + index * 7 % 50}.25\n" for index in range(48)
)
_HEAD = """[paper]
title = "Many figures"
[data.runs]
read = "runs.csv"
[data.means]
from = "runs"
group = ["dataset", "model"]
stat = { accuracy = "mean(accuracy)" }
[table.runs]
data = "means"
rows = "dataset"
columns = ["model"]
cells = "accuracy"
[macros]
meanAccuracy = { data = "runs", value = "mean(accuracy)", format = ".1f" }
"""
_FIGURE = """[figure.f{number}]
formats = ["{format}"]
[[figure.f{number}.panel]]
data = "runs"
where = "model == 'm{model}'"
mark = "{mark}"
x = "dataset"
y = "accuracy"
"""
_PYTHON = """[figure.{name}]
formats = ["pdf"]
python = "{file}:draw"
"""


def write_paper(folder: Path, figures: int = 4, *, form: str = "pdf", **python: str) -> Path:
    """Write the paper, with a figure by `NAME.py` for every NAME in `python`, and return its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "runs.csv").write_text(RUNS)
    marks = ("box", "bar", "point")
    entries = [
        _FIGURE.format(number=number, model=number % 4, mark=marks[number % 3], format=form)
        for number in range(figures)
    ]
    for name, code in python.items():
        (folder / f"{name}.py").write_text(code)
        entries.append(_PYTHON.format(name=name, file=f"{name}.py"))
    (folder / "paper.toml").write_text(_HEAD + "".join(entries))
    return folder / "paper.toml"


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` but Python's own and the machine's, by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".paperkit"} & set(path.parts)
    }
