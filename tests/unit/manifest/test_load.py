"""Loading: entries are multiplied out, styles merged, texts filled in, and problems placed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import ManifestError
from paperkit.manifest.load import Manifest, load
from paperkit.manifest.model import Asset, TableAsset, TableSpec
from paperkit.manifest.references import label_problem


def _load(tmp_path: Path, text: str) -> Manifest:
    (tmp_path / "paper.toml").write_text(text, encoding="utf-8")
    return load(tmp_path / "paper.toml")


def _said(manifest: Manifest) -> list[str]:
    return [str(problem) for problem in manifest.problems]


DATA = '[data.runs]\nread = "runs.csv"\n'


def test_each_makes_one_asset_per_value(tmp_path: Path) -> None:
    manifest = _load(
        tmp_path,
        DATA
        + """
[labels.family]
ViT = { label = "ViT", long = "vision transformer" }
CLIP = { label = "CLIP", long = "contrastive {model}" }
[table."{size}-{family}"]
each = { family = "*", size = ["S", 2] }
data = "runs"
where = "family == each.family"
rows = "dataset"
cells = "accuracy"
caption = "The {family.long}s of size {size}; {braces} stay."
""",
    )
    assert _said(manifest) == []
    assert [asset.id for asset in manifest.tables] == ["table.s-vit", "table.2-vit", "table.s-clip", "table.2-clip"]
    assert manifest.tables[0].spec.caption == "The vision transformers of size S; {braces} stay."
    assert manifest.tables[0].spec.where == "family == each.family"
    assert dict(manifest.tables[3].each) == {"family": "CLIP", "size": 2}
    assert manifest.outputs(manifest.tables[3]) == ("tables/2-clip.tex",)


def test_styles_merge_and_the_table_wins(tmp_path: Path) -> None:
    manifest = _load(
        tmp_path,
        DATA
        + """
[style.heat]
precision = 2
missing = "--"
[style.small]
fontsize = "small"
precision = 3
[table.a]
style = ["heat", "small"]
data = "runs"
rows = "d"
cells = "x"
missing = "n/a"
""",
    )
    spec = manifest.tables[0].spec
    assert (spec.precision, spec.missing, spec.fontsize) == (3, "n/a", "small")


def test_all_problems_come_at_once_each_with_its_place(tmp_path: Path) -> None:
    manifest = _load(
        tmp_path,
        """[paper]
venue = "iclr2062"
[tabel.a]
[data.runs]
reed = "runs.csv"
[table.main]
data = "run"
rows = "dataset"
cells = "accuracy"
style = "haet"
shade = { within = ["row"], colormpa = "Reds" }
precision = "2"
[style.heat]
precision = true
""",
    )
    assert _said(manifest) == [
        "paper.toml:3:2: tabel: unknown section, did you mean 'table'?",
        "paper.toml:2:1: paper.venue: unknown venue 'iclr2062', did you mean 'iclr2026'?",
        "paper.toml:14:1: style.heat.precision: expected a whole number or 'uncertainty', got true",
        "paper.toml:5:1: data.runs.reed: unknown key, did you mean 'read'?",
        "paper.toml:12:1: table.main.precision: expected a whole number or 'uncertainty', got '2'",
        "paper.toml:11:29: table.main.shade.colormpa: unknown key, did you mean 'colormap'?",
    ]


def test_references_are_checked_with_a_suggestion(tmp_path: Path) -> None:
    manifest = _load(
        tmp_path,
        DATA + '[style.heat]\n[table.a]\ndata = "rusn"\nrows = "x"\ncells = "y"\nstyle = "haet"\n',
    )
    assert _said(manifest) == [
        "paper.toml:8:1: table.a.style: there is no [style.haet], did you mean 'heat'?",
        "paper.toml:5:1: table.a.data: there is no [data.rusn], did you mean 'runs'?",
    ]


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        ('tables = "../out"', "'../out' leads outside the project; outputs stay in the folder of the manifest"),
        ('macros = "/tmp/macros.tex"', "'/tmp/macros.tex' must be a relative path with forward slashes"),
        ('figures = "C:/out"', "'C:/out' must be a relative path with forward slashes"),
        ('preamble = "a\\\\b.tex"', "'a\\b.tex' must be a relative path with forward slashes"),
        ('figures = "my figs %"', "'my figs %' has a character that TeX does not take in a file name"),
        ('tables = "a\\u0000b"', "'a?b' has a character that TeX does not take in a file name"),
    ],
)
def test_outputs_stay_inside_the_project(tmp_path: Path, paper: str, message: str) -> None:
    manifest = _load(tmp_path, f"[paper]\n{paper}\n")
    key = paper.partition(" ")[0]
    assert _said(manifest) == [f"paper.toml:2:1: paper.{key}: {message}"]


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "tables").symlink_to(tmp_path)
    why = "'tables' is a link that leads outside the project; outputs stay in the folder of the manifest"
    assert _said(_load(project, "[paper]\n")) == [f"paper.toml:1:2: paper.tables: {why}"]


def test_two_assets_need_two_files(tmp_path: Path) -> None:
    entry = 'data = "runs"\nrows = "x"\ncells = "y"\n'
    manifest = _load(tmp_path, DATA + f"[table.Main]\n{entry}[table.main]\n{entry}[table.other]\n{entry}")
    assert _said(manifest) == [
        "paper.toml:7:8: table.main: tables/main.tex is written by table.main too; every asset needs a file of its own"
    ]
    clash = _load(tmp_path, DATA + f'[paper]\nmacros = "tables/x.tex"\n[table.x]\n{entry}')
    assert _said(clash) == [
        "paper.toml:5:8: table.x: tables/x.tex is written by paper.macros too; every asset needs a file of its own"
    ]


def test_outputs_are_no_sources_and_no_files_of_paperkit(tmp_path: Path) -> None:
    table = '[table.x]\ndata = "runs"\nrows = "x"\ncells = "y"\n'
    for paper, message in {
        'macros = "./m.tex"\npreamble = "m.tex"': "paper.preamble: m.tex is written by paper.macros too; "
        "every asset needs a file of its own",
        'macros = "paper.toml"': "paper.macros: paper.toml is a file of paperkit's own",
        'macros = "paper.lock"': "paper.macros: paper.lock is a file of paperkit's own",
        'preamble = "templates/p.tex"': "paper.preamble: templates/p.tex is a file of paperkit's own",
        'macros = "runs.csv"': "paper.macros: runs.csv is a source of [data.runs]",
        'macros = "logs/7.tex"': "paper.macros: logs/7.tex is a source of [data.logs]",
    }.items():
        text = f'[paper]\n{paper}\n{DATA}[data.logs]\nread = "logs/{{seed}}.tex"\n{table}'
        assert [said.partition(": ")[2] for said in _said(_load(tmp_path, text))] == [message]


def test_a_link_between_output_folders_makes_one_file_of_two(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "tables").symlink_to(tmp_path / "figures")
    panel = '[[figure.x.panel]]\ndata = "runs"\nmark = "box"\nx = "x"\ny = "y"\n'
    manifest = _load(tmp_path, DATA + '[table.x]\ndata = "runs"\nrows = "x"\ncells = "y"\n' + panel)
    assert [problem.message for problem in manifest.problems] == [
        "figures/x.tex is written by table.x too; every asset needs a file of its own"
    ]


def test_labels_are_unique(tmp_path: Path) -> None:
    entry = 'data = "runs"\nrows = "x"\ncells = "y"\n'
    manifest = _load(tmp_path, DATA + f'[table.a]\nlabel = "tab:b"\n{entry}[table.b]\n{entry}')
    assert [problem.message for problem in manifest.problems] == ["the label 'tab:b' is that of table.a too"]


def test_labels_stay_inside_their_argument(tmp_path: Path) -> None:
    entry = 'data = "runs"\nrows = "x"\ncells = "y"\n'
    each = 'each = { f = ["a%b", "été-2:3.4_c/d + e"] }\nlabel = "tab:{f}"\n'
    panel = 'label = "fig:a#b~c"\n[[figure.c.panel]]\ndata = "runs"\nmark = "box"\nx = "x"\ny = "y"\n'
    tables = f"[table.a]\nlabel = 'a}}\\input{{b'\n{entry}[table.\"b-{{f}}\"]\n{each}{entry}"
    manifest = _load(tmp_path, f"{DATA}{tables}[figure.c]\n{panel}")
    hint = "letters, digits, spaces and : . - _ / +"
    assert [(problem.path, problem.message, problem.hint) for problem in manifest.problems] == [
        (("table", "a", "label"), "'a}\\input{b' is no label for LaTeX: it has } \\ {", hint),
        (("table", "b-{f}", "label"), "'tab:a%b' is no label for LaTeX: it has %", hint),
        (("figure", "c", "label"), "'fig:a#b~c' is no label for LaTeX: it has # ~", hint),
    ]


@given(st.text())
def test_no_label_leaves_its_argument(label: str) -> None:
    spec = TableSpec.model_validate({"data": "runs", "rows": "x", "cells": "y", "label": label})
    asset: TableAsset = Asset(kind="table", name="main", path=("table", "main"), each={}, spec=spec)
    # What TeX's own catcodes make special, and what ends a line or cannot be seen.
    special = any(character in "{}\\%#~$^&" or not character.isprintable() for character in label)
    assert label_problem(asset) is not None or not special


def test_a_wrong_key_does_not_hide_a_wrong_venue(tmp_path: Path) -> None:
    assert _said(_load(tmp_path, '[paper]\ntitel = "x"\nvenue = "iclr2062"\n')) == [
        "paper.toml:2:1: paper.titel: unknown key, did you mean 'title'?",
        "paper.toml:3:1: paper.venue: unknown venue 'iclr2062', did you mean 'iclr2026'?",
    ]


def test_deep_nesting_is_refused_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        _load(tmp_path, f"a = {'[' * 5000}{']' * 5000}\n")
    assert str(caught.value).startswith("paper.toml: ")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('[table."a-{familly}"]\neach = { family = ["x"] }', "'{familly}' is not in 'each', did you mean 'family'?"),
        (
            '[table.a]\neach = { family = ["x"] }',
            "'each' makes several outputs, but the name does not contain '{family}'",
        ),
        ('[table."{family}"]\neach = { family = [] }', ".each.family: no values"),
        ('[table."{family}"]\neach = { family = "*" }', ".each.family: no values: there is no [labels.family]"),
        ('[table."{family}"]\neach = { family = "all" }', ".each.family: expected a list of values or '*', got 'all'"),
        ('[table."%"]', "the name has no letter or digit to make a file name of"),
    ],
)
def test_names_of_several_outputs(tmp_path: Path, entry: str, message: str) -> None:
    manifest = _load(tmp_path, DATA + f'{entry}\ndata = "runs"\nrows = "x"\ncells = "y"\n')
    assert len(manifest.problems) == 1
    assert _said(manifest)[0].endswith(message)
    assert manifest.problems[0].place is not None


def test_what_is_not_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        _load(tmp_path, "[paper]\ntitle = \n")
    assert str(caught.value) == "paper.toml:2:9: not valid TOML: invalid value"


def test_what_is_not_utf8_says_so(tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(ManifestError) as caught:
        load(tmp_path / "paper.toml")
    assert str(caught.value) == "paper.toml: not UTF-8: byte 9 cannot be read"


def test_a_missing_manifest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        load(tmp_path / "paper.toml")
    assert str(caught.value) == (
        f"{tmp_path / 'paper.toml'}: no such manifest\n"
        "    run paperkit in the folder of your paper.toml, or name it with --manifest"
    )


def test_toml_1_1_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    shade = '{\n  within = ["row"],\n  colormap = "Reds",\n}'
    text = f'\ufeff[table.a]\nshade = {shade}\ndata = "runs"\nrows = "x"\ncells = "y"\n'
    manifest = _load(tmp_path, text + DATA)
    assert _said(manifest) == []
    assert manifest.tables[0].spec.shade
