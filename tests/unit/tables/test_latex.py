# ruff: noqa: E501 - one source line per row of a table
from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.tables import Table, write
from paperkit.templates import Templates
from tests.unit.tables.tiny_records import Records, make_labels, resolved

RUNS = Records(
    "task model size score",
    ("a", "vit", "S", 1.0), ("a", "vit", "L", 3.0), ("a", "mae", "S", 2.0),
    ("b", "vit", "S", -10.0), ("b", "vit", "L", None), ("b", "mae", "S", 2.0),
)  # fmt: skip
SHADE = {"within": ["row"], "colormap": "Reds"}


def latex(table: Table, folder: Path | None = None) -> str:
    artifact = write(table, path="tables/main.tex", templates=Templates(folder))
    assert artifact.path == "tables/main.tex"
    return artifact.content.decode()


def test_a_plain_table() -> None:
    assert latex(resolved(Records("task score", ("x", 1.5), ("long & name", -20.25)), stubhead="Task")) == (
        r"""% needs: \usepackage{booktabs}
\begingroup%
\providecommand{\pkdigit}{\kern\fontcharwd\font`0 }%
\ifdefined\tagpdfsetup\csname keys_if_exist:nnTF\endcsname{__tag/setup}{table/header-rows}%
{\tagpdfsetup{table/header-rows={1}}}{}\fi%
\begin{tabular}{@{}lc@{}}
\toprule
Task & score \\
\midrule
x            & \phantom{$-$0}1.5\pkdigit{} \\
long \& name & $-$20.25 \\
\bottomrule
\end{tabular}%
\endgroup
"""
    )


def test_a_shaded_table_with_spanners() -> None:
    labels = make_labels(size={"S": {"label": "small\n(S)"}}, task={"b": {"label": "two\n[b]"}, "a": {}})
    table = resolved(RUNS, labels, columns=["model", "size"], precision=1, missing="?", shade=SHADE, fontsize="small")
    assert latex(table) == (
        r"""% needs: \usepackage{booktabs}\usepackage{xcolor}\usepackage{colortbl}
\begingroup%
\providecommand{\pkmissing}[1]{\textcolor{black!45}{#1}}%
\providecommand{\pklines}[3][b]{{\renewcommand{\arraystretch}{1}\begin{tabular}[#1]{@{}#2@{}}#3\end{tabular}}}%
\providecommand{\pkstub}[1]{\pklines[c]{l}{\rule{0pt}{1.2\ht\strutbox}#1\rule[-1.2\dp\strutbox]{0pt}{0pt}}}%
\definecolor{pkReds0}{HTML}{FFF5F0}%
\definecolor{pkReds128}{HTML}{FB694A}%
\definecolor{pkReds255}{HTML}{67000D}%
\ifdefined\tagpdfsetup\csname keys_if_exist:nnTF\endcsname{__tag/setup}{table/header-rows}%
{\tagpdfsetup{table/header-rows={1,2}}}{}\fi%
\small%
\renewcommand{\arraystretch}{1.15}%
\setlength{\aboverulesep}{0pt}\setlength{\belowrulesep}{0pt}%
\begin{tabular}{@{}lccc}
\toprule
\addlinespace[0.6ex]
& \multicolumn{2}{c}{vit} & mae \\
\addlinespace[0.3ex]
\cmidrule(lr){2-3}\cmidrule(lr){4-4}
\addlinespace[0.5ex]
& \pklines{c}{small\\(S)} & L & \pklines{c}{small\\(S)} \\
\addlinespace[0.4ex]
\midrule
\pkstub{two\\{[}b{]}} & \cellcolor{pkReds0}$-$10.0                         & \pkmissing{?}                                      & \cellcolor{pkReds255}\color{white}2.0 \\
a                     & \cellcolor{pkReds0}\phantom{$-$0}1.0                               & \cellcolor{pkReds255}\color{white}3.0              & \cellcolor{pkReds128}2.0 \\
\bottomrule
\end{tabular}%
\endgroup
"""
    )


def test_rotated_heads_and_lengths() -> None:
    table = resolved(RUNS, columns=["model", "size"], rotate=90, tabcolsep="3pt", arraystretch=1.3)
    text = latex(table)
    assert r"\providecommand{\pkturned}[1]{\rotatebox{90}{\pklines{l}{#1}\kern0.3em}}%" in text
    assert "\n& \\pkturned{S} & \\pkturned{L} & \\pkturned{S} \\\\\n" in text
    assert "\\setlength{\\tabcolsep}{3pt}%\n\\renewcommand{\\arraystretch}{1.3}%\n" in text
    assert r"\aboverulesep" not in text


def test_what_follows_a_line_break_is_not_its_argument() -> None:
    runs = Records("task score", ("*star", 1), ("[box]", 2))
    labels = make_labels(task={"*star": {"label": "$x$\n*starred"}})
    body = latex(resolved(runs, labels)).split("\\midrule\n")[1]
    assert not re.search(r"(?:^|\\\\)\s*[\[*]", body, flags=re.MULTILINE)


def test_a_papers_own_template_wins(tmp_path: Path) -> None:
    (tmp_path / "table.tex").write_text(
        "<% for block in blocks %><< block.rows | length >> rows in << block.columns >><% endfor %>\n", encoding="utf-8"
    )
    assert latex(resolved(RUNS, columns=["model", "size"]), tmp_path) == "2 rows in @{}lccc@{}"


def test_one_changed_value_changes_few_lines() -> None:
    def lines(value: float) -> set[str]:
        rows = [("a", "x", 1.0), ("a", "y", 2.0), ("b", "x", 3.5), ("b", "y", value), ("b", "z", 5.5)]
        table = resolved(Records("task model score", *rows), columns=["model"], shade=SHADE, precision=1)
        return set(latex(table).splitlines())

    assert len(lines(4.0) ^ lines(4.2)) == 4


def test_text_of_the_data_never_becomes_a_command() -> None:
    runs = Records("task score", (r"\input{/etc/passwd}", r"\write18{ls} % $x$ #1 ~^_&{}"))
    text = latex(resolved(runs))
    body = text.split("\\midrule\n")[1].split("\\bottomrule")[0]
    assert r"\input" not in body
    assert r"\write" not in body
    assert len(re.findall(r"(?<!\\)&", body)) == 1
    assert re.search(r"(?<!\\)%", body) is None


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), unique_by=lambda row: row[0], min_size=1))
def test_every_row_has_as_many_cells_as_columns(rows: list[tuple[str, str]]) -> None:
    try:
        table = resolved(Records("task score", *rows))
    except AssetError:
        return
    body = latex(table).split("\\midrule\n")[1].split("\\bottomrule")[0]
    lines = body.splitlines()
    assert len(lines) == len(rows)
    assert all(len(re.findall(r"(?<!\\)&", line)) == 1 and line.endswith(r" \\") for line in lines)
