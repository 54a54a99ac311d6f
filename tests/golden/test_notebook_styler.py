"""The reference notebook's own styling code, on the reference data: one changed line gives the table for the paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.colors as mcolors
import pandas as pd
import pytest
from pandas.io.formats.style import Styler

from paperkit import Table
from tests.golden.heat_tables import MODELS
from tests.golden.test_heat_tables import model_frame
from tests.unit.tables.read_outputs import Page

SHORT = {
    "CLS last layer": "Last layer\n(CLS,\nlinear)",
    "All tokens last layer (attentive)": "Last layer\n(all tokens,\nattentive)",
    "CLS+AP layers from all blocks (linear)": "All layers\n(CLS+AP,\nlinear)",
}


def style_multimodel_heatmap(df: pd.DataFrame, model_cmaps: dict[str, str]) -> Styler:
    # As in the notebook, but for `cm.get_cmap`, which matplotlib no longer has, and `.values`.
    models = df.columns.get_level_values(0).unique()

    def highlight_row(row: Any) -> list[str]:
        styles = []
        for model in models:
            cmap_name = model_cmaps.get(model, "Reds")
            cmap = mpl.colormaps[cmap_name]
            values = row[model].to_numpy().astype(float)
            vmin, vmax = values.min(), values.max()
            normed = [0.5] * len(values) if vmin == vmax else (values - vmin) / (vmax - vmin)
            for n in normed:
                rgba = cmap(n)
                color = mcolors.to_hex(rgba)
                styles.append(f"background-color: {color}")
        return styles

    styler = df.style.format(precision=2, na_rep="")
    styler = styler.apply(highlight_row, axis=1)
    for model in df.columns.get_level_values(0).unique():
        cmap_name = model_cmaps.get(model, "Reds")
        subset: Any = [col for col in df.columns if col[0] == model]
        styler = styler.background_gradient(cmap=cmap_name, axis=1, subset=subset)
    return styler


def style_combined(combined_df: pd.DataFrame, color_maps: dict[str, str]) -> Styler:
    styled = style_multimodel_heatmap(combined_df, model_cmaps=color_maps)
    return styled.set_table_styles([
        {"selector": "table", "props": [("table-layout", "fixed")]},
        {"selector": "th.col_heading", "props": [("width", "75px"), ("text-align", "center")]},
    ])  # fmt: skip


def combined(family: str) -> tuple[pd.DataFrame, dict[str, str]]:
    parts = {}
    for model, (name, _) in MODELS[family].items():
        df = model_frame(model)
        df.index.name = None
        df = df.rename(index={"Diabetic Retinopathy": "Diabetic\nRetinopathy", "PASCAL VOC 2007": "PASCAL VOC07"})
        df.columns = pd.Index([SHORT.get(column, column) for column in df.columns])
        parts[name] = df
    return pd.concat(parts, axis=1), dict(MODELS[family].values())


@pytest.mark.parametrize("family", MODELS)
def test_texts_and_fills_are_those_of_the_notebook(family: str) -> None:
    frame, colormaps = combined(family)
    styled = style_combined(frame, colormaps)
    table = Table.from_styler(styled)  # in the notebook: display(style_combined(combined_df))

    html = styled.to_html()
    fills: dict[str, str] = {}
    for selectors, color in re.findall(r"([^{}]*)\{[^}]*background-color: (#\w+);\s*(?:color: #\w+;\s*)?\}", html):
        fills |= {selector.strip().rpartition("_row")[2]: color for selector in selectors.split(",")}
    page = Page(html)
    shown = [
        [(text, fills[own["id"].rpartition("_row")[2]]) for text, own, _ in row if own["tag"] == "td"]
        for row, section in zip(page.rows, page.sections, strict=True)
        if section == "tbody"
    ]
    assert len(shown) == len(frame)
    assert [
        [(cell.whole, f"#{cell.fill.html.lower()}") for cell in row.cells if cell.fill] for row in table.model.body
    ] == shown
    assert [(label.plain, label.span) for label in table.model.heads[0]] == [
        (name, int((frame.columns.get_level_values(0) == name).sum())) for name in colormaps
    ]
    assert [row.plain for row in table.model.body] == list(frame.index)
    # Every text can be read, which pandas does not see to.
    assert "left out, since they are for HTML pages: table styles" in map(str, table.notices)


def test_latex_is_that_of_the_same_texts(tmp_path: Path) -> None:
    frame, colormaps = combined("MAE")
    latex = Table.from_styler(
        style_combined(frame, colormaps), form="table", caption="MAE", width="textwidth"
    ).to_latex()
    written: Callable[[str], list[str]] = re.compile(r"\d+\.\d\d(?= |$)", re.MULTILINE).findall
    (tmp_path / "mae.tex").write_text(latex, encoding="utf-8")
    body = latex.split("\\midrule\n")[1].split("\\bottomrule", maxsplit=1)[0]
    assert written(body) == [f"{value:.2f}" for value in frame.to_numpy().ravel()]
