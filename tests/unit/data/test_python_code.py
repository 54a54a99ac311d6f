"""Python of the project, read but not run: functions, imports, hashes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.python_code import closure, find, libraries, syntax_hash
from paperkit.errors import DataError
from paperkit.files import relative


def _files(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("init", "__init__")
        path = path.with_name(path.name + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_the_parameters_of_a_function(tmp_path: Path) -> None:
    _files(tmp_path, prep="import never\n\ndef gain(a, /, b, c=1, *rest, d, e=2, **more):\n    return a\n")
    found = find("prep.py:gain", tmp_path)
    assert [(p.name, p.required, p.positional) for p in found.parameters] == [
        ("a", True, True),
        ("b", True, False),
        ("c", False, False),
        ("d", True, False),
        ("e", False, False),
    ]
    assert (found.open, found.name, str(found.place)) == (True, "gain", "prep.py:3")


def test_a_function_below_if_and_try_is_found_and_the_last_one_counts(tmp_path: Path) -> None:
    text = "def gain(a): ...\ntry:\n    import x\nexcept ImportError:\n    if 1:\n        def gain(b): ...\n"
    _files(tmp_path, prep=text)
    assert [p.name for p in find("prep.py:gain", tmp_path).parameters] == ["b"]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("prep.py", "'prep.py' names no function\n    python = \"prep.py:function\""),
        ("prep.py:", "'prep.py:' names no function\n    python = \"prep.py:function\""),
        (":gain", "':gain' names no function\n    python = \"prep.py:function\""),
        ("prep.py:gian", "prep.py: there is no function 'gian', did you mean 'gain'?"),
        ("empty.py:gain", "empty.py: there is no function 'gain': the file defines none"),
        ("perp.py:gain", "there is no file 'perp.py', did you mean 'prep.py'?"),
        ("prep.txt:gain", "'prep.txt' is no Python file\n    python = \"prep.py:function\""),
        (
            "../prep.py:gain",
            "'../prep.py' leads outside the project\n    write a path inside the project, relative to paper.toml",
        ),
        (
            "/etc/prep.py:gain",
            "'/etc/prep.py' is an absolute path\n    write a path inside the project, relative to paper.toml",
        ),
        (
            "C:/prep.py:gain",
            "'C:/prep.py' is an absolute path\n    write a path inside the project, relative to paper.toml",
        ),
        ("a\\prep.py:gain", "'a\\prep.py' holds a backslash\n    write forward slashes, on Windows too"),
        ("link.py:gain", "'link.py' leads outside the project\n    copy the file into it"),
        ("prep.py:ready", "prep.py: 'ready' is not defined in this file\n    name the file that has its def"),
        ("prep.py:path", "prep.py: 'path' is not defined in this file\n    name the file that has its def"),
        ("prep.py:later", "prep.py:5: 'later' is asynchronous\n    write def"),
        ("broken.py:gain", "broken.py:2:10: is not Python: invalid syntax"),
    ],
)
def test_what_is_no_function_of_the_project(tmp_path: Path, reference: str, message: str) -> None:
    root = tmp_path / "paper"
    code = "from os import path\nready = 1\n\ndef gain(a): ...\nasync def later(a): ...\n"
    _files(root, prep=code, empty="x = 1\n", broken="\ndef gain( a b ): ...\n")
    (tmp_path / "outside.py").write_text(code)
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    with pytest.raises(DataError) as caught:
        find(reference, root)
    assert str(caught.value) in (message, message.replace("2:10", "2:13"))


def test_the_closure_is_what_python_would_import_of_the_project(tmp_path: Path) -> None:
    _files(
        tmp_path,
        scripts__prep="import json, helpers\nfrom lab.stats import mean, ttest\ndef f():\n    import late\n",
        scripts__helpers="from shared import *\n",
        scripts__json="x = 1\n",
        shared="import prep\n",
        helpers="x = 'the one beside prep.py is meant'\n",
        lab__init="",
        lab__stats__init="from . import mean\nfrom ..base import x\nfrom .. import more\n",
        lab__stats__mean="",
        lab__stats__unused="",
        lab__base="",
        lab__more="import numpy, scipy.stats\n",
        late="",
        unused="",
    )
    found = closure(tmp_path / "scripts" / "prep.py", tmp_path)
    assert sorted(relative(path, tmp_path) for path in found) == [
        "lab/__init__.py",
        "lab/base.py",
        "lab/more.py",
        "lab/stats/__init__.py",
        "lab/stats/mean.py",
        "late.py",
        "scripts/helpers.py",
        "scripts/json.py",
        "scripts/prep.py",
        "shared.py",
    ]
    assert libraries(found, tmp_path) == ("numpy", "scipy")


def test_the_closure_leaves_installed_and_outside_modules_out(tmp_path: Path) -> None:
    root = tmp_path / "paper"
    _files(root, prep="import numpy, outside\n")
    _files(root / ".venv" / "lib" / "site-packages", numpy="")
    (tmp_path / "outside.py").write_text("")
    (root / "outside.py").symlink_to(tmp_path / "outside.py")
    assert closure(root / "prep.py", root) == ((root / "prep.py").resolve(),)


def test_a_module_that_is_not_python_is_named(tmp_path: Path) -> None:
    _files(tmp_path, prep="import helpers\n", helpers="x = = 1\n")
    with pytest.raises(DataError) as caught:
        closure(tmp_path / "prep.py", tmp_path)
    assert str(caught.value) == "helpers.py:1:5: is not Python: invalid syntax"


CODE = '"""Doc."""\nimport os\n\nclass A:\n    """Doc."""\n\ndef gain(a, b=1):\n    """Doc."""\n    return a - b\n'


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (CODE.replace("return a - b", "return a   -  b  # the gain"), True),
        (CODE.replace("Doc.", "Other words."), True),
        ("# a comment\n\n" + CODE.replace('    """Doc."""\n    return', "    return"), True),
        (CODE.replace("a - b", "a + b"), False),
        (CODE.replace("b=1", "b=2"), False),
        (CODE + 'x = "Doc."\n', False),
        (CODE.replace("os", "re"), False),
        (CODE + "x = '\\d'\n", False),
    ],
)
def test_the_hash_is_that_of_the_syntax(tmp_path: Path, changed: str, same: bool) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_text(CODE)
    second.write_text(changed)
    assert (syntax_hash(first) == syntax_hash(second)) is same


@given(st.binary(max_size=40))
def test_anything_has_a_hash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("hash") / "a.py"
    path.write_bytes(content)
    assert len(syntax_hash(path)) == 64
