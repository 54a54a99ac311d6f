"""What the search for leaks looks at, and the names that it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.camera_ready.bundle import Request, ancillary
from paperkit.camera_ready.leaks import Search, find_leaks, names_in, worth_looking_for
from paperkit.camera_ready.lexicon import Lexicon
from paperkit.camera_ready.prepare import Workshop
from paperkit.camera_ready.venue import source_rules


def test_names_that_every_machine_has_identify_nobody() -> None:
    assert worth_looking_for(["root", "user", "Runner", "ubuntu", "localhost", "ada", "lovelace"]) == ("lovelace",)


@pytest.mark.parametrize(
    "author", ["Anonymous Author", "Under Review", "Some University", "Department of Physics", "Paper Submission 12"]
)
def test_words_for_nobody_are_no_people(author: str) -> None:
    assert names_in(author) == ()


@pytest.mark.parametrize("name", ["sub.inc", "anc/notes", "anc/run.jl", "drawing.pdf_tex", "a.unknown"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_every_file_that_is_text_is_searched(name: str, encoding: str) -> None:
    data = "Straße\nread from /home/ada/data\n".encode(encoding)
    found = find_leaks({name: data}, Search(lexicon=Lexicon()))
    assert [(str(leak.place), leak.rule, leak.text) for leak in found] == [(f"{name}:2", "path", "/home/ada/data")]


def test_bytes_that_are_no_text_are_not_searched() -> None:
    assert find_leaks({"a.bin": b"\x00\x01 /home/ada/data"}, Search(lexicon=Lexicon())) == ()


def test_comments_are_found_wherever_tex_reads() -> None:
    files = {"sub.inc": b"a % SECRET\n", "table.x": b"100 % of all\n"}
    found = find_leaks(files, Search(lexicon=Lexicon(), tex=frozenset({"sub.inc"})))
    assert [(str(leak.place), leak.rule) for leak in found] == [("sub.inc:1", "comment")]


def test_what_tex_reads_is_stripped_whatever_its_suffix() -> None:
    files = {
        "main.tex": b"\\documentclass{article}\\begin{document}\\input{sub.inc}\\end{document}\n",
        "sub.inc": b"a % SECRET\n\\input{deep.x}\n",
        "deep.x": b"b % SECRET\n",
        "drawing.pdf_tex": b"c % SECRET\n",
        "data.x": b"100 % kept\n",
    }
    workshop = Workshop(main="main.tex", files=files)
    packed = workshop.tree(workshop.changes).files
    assert {path for path, data in packed.items() if b"SECRET" in data} == set()
    assert packed["data.x"] == files["data.x"]


def test_nothing_hidden_is_packed_as_ancillary(tmp_path: Path) -> None:
    for name in ("code/run.py", ".git/config", "code/.env", "code/__pycache__/run.pyc", "node_modules/x.js"):
        (tmp_path / "anc" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "anc" / name).write_bytes(b"x")
    request = Request(main=tmp_path / "main.tex", output=tmp_path / "out", venue="arxiv")
    assert ancillary(request, source_rules("arxiv")) == {"anc/code/run.py": b"x"}
