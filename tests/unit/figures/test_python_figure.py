"""Figures that a function of the project draws: what it is handed, what it may do, and what is said of it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

from paperkit import Paper
from paperkit.errors import PaperkitError
from paperkit.figures import Figure
from paperkit.style.theme import POINTS_PER_TEX_POINT

MANIFEST = """
[paper]
venue = "iclr2026"
[labels.model]
vit = {{ label = "ViT $B$", color = "#102030", family = "new" }}
net = {{ label = "Net_50", family = "old" }}
[data.runs]
read = "runs.csv"
[data.model-size]
rows = [{{ model = "vit", size = 86 }}, {{ model = "clip", size = 5 }}]
[figure.one]
python = "plots.py:draw"
formats = ["hybrid", "pdf", "pgf", "svg", "png"]
{more}
"""
RUNS = "model,step,score\nvit,1,3.5\nvit,2,4\nnet,1,2\nnet,2,2.5\n"


def paper(root: Path, code: str, more: str = "") -> Paper:
    (root / "paper.toml").write_text(MANIFEST.format(more=more))
    (root / "runs.csv").write_text(RUNS)
    (root / "plots.py").write_text(textwrap.dedent(code))
    return Paper.load(root / "paper.toml")


def drawn(root: Path, code: str, more: str = "") -> Figure:
    return paper(root, code, more).figure("one")


def failure(root: Path, code: str, more: str = "") -> str:
    found = paper(root, code, more)
    (outcome,) = found.build(["figure.one"]).outcomes
    return "\n".join(map(str, outcome.problems))


def checked(root: Path, code: str, more: str = "") -> str:
    with pytest.raises(PaperkitError) as caught:
        paper(root, code, more)
    return str(caught.value)


def test_frames_params_and_style_by_name(tmp_path: Path) -> None:
    code = """
    def draw(fig, runs, model_size, style, power, /, *, color="red"):
        ax = fig.subplots()
        ax.plot(runs.step, runs.score ** power, color=color)
        runs["more"] = 1
        ax.set_title(repr(sorted([*model_size.columns, *runs.columns])), fontsize=style.tick_size)
        ax.set_xlabel(type(fig).__module__)
    """
    made = drawn(tmp_path, code, "params = { power = 2 }")
    (axes,) = made.canvas.axes
    assert axes.lines[0].get_ydata() == pytest.approx([12.25, 16, 4, 6.25])
    assert axes.get_title() == "['model', 'model', 'more', 'score', 'size', 'step']"
    assert axes.get_xlabel() == "matplotlib.figure"
    assert tuple(made.canvas.get_size_inches() * 72.27) == pytest.approx((made.width, made.height))
    assert made.width == 397.485


def test_style_says_what_the_manifest_says(tmp_path: Path) -> None:
    code = """
    def draw(ax, runs, style):
        texts = [style.label("model", "vit"), style.label("model", "o_$x$"), style.label("model.family", "vit")]
        ax.set_title("|".join([*texts, *style.order("model"), *map(str, style.palette("model"))]))
        ax.plot([0, 1], color=style.color("model", "vit"), linewidth=style.linewidth)
        ax.plot([1, 2], color=style.color("model", "net"), linewidth=style.thin)
        ax.set_xlabel("size", fontsize=style.label_size)
    """
    made = drawn(tmp_path, code)
    (axes,) = made.canvas.axes
    assert axes.get_title() == r"ViT $B$|o_\$x\$|new|vit|net|vit|net"
    first, second = axes.lines
    assert tuple(first.get_color()) == pytest.approx((0x10 / 255, 0x20 / 255, 0x30 / 255))
    assert mpl.colors.to_hex(second.get_color()) not in ("#102030", "#000000")
    assert first.get_linewidth() == pytest.approx(POINTS_PER_TEX_POINT)
    assert axes.xaxis.label.get_fontsize() == pytest.approx(made.theme.label_size * POINTS_PER_TEX_POINT)


def test_colours_are_those_of_other_figures(tmp_path: Path) -> None:
    code = "def draw(ax, runs, style):\n    for name in ('net', 'vit'): ax.plot([1], color=style.color('model', name))"
    panels = """
    [figure.two]
    [[figure.two.panel]]
    data = "runs"
    mark = "line"
    x = "step"
    y = "score"
    hue = "model"
    """
    found = paper(tmp_path, code, textwrap.dedent(panels))
    (mine,), (theirs,) = (found.figure(name).canvas.axes for name in ("one", "two"))
    colors = {mpl.colors.to_hex(line.get_color()) for line in mine.lines}
    assert colors == {mpl.colors.to_hex(line.get_color()) for line in theirs.lines if np.size(line.get_xdata()) == 2}
    assert len(colors) == 2


def test_text_is_laid_out_with_metrics_of_tex(tmp_path: Path) -> None:
    code = """
    def draw(fig):
        ax = fig.subplots()
        ax.set_ylabel("one\\ntwo $x^2$")
        ax.set_yticks([0, 1], labels=["0", "a long label"])
    """
    made = drawn(tmp_path, code)
    (axes,) = made.canvas.axes
    left = axes.get_position().x0 * made.width
    narrow = drawn(tmp_path, code.replace("a long label", "1"))
    # "a long label" in Times at 8 pt, by the widths of ptmr7t: a space is 0.25 em.
    em = {"a": 0.444, " ": 0.25, "l": 0.278, "o": 0.5, "n": 0.5, "g": 0.5, "b": 0.5, "e": 0.444}
    size = made.theme.tick_size
    wider = sum(em[letter] for letter in "a long label") * size - 0.5 * size
    assert left - narrow.canvas.axes[0].get_position().x0 * made.width == pytest.approx(wider, abs=0.3)


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    code = """
    import random
    import matplotlib.pyplot as plt
    import numpy as np
    def draw(fig, style):
        plt.rcParams["font.size"] = 3
        plt.gca().plot([random.random(), np.random.rand()])
        plt.ylabel("by pyplot")
        plt.close("all")
    """
    random.seed(3)
    expected = random.Random(3).random()
    mine = plt.figure()
    before = mpl.rcParams["font.size"]
    first, second = (drawn(tmp_path, code) for _ in range(2))
    assert random.random() == expected
    assert (mpl.rcParams["font.size"], plt.get_fignums(), plt.gcf()) == (before, [mine.number], mine)
    plt.close(mine)
    (axes,), (again,) = first.canvas.axes, second.canvas.axes
    assert axes.get_ylabel() == "by pyplot"
    assert np.array_equal(axes.lines[0].get_ydata(), again.lines[0].get_ydata())
    assert axes.yaxis.label.get_fontsize() == pytest.approx(first.theme.label_size * POINTS_PER_TEX_POINT)


REFUSED = {
    "returns another figure": (
        "from matplotlib.figure import Figure\ndef draw(fig):\n    fig.subplots()\n    return Figure()",
        (
            "plots.py:2: figure.one.python: draw returns another figure\n"
            "    draw on the one it gets: fig.subplots(), or ax=ax in seaborn"
        ),
    ),
    "pyplot": (
        "import matplotlib.pyplot as plt\ndef draw(fig):\n    _, ax = plt.subplots()\n    ax.plot([1])",
        (
            "plots.py:2: figure.one.python: draw makes a figure of its own with pyplot\n"
            "    draw on the figure it gets: ax = fig.subplots() instead of fig, ax = plt.subplots()"
        ),
    ),
    "another size": (
        "def draw(ax):\n    ax.figure.set_size_inches(6, 4)",
        (
            "plots.py:1: figure.one.python: draw makes the figure 6 by 4 inches large\n"
            "    its size is that of the manifest, 397.485pt by 198.7425pt: set 'width' and 'height' there"
        ),
    ),
    "nothing": (
        "def draw(fig):\n    fig",
        "plots.py:1: figure.one.python: draw draws nothing on the figure\n    ax = fig.subplots() makes axes on it",
    ),
    "an exception": (
        "def draw(ax, runs):\n    helper(ax, runs)\ndef helper(ax, runs):\n    ax.plot(runs.step, runs['scor'])",
        "plots.py:4: figure.one.python: KeyError: 'scor' (in helper)\n    did you mean 'score'?",
    ),
    "an exception of a formatter": (
        "def draw(ax):\n    ax.xaxis.set_major_formatter(lambda x, p: {}[str(x)])",
        "plots.py:2: figure.one.python: KeyError: '0.0' (in draw.<lambda>)",
    ),
    "an unknown value": (
        "def draw(ax, runs, style):\n    style.color('model', 'vti')",
        "plots.py:2: figure.one.python: no colour for 'vti' of 'model', did you mean 'vit'? (in draw)",
    ),
    "no room": (
        "def draw(ax):\n    ax.set_ylabel('\\n'.join('abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz'))",
        (
            "plots.py:1: figure.one.python: draw leaves no room for the axes beside their labels\n"
            "    give the figure more room, or smaller decorations"
        ),
    ),
    "exit": ("def draw(ax):\n    raise SystemExit(3)", "plots.py:2: figure.one.python: SystemExit: 3 (in draw)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_must_not_do(name: str, tmp_path: Path) -> None:
    code, said = REFUSED[name]
    assert failure(tmp_path, code) == said
    assert plt.get_fignums() == []


CHECKED = {
    "no such function": (
        "def darw(fig): ...",
        "",
        "plots.py: figure.one.python: there is no function 'draw', did you mean 'darw'?",
    ),
    "no figure": (
        "def draw(runs): ...",
        "",
        (
            "plots.py:1: figure.one.python: draw takes neither 'fig' nor 'ax'\n"
            "    fig is matplotlib's Figure to draw on, ax its only Axes"
        ),
    ),
    "no such frame": (
        "def draw(fig, rusn): ...",
        "",
        (
            "plots.py:1: figure.one.python: the parameter 'rusn' of draw is neither a frame nor in params, "
            "did you mean 'runs'?"
        ),
    ),
    "params": (
        "def draw(fig, power=1): ...",
        "params = { powr = 1, style = 2 }",
        (
            "paper.toml:14:12: figure.one.params.powr: draw takes no 'powr', did you mean 'power'?\n"
            "paper.toml:14:22: figure.one.params.style: 'style' is what paperkit hands over\n"
            "    give the parameter another name"
        ),
    ),
    "panels too": (
        "def draw(fig): ...",
        "legend = { ncols = 2 }\n[[figure.one.panel]]\ndata = 'runs'\nmark = 'line'\nx = 'step'\ny = 'score'",
        (
            "paper.toml:12:1: figure.one.python: a figure has either panels or python, not both\n"
            "    make two figures of it\n"
            "paper.toml:14:1: figure.one.legend: 'legend' is for panels: the function draws its own"
        ),
    ),
    "neither": (
        "",
        "[figure.two]\nparams = { a = 1 }",
        (
            "plots.py: figure.one.python: there is no function 'draw': the file defines none\n"
            "paper.toml:14:9: figure.two: key 'panel' is missing\n"
            "    [[figure.two.panel]] says what is drawn; or python = 'plots.py:draw'\n"
            "paper.toml:15:1: figure.two.params: params belongs to python\n"
            '    python = "plots.py:draw"'
        ),
    ),
}


@pytest.mark.parametrize("name", CHECKED)
def test_what_is_found_without_running_it(name: str, tmp_path: Path) -> None:
    code, more, said = CHECKED[name]
    assert sorted(checked(tmp_path, code, more).split("\n")) == sorted(said.split("\n"))


def test_warnings_and_fonts_are_noticed(tmp_path: Path) -> None:
    code = """
    import warnings
    def draw(ax):
        warnings.warn("only three seeds")
        ax.set_title("Loud", weight="bold", family="monospace")
        ax.set_xlabel("usetex", usetex=True)
    """
    made = drawn(tmp_path, code)
    assert [str(notice) for notice in made.notices] == [
        "plots.py:4: figure.one.python: only three seeds",
        (
            "plots.py:3: figure.one.python: 'Loud' is printed upright and regular, not bold\n"
            "    figures are set in one font; $\\mathbf{…}$ is bold in maths"
        ),
    ]
    texts = made.canvas.findobj(Text)
    assert {text.get_fontfamily()[0] for text in texts} == {"STIXGeneral"}
    assert {(text.get_fontweight(), text.get_usetex()) for text in texts} == {("normal", False)}


def test_many_things_are_drawn_in_every_format(tmp_path: Path) -> None:
    pytest.importorskip("seaborn")
    code = """
    import numpy as np
    import seaborn as sns
    def draw(fig, runs, style):
        sns.set_theme(context="poster")
        left, middle, right = fig.subfigures(1, 3)
        ax = left.subplots()
        sns.boxplot(runs, x="model", y="score", hue="model", palette=style.palette("model"), ax=ax)
        sns.stripplot(runs, x="model", y="score", color="black", ax=ax)
        sns.lineplot(runs, x="step", y="score", seed=style.seed, ax=middle.subplots())
        x = np.linspace(0, 1, 9)
        deep = right.add_subplot(projection="3d")
        deep.plot_surface(*np.meshgrid(x, x), np.outer(x, x), cmap="viridis")
        fig.legend(ax.lines[:2], ["100 %", "$\\\\alpha_1$"], loc="outside upper center")
    """
    found = paper(tmp_path, code)
    (outcome,) = found.build(["figure.one"]).outcomes
    assert [str(problem) for problem in outcome.problems] == []
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == ["one-hybrid.pdf", "one-hybrid.tex", "one.pdf", "one.pgf", "one.png", "one.svg", "one.tex"]
    assert r"100 \%" in (tmp_path / "figures/one.pgf").read_text()


def test_images_go_everywhere(tmp_path: Path) -> None:
    code = """
    import numpy as np
    def draw(ax):
        ax.figure.colorbar(ax.imshow(np.eye(3)), ax=ax, label="value")
    """
    found = paper(tmp_path, code)
    (outcome,) = found.build(["figure.one"]).outcomes
    assert outcome.problems == ()
    assert "figures/one-raster.pdf" in outcome.written
    assert r"\includegraphics[page=1,width=" in (tmp_path / "figures/one.pgf").read_text()
    axes, bar = found.figure("one").canvas.axes
    assert np.asarray(axes.images[0].get_array()).trace() == 3
    assert bar.get_ylabel() == "value"


def test_it_is_drawn_again_when_what_it_depends_on_changes(tmp_path: Path) -> None:
    code = "import helper\ndef draw(ax, runs):\n    '''Draw.'''\n    helper.lines(ax, runs)\n"
    (tmp_path / "helper.py").write_text("def lines(ax, runs):\n    ax.plot(runs.score)\n")
    (tmp_path / "grid.json").write_text("{}")

    def result() -> str:
        found = paper(tmp_path, code, 'inputs = ["grid.json"]')
        (outcome,) = [one for one in found.build().outcomes if one.id == "figure.one"]
        return outcome.result.value + "".join(map(str, outcome.problems))

    assert (result(), result()) == ("built", "unchanged")
    code = code.replace("Draw.", "Draw it.") + "# a comment\n"
    assert result() == "unchanged"
    (tmp_path / "helper.py").write_text("def lines(ax, runs):\n    ax.plot(runs.score * 2)\n")
    assert result() == "built"
    before = (tmp_path / "figures/one.pgf").read_bytes()
    (tmp_path / "grid.json").write_text("[]")
    found = paper(tmp_path, code, 'inputs = ["grid.json"]')
    assert [step.state.value for step in found.plan(["figure.one"])] == ["stale"]
    assert result() == "unchanged"
    assert (tmp_path / "figures/one.pgf").read_bytes() == before


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = """
    import numpy as np
    def draw(fig, runs):
        left, right = fig.subplots(1, 2)
        for name in {"a", "b", "c"}:
            pass
        left.scatter(np.random.rand(20), np.random.rand(20), c=np.random.rand(20), marker="^")
        right.plot(runs.step, runs.score, "o-", clip_on=True)
        right.set_title("$x_1$")
    """
    paper(tmp_path, code)
    found: list[dict[str, bytes]] = []
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "paperkit", "build", "--rebuild", "figure.one"]
        root = str(Path(__file__).parents[3])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root}
        subprocess.run(command, cwd=tmp_path, check=True, env=environment, capture_output=True)
        found.append({path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()})
    assert len(found[0]) == 7
    assert found[0] == found[1]


def test_frames_are_handed_over_as_copies(tmp_path: Path) -> None:
    found = paper(tmp_path, "def draw(ax, runs):\n    runs.drop(runs.index, inplace=True)\n    ax.plot([1])\n")
    found.figure("one")
    pd.testing.assert_frame_equal(
        found.frame("runs").to_pandas(), pd.read_csv(tmp_path / "runs.csv"), check_dtype=False
    )


def test_points_of_a_function_are_an_image_where_they_are_too_many(tmp_path: Path) -> None:
    code = """
    import numpy as np
    def draw(ax):
        ax.plot(np.arange(COUNT), np.arange(COUNT) % 7, "o")[0].set_rasterized(ASKED)
    """
    cases = ((3000, False, True), (30, True, True), (30, False, False))
    for count, asked, is_image in cases:
        found = paper(tmp_path, code.replace("COUNT", str(count)).replace("ASKED", str(asked)))
        (outcome,) = found.build(["figure.one"], rebuild=True).outcomes
        assert outcome.problems == ()
        said = [str(notice) for notice in outcome.notices if "dpi" in notice.message]
        wanted = ["paper.toml:11:9: figure.one: 3000 marks are an image of 300 dpi in pgf; text stays text"]
        assert said == (wanted if count == 3000 else [])
        assert (r"\pkimages" in (tmp_path / "figures/one.pgf").read_text()) == is_image
