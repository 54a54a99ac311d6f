"""The rules of the house that no linter knows: what may be imported where, and how large things may be."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.check_shape import Function, findings, main, percentile

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = frozenset({"jinja2", "matplotlib", "numpy", "pandas", "pylatex", "scipy", "seaborn"})
# The rooms that know pandas; every other one takes a Frame.
PANDAS = ("paperkit/data/",)
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "paperkit").rglob("*.py"))
# What `--help`, `check` and a build with nothing to do may import. The marks are among them, since checking a manifest
# reads their options; what draws (the rest of figures/) is imported when there is something to draw.
LIGHT = ("build", "cli", "figures.marks", "macros", "manifest", "overleaf", "style", "tables", "templates", "tex")

# Imported by the server of workers alone, in order to have everything imported.
PRELOAD = "paperkit.build.preload"


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
        yield node.module.partition(".")[0]


def _tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), filename=module)


def _imported_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def _dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("room", LIGHT)
def test_a_room_is_entered_without_the_heavy_libraries(room: str) -> None:
    inside = [name for name in map(_dotted, MODULES) if f"{name}.".startswith(f"paperkit.{room}.") and name != PRELOAD]
    assert HEAVY & _imported_by(*inside) == set()


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(PANDAS)])
def test_only_the_data_know_pandas(module: str) -> None:
    assert "pandas" not in {name for node in ast.walk(_tree(module)) for name in _names(node)}


def test_the_package_and_its_command_start_without_the_heavy_libraries() -> None:
    assert HEAVY & _imported_by("paperkit", "paperkit.cli", "paperkit.manifest.model") == set()


def test_what_is_imported_is_depended_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    lines = project["dependencies"] + [line for name in extras.keys() - {"test", "lint"} for line in extras[name]]
    declared = {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("-", "_") for line in lines}
    imported = {name for module in MODULES for node in ast.walk(_tree(module)) for name in _names(node)}
    # pydantic pins the one version of its core that it works with, and matplotlib Pillow; PyYAML is yaml.
    assert imported - sys.stdlib_module_names - declared - {"paperkit", "pydantic_core", "yaml", "PIL"} == set()


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(range(1, 11), 90) == 9
    assert percentile([7], 90) == 7
    assert percentile([], 90) == 0


def test_lines_of_a_function_leave_the_docstring_out() -> None:
    source = 'def area() -> int:\n    """Return it.\n\n    In lines.\n    """\n    return 1\n'
    assert findings("a.py", source) == ([], [Function(file="a.py", line=1, name="area", lines=2, typed=True)])


def test_what_is_too_large_or_untyped_is_said_with_its_place() -> None:
    long = "x = 1\n\ndef long() -> None:\n" + "    x = 1\n" * 60
    untyped = "class A:\n    async def get(self):\n        return 1\n"
    assert findings("a.py", long)[0] == ["a.py:3: long is 61 lines, 50 are allowed"]
    assert findings("a.py", untyped)[0] == ["a.py:2: get has no return type"]
    assert findings("a.py", "x = 1\n" * 500)[0] == []
    assert findings("a.py", "x = 1\n" * 501)[0] == ["a.py:1: module is 501 lines, 500 are allowed"]


def test_the_gate_fails_where_functions_are_long_on_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paperkit").mkdir()
    (tmp_path / "paperkit" / "a.py").write_text("def a() -> None:\n" + "    x = 1\n" * 25, encoding="utf-8")
    assert main(tmp_path) == 1
    assert capsys.readouterr().out == "nine in ten functions of paperkit are up to 26 lines, 25 are allowed\n"
    (tmp_path / "paperkit" / "a.py").write_text("def a() -> None:\n" + "    x = 1\n" * 24, encoding="utf-8")
    assert main(tmp_path) == 0
    assert (
        capsys.readouterr().out
        == "1 functions; nine in ten functions of paperkit are up to 25 lines, the longest is 25\n"
    )


def test_no_two_tests_have_one_name() -> None:
    """pytest imports tests by their file's name alone."""
    names = sorted(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert [name for name, other in itertools.pairwise(names) if name == other] == []
