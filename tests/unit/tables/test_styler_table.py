"""`Table.from_styler`: what a pandas Styler shows, compared with what pandas writes itself."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.io.formats.style import Styler

from paperkit import PaperkitError, Table
from tests.unit.tables.read_outputs import Page, csv_rows, latex_rows

RNG = np.random.default_rng(3)
FRAME = pd.DataFrame(RNG.normal(0, 30, (6, 4)), columns=list("abcd"), index=[f"r_{row}" for row in range(6)])


def shown_by_pandas(styler: Styler) -> tuple[list[list[str]], list[list[str | None]]]:
    """Return the texts and the backgrounds of the cells in the HTML that pandas writes."""
    html = styler.to_html()
    rules = re.findall(r"([^{}]*)\{([^}]*)\}", html.split("</style>")[0].partition(">")[2])
    fills: dict[str, str] = {}
    for selectors, body in rules:
        found = re.findall(r"background-color:\s*([^;]+);", body)
        if found:
            fills |= {selector.strip().rpartition("_row")[2]: found[-1] for selector in selectors.split(",")}
    page = Page(html)
    rows = [row for row, section in zip(page.rows, page.sections, strict=True) if section == "tbody"]
    cells = [[cell for cell in row if cell[1]["tag"] == "td"] for row in rows]
    texts = [[text for text, _, _ in row] for row in cells]
    return texts, [[fills.get(own.get("id", "").rpartition("_row")[2]) for _, own, _ in row] for row in cells]


def taken_over(table: Table) -> tuple[list[list[str]], list[list[str | None]]]:
    rows = [row.cells for row in table.model.body]
    texts = [[cell.whole.replace("−", "-") for cell in row] for row in rows]
    return texts, [[f"#{cell.fill.html.lower()}" if cell.fill else None for cell in row] for row in rows]


def gradients() -> dict[str, Styler]:
    above = FRAME.style.format(precision=2)
    return {
        "column": above.background_gradient(cmap="Reds"),
        "row": FRAME.style.format("{:.1f}").background_gradient(cmap="viridis", axis=1),
        "table": FRAME.style.format(precision=0).background_gradient(cmap="PuOr", axis=None, vmin=-50, vmax=50),
        "subset": FRAME.style.format(precision=3).background_gradient(cmap="Blues", subset=["a", "c"], low=0.2),
        "map": FRAME.style.format("{:+.1f}").map(lambda value: "background-color: #ffeeaa" if value > 0 else ""),
        "hidden": FRAME.style.hide(["r_1"]).hide(["b"], axis="columns").background_gradient(cmap="Greens"),
        "thousands": (FRAME * 1e4).style.format(precision=1, thousands=",").highlight_max(color="#00ff00"),
    }


@pytest.mark.parametrize("name", list(gradients()))
def test_texts_and_fills_are_those_of_pandas(name: str) -> None:
    styler = gradients()[name]
    assert taken_over(Table.from_styler(styler)) == shown_by_pandas(styler)


def test_the_styler_itself_is_not_changed() -> None:
    styler = gradients()["row"].set_uuid("u")
    before = styler.to_html()
    Table.from_styler(styler)
    assert styler.to_html() == before


def test_missing_values_of_a_gradient_have_no_fill() -> None:
    frame = FRAME.where(FRAME > -10)
    styler = frame.style.format(precision=1, na_rep="–").background_gradient(cmap="Reds")
    texts, fills = taken_over(Table.from_styler(styler))
    pandas_texts, pandas_fills = shown_by_pandas(styler)
    assert texts == pandas_texts
    assert frame.isna().any(axis=None)
    # pandas paints them black.
    assert fills == [[None if fill == "#000000" else fill for fill in row] for row in pandas_fills]
    assert [[fill is None for fill in row] for row in fills] == frame.isna().to_numpy().tolist()


def test_inks_can_be_read() -> None:
    frame = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 1.0]})
    css = [
        ["background-color: #08306b; color: #f1f1f1", "background-color: white; color: #000000"],
        ["background-color: #6aaed6; color: #f1f1f1", "color: #0000ff"],
    ]
    styler = frame.style.format(precision=0).apply(lambda _: np.array(css), axis=None)
    table = Table.from_styler(styler)
    assert [[cell.ink for cell in row.cells] for row in table.model.body] == [
        [(241, 241, 241), "black"], ["black", (0, 0, 255)],
    ]  # fmt: skip
    assert [str(notice) for notice in table.notices] == [
        "1 cell has a text colour that is hard to read, such as #f1f1f1 on #6aaed6 (2.2:1): black or white is printed"
    ]
    first, second = [line.split("&") for line in table.to_latex().splitlines() if line.startswith(("0 ", "1 "))]
    assert first[1].strip() == r"\cellcolor{pkcss536683}\color[HTML]{F1F1F1}0"
    assert second[2].removesuffix(r"\\").strip() == r"\color[HTML]{0000FF}1"
    assert "color:#f1f1f1" in table.to_html()
    blue = Table.from_styler(frame.style.map(lambda _: "color: blue"))
    assert r"\usepackage{xcolor}" in blue.to_latex()
    assert r"\usepackage{colortbl}" not in blue.to_latex()


@pytest.mark.parametrize(
    ("css", "emphasis", "tags"),
    [
        ("font-weight: bold", "bold", ["b"]),
        ("font-weight: 700; font-style: italic", "bold italic", ["b", "i"]),
        ("text-decoration: underline; font-style: oblique", "italic underline", ["i", "u"]),
        ("font-weight: bold; font-weight: normal", None, []),
        ("font-weight: 400", None, []),
        ("textbf: --rwrap; cellcolor: [HTML]{FFFF00}", "bold", ["b"]),
    ],
)
def test_decorations(css: str, emphasis: str | None, tags: list[str]) -> None:
    table = Table.from_styler(pd.DataFrame({"a": [1]}).style.map(lambda _: css))
    assert table.model.body[0].cells[0].emphasis == emphasis
    page = Page(table.to_html())
    assert [inner for row in page.rows for text, _, inner in row if text == "1"] == [tags]
    assert (table.model.body[0].cells[0].fill is not None) == ("cellcolor" in css)
    assert latex_rows(table.to_latex()) == [["0", "1"]]


def test_what_is_left_out_is_said() -> None:
    styler = (
        FRAME.style.map(lambda _: "width: 3px; background: linear-gradient(red, blue); text-decoration: line-through")
        .set_table_styles([{"selector": "th", "props": "color: red"}])
        .set_table_attributes('class="x"')
        .set_tooltips(FRAME.astype(str))
        .map_index(lambda _: "color: red")
    )
    assert [str(notice) for notice in Table.from_styler(styler).notices] == [
        "left out, since they are for HTML pages: table attributes, table styles, styles of labels, tooltips",
        (
            "styles of cells that are left out: background: linear-gradient(red, blue), text-decoration: line-through, "
            "width\n    background-color, color, font-weight, font-style and text-decoration are taken over"
        ),
    ]


def test_levels_are_spanners_and_blank_stubs() -> None:
    frame = pd.DataFrame(
        np.arange(12.0).reshape(3, 4),
        index=pd.MultiIndex.from_tuples([("g", "a"), ("g", "b"), ("h", "a")], names=["Group", "Row"]),
        columns=pd.MultiIndex.from_product([["A", "B"], ["x", "y"]]),
    )
    styler = frame.style.format(precision=0).format_index(lambda label: str(label).upper(), axis=0, level=1)
    table = Table.from_styler(styler)
    assert [head.plain for head in table.model.stub_heads] == ["Group", "Row"]
    assert [[(label.plain, label.span) for label in level] for level in table.model.heads] == [
        [("A", 2), ("B", 2)], [("x", 1), ("y", 1), ("x", 1), ("y", 1)],
    ]  # fmt: skip
    assert csv_rows(table.to_csv())[2:] == [
        ["g", "A", "0", "1", "2", "3"], ["", "B", "4", "5", "6", "7"], ["h", "A", "8", "9", "10", "11"],
    ]  # fmt: skip
    hidden = styler.hide(level=0).hide([("A", "y")], axis="columns")
    part = Table.from_styler(hidden)
    assert [[(label.plain, label.span) for label in level] for level in part.model.heads] == [
        [("A", 1), ("B", 2)], [("x", 1), ("x", 1), ("y", 1)],
    ]  # fmt: skip
    assert csv_rows(part.to_csv())[2:] == [["A", "0", "2", "3"], ["B", "4", "6", "7"], ["A", "8", "10", "11"]]


def test_hidden_labels_leave_the_cells() -> None:
    bare = Table.from_styler(FRAME[["a"]].round().style.format("{:.0f}").hide(axis="index").hide(axis="columns"))
    expected = [[f"{value:.0f}".replace("-", "−")] for value in FRAME["a"].round()]
    assert latex_rows(bare.to_latex().replace("\\toprule\n", "\\midrule\n")) == expected
    assert "\n\n" not in bare.to_latex()
    assert Page(bare.to_html()).texts("tbody") == expected


def test_rows_of_a_concatenated_styler_stand_under_a_rule() -> None:
    foot = FRAME.agg(["mean", "sum"]).style.format(precision=0)
    table = Table.from_styler(FRAME.style.format(precision=1).concat(foot))
    assert [(row.kind, row.above) for row in table.model.body[-3:]] == [
        ("body", "none"), ("summary", "rule"), ("summary", "none"),
    ]  # fmt: skip
    assert [row.plain for row in table.model.body[-2:]] == ["mean", "sum"]
    assert [cell.plain.replace("−", "-") for cell in table.model.body[-1].cells] == [f"{v:.0f}" for v in FRAME.sum()]


def test_texts_are_plain_unless_they_were_escaped_for_latex() -> None:
    texts = ["a & b_c", "50% \\ x", "{~ ^}", "$5", "#1~2^3"]
    plain = Table.from_styler(pd.DataFrame({"t": texts}).style)
    escaped = Table.from_styler(pd.DataFrame({"t": texts}).style.format(escape="latex", na_rep="-"))
    web = Table.from_styler(pd.DataFrame({"t": ["a & <b>"]}).style.format(escape="html"))
    assert [row.cells[0].plain for row in plain.model.body] == texts
    assert [row.cells[0].plain for row in escaped.model.body] == texts
    assert [row.cells[0].text for row in escaped.model.body] == [
        r"a \& b\_c", r"50\% \textbackslash{} x", r"\{\textasciitilde{} \textasciicircum{}\}", r"\$5",
        r"\#1\textasciitilde{}2\textasciicircum{}3",
    ]  # fmt: skip
    assert plain.model.body[0].cells[0].text == r"a \& b\_c"
    assert web.model.body[0].cells[0].plain == "a & <b>"
    maths = Table.from_styler(pd.DataFrame({"t": ["$x_1$ & y"]}).style.format(escape="latex-math"))
    assert (maths.model.body[0].cells[0].text, maths.model.body[0].cells[0].plain) == (r"$x_1$\ \& y", "$x_1$ & y")
    labels = Table.from_styler(pd.DataFrame({"a_b": [1]}, index=["c&d"]).style.format_index(escape="latex"))
    assert (labels.model.body[0].stubs[0].lines, labels.model.body[0].plain) == ((r"c\&d",), "c&d")


@pytest.mark.parametrize(
    "formula",
    [
        r"\mbox{\input{secret}}",
        r"\input{secret}",
        r"\text{\input{secret}}",
        r"x^^5cinput y",
        r"\csname input\endcsname",
        r"\def\x{1}",
        r"\left(\read1 to\x\right)",
        r"\frac{1}{\special{x}}",
        "{",
        "x^a^b",
        r"\frac{1}",
        r"\left(",
        "a&b",
        "50%",
        "a#b",
        r"\mathchoice{}{}{}{}",
        r"\hbox{x}",
        "a\n\nb",
        r"x\\ y",
        "{" * 30 + "}" * 30,
        r"\ensuremath{x}",
        "~",
    ],
)
def test_formulas_of_the_data_do_nothing_but_print(formula: str) -> None:
    for text in (f"${formula}$", rf"\({formula}\)"):
        styler = pd.DataFrame({"a": [text]}, index=[text]).style.format(escape="latex-math")
        table = Table.from_styler(styler.format_index(escape="latex-math"))
        (cell,) = table.model.body[0].cells
        commands = set(re.findall(r"\\([A-Za-z]+|.)", cell.text))
        assert commands <= {"textbackslash", "textasciicircum", "textasciitilde", *"$%#&_{} /"}
        assert "$" not in cell.text.replace(r"\$", "")
        assert table.model.body[0].stubs[0].lines == (cell.text,)
        assert cell.plain == " ".join(text.split("\n"))
        assert str(table.notices[0]) == (
            f"a formula of the data printed as plain text: {text}\n"
            "    the data's own may hold letters, digits, signs, scripts, fractions, roots and the names of symbols"
        )


@pytest.mark.parametrize(
    "formula",
    [
        "x_1",
        "R^2",
        r"\alpha_{i}^{2} \pm \frac{1}{2}",
        r"\sqrt[3]{x} \leq \log n",
        r"\left\{ x' \right.",
        r"\mathbf{w}^\top",
        r"\hat{y}",
        r"\text{top 5}",
        "10^{-3}",
        r"p < 0.05\%",
        r"\ell_\infty",
        "f''(x)",
    ],
)
def test_harmless_formulas_of_the_data_stay(formula: str) -> None:
    text = f"a&${formula}$"
    table = Table.from_styler(pd.DataFrame({"a": [text]}).style.format(escape="latex-math"))
    assert table.model.body[0].cells[0].text == rf"a\&${formula}$"
    assert table.model.body[0].cells[0].plain == text
    assert table.notices == ()


def test_only_the_author_of_a_styler_writes_tex() -> None:
    class Sly:
        def __str__(self) -> str:
            return r"\input{secret}"

    data = pd.DataFrame({"a": [r"\input{x}", r"$\input{x}$", Sly(), [r"\input{x}"], 1.5, None]}, dtype=object)
    for escape in ("latex", "latex-math"):
        styler = data.style.format(r"\emph{{{}}}", escape=escape, na_rep=r"\textemdash")
        texts = [row.cells[0].text for row in Table.from_styler(styler).model.body]
        assert [text for text in texts if r"\input" in text] == []
        assert texts[0] == r"\emph{\textbackslash{}input\{x\}}"
        assert texts[1] == r"\emph{\$\textbackslash{}input\{x\}\$}"
        assert texts[4:] == [r"\emph{1.5}", r"\textemdash"]


def test_brackets_of_the_author_are_no_options() -> None:
    styler = pd.DataFrame({"a": [1.0]}).style.format("[{:.1f}]", escape="latex")
    assert Table.from_styler(styler).model.body[0].cells[0].text == "{}[1.0]"


def test_what_is_no_styler_is_told() -> None:
    with pytest.raises(PaperkitError) as caught:
        Table.from_styler(FRAME)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "expected a Styler, got DataFrame\n    Table.from_frame takes a DataFrame, whose .style is a Styler"
    )


def test_captions_and_keys_of_the_layout() -> None:
    styler = FRAME.style.set_caption(("A long & full caption", "Short"))
    table = Table.from_styler(styler, form="table", name="mine", width="textwidth", venue="iclr2026")
    assert r"\caption{A long \& full caption}" in table.to_latex()
    assert table.model.label == "tab:mine"
    assert table.model.width == pytest.approx(397.485, abs=0.01)
    assert Table.from_styler(styler, caption="Own").model.caption == "Own"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"precision": 2}, "precision: the Styler decides this\n    style the frame itself, with Table.from_frame"),
        ({"widht": "textwidth"}, "widht: unknown key, did you mean 'width'?"),
    ],
)
def test_keys_that_a_styler_does_not_take(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(PaperkitError) as caught:
        Table.from_styler(FRAME.style, **keys)
    assert str(caught.value) == message


def test_what_latex_cannot_print_is_said_with_its_text() -> None:
    with pytest.raises(PaperkitError) as caught:
        Table.from_styler(pd.DataFrame({"a": ["x☃"]}).style)
    assert str(caught.value).startswith("'x☃': '☃' (U+2603 SNOWMAN) cannot be typeset by pdfLaTeX\n")
    with pytest.raises(PaperkitError, match=r"^the Styler shows no cells$"):
        Table.from_styler(FRAME.style.hide(list("abcd"), axis="columns"))


def test_no_row_is_left_out_of_a_long_table() -> None:
    frame = pd.DataFrame({"a": range(300)})
    with pd.option_context("styler.render.max_rows", 10):
        assert len(Table.from_styler(frame.style).model.body) == 300
