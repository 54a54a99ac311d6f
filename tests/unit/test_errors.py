"""Errors: how a problem reads, and what is suggested."""

from __future__ import annotations

import pytest

from paperkit.errors import ManifestError, PaperkitError, Place, Problem, did_you_mean, dotted


def test_a_problem_reads_place_key_message_hint() -> None:
    place = Place(file="paper.toml", line=42, column=7)
    problem = Problem(message="unknown key", path=("table", "main", "colormpa"), hint="known keys: colormap")
    assert str(problem.at(place)) == "paper.toml:42:7: table.main.colormpa: unknown key\n    known keys: colormap"
    assert problem.at(place).at(Place(file="other")).place == place
    assert str(Problem(message="no")) == "no"


def test_an_error_says_all_its_problems() -> None:
    error = ManifestError(Problem(message="one"), Problem(message="two", path=("data",)))
    assert isinstance(error, PaperkitError)
    assert str(error) == "one\ndata: two"


@pytest.mark.parametrize(
    ("word", "known", "suggestion"),
    [
        ("colormpa", ["colormap", "caption"], ", did you mean 'colormap'?"),
        ("pfd", ["pdf", "pgf"], ", did you mean 'pdf'?"),
        ("REDS", ["Reds", "Reds_r"], ", did you mean 'Reds'?"),
        ("zzz", ["colormap"], ""),
        ("", [], ""),
    ],
)
def test_suggestions(word: str, known: list[str], suggestion: str) -> None:
    assert did_you_mean(word, known) == suggestion


def test_paths_are_written_as_toml_writes_them() -> None:
    assert dotted(("figure", "model size", "panel", 0, "mark")) == 'figure."model size".panel[0].mark'
    assert dotted(("labels", 'a"b', "")) == 'labels."a\\"b".""'
