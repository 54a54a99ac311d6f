"""Check the size of modules and functions, and that every function says what it returns.

Lines of a function are counted from its `def` to its end, its docstring left out. The limits hold for all code;
the ninetieth percentile is taken over the package alone, since the helpers of tests are short by nature.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MODULE_LINES = 500
FUNCTION_LINES = 50
NINETIETH_PERCENTILE = 25
PACKAGE = "paperkit"
FOLDERS = (PACKAGE, "tests", "scripts", "benchmarks")


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """One function: its place, its name, its lines without the docstring, and whether it says what it returns."""

    file: str
    line: int
    name: str
    lines: int
    typed: bool


def functions(tree: ast.AST, file: str) -> Iterator[Function]:
    """Yield every function of a module, methods and nested functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(
                file=file,
                line=node.lineno,
                name=node.name,
                lines=_span(node) - _docstring_lines(node),
                typed=node.returns is not None,
            )


def findings(file: str, source: str) -> tuple[list[str], list[Function]]:
    """Return what is wrong in one module, as `file:line: message`, and the functions it has."""
    found = list(functions(ast.parse(source, filename=file), file))
    lines = len(source.splitlines())
    wrong = [f"{file}:1: module is {lines} lines, {MODULE_LINES} are allowed"] if lines > MODULE_LINES else []
    for function in found:
        where = f"{function.file}:{function.line}: {function.name}"
        if function.lines > FUNCTION_LINES:
            wrong.append(f"{where} is {function.lines} lines, {FUNCTION_LINES} are allowed")
        if not function.typed:
            wrong.append(f"{where} has no return type")
    return wrong, found


def percentile(values: Sequence[int], percent: int) -> int:
    """Return the smallest of `values` that at least `percent` percent of them do not exceed; 0 for none."""
    ranked = sorted(values)
    return ranked[-(-len(ranked) * percent // 100) - 1] if ranked else 0


def main(root: Path) -> int:
    """Check every module below the known folders of `root`; print what is wrong and return the exit code."""
    wrong: list[str] = []
    sizes: list[int] = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if any(part.startswith(".") for part in path.relative_to(root).parts):  # other tools' environments
                continue
            file = path.relative_to(root).as_posix()
            messages, found = findings(file, path.read_text(encoding="utf-8"))
            wrong.extend(messages)
            if folder == PACKAGE:
                sizes.extend(function.lines for function in found)
    ninetieth = percentile(sizes, 90)
    shape = f"nine in ten functions of {PACKAGE} are up to {ninetieth} lines"
    if ninetieth > NINETIETH_PERCENTILE:
        wrong.append(f"{shape}, {NINETIETH_PERCENTILE} are allowed")
    print("\n".join(wrong or [f"{len(sizes)} functions; {shape}, the longest is {max(sizes, default=0)}"]))
    return 1 if wrong else 0


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return _span(node.body[0]) if ast.get_docstring(node, clean=False) is not None else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
