"""The packaged LaTeX templates; a paper's own `templates/` folder overrides them by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """Render Jinja2 templates with delimiters that leave TeX alone: `<< value >>`, `<% block %>`, `<# comment #>`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._environment: Environment | None = None

    def render(self, name: str, **context: Any) -> str:
        """Return the template `name` filled in; an undefined variable is an error, never an empty string."""
        if self._environment is None:
            self._environment = _environment(self._folder)
        return self._environment.get_template(name).render(**context)


def _environment(folder: Path | None) -> Environment:
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

    own = [FileSystemLoader(folder)] if folder is not None else []
    return Environment(
        loader=ChoiceLoader([*own, PackageLoader("paperkit", "templates")]),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is TeX; text is escaped where it becomes Tex
    )
