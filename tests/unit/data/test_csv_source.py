"""CSV files as people have them: wide, odd, damaged."""

from __future__ import annotations

import csv
import gzip
import io
import math
import tempfile
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.load import Frames
from paperkit.errors import DataError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec
from tests.unit.data.loading import Failure, Load

WIDE = {"header": ("model", "method"), "index": "dataset", "values": "acc"}


def test_plain_file_has_pandas_types(load: Load) -> None:
    frame = load("name,n,x,ok,empty\na,1,0.5,True,\nb,2,inf,False,\n,3,-1e3,True,\n")
    assert frame.columns == ("name", "n", "x", "ok", "empty")
    assert frame.rows("name", "n", "x", "ok", "empty") == (
        ("a", 1, 0.5, True, None),
        ("b", 2, math.inf, False, None),
        (None, 3, -1000.0, True, None),
    )
    assert [type(value) for value in frame.rows("name", "n", "x", "ok")[0]] == [str, int, float, bool]


def test_numbers_are_read_exactly(load: Load) -> None:
    frame = load("x\n0.1\n78.605\n1e-320\n1.7976931348623157e308\n")
    assert frame.rows("x") == ((0.1,), (78.605,), (1e-320,), (1.7976931348623157e308,))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_marks_quotes_and_blank_lines(load: Load, ending: str, mark: str) -> None:
    text = mark + ending.join(['"a b","c"', '"1,5",2', "", '"say ""hi""","-3"', '"two', 'lines",4', "last,5", ""])
    frame = load(text)
    assert frame.rows("a b", "c") == (("1,5", 2), ('say "hi"', -3), (f"two{ending}lines", 4), ("last", 5))
    assert [str(frame.origin(row)) for row in range(4)] == ["x.csv:2", "x.csv:4", "x.csv:5", "x.csv:7"]
    assert str(frame.origin(3, "c")) == "x.csv:7:2"


def test_names_as_pandas_gives_them(load: Load) -> None:
    text = ",x,y,x,x.1\na,1,2,3,4\n"
    frame = load(text)
    assert frame.columns == tuple(pd.read_csv(io.StringIO(text)).columns)
    assert [str(notice) for notice in frame.notices] == [
        (
            "x.csv:1: data.f.read: column 'x' stands there 2 times\n"
            "    the later ones are called 'x.1' and so on: write col('x.1')"
        )
    ]
    assert load(text, index="name").columns[0] == "name"


def test_options_are_those_of_pandas(load: Load) -> None:
    text = "% made by me, with a comma\n% again\nn;x;s\n1.234;0,5;---\n2;1,5;b % why\n"
    frame = load(text, options={"sep": ";", "decimal": ",", "thousands": ".", "comment": "%", "na_values": ["---"]})
    assert frame.rows("n", "x", "s") == ((1234, 0.5, None), (2, 1.5, "b "))
    assert str(frame.origin(1)) == "x.csv:5"
    skipped = load(
        "one,line\ntwo\n'a,b',c\n1,NA\n", options={"skiprows": 2, "quotechar": "'", "keep_default_na": False}
    )
    assert (skipped.columns, skipped.rows("c")) == (("a,b", "c"), (("NA",),))
    assert load("a\né\n".encode("latin-1"), options={"encoding": "latin-1"}).rows("a") == (("é",),)
    assert load("a\né\n".encode("utf-16"), options={"encoding": "utf-16"}).rows("a") == (("é",),)


def test_tabs_and_gzip(load: Load) -> None:
    assert load("a\tb\n1\t2,5\n", read="x.tsv").rows("a", "b") == ((1, "2,5"),)
    assert load(gzip.compress(b"a\tb\n1\t2\n"), read="x.tsv.gz").rows("a", "b") == ((1, 2),)


def test_wide_file_is_melted_line_by_line(load: Load) -> None:
    frame = load("model,A,A,B\nmethod,x,y,x\ndataset_fmt,,,\nd1,1,2,3\nd2,4,,6\n", **WIDE)
    assert frame.columns == ("model", "method", "dataset", "acc")
    assert frame.rows(*frame.columns) == (
        ("A", "x", "d1", 1.0),
        ("A", "y", "d1", 2.0),
        ("B", "x", "d1", 3.0),
        ("A", "x", "d2", 4.0),
        ("A", "y", "d2", None),
        ("B", "x", "d2", 6.0),
    )
    assert [str(frame.origin(row, "acc")) for row in (0, 5)] == ["x.csv:4:2", "x.csv:5:4"]
    assert str(frame.origin(5, "dataset")) == "x.csv:5:1"
    assert str(frame.origin(5, "model")) == "x.csv:5"


def test_a_row_of_gaps_below_the_header_is_data(load: Load) -> None:
    rows = (("A", "e1", "CIFAR", None), ("A", "e2", "CIFAR", None), ("A", "e1", "MNIST", 1), ("A", "e2", "MNIST", 2))
    frame = load(",A,A\n,e1,e2\nCIFAR,,\nMNIST,1,2\n", **WIDE)
    assert frame.rows("model", "method", "dataset", "acc") == rows
    named = load(",A,A\n,e1,e2\ndataset,,\nCIFAR,,\nMNIST,1,2\n", **WIDE)
    assert named.rows("model", "method", "dataset", "acc") == rows


def test_the_row_that_names_the_index_is_none_of_the_data(load: Load) -> None:
    values = pd.DataFrame(
        [[1, 2], [3, 4]],
        index=pd.Index(["CIFAR", "MNIST"], name="dataset_fmt"),
        columns=pd.MultiIndex.from_tuples([("A", "e1"), ("A", "e2")], names=["base_model", None]),
    )
    text = values.to_csv(lineterminator="\n")
    assert text.splitlines()[:3] == ["base_model,A,A", ",e1,e2", "dataset_fmt,,"]
    frame = load(text, **WIDE)
    assert frame.rows("dataset", "acc") == (("CIFAR", 1), ("CIFAR", 2), ("MNIST", 3), ("MNIST", 4))
    assert load(text, drop={"dataset": ["dataset_fmt", "CIFAR"]}, **WIDE).rows("acc") == ((3,), (4,))


def test_one_header_row_makes_long_rows_too(load: Load) -> None:
    frame = load("year,A,B,\nx,,,\n2020,1,2,\n", header=("model",), index="year", values="n")
    assert frame.rows("year", "model", "n") == (
        ("x", "A", None),
        ("x", "B", None),
        ("2020", "A", 1.0),
        ("2020", "B", 2.0),
    )


def test_three_header_rows_and_a_column_without_a_name(load: Load) -> None:
    frame = load(",A,A\n,x,x\n,1,2\nd,5,6\n", header=("model", "method", "seed"), index="dataset", values="acc")
    assert frame.rows("model", "method", "seed", "dataset", "acc") == (("A", "x", "1", "d", 5), ("A", "x", "2", "d", 6))


def test_captures_become_columns_in_natural_order(load: Load) -> None:
    files = {f"r/{m}_s{s}.csv": f"x\n{s}.5\n" for m in ("b", "A") for s in (10, 9)}
    frame = load(files, read="r/{model}_s{seed:int}.csv")
    assert frame.rows("model", "seed", "x") == (("A", 9, 9.5), ("A", 10, 10.5), ("b", 9, 9.5), ("b", 10, 10.5))
    assert str(frame.origin(2, "x")) == "r/b_s9.csv:2:1"


def test_columns_are_matched_by_name(load: Load) -> None:
    frame = load({"1.csv": "a,b\n1,2\n", "2.csv": "b,a\n20,x\n"}, read="*.csv")
    assert frame.rows("a", "b") == (("1", 2), ("x", 20))


def test_a_capture_must_agree_with_the_file(load: Load, failure: Failure) -> None:
    wide = {"p_A.csv": "model,A,A\nmethod,x,y\nd,1,2\n"}
    assert load(wide, read="p_{model}.csv", **WIDE).rows("model", "acc") == (("A", 1), ("A", 2))
    assert failure({"p_B.csv": wide["p_A.csv"]}, read="p_{model}.csv", **WIDE) == [
        "p_B.csv:1:2: data.f.read: model is 'A' in the file, but 'B' by the file's name"
    ]
    assert load({"s_09.csv": "seed,x\n09,1\n"}, read="s_{seed:int}.csv").rows("seed") == ((9,),)
    assert failure({"q_B.csv": "model,x\nB,1\nA,2\n"}, read="q_{model}.csv") == [
        "q_B.csv:3: data.f.read: model is 'A' in the file, but 'B' by the file's name"
    ]
    assert failure({"r_B.csv": "m,x\nB,1\n"}, read="r_{d}.csv", header=("m",), index="d", values="v") == [
        (
            "r_B.csv: data.f.read: 'd' is captured from the file's name, but it is a column of the file too\n"
            "    give the capture another name"
        )
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["x.csv: data.f.read: the file is empty"]),
        (b"\n\r\n  \n", ["x.csv: data.f.read: the file is empty"]),
        (
            b"a,b\n1,2\n\n1\n1,2,3\n",
            [
                "x.csv:4: data.f.read: the row has 1 field, the header in line 1 has 2",
                "x.csv:5: data.f.read: the row has 3 fields, the header in line 1 has 2",
            ],
        ),
        (
            b"a\nb\xe9\n",
            ['x.csv:2: data.f.read: byte 0xe9 is not UTF-8\n    options = { encoding = "latin-1" }, or whatever it is'],
        ),
        (b"a\nb\n\0\n", ["x.csv:3: data.f.read: the file holds a NUL character: it is not text"]),
        (b'a\n"b\nc\n', ["x.csv:2: data.f.read: a quoted field is never closed"]),
    ],
)
def test_damaged_files(failure: Failure, content: bytes, expected: list[str]) -> None:
    assert failure(content) == expected


def test_damaged_gzip(failure: Failure) -> None:
    whole = gzip.compress(b"a\n1\n" * 1000)
    for content in (b"a\n1\n", whole[:-12], b"\x1f\x8b" + b"\xff" * 20):
        assert failure(content, read="x.csv.gz") == ["x.csv.gz: data.f.read: the file is not a whole gzip file"]


def test_damaged_headers(failure: Failure) -> None:
    assert failure("model,A\n", **WIDE) == ["x.csv: data.f.read: the file has 1 rows, fewer than its 2 header rows"]
    assert failure("model,A,\nmethod,x,y\nd,1,2\n", **WIDE) == [
        (
            "x.csv:1:3: data.f.read: the header cell of 'model' is empty\n"
            "    repeat the label above each of its columns; in a spreadsheet, merge the cells"
        )
    ]


def test_unlike_siblings(failure: Failure) -> None:
    files = {"1.csv": "a,b\n1,2\n", "2.csv": "a,c\n1,2\n", "3.csv": "a,b\n1,2\n"}
    assert failure(files, read="*.csv") == [
        "2.csv:1: data.f.read: unlike '1.csv', the file lacks 'b' and has 'c' besides"
    ]
    wide = {"w1.csv": "model,A\nmethod,x\nd,1\n", "w2.csv": "method,x\nmodel,A\nd,1\n"}
    assert failure(wide, read="w*.csv", **WIDE) == [
        f"w2.csv:{line}:1: data.f.read: unlike 'w1.csv', the header row of '{one}' is called '{other}'\n"
        f"    there it is '{one}'"
        for line, one, other in ((1, "model", "method"), (2, "method", "model"))
    ]


def test_many_ragged_rows_are_cut_short(failure: Failure) -> None:
    found = failure("a,b\n" + "1\n" * 12)
    assert len(found) == 11
    assert found[-1] == "data.f.read: … and 2 more"


def test_a_file_without_rows_is_a_notice(load: Load) -> None:
    frame = load("a,b\n")
    assert (len(frame), frame.columns, frame.rows("a")) == (0, ("a", "b"), ())
    assert [str(notice) for notice in frame.notices] == ["x.csv: data.f.read: the file has no rows"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_cells_round_trip(cells: list[tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    # A letter in front keeps pandas from taking a cell for a number, a flag or a missing value.
    writer.writerows([("a", "b"), *((f"x{one}", f"x{two}") for one, two in cells)])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.csv").write_bytes(text.getvalue().encode())
        frame = Frames(Path(folder), {"f": FrameSpec(read="x.csv")}, Labels()).load("f")
    assert frame.rows("a", "b") == tuple((f"x{one}", f"x{two}") for one, two in cells)


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_types_are_those_of_pandas(cells: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [("a", "b"), *((cell, "") for cell in cells)]
    )
    expected = pd.read_csv(io.StringIO(text.getvalue(), newline=""))["a"].tolist()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.csv").write_bytes(text.getvalue().encode())
        frame = Frames(Path(folder), {"f": FrameSpec(read="x.csv")}, Labels()).load("f")
    found = [value for (value,) in frame.rows("a")]
    assert found == [None if isinstance(v, float) and math.isnan(v) else v for v in expected]


BYTES = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([b"a", b"1", b",", b",,", b"\n", b"\r\n", b'"', b"#", b" ", b"-0.5", b"\xff", b"x,y\n"])
    ).map(b"".join),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "sep": st.sampled_from([",", ";", "a"]),
        "comment": st.just("#"),
        "skiprows": st.integers(0, 2),
        "decimal": st.just(","),
        "thousands": st.just("."),
        "quotechar": st.just("'"),
        "encoding": st.sampled_from(["latin-1", "utf-16"]),
    },
)


@settings(max_examples=400, deadline=None)
@given(BYTES, OPTIONS, st.booleans())
def test_any_bytes_make_a_frame_or_one_of_our_errors(content: bytes, options: dict[str, object], wide: bool) -> None:
    spec = FrameSpec.model_validate({"read": "x.csv", "options": options, **(WIDE if wide else {})})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.csv").write_bytes(content)
        try:
            frame = Frames(Path(folder), {"f": spec}, Labels()).load("f")
        except DataError as error:
            problems = error.problems
        else:
            lines = content.count(b"\n") + content.count(b"\r") + 1
            places = [frame.origin(row) for row in range(len(frame))]
            assert all(place is not None and 1 <= (place.line or 0) <= lines for place in places)
            return
    assert problems
    assert all(problem.path == ("data", "f", "read") for problem in problems)


def test_a_header_row_of_numbers_may_be_data(load: Load) -> None:
    assert [str(notice) for notice in load("model,A,B\nd1,1,2.5\nd2,3,4\n", **WIDE).notices] == [
        (
            "x.csv:2: data.f.read: header row 2 of x.csv holds only numbers ('1', '2.5'): is it data?\n"
            '    header = ["model"]'
        )
    ]
    files = {f"r{i}.csv": "model,A,B,C,D\nd1,1,2,3,4\nd2,3,4,5,6\n" for i in (1, 2, 3)}
    assert [str(notice) for notice in load(files, read="r*.csv", **WIDE).notices] == [
        (
            "r1.csv:2: data.f.read: header row 2 of r1.csv holds only numbers ('1', '2', '3', …), as in 2 more: "
            'is it data?\n    header = ["model"]'
        )
    ]


@pytest.mark.parametrize(
    "wide",
    [
        "model,A,B\n,1,2\nd1,3,4\n",
        "model,A,B\nMethod,1,2\nd1,3,4\n",
        "model,A,B\nseed,1,2\nindex,,\nd1,3,4\n",
        "model,A,B\nd1,1,x\nd2,3,4\n",
    ],
)
def test_a_header_row_of_numbers_that_is_surely_one(load: Load, wide: str) -> None:
    assert load(wide, **WIDE).notices == ()


def test_a_single_header_row_may_hold_numbers(load: Load) -> None:
    assert load("x,1,2\nd1,3,4\n", **WIDE | {"header": ("shots",)}).notices == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a;b\nx;0.5\n",
            'x.csv:1: data.f.read: semicolons separate the fields, not commas\n    options = { sep = ";" }',
        ),
        (
            "a;b\nx;0,5\ny;-1,25\n",
            (
                "x.csv:1: data.f.read: semicolons separate the fields, not commas\n"
                '    options = { sep = ";", decimal = "," }'
            ),
        ),
        ("a\tb\nx\t1\n", 'x.csv:1: data.f.read: tabs separate the fields, not commas\n    options = { sep = "\\t" }'),
    ],
)
def test_another_separator(load: Load, failure: Failure, text: str, message: str) -> None:
    assert failure(text) == [message]
    options = tomllib.loads(message.split("\n    ")[1])["options"]
    assert load(text, options=options).columns == ("a", "b")


@pytest.mark.parametrize("text", ["a;b\nx\n", "x,a;b\n1,2;3\n", "a\nx;y\n"])
def test_semicolons_that_separate_no_fields(load: Load, text: str) -> None:
    assert load(text).columns == tuple(text.split("\n", maxsplit=1)[0].split(","))
    assert load("a;b\nx;y\n", options={"sep": ","}).columns == ("a;b",)
