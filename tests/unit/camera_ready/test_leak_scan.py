"""What the search for leaks looks at, and the names that it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.camera_ready.bundle import Request, ancillary
from paperkit.camera_ready.leaks import Search, find_leaks, names_in, worth_looking_for
from paperkit.camera_ready.lexicon import Lexicon
from paperkit.camera_ready.prepare import Workshop
from paperkit.camera_ready.private import without_private
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


_BIB = (
    b'% SECRET 1\n@misc{a,\n  title = {A % b @ c}\n}\nSECRET 2 by ada@home\n@string(x = "a) b")\n'
    b"@comment{jabref-meta: {SECRET 3}}\n\n@Comment SECRET 4\n@misc(b, title = {B)})\nSECRET 5\n"
)


def test_a_bibliography_loses_what_stands_between_its_entries() -> None:
    assert without_private("a.bib", _BIB) == (
        b'@misc{a,\n  title = {A % b @ c}\n}\n@string(x = "a) b")\n@misc(b, title = {B)})\n'
    )


def test_what_bibtex_and_biber_read_differently_stays_and_is_named() -> None:
    hidden = b"% @misc{a, title = {A}}\n@misc{b, title = {B}}\n@comment{ @misc{c, title = {C}} }\n"
    assert without_private("a.bib", hidden) == hidden
    [leak] = find_leaks({"a.bib": hidden}, Search(lexicon=Lexicon()))
    assert (str(leak.place), leak.rule, leak.text) == ("a.bib:3", "comment", "@comment{ @misc{c, title = {C}} }")
    assert find_leaks({"a.bib": without_private("a.bib", _BIB)}, Search(lexicon=Lexicon())) == ()


def test_a_bibliography_that_nothing_closes_is_left_alone() -> None:
    assert without_private("a.bib", b"@misc{a, title = {A}\n% kept") == b"@misc{a, title = {A}\n% kept"


@pytest.mark.parametrize(
    "text",
    ["{joerg,li}@ethz.ch", r"\{joerg, li\}@ethz.ch", "{a.b|c}@cs.example.org", "ada@example.org"],
)
def test_addresses_in_groups_are_found(text: str) -> None:
    [leak] = find_leaks({"a.tex": f"\\email{{{text}}} x".encode()}, Search(lexicon=Lexicon(), anonymous=True))
    assert (leak.rule, leak.text) == ("address", text)


@pytest.mark.parametrize(
    "written", [r"M\"uller", r"M{\"u}ller", r"M\"{u}ller", r"M\" uller", "Müller", "Mu\u0308ller", "MULLER"]
)
@pytest.mark.parametrize("known", ["Müller", r"M\"uller"])
def test_an_author_is_found_however_accents_are_written(written: str, known: str) -> None:
    search = Search(lexicon=Lexicon(), people=(known,), anonymous=True)
    found = find_leaks({"a.tex": f"by {written}.".encode()}, search)
    assert [leak.rule for leak in found] == ["author"]


def test_names_are_read_from_tex_accents() -> None:
    assert names_in(r"J{\"o}rg M\"{u}ller \and S{\o}ren \v{C}apek") == (
        "Jörg Müller",
        "Müller",
        "Søren Čapek",
        "Čapek",
    )
