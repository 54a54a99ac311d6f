"""The reference paper goes through `camera-ready` for every kind of venue."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paperkit.build.paper import Paper
from paperkit.camera_ready import bundle as bundles
from paperkit.camera_ready import collect as collecting
from paperkit.camera_ready import prove as proofs
from paperkit.camera_ready.bundle import Request, make_bundle
from paperkit.camera_ready.collect import Collected
from paperkit.camera_ready.engine import Engine, Run
from paperkit.camera_ready.prepare import Tree

pytestmark = pytest.mark.tex
ROOT = Path(__file__).resolve().parents[2]
VENUES = ("neurips2026", "icml2026", "acm", "ieee", "acl", "arxiv", "aaai2026")


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    for name in ("data", "figures", "tables"):
        shutil.copytree(ROOT / name, tmp_path / "paper" / name)
    for path in (*ROOT.glob("paper.*"), *ROOT.glob("*.tex")):
        shutil.copyfile(path, tmp_path / "paper" / path.name)
    return Paper.load(tmp_path / "paper" / "paper.toml")


def test_the_reference_paper_is_proven_for_every_kind_of_venue(
    paper: Paper, tmp_path: Path, require_program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("pdflatex")
    _compile_once(monkeypatch)
    for venue in VENUES:
        request = Request(main=paper.manifest.root / "paper.tex", output=tmp_path / venue, venue=venue)
        made = make_bundle(request, paper)
        assert made.proof is not None, venue
        assert (made.proof.undone, made.leaks, made.left_alone) == ((), (), ()), venue
        assert len(made.proof.look.pixels) == 3
        assert made.report is not None
        assert {one.rule for one in made.report.failed} & {"type3-font", "font-not-embedded", "encryption"} == set()
        if venue == "aaai2026":
            with zipfile.ZipFile(io.BytesIO((made.folder / made.archive).read_bytes())) as archive:
                assert archive.namelist() == ["paper.tex"]


def _compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run TeX only on what has not been compiled yet: most venues get the same sources."""
    collected: list[Collected] = []
    runs: dict[int, Run] = {}
    collect, compiled = collecting.collect, proofs.compiled

    def collect_once(*arguments: object, **options: object) -> Collected:
        if not collected:
            collected.append(collect(*arguments, **options))  # type: ignore[arg-type]
        return collected[0]

    def compile_once(tree: Tree, engine: Engine, *, epoch: int) -> Run:
        key = hash(tuple(sorted(tree.files.items())))
        if key not in runs:
            runs[key] = compiled(tree, engine, epoch=epoch)
        return replace(runs[key])

    monkeypatch.setattr(bundles, "collect", collect_once)
    monkeypatch.setattr(proofs, "compiled", compile_once)
