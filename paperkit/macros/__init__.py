"""Macros: the numbers in the text."""

from paperkit.macros.check import problems
from paperkit.macros.resolve import Macro, resolve
from paperkit.macros.write import write

__all__ = ["Macro", "problems", "resolve", "write"]
