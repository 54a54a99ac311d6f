"""Unified diffs: what is made is read back and gives the new text; a moved place is found, an unsure one refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paperkit.build.unified import NotADiffError, Patch, apply, diff, lines_of, parse, patch_text, shown

# Few lines, so that they repeat; all that somebody might take for the end of a line.
LINES = st.sampled_from(
    [
        "a  &\tb",
        "",
        "a",
        "b",
        "a & b \\\\",
        "-",
        "--- a",
        "+++ b",
        "@@ -1 +1 @@",
        "\\",
        " ",
        "\t",
        "é\u2028",
        "\r",
        "\x0c",
    ]
)
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=14), st.sampled_from(["", "\n", "\r\n"])
)
ANY = st.text(max_size=40) | TEXTS


@given(ANY, ANY)
@example("", "a")
@example("a", "a\n")
@example("a\na\n", "a\n")
@example("x\n" * 9, "x\n" * 4 + "y\n" + "x\n" * 5)
def test_a_diff_gives_the_new_text_from_the_old(before: str, after: str) -> None:
    hunks = diff(before, after)
    found = apply(hunks, before)
    assert (found.text, found.idle, found.nearly, found.conflicts) == (after, (), (), ())
    if hunks:
        read = parse(patch_text("tables/x.tex", Patch(hunks=hunks)))
        assert apply(read.hunks, before).text == after
        assert patch_text("tables/x.tex", read) == patch_text("tables/x.tex", Patch(hunks=hunks))
    else:
        assert before == after


@given(ANY, ANY)
def test_no_text_makes_applying_fail(text: str, before: str) -> None:
    found = apply(diff(before, text), text + before)
    assert set("".join(found.text)) <= set(text + before)


@given(TEXTS, TEXTS)
@settings(max_examples=30)
def test_git_understands_what_is_written(
    tmp_path_factory: pytest.TempPathFactory, require_program: Callable[[str], str], before: str, after: str
) -> None:
    hunks = diff(before, after)
    if not hunks:
        return
    folder = tmp_path_factory.mktemp("patch")
    (folder / "x").write_bytes(before.encode())
    (folder / "x.patch").write_bytes(patch_text("x", Patch(hunks=hunks)).encode())
    command = [require_program("git"), "apply", "--whitespace=nowarn", "--unidiff-zero", "x.patch"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "x").read_bytes().decode() == after


def numbered(*numbers: int | str) -> str:
    return "".join(f"{number}\n" for number in numbers)


TWENTY = numbered(*range(1, 21))


def test_three_lines_around_are_written() -> None:
    hunks = diff(TWENTY, TWENTY.replace("10\n", "ten\n"))
    assert patch_text("x", Patch(hunks=hunks, comment="Why it is so.\n")) == (
        "Why it is so.\n--- a/x\n+++ b/x\n@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n"
    )


def test_so_many_lines_are_written_that_there_is_one_such_place() -> None:
    text = numbered(*["x"] * 4, "here", *["x"] * 9, "there", *["x"] * 4)
    (hunk,) = diff(text, text.replace("here\nx\nx\nx\nx\n", "here\nx\nx\nx\nx\nnew\n"))
    assert "here\n" in hunk.side("-")


def test_a_moved_place_is_found() -> None:
    hunks = diff(TWENTY, TWENTY.replace("10\n", "ten\n"))
    moved = numbered("a", "b", "c") + TWENTY
    found = apply(hunks, moved)
    assert (found.text, found.nearly, found.conflicts) == (moved.replace("10\n", "ten\n"), (), ())


def test_more_space_between_words_is_no_difference() -> None:
    before = "a & 1\nb & 2\nc & 3\n"
    hunks = diff(before, "a & 1 x\nb & 2\nnew\nc & 3\n")
    found = apply(hunks, "a    & 1\nb    & 2\nc    & 3\nlong & 4\n")
    assert (found.text, found.nearly, found.conflicts) == ("a & 1 x\nb    & 2\nnew\nc    & 3\nlong & 4\n", (), ())


def test_half_of_the_lines_around_suffice_and_it_is_said() -> None:
    hunks = diff(TWENTY, TWENTY.replace("10\n", "10\nnew\n"))
    changed = TWENTY.replace("11\n", "eleven\n")
    found = apply(hunks, changed)
    assert (found.text, found.nearly) == (changed.replace("10\n", "10\nnew\n"), hunks)
    changed = changed.replace("8\n", "eight\n", 1)
    found = apply(hunks, changed)
    assert found.text == changed
    assert found.conflicts == ((hunks[0], "the lines around it are no longer there"),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TWENTY.replace("10\n", "zehn\n"), "the lines that it replaces are no longer there"),
        (TWENTY + TWENTY, "its lines stand at 2 places"),
        ("10\n", "the lines around it are no longer there"),
        ("", "the lines that it replaces are no longer there"),
    ],
)
def test_what_is_unsure_is_a_conflict(text: str, why: str) -> None:
    (hunk,) = diff(TWENTY, TWENTY.replace("10\n", "ten\n"))
    found = apply((hunk,), text)
    assert (found.text, found.conflicts) == (text, ((hunk, why),))


@pytest.mark.parametrize(
    "after",
    [TWENTY.replace("10\n", "ten\n"), TWENTY.replace("10\n", "10\nnew\n"), TWENTY.replace("10\n", "")],
    ids=["replaced", "added", "taken away"],
)
def test_a_change_that_is_there_already_is_idle(after: str) -> None:
    hunks = diff(TWENTY, after)
    for text in (after, after.replace("11\n", "eleven\n")):
        found = apply(hunks, text)
        assert (found.text, found.idle, found.conflicts) == (text, hunks, ())


def test_one_hunk_that_does_not_fit_leaves_the_others() -> None:
    hunks = diff(TWENTY, TWENTY.replace("3\n", "three\n", 1).replace("18\n", "eighteen\n"))
    found = apply(hunks, TWENTY.replace("18\n", "achtzehn\n"))
    assert found.text == TWENTY.replace("3\n", "three\n", 1).replace("18\n", "achtzehn\n")
    assert [hunk for hunk, _ in found.conflicts] == [hunks[1]]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "has no lines '--- …' and '+++ …'"),
        ("--- a/x\nhello\n", 2, "has no lines '--- …' and '+++ …'"),
        ("--- a/x\n+++ b/x\n<<<<<<< HEAD\n", 3, "expected a hunk, which begins with '@@ -', not '<<<<<<< HEAD'"),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n", 4, "the hunk has fewer lines than line 3 says"),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n-b\n+c\n", 5, "the hunk has more lines than line 3 says"),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\nb\n", 5, "a line of a hunk begins with a space, '-' or '+'"),
    ],
)
def test_what_is_no_diff_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(NotADiffError) as caught:
        parse(text)
    assert (caught.value.line, str(caught.value)) == (line, message)


def test_what_editors_do_to_a_patch_does_no_harm() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c"
    (hunk,) = parse(text + "\n\n").hunks
    assert parse(text).hunks == (hunk,)
    assert hunk.side("+") == ("a\n", "\n", "c\n")


def test_long_hunks_are_shown_in_part() -> None:
    (hunk,) = diff("", "x\n" * 100)
    assert lines_of(shown(hunk))[-1] == "… and 41 more lines"


def test_a_patch_of_a_long_text_takes_no_time(tmp_path: Path) -> None:
    text = "".join(f"\\pgfpathlineto{{{n % 7}}}\n" for n in range(100_000))
    after = text + "\\end\n"
    (tmp_path / "x").write_text(patch_text("x", Patch(hunks=diff(text, after))))
    assert apply(parse((tmp_path / "x").read_text()).hunks, text).text == after
