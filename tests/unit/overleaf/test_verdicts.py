"""Verdicts: the table of what three sides may say, and what holds whatever they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.overleaf.content import blob_id, digest, is_text, normalised
from paperkit.overleaf.edits import edits, patch
from paperkit.overleaf.state import Base
from paperkit.overleaf.verdicts import Sides, Verdict, verdict
from tests.unit.overleaf.bridge import Repository, git
from tests.unit.overleaf.desk import sealed

ABSENT = "absent"
# local, base, remote; base "-" is one that is not known
TABLE = {
    ("new", "-", None): "create",
    ("new", "-", "new"): "same",
    ("new", "-", "other"): "foreign",
    ("old", "old", "old"): "same",
    ("new", "old", "old"): "update",
    ("new", "old", "new"): "same",
    ("old", "old", "typed"): "edited-remotely",
    ("new", "old", "typed"): "conflict",
    ("old", "old", None): "deleted-remotely",
    ("new", "old", None): "deleted-remotely",
    ("new", ABSENT, None): "create",
    ("new", ABSENT, "typed"): "foreign",
    (None, "old", "old"): "delete",
    (None, "old", "typed"): "conflict",
    (None, "old", None): "same",
    (None, "-", "typed"): "same",
    (None, "-", None): "same",
    (None, ABSENT, "typed"): "same",
}


def _base(said: str | None) -> Base | None:
    return None if said in ("-", None) else Base(digest=None if said == ABSENT else said)


@pytest.mark.parametrize(("sides", "expected"), TABLE.items())
def test_what_three_sides_say(sides: tuple[str | None, str, str | None], expected: str) -> None:
    local, base, remote = sides
    assert verdict(Sides(local=local, remote=remote, base=_base(base))).value == expected


@pytest.mark.parametrize(
    ("local", "remote", "expected"),
    [
        ("new", "sent", "update"),
        ("sent", "typed", "edited-remotely"),
        ("new", "typed", "conflict"),
        ("new", None, "create"),
    ],
)
def test_what_may_have_been_sent_is_ours(local: str, remote: str | None, expected: str) -> None:
    assert verdict(Sides(local=local, remote=remote, sent=("sent",))).value == expected


words = st.one_of(st.none(), st.sampled_from("abc"))


@given(
    local=words,
    remote=words,
    base=st.one_of(st.none(), st.builds(Base, digest=words)),
    sent=st.lists(st.sampled_from("abc")),
)
def test_only_what_we_wrote_is_ever_written_over(
    local: str | None, remote: str | None, base: Base | None, sent: list[str]
) -> None:
    found = verdict(Sides(local=local, remote=remote, base=base, sent=tuple(sent)))
    known = {*sent, *([base.digest] if base is not None else [])}
    if found.is_ours:
        assert remote is None or remote in known
        assert local != remote
    if found is Verdict.CREATE:
        assert remote is None
        assert base is None or base.digest is None
    if found is Verdict.DELETE:
        assert local is None
    assert found.is_ours + found.is_theirs + (found is Verdict.SAME) == 1


@given(st.text())
def test_line_ends_do_not_count(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    content = lines.encode("utf-8", errors="surrogatepass")
    if is_text(content):
        assert digest(content) == digest(content.replace(b"\n", b"\r\n")) == digest(content.replace(b"\n", b"\r"))
        assert normalised(normalised(content)) == normalised(content)


@given(st.binary(), st.binary())
def test_what_is_no_text_is_compared_byte_by_byte(one: bytes, other: bytes) -> None:
    one, other = b"\0" + one, b"\0" + other
    assert (digest(one) == digest(other)) is (one == other)


@pytest.mark.parametrize("content", [b"", b"a\n", b"\r\n\0", bytes(range(256)) * 50])
def test_blobs_have_the_names_that_git_gives_them(repository: Repository, content: bytes) -> None:
    said = git(repository.folder, "hash-object", "--no-filters", "--stdin", stdin=content)
    assert blob_id(content) == said.decode().strip()


def test_edits_are_said_by_line() -> None:
    before = b"a\n\\cellcolor{pkReds9}77.34 & 78.1 \\\\\nb\nc\n"
    after = b"a\r\n\\cellcolor{pkReds9}77.4 & 78.1 \\\\\r\nc\r\nd\r\ne\r\n"
    assert edits(before, after) == (
        "line 2: 77.34 → 77.4",
        "line 3: b was taken out",
        "line 4: d is new",
        "line 5: e is new",
    )
    assert edits(before, before.replace(b"\n", b"\r\n")) == ()
    assert edits(None, after) == edits(before, None) == ()
    assert edits(b"a\n", b"\0") == ("2 → 1 bytes, not text",)
    assert edits(b"1\n" * 30, b"2\n" * 30)[-2:] == ("line 8: 1 → 2", "and 22 more changes")
    assert edits(b"same prefix 1\n", b"same prefix \n") == ("line 1: 1 → (nothing)",)


def test_edits_of_macros_are_said_by_name_and_headers_left_out() -> None:
    before = sealed("\\newcommand{\\best}{91.2}% max(acc)\n\\newcommand{\\worst}{$-$3}")
    after = before.replace(b"91.2", b"91.3").replace(b"$-$3", b"\\textit{4}").replace(b"seal sha256:", b"seal sha256:0")
    assert edits(before, after) == ("\\best: 91.2 → 91.3", "\\worst: $-$3 → \\textit{4}")
    assert edits(before, sealed("\\newcommand{\\best}{91.2}% max(acc)")) == (
        "line 4: \\newcommand{\\worst}{$-$3} was taken out",
    )


@given(st.text(), st.text())
def test_edits_of_any_text_are_printable(before: str, after: str) -> None:
    for line in edits(before.encode(errors="replace"), after.encode(errors="replace")):
        assert line.isprintable()


def test_edits_of_a_table_are_said_by_cell() -> None:
    before = rb"""\begin{tabular}{lrr}
& \multicolumn{2}{c}{ViT-S-16} \\
& Last & All layers \\ \midrule
DTD & 70.1 & \textbf{77.34} \\
Pets & 80.0 & 81.0 \\
\end{tabular}
"""
    after = before.replace(b"77.34", b"77.4").replace(b"Pets & 80.0 & 81.0", b"% gone").replace(b"\n", b"\r\n")
    assert edits(before, after) == (
        "row DTD, column ViT-S-16 / All layers: 77.34 → 77.4",
        "row removed: Pets",
    )
    assert edits(before, b"nothing left\n")[0].startswith("line 1: ")


def test_a_patch_is_a_unified_diff() -> None:
    assert patch("t.tex", b"a\nb\n", b"a\r\nc\r\n") == "--- a/t.tex\n+++ b/t.tex\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert patch("t.tex", None, b"a") is None
    assert patch("t.tex", b"a", b"\0") is None
