"""The packaged LaTeX templates; a paper's own `templates/` folder overrides them by name."""

from __future__ import annotations

import traceback
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperkit.errors import PaperkitError, Place, Problem, did_you_mean

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """Render Jinja2 templates with delimiters that leave TeX alone: `<< value >>`, `<% block %>`, `<# comment #>`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def render(self, name: str, **context: Any) -> str:
        """Return the template `name` filled in; an undefined variable is an error, never an empty string.

        Raises:
            PaperkitError: a template of the paper's own is wrong; says in which line.

        """
        from jinja2 import TemplateError

        try:
            # Compiling a template takes longer than filling in that of a small table; Jinja2 sees when a file changes.
            return _environment(self.folder).get_template(name).render(**context)
        except (TemplateError, UnicodeDecodeError, TypeError, ValueError) as error:
            if self.folder is None or not (self.folder / name).exists():
                raise
            message = f"{type(error).__name__}: {error}"
            place = Place(file=f"{self.folder.name}/{name}", line=_line_of(error, self.folder))
            raise PaperkitError(Problem(message=message, place=place)) from error


def template_notices(root: Path) -> tuple[Problem, ...]:
    """Return a notice for every file in the paper's `templates/` whose name is nearly that of a packaged template."""
    packaged = [entry.name for entry in files("paperkit.templates").iterdir() if entry.name.endswith(".tex")]
    own = sorted(path.name for path in (root / "templates").glob("*") if path.is_file())
    return tuple(
        Problem(message=f"overrides no packaged template{close}", place=Place(file=f"templates/{name}"))
        for name in own
        if name not in packaged and (close := did_you_mean(name, packaged))
    )


def _line_of(error: Exception, folder: Path) -> int | None:
    """Return the line of the paper's own template in which `error` arose."""
    line: int | None = getattr(error, "lineno", None)
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame.lineno for frame in frames if frame.filename.startswith(str(folder))]
    return line or (inside[-1] if inside else None)


@cache
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
