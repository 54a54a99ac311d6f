r"""Texts that only TeX can measure: asked once, kept in `paper.metrics`, the same bytes where there is no TeX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.build.metrics import ask_tex, load_metrics, save_metrics
from paperkit.build.paper import Paper
from paperkit.errors import PaperkitError
from paperkit.tex.extents import SetText
from paperkit.tex.metrics import Extent, Font, measure
from paperkit.tex.text import markup

MANIFEST = r"""
[paper]
venue = "VENUE"
[data.runs]
rows = [{ model = "a", score = 1.0 }, { model = "a", score = 2.0 }, { model = "b", score = 3.5 }]
[labels.model]
a = '$\mathfrak{A}\boxtimes B$'
b = 'LABEL'
[figure.demo]
width = "textwidth"
height = "2in"
formats = ["pgf"]
alt = "Scores."
[[figure.demo.panel]]
data = "runs"
mark = "strip"
x = "model"
y = "score"
"""


def paper(root: Path, *, venue: str = "article", label: str = "b") -> Path:
    root.mkdir()
    (root / "paper.toml").write_text(MANIFEST.replace("VENUE", venue).replace("LABEL", label), encoding="utf-8")
    return root / "paper.toml"


def built(path: Path) -> tuple[bytes, list[str]]:
    report = Paper.load(path).build(["figure.demo"])
    (outcome,) = report.outcomes
    assert outcome.problems == ()
    return (path.parent / "figures/demo.pgf").read_bytes(), [notice.message for notice in outcome.notices]


@pytest.mark.tex
@pytest.mark.parametrize("venue", ["article", "elsarticle-3p"])
def test_a_clone_without_tex_builds_the_same_bytes(
    venue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], str]
) -> None:
    require_program("pdflatex")
    first = paper(tmp_path / "first", venue=venue)
    content, said = built(first)
    assert not [message for message in said if "measured" in message or "TeX" in message]
    second, third = paper(tmp_path / "second", venue=venue), paper(tmp_path / "third", venue=venue)
    (second.parent / "paper.metrics").write_bytes((first.parent / "paper.metrics").read_bytes())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert built(second) == (content, said)
    _, said = built(third)
    assert r"'\boxtimes' is not known in maths, measured as nothing" in said
    assert not (third.parent / "paper.metrics").exists()


@pytest.mark.tex
def test_an_unknown_command_is_named_with_its_text(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    require_program("pdflatex")
    _, said = built(paper(tmp_path / "one", label=r"$\ours{x}$ (b)"))
    assert r"TeX cannot set '$\ours{x}$ (b)': Undefined control sequence \ours" in said
    assert r"'\ours' is not known in maths, measured as nothing" in said
    kept = load_metrics(tmp_path / "one/paper.metrics")
    assert {text.tex for text in kept} == {r"$\mathfrak{A}\boxtimes B$"}


@pytest.mark.tex
def test_tex_gives_the_sizes_that_are_known(require_program: Callable[[str], str]) -> None:
    require_program("pdflatex")
    fonts = [("cmr", "OT1"), ("ptm", "OT1"), ("LinuxLibertineT-TLF", "T1"), ("lmr", "T1")]
    texts = [SetText(str(markup("No. 1, $x_i^2$ of To")), family, encoding, 8.0) for family, encoding in fonts]
    for text, family in zip(texts, fonts, strict=True):
        found, refused = ask_tex([text])
        font = Font(family=family[0], encoding=family[1], size=8.0, amsmath=True, frenchspacing=True)
        known = measure(markup("No. 1, $x_i^2$ of To"), font)
        assert refused == {}
        assert (found[text].width, found[text].height) == pytest.approx((known.width, known.height), abs=0.02)


@pytest.mark.tex
def test_tex_writes_nothing_and_runs_no_shell(tmp_path: Path, require_program: Callable[[str], str]) -> None:
    require_program("pdflatex")
    target = tmp_path / "written"
    command = rf"$\immediate\write18{{touch {target}}}\immediate\openout3={target}.tex \immediate\write3{{x}}$"
    ask_tex([SetText(command, "cmr", "OT1", 10.0)])
    assert list(tmp_path.iterdir()) == []


def test_sizes_are_kept_in_order(tmp_path: Path) -> None:
    known = {
        SetText(tex, "txr", "OT1", 8.0): Extent(width=1.5, height=2.25, depth=0.125) for tex in ("$b$", "$a$", "Ä\\")
    }
    save_metrics(tmp_path / "paper.metrics", known)
    assert load_metrics(tmp_path / "paper.metrics") == known
    content = (tmp_path / "paper.metrics").read_bytes()
    save_metrics(tmp_path / "paper.metrics", dict(reversed(known.items())))
    assert (tmp_path / "paper.metrics").read_bytes() == content


@pytest.mark.parametrize("content", ["<<<<<<< ours", "version = 2", "version = 1\n[[text]]\ntex = 'x'"])
def test_metrics_that_cannot_be_read_are_an_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "paper.metrics").write_text(content, encoding="utf-8")
    with pytest.raises(PaperkitError) as caught:
        load_metrics(tmp_path / "paper.metrics")
    (problem,) = caught.value.problems
    assert problem.message == "the metrics cannot be read"
    assert problem.hint == "restore it, or delete it: a build on a machine with TeX writes it again"
