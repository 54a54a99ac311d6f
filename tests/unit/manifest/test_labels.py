"""Labels: what is printed for a value, in which order, and what an unknown attribute says."""

from __future__ import annotations

import pytest

from paperkit.errors import PaperkitError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Label

LABELS = Labels(
    columns={
        "model": {
            "vit-b": Label.model_validate({"label": "ViT-B", "family": "ViT", "size": 86}),
            "clip-b": Label.model_validate({"label": "CLIP-B", "family": "CLIP"}),
            "3": Label.model_validate({"family": "none"}),
        }
    }
)


def test_a_value_prints_its_label_or_an_attribute() -> None:
    assert LABELS.text("model", "vit-b") == "ViT-B"
    assert LABELS.text("model.family", "vit-b") == "ViT"
    assert LABELS.text("model.size", "vit-b") == "86"
    assert LABELS.text("model", "other") == "other"
    assert LABELS.text("model", 3) == "3"
    assert LABELS.text("dataset", 2.5) == "2.5"


def test_labelled_values_follow_the_manifest_unlabelled_ones_the_data() -> None:
    assert LABELS.order("model", ["clip-b", "vit-b", "clip-b"]) == ("vit-b", "clip-b")
    assert LABELS.order("model.family", ["clip-b", "vit-b"]) == ("vit-b", "clip-b")
    assert LABELS.order("model", ["new", "clip-b", "vit-b"]) == ("new", "clip-b", "vit-b")
    assert LABELS.order("dataset", ["y", "x", "y"]) == ("y", "x")


@pytest.mark.parametrize(
    ("column", "value", "attribute", "message"),
    [
        ("modle", "vit-b", "family", "labels.modle: no [labels.modle] to take 'family' from, did you mean 'model'?"),
        ("model", "vit-a", "family", "labels.model: no label for 'vit-a', did you mean 'vit-b'?"),
        ("model", "vit-b", "famly", "labels.model.vit-b: 'vit-b' has no attribute 'famly', did you mean 'family'?"),
    ],
)
def test_what_is_missing_is_named(column: str, value: str, attribute: str, message: str) -> None:
    with pytest.raises(PaperkitError) as caught:
        LABELS.attribute(column, value, attribute)
    assert str(caught.value) == message
