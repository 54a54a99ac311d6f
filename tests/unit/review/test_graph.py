"""What is made from what: as a tree, as Mermaid, as a picture, the same each time."""

from __future__ import annotations

import html
import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit import Paper
from paperkit.cli.main import run
from paperkit.review.graph import Graph, Kind, Node, braced, graph
from paperkit.review.graph_layout import layout
from paperkit.review.graph_svg import svg
from paperkit.review.graph_text import mermaid, tree

MANIFEST = """[data.runs]
read = "runs-{seed}.csv"
[data.models]
rows = [{ model = "a" }]
[data.joined]
from = "runs"
join = { frame = "models", on = ["model"] }
[data.idle]
read = "gone.csv"
[table.main]
data = "joined"
rows = ["seed", "model"]
cells = "accuracy"
[table."each-{m}"]
each = { m = ["a", "b"] }
data = "runs"
where = "model == each.m"
rows = ["seed", "model"]
cells = "accuracy"
[figure.own]
formats = ["pdf", "pgf"]
python = "plots.py:draw"
[macros]
best = { data = "runs", value = "max(accuracy)" }
"""


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    monkeypatch.chdir(tmp_path)
    Path("paper.toml").write_text(MANIFEST)
    for seed in (1, 2):
        Path(f"runs-{seed}.csv").write_text("model,dataset,accuracy\na,x,1.5\nb,x,2.5\n")
    Path("plots.py").write_text("def draw(fig, runs):\n    fig.subplots()\n")
    made = Paper.load("paper.toml")
    made.build(["table.main", "macros"])
    return made


TREE = """runs-{seed}.csv  2 files
└─ data.runs
   ├─ table.each-a  → tables/each-a.tex  missing
   ├─ table.each-b  → tables/each-b.tex  missing
   ├─ figure.own    → figures/own.{tex,pdf,pgf}  missing
   ├─ macros        → macros.tex  1 macro
   └─ data.joined
      └─ table.main  → tables/main.tex
paper.toml
├─ preamble     → paperkit-preamble.tex  missing
└─ data.models
   └─ data.joined … above
gone.csv  missing
└─ data.idle  unused
plots.py
└─ figure.own … above
"""


def test_the_tree(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph"]) == 0
    assert capsys.readouterr().out == TREE
    assert paper.manifest.data


def test_a_selector_shows_what_its_assets_are_made_from(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "table.main"]) == 0
    assert capsys.readouterr().out == (
        "runs-{seed}.csv  2 files\n└─ data.runs\n   └─ data.joined\n      └─ table.main  → tables/main.tex\n"
        "paper.toml\n└─ data.models\n   └─ data.joined … above\n"
    )
    assert [node.id for node in graph(paper, ["data.joined+"]).nodes if node.kind == "asset"] == ["table.main"]


def test_mermaid(paper: Paper) -> None:
    assert mermaid(graph(paper, ["table.main"])) == (
        "flowchart LR\n"
        '  n0[/"runs-{seed}.csv (2 files)"/]\n'
        '  n1[/"paper.toml"/]\n'
        '  n2[("data.runs")]\n'
        '  n3[("data.models")]\n'
        '  n4[("data.joined")]\n'
        '  n5["table.main"]\n'
        '  n6(["tables/main.tex"])\n'
        "  n0 --> n2\n  n1 --> n3\n  n2 --> n4\n  n3 --> n4\n  n4 --> n5\n  n5 --> n6\n"
    )


@given(st.text())
def test_any_name_is_quoted_for_mermaid(name: str) -> None:
    text = mermaid(Graph(nodes=(Node(id="x", kind="frame", label=name),), edges=()))
    quoted = re.fullmatch(r'flowchart LR\n  n0\[\("([^"`<>&\n]*)"\)\]\n', text)
    assert quoted is not None
    # Mermaid writes `&` before the numbers and reads them as HTML does.
    read = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), quoted[1])
    assert read == "".join(c if c.isprintable() else " " for c in name)
    assert html.escape(quoted[1], quote=False) == quoted[1]


def test_the_picture(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    text = svg(graph(paper))
    root = ET.fromstring(text)
    shown = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert shown[:4] == ["files", "frames", "assets", "outputs"]
    names = {
        "runs-{seed}.csv",
        "data.joined",
        "table.main",
        "figures/own.{tex,pdf,pgf}",
        "gone.csv",
        "1 macro",
        "unused",
    }
    assert names <= set(shown)
    assert svg(graph(Paper.load("paper.toml"))) == text
    assert run(["graph", "-o", "graph.svg"]) == 0
    assert capsys.readouterr().out == "wrote graph.svg\n"
    assert Path("graph.svg").read_text(encoding="utf-8") == text
    assert run(["graph", "--svg"]) == 0
    assert capsys.readouterr().out == text


def test_json_names_every_file(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "macros", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["edges"] == [
        ["file:runs-{seed}.csv", "data.runs"],
        ["data.runs", "macros"],
        ["macros", "output:macros"],
    ]
    assert found["nodes"][0]["paths"] == ["runs-1.csv", "runs-2.csv"]
    assert (found["nodes"][2]["detail"], found["nodes"][3]["paths"]) == ("1 macro", ["macros.tex"])
    assert paper.targets


def test_states_are_those_of_the_plan(paper: Paper) -> None:
    Path("runs-1.csv").write_text("model,dataset,accuracy\na,x,9\n")
    output = paper.manifest.root / "macros.tex"
    output.write_text(output.read_text() + "% mine\n")
    found = {node.id: node.state for node in graph(Paper.load("paper.toml")).nodes}
    assert (found["table.main"], found["macros"], found["figure.own"]) == ("stale", "edited", "missing")


KINDS: tuple[Kind, ...] = ("file", "frame", "asset")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    counts = draw(st.tuples(*(st.integers(0, 6) for _ in range(3))))
    numbered = [(kind, f"{kind}{number}") for kind, count in zip(KINDS, counts, strict=True) for number in range(count)]
    nodes = [Node(id=name, kind=kind, label=name) for kind, name in numbered]
    pairs = [
        (one.id, other.id)
        for place, one in enumerate(nodes)
        for other in nodes[place + 1 :]
        if other.kind != "file" and one.kind != "asset"
    ]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


@given(graphs())
def test_no_two_boxes_touch_and_edges_go_to_the_right(found: Graph) -> None:
    plan = layout(found)
    for column in set(plan.columns.values()):
        heights = sorted(plan.heights[node.id] for node in found.nodes if plan.columns[node.id] == column)
        assert all(low + 1 <= high + 0.002 for low, high in pairwise(heights))
        assert all(-1e-6 <= height <= plan.rows - 1 + 1e-6 for height in heights)
    for (one, other), route in plan.routes.items():
        columns = [column for column, _ in route]
        assert columns == list(range(plan.columns[one], plan.columns[other] + 1))
    assert layout(found) == plan


@given(graphs())
def test_the_tree_names_everything_once(found: Graph) -> None:
    lines = list(tree(found))
    assert sorted(line.node.id for line in lines if not line.is_seen) == sorted(node.id for node in found.nodes)
    # Every edge is a line below its cause.
    assert len(lines) == len(found.roots) + len(found.edges)


def test_paths_are_braced() -> None:
    assert braced(["a/b.tex", "c.pdf", "a/b.pgf"]) == "a/b.{tex,pgf}, c.pdf"
