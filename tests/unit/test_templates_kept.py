"""Templates stay compiled for as long as their text is the same, whatever the times of their files say."""

from __future__ import annotations

import os
from pathlib import Path

from paperkit.templates import Templates


def _replace(path: Path, text: str) -> None:
    """Put other content at `path` with the same time, as `cp -p` and `rsync -t` do."""
    stat = path.stat()
    path.write_text(text)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_other_content_of_the_same_age_is_another_template(tmp_path: Path) -> None:
    (tmp_path / "table.tex").write_text("<% include 'part.tex' %> one")
    (tmp_path / "part.tex").write_text("a")
    templates = Templates(tmp_path)
    assert templates.render("table.tex") == "a one"
    _replace(tmp_path / "table.tex", "<% include 'part.tex' %> two")
    assert templates.render("table.tex") == "a two"
    _replace(tmp_path / "part.tex", "b")
    assert templates.render("table.tex") == "b two"


def test_a_packaged_template_is_hidden_and_comes_back(tmp_path: Path) -> None:
    needs = {"pgf": False, "pgfplots": False, "longtable": False, "rotating": False, "venue": "neurips"}
    templates = Templates(tmp_path)
    packaged = templates.render("preamble.tex", **needs)
    (tmp_path / "preamble.tex").write_text("own")
    assert templates.render("preamble.tex", **needs) == "own"
    (tmp_path / "preamble.tex").unlink()
    assert templates.render("preamble.tex", **needs) == packaged != "own"


def test_what_did_not_change_is_compiled_once(tmp_path: Path) -> None:
    path = tmp_path / "table.tex"
    path.write_text("<% set x = 1 %><< x >>")
    templates = Templates(tmp_path)
    from paperkit.templates import _environment

    assert templates.render("table.tex") == "1"
    first = _environment(tmp_path).get_template("table.tex")
    path.touch()
    assert _environment(tmp_path).get_template("table.tex") is first
