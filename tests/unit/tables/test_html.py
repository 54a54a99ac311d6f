from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.tables import to_html
from tests.unit.tables.read_outputs import Page
from tests.unit.tables.tiny_records import Records, make_labels, resolved

RUNS = Records("task model size score", ("a<b", "vit", "S", 1.0), ("a<b", "vit", "L", -2.5), ("a<b", "mae", "S", None))


def test_the_same_texts_fills_and_inks() -> None:
    labels = make_labels(size={"S": {"label": "small\n(S)"}})
    table = resolved(
        RUNS, labels, columns=["model", "size"], precision=1, missing="n/a", shade={"colormap": "Reds"}, dropna=False,
        stubhead="Task", caption="Scores & more", alt='The "scores"',
    )  # fmt: skip
    page = Page(to_html(table))
    assert page.caption == "Scores & more"
    assert page.attributes["table"]["aria-label"] == 'The "scores"'
    assert page.texts("thead") == [["", "vit", "mae"], ["Task", "small\n(S)", "L", "small\n(S)"]]
    assert page.texts("tbody") == [["a<b", "1.0", "−2.5", "n/a"]]
    room = "padding:.2em .6em;text-align:center"
    assert [attributes["style"] for _, attributes, _ in page.rows[-1][1:]] == [
        f"{room};background-color:#67000d;color:white",
        f"{room};background-color:#fff5f0;color:black",
        f"{room};opacity:.55",
    ]
    assert table._repr_html_() == to_html(table)
    spans = [(attributes.get("colspan"), attributes.get("scope")) for _, attributes, _ in page.rows[0][1:]]
    assert spans == [("2", "colgroup"), (None, "colgroup")]


def test_groups_units_summaries_notes_and_emphasis() -> None:
    runs = Records("kind task model score", *(
        (kind, f"{kind}{task}", model, score)
        for kind, task, model, score in (
            ("x", 1, "vit", 9.5), ("x", 1, "mae", 10.25), ("y", 2, "vit", 3.0), ("y", 2, "mae", 2.0),
        )
    ))  # fmt: skip
    labels = make_labels(model={"vit": {"unit": "%"}, "mae": {"note": "a"}}, kind={"x": {"label": "Kind <x>"}})
    table = resolved(
        runs, labels, rows=["kind", "task"], columns="model", precision=2, units="row", notes={"a": "Not & ours"},
        emphasis={"within": "row", "best": "bold", "second": "italic"}, summary=[{"stat": "mean"}],
        shade={"legend": True},
    )  # fmt: skip
    page = Page(to_html(table))
    assert page.texts("thead") == [["", "vit", "maea"], ["", "(%)", ""]]
    assert page.texts("tbody") == [
        ["Kind <x>"], ["x1", "9.50", "10.25"], [""], ["y"], ["y2", "3.00", "2.00"], ["Mean", "6.25", "6.12"],
    ]  # fmt: skip
    body = [row for row, section in zip(page.rows, page.sections, strict=True) if section == "tbody"]
    assert [tags for _, _, tags in body[1]] == [[], ["i"], ["b"]]
    assert [attributes["scope"] for row in (body[0], body[1], body[5]) for _, attributes, _ in row[:1]] == [
        "rowgroup", "row", "row",
    ]  # fmt: skip
    assert body[0][0][1]["colspan"] == "3"
    # A figure space is as wide as a digit: the decimal points stand below each other.
    assert [body[row][1][0] for row in (1, 4, 5)] == ["9.50", "3.00", "6.25"]
    assert [body[row][2][0] for row in (1, 4, 5)] == ["10.25", "\u20072.00", "\u20076.12"]
    legend, note = [row[0] for row, section in zip(page.rows, page.sections, strict=True) if section == "tfoot"]
    assert legend[0].split() == ["2.00", "10.25"]
    assert (note[0], note[2]) == ("a Not & ours", ["sup"])
    assert "linear-gradient(to right,#" in to_html(table)
    assert '<tr style="border-top:1px solid currentColor"><th scope="row"' in to_html(table)


@given(st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_nothing_in_a_table_becomes_a_tag(task: str, score: str) -> None:
    try:
        table = resolved(Records("task score", (task, f"<b>{score}")))
    except AssetError:
        return
    page = Page(to_html(table))
    assert set(page.opened) <= {"table", "thead", "tbody", "tr", "th", "td", "br"}
    # A line break in the data of a cell is printed as a space.
    assert page.texts("tbody")[0][1] == " ".join(f"<b>{score}".replace("\r\n", "\n").split("\n")).strip()
