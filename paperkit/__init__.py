"""Turn one manifest into a paper's coloured LaTeX tables, figures and number macros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paperkit.build.paper import Paper
    from paperkit.errors import PaperkitError
    from paperkit.tables.notebook import Table

__all__ = ["Paper", "PaperkitError", "Table"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are asked for, so that `import paperkit` costs nothing."""
    if name == "Paper":
        from paperkit.build.paper import Paper

        return Paper
    if name == "PaperkitError":
        from paperkit.errors import PaperkitError

        return PaperkitError
    if name == "Table":
        from paperkit.tables.notebook import Table

        return Table
    raise AttributeError(f"module 'paperkit' has no attribute '{name}'")
