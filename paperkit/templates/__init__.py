"""The packaged LaTeX templates; a paper's own `templates/` folder overrides them by name."""

from __future__ import annotations

import traceback
from collections.abc import Callable
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
            # Compiling a template takes longer than filling in that of a small table: Jinja2 keeps them.
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
    import jinja2

    own = [jinja2.FileSystemLoader(folder)] if folder is not None else []
    files = jinja2.ChoiceLoader([*own, jinja2.PackageLoader("paperkit", "templates")])

    def found(name: str) -> tuple[str, str | None]:
        return files.get_source(environment, name)[:2]

    def is_same(name: str, source: tuple[str, str | None]) -> bool:
        try:
            return found(name) == source
        except (jinja2.TemplateNotFound, OSError, UnicodeDecodeError):
            return False

    def load(name: str) -> tuple[str, str | None, Callable[[], bool]]:
        # By content, not by time: a copy may keep the time of another file, and a new file may hide a packaged one.
        source = found(name)
        return *source, lambda: is_same(name, source)

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is TeX; text is escaped where it becomes Tex
    )
    return environment
