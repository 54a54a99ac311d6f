"""What the bridge would refuse is said before anything is sent."""

from __future__ import annotations

import pytest

from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.refuse import content_problem, output_problems, path_problem
from tests.unit.overleaf.bridge import Repository
from tests.unit.overleaf.desk import Desk

NAMES = {
    "tables/a.tex": None,
    "été ✓.pdf": None,
    "a" * 150: None,
    "a" * 151: "has a name of 151 characters, 150 are allowed",
    "/".join(["a" * 99] * 10) + "/" + "b" * 24: None,
    "/".join(["a" * 99] * 10) + "/" + "b" * 25: "has a path of 1025 characters, 1024 are allowed",
    "constructor": "begins with 'constructor', a name that Overleaf keeps for itself",
    "__proto__/a.tex": "begins with '__proto__', a name that Overleaf keeps for itself",
    "tables/constructor": None,
    "tables/a ": "has a space at the beginning or end of a name",
    " tables/a": "has a space at the beginning or end of a name",
    "a*b.tex": "has '*' in its name",
    "a\\b.tex": "has '\\\\' in its name",
    "a\nb.tex": "has '\\n' in its name",
    "a\x85b.tex": "has '\\x85' in its name",
    "a\udce9.tex": "has '\\udce9' in its name",
    "../main.tex": "has an empty name, '.' or '..' in its path",
    "a/../../main.tex": "has an empty name, '.' or '..' in its path",
    "a//b.tex": "has an empty name, '.' or '..' in its path",
    "./a.tex": "has an empty name, '.' or '..' in its path",
    "": "has an empty name, '.' or '..' in its path",
    "/etc/passwd": "is not relative",
    "C:/a.tex": "is not relative",
    ".git/config": "leads into a folder of git's own",
    "a/.GIT/hooks/x": "leads into a folder of git's own",
}


@pytest.mark.parametrize(("name", "why"), NAMES.items(), ids=[ascii(name)[:40] for name in NAMES])
def test_names(name: str, why: str | None) -> None:
    assert path_problem(name) == why


def test_contents() -> None:
    assert content_problem("figures/f.pdf", b"%PDF" + bytes(50 * 1024 * 1024 - 4)) is None
    assert str(content_problem("figures/f.pdf", b"%PDF" + bytes(51 * 1024 * 1024 - 4))) == (
        "figures/f.pdf: has 51.0 MiB, Overleaf takes 50 MiB\n"
        "    for a figure: formats = ['hybrid'] or rasterized = true make it small"
    )
    assert str(content_problem("tables/t.tex", "one\ntwo 😀\n".encode())) == (
        "tables/t.tex:2: has '😀' (U+1F600): Overleaf makes a binary file of it, or drops the character\n"
        "    print it by a TeX command, for example through the label of the value"
    )
    for content in (b"a\0b", "é".encode("latin-1")):
        assert str(content_problem("t.tex", content)) == (
            "t.tex: is no text in UTF-8: Overleaf would keep it as a binary file that nobody can edit"
        )
    long = str(content_problem("macros.tex", b"a" * (2 * 1024 * 1024 + 1)))
    assert long == "macros.tex: is longer than the 2 MiB that Overleaf's editor opens"
    assert content_problem("figures/f.png", b"\0\xff") is None
    assert content_problem("tables/t.tex", "été ✓ \uffff\n".encode()) is None


def test_names_beyond_the_first_plane_are_no_names_for_an_output() -> None:
    (problem,) = output_problems({"𝛼/a.tex": b""})
    assert str(problem) == "𝛼/a.tex: has '𝛼' (U+1D6FC) in its name; Overleaf would refuse it"
    assert path_problem("𝛼/a.tex") is None  # another remote may have it


def test_all_problems_at_once() -> None:
    found = [
        str(problem) for problem in output_problems({"constructor": b"", "A.tex": b"\0", "a.tex": b"", "b ": None})
    ]
    assert found == [
        "A.tex: is no text in UTF-8: Overleaf would keep it as a binary file that nobody can edit",
        "a.tex: differs from A.tex only in upper and lower case: some computers cannot hold both",
        "b : has a space at the beginning or end of a name; Overleaf would refuse it",
        "constructor: begins with 'constructor', a name that Overleaf keeps for itself; Overleaf would refuse it",
    ]


def test_2001_files_are_too_many(repository: Repository, desk: Desk) -> None:
    repository.edit({f"images/{number}.png": b"x" for number in range(2000 - len(repository.tree()) - 1)})
    before = repository.tree()
    assert len(before) == 1999
    with pytest.raises(OverleafError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the project would have 2001 files, Overleaf takes 2000\n"
        "    leave some here: overleaf.exclude = ['figures/*.png']"
    )
    assert repository.tree() == before
    del desk.outputs["macros.tex"]
    desk.push()
    assert len(repository.tree()) == 2000


def test_a_manuscript_named_as_an_output_is_not_touched(repository: Repository, desk: Desk) -> None:
    desk.build("main.tex", "macros")
    before = repository.tree()
    report = desk.push()
    assert [(one.path, one.verdict.value) for one in report.left] == [("main.tex", "foreign")]
    assert repository.tree()["main.tex"] == before["main.tex"]


def test_names_of_any_kind_arrive(repository: Repository, desk: Desk) -> None:
    names = ["été ✓.tex", '"quoted".tex', "a b/c d.tex", "tab'le.tex", "a" * 146 + ".tex", "-rf.tex", ":(top)x.tex"]
    before = repository.tree()
    for name in names:
        desk.build(name, name[:5])
    desk.push()
    after = repository.tree()
    assert set(after) == {*before, *names, "tables/a.tex", "macros.tex"}
    assert all(repository.read(name) == desk.outputs[name] for name in names)
    desk.state.unlink()
    repository.edit(dict.fromkeys(names, b"typed\n"))
    assert {path: verdict for path, verdict in desk.verdicts().items() if path in names} == dict.fromkeys(
        names, "edited-remotely"
    )
