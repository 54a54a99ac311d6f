"""Labels that look misspelt are noticed; labels that are simply not used are not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit.data.load import Frames
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Label
from tests.unit.data.loading import Load

Known = dict[str, dict[str, dict[str, str]]]
RUNS = "model,dataset,acc\nswin-t,d1,1\nvit-b,d1,2\n"


def test_a_misspelt_column(load: Load) -> None:
    frame = load(RUNS, labels={"modell": {"swin-t": {"label": "Swin"}}, "acc": {}, "dateset": {}, "zzz": {"a": {}}})
    assert [str(notice) for notice in frame.notices] == [
        "labels.modell: 'f' has no column 'modell', did you mean 'model'?",
        "labels.dateset: 'f' has no column 'dateset', did you mean 'dataset'?",
    ]


def test_a_misspelt_value(load: Load) -> None:
    labels: Known = {"model": {"swin-x": {"label": "Swin"}, "vit-b": {}, "llama": {}}, "dataset": {"d1": {}, "d2": {}}}
    assert [str(notice) for notice in load(RUNS, labels=labels).notices] == [
        "labels.model.swin-x: no row of 'f' has model 'swin-x', did you mean 'swin-t'?"
    ]


def test_values_and_columns_that_clauses_take_away_or_make(load: Load) -> None:
    labels: Known = {"model": {"swin-t": {}}, "models": {"x": {}}, "family": {"vits": {}}}
    frame = load(RUNS, labels=labels, where="model != 'swin-t'", derive={"models": "'x'", "family": "'vit'"})
    assert [str(notice) for notice in frame.notices] == [
        "labels.family.vits: no row of 'f' has family 'vits', did you mean 'vit'?"
    ]


def test_unused_labels_and_whole_numbers_are_fine(load: Load) -> None:
    labels: Known = {"shots": {"1": {}, "5": {}, "55": {}}, "cells": {"acc": {}}, "cell": {"acc": {}}}
    assert load("shots,cell\n1,acc\n,acc\n5,acc\n", labels=labels).notices == ()


def test_columns_of_other_frames_are_known_and_a_notice_comes_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mode,acc\nx,1\n")
    (tmp_path / "m_b.csv").write_text("acc\n1\n")
    specs = {
        "a": FrameSpec(read="a.csv"),
        "b": FrameSpec(read="m_{model}.csv"),
        "c": FrameSpec.model_validate({"from": "a", "derive": {"axc": "acc"}}),
        "bad": FrameSpec(read="{"),
    }
    columns = {"model": {"b": Label()}, "axc": {"1": Label()}, "moed": {"x": Label()}}
    frames = Frames(tmp_path, specs, Labels(columns=columns))
    expected = ["labels.moed: 'a' has no column 'moed', did you mean 'mode'?"]
    assert [str(notice) for notice in frames.load("a").notices] == expected
    assert [str(notice) for notice in frames.load("c").notices] == expected
    assert frames.load("b").notices == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.data())
def test_labels_of_every_value_are_never_noticed(load: Load, data: st.DataObject) -> None:
    names = st.text("abcde-123", min_size=1, max_size=6).map(lambda text: f"m{text}")
    values = data.draw(st.lists(names, min_size=1, unique=True))
    unused = data.draw(st.lists(names, unique=True))
    labels: Known = {"model": {value: {} for value in (*values, *unused)}}
    assert load("model\n" + "\n".join(values) + "\n", labels=labels).notices == ()
