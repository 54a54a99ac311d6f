"""The reference paper's heat tables equal those of its notebook, cell by cell: text, fill and ink."""

from __future__ import annotations

import re
from typing import NamedTuple

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb

from paperkit.style.venue import load_venue
from paperkit.tables import Table, problems, write
from paperkit.templates import Templates
from tests.golden.heat_tables import EXPERIMENTS, LABELS, MODELS, ROOT, heat_asset, heat_table

SPANS = {"ViT": [4, 6, 4], "CLIP": [4, 6, 4], "MAE": [7, 5], "DINOv2": [4, 6, 4]}


class Printed(NamedTuple):
    text: str
    fill: str
    ink: object


def readable_ink(color: str) -> str:
    """Say which of black and white has the greater WCAG 2 contrast with `color`."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def model_frame(model: str) -> pd.DataFrame:
    """Read one model's file as the notebook does."""
    frame = pd.read_csv(ROOT / "data" / f"perf_table_{model}.csv", index_col=0, header=1).drop(index="dataset_fmt")
    numbers: pd.DataFrame = frame.apply(pd.to_numeric, errors="coerce")
    return numbers.dropna(axis=1, how="all")


def expected(family: str) -> tuple[list[str], list[list[Printed]]]:
    """Compute the notebook's table: every row of every model is normalised for itself, over the whole colormap."""
    frames = {model: model_frame(model) for model in MODELS[family]}
    datasets = [str(dataset) for dataset in next(iter(frames.values())).index]
    rows = []
    for dataset in datasets:
        row = []
        for model, (_, colormap) in MODELS[family].items():
            values = frames[model].loc[dataset].to_numpy(dtype=float)
            normed = (values - values.min()) / (values.max() - values.min())
            colors = [to_hex(mpl.colormaps[colormap](position)) for position in normed]
            row += [
                Printed(f"{value:.2f}", color, readable_ink(color)) for value, color in zip(values, colors, strict=True)
            ]
        rows.append(row)
    return datasets, rows


def resolved(table: Table) -> tuple[list[str], list[list[Printed]]]:
    rows = []
    for row in table.body:
        assert all(cell.fill is not None for cell in row.cells)
        rows.append([Printed(cell.plain, f"#{cell.fill.html.lower()}", cell.ink) for cell in row.cells if cell.fill])
    return [row.plain for row in table.body], rows


def parsed(latex: str) -> tuple[list[str], list[list[Printed]]]:
    """Read the table back from its LaTeX."""
    colors = dict(re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{([0-9A-F]{6})\}", latex))
    body = latex.split("\\midrule\n")[1].split("\\bottomrule", maxsplit=1)[0]
    stubs, rows = [], []
    for line in body.splitlines():
        stub, *cells = [part.strip() for part in line.removesuffix(r"\\").split("&")]
        row = []
        for cell in cells:
            found = re.fullmatch(r"\\cellcolor\{(\w+)\}(\\color\{white\})?(?:\\pkdigit\{\})*([0-9.]+)", cell)
            assert found is not None, cell
            name, white, text = found.groups()
            row.append(Printed(text, f"#{colors[name].lower()}", "white" if white else "black"))
        stubs.append(stub)
        rows.append(row)
    return stubs, rows


@pytest.mark.parametrize("family", MODELS)
def test_every_resolved_cell_is_that_of_the_notebook(family: str) -> None:
    assert resolved(heat_table(family)) == expected(family)


@pytest.mark.parametrize("family", MODELS)
def test_every_cell_of_the_latex_is_that_of_the_notebook(family: str) -> None:
    artifact = write(heat_table(family), path="tables/x.tex", templates=Templates())
    assert parsed(artifact.content.decode()) == expected(family)


@pytest.mark.parametrize("family", MODELS)
def test_heads_are_those_of_the_notebook(family: str) -> None:
    spanners, labels = heat_table(family).heads
    assert [label.plain for label in spanners] == [label for label, _ in MODELS[family].values()]
    assert [label.span for label in spanners] == SPANS[family]
    columns = [EXPERIMENTS[str(column)] for model in MODELS[family] for column in model_frame(model).columns]
    assert [label.plain for label in labels] == columns


@pytest.mark.parametrize("family", MODELS)
def test_a_known_cell(family: str) -> None:
    # Read off the notebook's printed output.
    known = {
        "ViT": ("CIFAR-10", ["96.60", "96.70", "96.91", "97.05", "97.72", "97.87", "97.91", "97.89", "98.12"]),
        "CLIP": ("DTD", ["71.65", "68.40", "77.82", "77.02", "72.50", "72.39", "79.73", "80.43", "80.05"]),
        "MAE": ("FGVC Aircraft", ["9.78", "9.30", "64.78", "30.32", "20.34", "27.36", "34.61", "11.82", "11.37"]),
        "DINOv2": ("Dmlab", ["43.41", "61.21", "49.82", "52.64", "49.49", "63.58", "54.57", "55.57", "56.39"]),
    }
    dataset, texts = known[family]
    (row,) = [row for row in heat_table(family).body if row.plain == dataset]
    assert [cell.plain for cell in row.cells[: len(texts)]] == texts


@pytest.mark.parametrize("family", MODELS)
def test_the_same_input_gives_the_same_bytes(family: str) -> None:
    first, second = (write(heat_table(family), path="tables/x.tex", templates=Templates()).content for _ in range(2))
    assert first == second


@pytest.mark.parametrize("family", MODELS)
def test_nothing_is_wrong_with_the_entry(family: str) -> None:
    assert problems(heat_asset(family), LABELS, load_venue("iclr2026")) == ()
