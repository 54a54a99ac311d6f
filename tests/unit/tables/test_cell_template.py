from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.tables.template import CellFormat, Field, parse_format

SPEC_HINT = (
    "a format is Python's, such as '.2f', '.3g', '.2e', '.1%', ',d' or '+.1f', or a template, "
    "such as '{mean:.1f} ± {std:.1f}'"
)
VALUE_HINT = "replace it in the data, or give the value a label in the manifest"
FIELD_HINT = "a field is written '{column}' or '{column:.2f}', a brace '{{' or '}}'"


def test_a_spec_is_a_format_of_the_metric() -> None:
    found = parse_format("+.1f", "gain")
    assert found == CellFormat(text="+.1f", fields=(Field("gain", "+.1f"),), literals=("", ""), main=0)
    assert found.is_bare
    assert found.columns == ("gain",)


@pytest.mark.parametrize(
    ("text", "fields", "literals", "main"),
    [
        ("{mean:.1f} ± {std:.1f}", [("mean", ".1f"), ("std", ".1f")], ["", " ± ", ""], 0),
        ("{lo} < {acc} < {hi:,d}", [("lo", None), ("acc", None), ("hi", ",d")], ["", " < ", " < ", ""], 1),
        ("({se:.2f})", [("se", ".2f")], ["(", ")"], 0),
        ("{{{x}}}", [("x", None)], ["{", "}"], 0),
        ("$R^{{2}}$ {x}", [("x", None)], ["$R^{2}$ ", ""], 0),
        ("{a:b:.2f}/{F1 (macro)}", [("a:b", ".2f"), ("F1 (macro)", None)], ["", "/", ""], 0),
    ],
)
def test_templates(text: str, fields: list[tuple[str, str | None]], literals: list[str], main: int) -> None:
    found = parse_format(text, "acc")
    assert [tuple(field) for field in found.fields] == fields
    assert (list(found.literals), found.main) == (literals, main)
    assert not found.is_bare


def test_columns_are_named_once() -> None:
    found = parse_format("{std} {acc} {std}", "acc")
    assert (found.columns, found.main) == (("std", "acc"), 1)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{mean", f"'{{' without '}}' in '{{mean'\n    {FIELD_HINT}"),
        ("mean}", f"'}}' without '{{' in 'mean}}'\n    {FIELD_HINT}"),
        ("{{n}}", f"'{{{{n}}}}' has no field\n    {FIELD_HINT}"),
        ("{} {:.2f}", [f"the field '{field}' names no column\n    {FIELD_HINT}" for field in ("{}", "{:.2f}")]),
        (
            "{a:.2} {b:x}",
            [
                f"'.2' is not a number format, did you mean '.2f'?\n    {SPEC_HINT}",
                f"'x' is not a number format\n    {SPEC_HINT}",
            ],
        ),
        (
            "{a:n} 😀",
            [
                f"'n' is not a number format\n    {SPEC_HINT}",
                f"'😀' (U+1F600 GRINNING FACE) cannot be typeset by pdfLaTeX\n    {VALUE_HINT}",
            ],
        ),
        (
            "{a} $x_{{i$",
            "'{' without '}' in the formula '$x_{i$'\n    a dollar that is meant as a dollar is written '\\$'",
        ),
    ],
)
def test_what_is_wrong_with_a_template(text: str, problems: str | list[str]) -> None:
    with pytest.raises(PaperkitError) as raised:
        parse_format(text, "acc")
    assert str(raised.value) == (problems if isinstance(problems, str) else "\n".join(problems))


@given(st.lists(st.sampled_from(["{a}", "{b:.1f}", "{{", "}}", " ± ", "(", ")", "n="]), min_size=1))
def test_parts_give_the_template_back(pieces: list[str]) -> None:
    text = "{c}" + "".join(pieces)
    found = parse_format(text, "c")
    written = [literal.replace("{", "{{").replace("}", "}}") for literal in found.literals]
    fields = [f"{{{name}}}" if spec is None else f"{{{name}:{spec}}}" for name, spec in found.fields]
    assert written[0] + "".join(field + after for field, after in zip(fields, written[1:], strict=True)) == text
