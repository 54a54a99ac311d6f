"""Patterns: which files they mean, what they capture, what they refuse."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.patterns import find, natural, parse, sources
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n1\n")


def found(pattern: str, root: Path) -> list[tuple[str, dict[str, str]]]:
    return [(match.path.relative_to(root).as_posix(), dict(match.captures)) for match in find(pattern, root)]


def refused(pattern: str, root: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        find(pattern, root)
    return [str(problem) for problem in caught.value.problems]


def test_a_plain_path_means_one_file(tmp_path: Path) -> None:
    touch(tmp_path, "data/x [1] (a).csv")
    assert found("data/x [1] (a).csv", tmp_path) == [("data/x [1] (a).csv", {})]


def test_captures_are_read_from_names_and_folders(tmp_path: Path) -> None:
    touch(tmp_path, "r/a.b/s_10.csv", "r/a.b/s_9.csv", "r/C/s_1.csv", "r/C/t_1.csv", "r/C/s_x.csv", "r/C/.s_1.csv")
    assert found("r/{model}/s_{seed:int}.csv", tmp_path) == [
        ("r/a.b/s_9.csv", {"model": "a.b", "seed": "9"}),
        ("r/a.b/s_10.csv", {"model": "a.b", "seed": "10"}),
        ("r/C/s_1.csv", {"model": "C", "seed": "1"}),
    ]
    assert parse("r/{model}/s_{seed:int}.csv").kinds == {"model": "str", "seed": "int"}


def test_stars(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "d/b.csv", "d/e/c.csv", "d/e/c.txt", "d/.git/x.csv")
    assert [name for name, _ in found("**/*.csv", tmp_path)] == ["a.csv", "d/b.csv", "d/e/c.csv"]
    assert [name for name, _ in found("d/**/{n}.csv", tmp_path)] == ["d/b.csv", "d/e/c.csv"]
    assert [name for name, _ in found("*/*.csv", tmp_path)] == ["d/b.csv"]
    assert [name for name, _ in found("d/e/**", tmp_path)] == ["d/e/c.csv", "d/e/c.txt"]


def test_a_capture_twice_must_say_the_same(tmp_path: Path) -> None:
    touch(tmp_path, "a/a.csv", "a/b.csv", "b/b.csv")
    assert found("{m}/{m}.csv", tmp_path) == [("a/a.csv", {"m": "a"}), ("b/b.csv", {"m": "b"})]


def test_two_readings_are_an_error(tmp_path: Path) -> None:
    touch(tmp_path, "vit_base_l1.csv", "run12.csv")
    assert refused("{model}_{layer}.csv", tmp_path) == [
        (
            "'vit_base_l1.csv' fits '{model}_{layer}.csv' in two ways: model is 'vit' or 'vit_base'\n"
            "    say more in the pattern: a fixed text between captures, or {name:int}"
        )
    ]
    assert found("{model}_l{layer:int}.csv", tmp_path) == [("vit_base_l1.csv", {"model": "vit_base", "layer": "1"})]
    assert refused("run*{n:int}.csv", tmp_path)[0].startswith("'run12.csv' fits 'run*{n:int}.csv' in two ways: n is")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (
            "data/perf_tabel_{base_model}.csv",
            (
                "no file matches 'data/perf_tabel_{base_model}.csv'\n"
                "    the closest files are 'data/perf_table_a.csv', 'data/perf_table_b.csv'"
            ),
        ),
        ("data/perf_table_c.csv", "there is no file 'data/perf_table_c.csv'\n    the closest files are "),
        ("dat/x.csv", "there is no file 'dat/x.csv'\n    there is no folder 'dat', did you mean 'data'?"),
        ("empty/*.csv", "no file matches 'empty/*.csv'\n    the folder 'empty' has no files"),
        ("", "the path is empty\n    write a path inside the project, relative to paper.toml"),
        ("../x.csv", "'../x.csv' leads outside the project\n    write a path inside the project, "),
        ("data/../../x.csv", "'data/../../x.csv' leads outside the project\n"),
        ("/etc/passwd", "'/etc/passwd' is an absolute path\n"),
        ("C:/x.csv", "'C:/x.csv' is an absolute path\n"),
        ("~/x.csv", "'~/x.csv' is an absolute path\n"),
        ("data\\x.csv", "'data\\x.csv' holds a backslash\n    write forward slashes, on Windows too"),
        ("{a b}.csv", "'{a b}' in '{a b}.csv' is no capture\n    a capture is a name in braces, such as {model}"),
        ("{s:float}.csv", "'{s:float}' in '{s:float}.csv' is no capture\n"),
        ("{s.csv", "a brace in '{s.csv' has no partner"),
    ],
)
def test_refusals(tmp_path: Path, pattern: str, expected: str) -> None:
    touch(tmp_path, "data/perf_table_a.csv", "data/perf_table_b.csv")
    (tmp_path / "empty").mkdir()
    (message,) = refused(pattern, tmp_path)
    assert message.startswith(expected)


def test_links_may_not_lead_outside(tmp_path: Path) -> None:
    root = tmp_path / "paper"
    touch(tmp_path, "secret.csv", "paper/real.csv", "other/x.csv")
    (root / "in.csv").symlink_to(root / "real.csv")
    (root / "out.csv").symlink_to(tmp_path / "secret.csv")
    (root / "folder").symlink_to(tmp_path / "other")
    assert found("in.csv", root) == [("in.csv", {})]
    for pattern, name in (("out.csv", "out.csv"), ("{x}.csv", "out.csv"), ("*/{x}.csv", "folder/x.csv")):
        assert refused(pattern, root) == [f"'{name}' leads outside the project\n    copy the file into it"]


def test_a_folder_that_contains_itself_ends(tmp_path: Path) -> None:
    touch(tmp_path, "d/a.csv")
    (tmp_path / "d" / "again").symlink_to(tmp_path / "d")
    assert found("**/*.csv", tmp_path) == [("d/a.csv", {})]


def test_sources_are_what_a_frame_reads_itself(tmp_path: Path) -> None:
    touch(tmp_path, "b.csv", "a.csv")
    specs = {"one": FrameSpec(read="{x}.csv"), "two": FrameSpec.model_validate({"from": "one"})}
    assert sources("one", specs, tmp_path) == (tmp_path / "a.csv", tmp_path / "b.csv")
    assert sources("two", specs, tmp_path) == ()


def test_sources_that_are_not_there_are_named_where_the_manifest_asks_for_them(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("x\n1\n")
    with pytest.raises(DataError) as caught:
        sources("one", {"one": FrameSpec(read="bb.csv")}, tmp_path)
    assert str(caught.value) == "data.one.read: there is no file 'bb.csv'\n    the closest file is 'b.csv'"


@given(st.lists(st.text("aB0129é-_.", max_size=6)), st.randoms())
def test_natural_order_is_total(names: list[str], random: Random) -> None:
    shuffled = random.sample(names, len(names))
    assert sorted(names, key=natural) == sorted(shuffled, key=natural)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_in_names_are_counted(one: int, two: int) -> None:
    assert (natural(f"s{one}.csv")[:3] < natural(f"S{two}.csv")[:3]) == (one < two)
