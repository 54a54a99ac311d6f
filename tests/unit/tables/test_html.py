from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.tables import to_html
from tests.unit.tables.tiny_records import Records, make_labels, resolved

RUNS = Records("task model size score", ("a<b", "vit", "S", 1.0), ("a<b", "vit", "L", -2.5), ("a<b", "mae", "S", None))


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.styles += [value or "" for key, value in attrs if key == "style"]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data)


def test_the_same_texts_fills_and_inks() -> None:
    labels = make_labels(size={"S": {"label": "small\n(S)"}})
    table = resolved(
        RUNS, labels, columns=["model", "size"], precision=1, missing="n/a", shade={"colormap": "Reds"}, dropna=False,
        stubhead="Task", caption="Scores & more",
    )  # fmt: skip
    page = Reader(to_html(table))
    assert page.texts == [
        "Scores & more", "vit", "mae", "Task", "small", "(S)", "L", "small", "(S)", "a<b", "1.0", "−2.5", "n/a",
    ]  # fmt: skip
    assert page.styles[-3:] == [
        "text-align:center;background-color:#67000d;color:white",
        "text-align:center;background-color:#fff5f0;color:black",
        "text-align:center;opacity:.55",
    ]
    assert table._repr_html_() == to_html(table)
    assert 'colspan="2"' in to_html(table)


@given(st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_nothing_in_a_table_becomes_a_tag(task: str, score: str) -> None:
    try:
        table = resolved(Records("task score", (task, f"<b>{score}")))
    except AssetError:
        return
    assert set(Reader(to_html(table)).opened) <= {"table", "thead", "tbody", "tr", "th", "td", "br"}
