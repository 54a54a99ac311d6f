"""Clauses: their order, their errors, and that nothing is lost in silence."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from tests.unit.data.loading import Failure, Load

RUNS = """model,dataset,seed,acc
base,d1,1,50
base,d2,1,60.5
new,d1,1,55
new,d2,1,60
"""


def test_clauses_run_in_their_fixed_order(load: Load) -> None:
    frame = load(
        "model,dataset,acc\nbase,d1,0.5\nnew,d1,0.75\nnew,avg,oops\nold,d1,0.25\n",
        check=["gain >= 0", "count() == 2"],
        derive={"acc": "acc * 100", "gain": "acc - 100 * baseline.acc"},
        baseline={"where": "model == 'base'", "on": ["dataset"]},
        where="model != 'old'",
        numeric=["acc"],
        drop={"dataset": ["avg"]},
    )
    assert frame.columns == ("model", "dataset", "acc", "baseline.model", "baseline.acc", "gain")
    assert frame.rows("model", "acc", "baseline.acc", "gain") == (("base", 50, 0.5, 0), ("new", 75, 0.5, 25))


def test_drop_takes_numbers_and_texts(load: Load) -> None:
    assert load(RUNS, drop={"model": ["base"], "acc": [55]}).rows("model", "acc") == (("new", 60.0),)
    assert load("x\n1\n2\n", drop={"x": [1]}).rows("x") == ((2,),)


def test_drop_says_what_it_did_not_find(load: Load, failure: Failure) -> None:
    frame = load(RUNS, drop={"model": ["bse", "zzz"]})
    assert len(frame) == 4
    assert [str(notice) for notice in frame.notices] == [
        "data.f.drop.model: no row has model 'bse', did you mean 'base'?",
        "data.f.drop.model: no row has model 'zzz'",
    ]
    assert failure(RUNS, drop={"modl": ["base"], "x": ["y"]}) == [
        "data.f.drop.modl: unknown column 'modl', did you mean 'model'?",
        "data.f.drop.x: unknown column 'x'\n    the columns are model, dataset, seed, acc",
    ]


def test_the_row_that_names_the_index_may_be_dropped(load: Load) -> None:
    wide = "model,A,A\nmethod,x,y\ndataset_fmt,,\nd1,1,2\n"
    spec = {"header": ("model", "method"), "index": "dataset", "values": "acc"}
    frame = load(wide, **spec, drop={"dataset": ["dataset_fmt"]})
    assert (frame.rows("dataset", "acc"), frame.notices) == ((("d1", 1), ("d1", 2)), ())


def test_numeric_names_every_bad_cell(failure: Failure) -> None:
    hint = "if it means a missing value: options = { na_values"
    wide = "model,A,A\nmethod,x,y\nd1,1,n/a%\nd2,2 %,3\n"
    spec = {"header": ("model", "method"), "index": "dataset", "values": "acc"}
    assert failure(wide, **spec, numeric=["acc"]) == [
        f"x.csv:3:3: data.f.numeric: 'n/a%' is not a number\n    {hint} = [\"n/a%\"] }}",
        (
            "x.csv:4:2: data.f.numeric: '2 %' is not a number\n"
            "    write it without the percent sign in the source, and the unit into a label"
        ),
    ]
    found = failure("a,b\n" + "".join(f"{i},x{i}\n" for i in range(22)), numeric=["b", "c"])
    assert found[0] == f"x.csv:2:2: data.f.numeric: 'x0' is not a number\n    {hint} = [\"x0\"] }}"
    assert found[9].startswith("x.csv:11:2: ")
    assert found[10:] == [
        "data.f.numeric: … and 12 more",
        "data.f.numeric: unknown column 'c'\n    the columns are a, b",
    ]


def test_numeric_reads_what_options_say(load: Load, failure: Failure) -> None:
    text = "x;y\n1.000,5;a\n;b\n-2;c\n"
    options = {"sep": ";", "decimal": ",", "thousands": "."}
    assert load(text, options=options, numeric=["x"]).rows("x") == ((1000.5,), (None,), (-2.0,))
    assert load("x\n−3.5\n1e−2\n+2\n", numeric=["x"]).rows("x") == ((-3.5,), (0.01,), (2,))
    assert load("x\nTrue\nFalse\n", numeric=["x"]).rows("x") == ((1,), (0,))
    assert [message.split("\n")[0] for message in failure("x\n0x1F\n1_000\n½\n", numeric=["x"])] == [
        "x.csv:2:1: data.f.numeric: '0x1F' is not a number",
        "x.csv:3:1: data.f.numeric: '1_000' is not a number",
        "x.csv:4:1: data.f.numeric: '½' is not a number",
    ]


def test_baseline_brings_every_other_column(load: Load) -> None:
    frame = load(RUNS, baseline={"where": "model == 'base'", "on": ["dataset"]}, derive={"gain": "acc - baseline.acc"})
    assert frame.columns[4:] == ("baseline.model", "baseline.seed", "baseline.acc", "gain")
    assert frame.rows("dataset", "model", "gain") == (
        ("d1", "base", 0.0),
        ("d2", "base", 0.0),
        ("d1", "new", 5.0),
        ("d2", "new", -0.5),
    )


def test_baseline_must_be_one_row(failure: Failure) -> None:
    twice = RUNS + "base,d2,2,61\n"
    assert failure(twice, baseline={"where": "model == 'base'", "on": ["dataset"]}) == [
        (
            "data.f.baseline: two rows are the baseline of dataset 'd2'\n"
            "    they stand in x.csv:3, x.csv:6: narrow where down, or add a column to on"
        )
    ]
    assert failure(RUNS, baseline={"where": "model == 'bse'", "on": ["dataset"]}) == [
        "data.f.baseline.where: no row is a baseline\n    no row has model 'bse', did you mean 'base'?"
    ]
    assert failure(RUNS, baseline={"where": "modl == 'base'", "on": ["datset", "q"]}) == [
        "data.f.baseline.on: unknown column 'datset', did you mean 'dataset'?",
        "data.f.baseline.on: unknown column 'q'\n    the columns are model, dataset, seed, acc",
    ]
    assert failure(RUNS, baseline={"where": "modl == 'base'", "on": ["dataset"]}) == [
        "data.f.baseline.where: unknown column 'modl', did you mean 'model'?"
    ]


def test_a_baseline_of_fewer_texts_than_asked_for_is_a_notice(load: Load) -> None:
    frame = load(RUNS, baseline={"where": "model in ('base', 'nwe')", "on": ["dataset"]})
    assert [str(notice) for notice in frame.notices] == [
        "data.f.baseline.where: no row has model 'nwe', did you mean 'new'?"
    ]


def pickled(**columns: list[object]) -> bytes:
    content = io.BytesIO()
    pd.DataFrame(columns).to_pickle(content)
    return content.getvalue()


def test_rows_of_pickles_have_numbers(failure: Failure) -> None:
    one = pickled(model=["a", "b", "a", "b", "a", "a", "c"], n=["1", "x", "x", "x", "x", "2", "3"])
    clash = {"where": "model == 'a'", "on": ["model"]}
    assert failure({"x.pkl": one}, read="x.pkl", baseline=clash) == [
        (
            "data.f.baseline: two rows are the baseline of model 'a'\n"
            "    they stand in rows 1, 3: narrow where down, or add a column to on"
        )
    ]
    assert failure({"x.pkl": one}, read="x.pkl", check=["unique(model)", "model != 'c'"]) == [
        (
            "data.f.check[0]: 'unique(model)' does not hold for 6 of 7 rows\n"
            "    rows 1, 3, 5, …: model 'a'\n"
            "    rows 2, 4: model 'b'"
        ),
        "data.f.check[1]: 'model != 'c'' does not hold for 1 of 7 rows\n    row 7: model 'c'",
    ]
    assert failure({"x.pkl": one}, read="x.pkl", where="model != 'a'", numeric=["n"]) == [
        (
            "x.pkl: data.f.numeric: 'x' is not a number, in 4 cells (column 'n', rows 2, 3, 4, …)\n"
            '    if it means a missing value: options = { na_values = ["x"] }'
        )
    ]
    files = {"r1.pkl": pickled(model=["a", "b"]), "r2.pkl": pickled(model=["c", "d", "a"])}
    assert failure(files, read="r*.pkl", check=["unique(model)", "model != 'd'"]) == [
        (
            "data.f.check[0]: 'unique(model)' does not hold for 2 of 5 rows\n"
            "    row 1 of r1.pkl, row 3 of r2.pkl: model 'a'"
        ),
        "data.f.check[1]: 'model != 'd'' does not hold for 1 of 5 rows\n    row 2 of r2.pkl: model 'd'",
    ]


def test_cells_alike_are_named_together(failure: Failure) -> None:
    text = "a,b\n" + "".join(f"{i},{'oops' if i % 2 else 'OOM' if i == 4 else i}\n" for i in range(10))
    assert failure(text, numeric=["b"]) == [
        (
            "x.csv:3:2: data.f.numeric: 'oops' is not a number, in 5 cells (x.csv:3:2, x.csv:5:2, x.csv:7:2, …)\n"
            '    if it means a missing value: options = { na_values = ["oops"] }'
        ),
        (
            "x.csv:6:2: data.f.numeric: 'OOM' is not a number\n"
            '    if it means a missing value: options = { na_values = ["OOM"] }'
        ),
    ]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("95%", "write it without the percent sign in the source, and the unit into a label"),
        ("-0.5 %", "write it without the percent sign in the source, and the unit into a label"),
        ("1.0±0.2", "give the value and its error a column each in the source"),
        ("1.0 +/- 0.2", "give the value and its error a column each in the source"),
        (r"1.0 $\pm$ 0.2", "give the value and its error a column each in the source"),
        ("12,345.5", 'options = { thousands = "," }'),
        ("0,5", 'options = { decimal = "," }'),
        ("7B", "write a bare number in the source"),
        ("n/a", 'if it means a missing value: options = { na_values = ["n/a"] }'),
        ("—", 'if it means a missing value: options = { na_values = ["—"] }'),
    ],
)
def test_what_a_cell_may_mean(failure: Failure, cell: str, hint: str) -> None:
    options = {"keep_default_na": False}
    found = failure(f'a\n"{cell}"\n1\n', numeric=["a"], options=options)
    assert found == [f"x.csv:2:1: data.f.numeric: '{cell}' is not a number\n    {hint}"]


def test_rows_without_baseline(load: Load, failure: Failure) -> None:
    lonely = RUNS + "".join(f"new,e{i},1,70\n" for i in range(4)) + "new,,1,80\n"
    baseline = {"where": "model == 'base'", "on": ["dataset", "seed"]}
    assert failure(lonely, baseline=baseline) == [
        (
            "data.f.baseline: 5 rows have no baseline: dataset 'e0', seed 1; dataset 'e1', seed 1; dataset 'e2', "
            'seed 1; and 2 more\n    unmatched = "null" leaves such values missing'
        )
    ]
    frame = load(lonely, baseline=baseline | {"unmatched": "null"}, derive={"gain": "acc - baseline.acc"})
    assert [gain for (gain,) in frame.rows("gain")] == [0.0, 0.0, 5.0, -0.5, None, None, None, None, None]
    assert frame.rows("baseline.model")[4:6] == ((None,), (None,))


def test_derive_sees_what_was_derived_before(load: Load, failure: Failure) -> None:
    frame = load(
        RUNS,
        labels={"model": {"base": {"size": 10, "family": "ViT"}, "new": {"size": 20, "family": "CLIP"}}},
        derive={"double": "acc * 2", "half": "double / 4", "family": "model.family", "n": "model.size", "none": "None"},
    )
    assert frame.rows("half", "family", "n", "none")[2] == (27.5, "CLIP", 20, None)
    assert failure(RUNS, derive={"half": "double / 4", "double": "acc * 2"}) == [
        "data.f.derive.half: unknown column 'double'\n    the columns are model, dataset, seed, acc"
    ]


def test_a_baseline_that_is_not_there(failure: Failure) -> None:
    assert failure(RUNS, derive={"gain": "acc - baseline.acc"}) == [
        (
            "data.f.derive.gain: the frame has no baseline to take 'acc' from\n"
            '    baseline = { where = "…", on = ["…"] } makes such columns'
        )
    ]


def test_a_derived_column_has_no_cell(load: Load) -> None:
    frame = load(RUNS, where="model == 'new'", derive={"acc": "acc / 100"})
    assert str(frame.origin(0)) == "x.csv:4"
    assert str(frame.origin(0, "dataset")) == "x.csv:4:2"
    assert str(frame.origin(0, "acc")) == "x.csv:4"


@pytest.mark.parametrize(
    "check",
    [
        "between(acc, 50, 60.5)",
        "unique(model, dataset)",
        "notnull(model, acc)",
        "count() == 4 and nunique(model) == 2",
        "acc <= max(acc)",
        "abs(acc - mean(acc)) < 3 * std(acc)",
    ],
)
def test_checks_that_hold(load: Load, check: str) -> None:
    assert len(load(RUNS, check=[check])) == 4


def test_failed_checks_list_rows(failure: Failure) -> None:
    more = RUNS + "".join(f"new,d1,1,{70 + i}\n" for i in range(6)) + ",d9,1,\n"
    found = failure(more, check=["between(acc, 0, 60)", "unique(model, dataset)", "count() == 4", "nosuch > 1", "acc"])
    assert found == [
        (
            "data.f.check[0]: 'between(acc, 0, 60)' does not hold for 8 of 11 rows\n"
            "    x.csv:3: acc 60.5\n"
            "    x.csv:6: acc 70.0\n"
            "    x.csv:7: acc 71.0\n"
            "    x.csv:8: acc 72.0\n"
            "    x.csv:9: acc 73.0\n"
            "    … and 3 more"
        ),
        (
            "data.f.check[1]: 'unique(model, dataset)' does not hold for 7 of 11 rows\n"
            "    x.csv:4: model 'new', dataset 'd1'\n"
            "    x.csv:6: model 'new', dataset 'd1'\n"
            "    x.csv:7: model 'new', dataset 'd1'\n"
            "    x.csv:8: model 'new', dataset 'd1'\n"
            "    x.csv:9: model 'new', dataset 'd1'\n"
            "    … and 2 more"
        ),
        "data.f.check[2]: 'count() == 4' does not hold\n    count(…) is 11",
        "data.f.check[3]: unknown column 'nosuch'\n    the columns are model, dataset, seed, acc",
        "data.f.check[4]: column 'acc' is not true or false: it gives numbers",
    ]


def test_a_check_on_no_rows(load: Load, failure: Failure) -> None:
    assert len(load("a,b\n", check=["a > 0", "count() == 0"])) == 0
    assert failure("a,b\n", check=["count() > 0"]) == [
        "data.f.check[0]: 'count() > 0' does not hold\n    count(…) is 0"
    ]


def test_where_that_leaves_nothing_is_a_notice(load: Load) -> None:
    frame = load(RUNS, where="acc > 100")
    assert [str(notice) for notice in frame.notices] == ["data.f.where: no row is left of 4"]


def test_a_text_that_no_row_has_is_a_notice(load: Load) -> None:
    frame = load(RUNS, where="model in ('bse', 'new', 'zzz') and dataset != 'd2x' and dataset != 'imagenet' or acc < 1")
    assert [str(notice) for notice in frame.notices] == [
        "data.f.where: no row has model 'bse', did you mean 'base'?",
        "data.f.where: no row has model 'zzz'",
        "data.f.where: no row has dataset 'd2x', did you mean 'd2'?",
    ]
