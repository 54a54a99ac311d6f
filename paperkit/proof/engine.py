"""TeX engines: found at run time, run without shell escape, their logs read for what went wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ENGINES = ("pdflatex", "lualatex", "xelatex")
_TIMEOUT = 300
_ERROR = re.compile(r"^! (?P<message>.+)$|^(?P<place>\S+\.tex:\d+): (?P<what>.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """What an engine made of a document: the PDF, or None and its errors; `log` is the whole log."""

    pdf: Path | None
    errors: tuple[str, ...] = ()
    log: str = ""


def find_engine(names: Iterable[str] = ENGINES) -> str | None:
    """Return the path of the first engine that is installed."""
    return next((found for found in map(shutil.which, names) if found), None)


def can_find(names: Iterable[str], folder: Path) -> bool:
    """Tell whether TeX finds every file of `names` (`acmart.cls`), in `folder` or its own trees."""
    wanted = [name for name in names if not (folder / name).exists()]
    kpsewhich = shutil.which("kpsewhich")
    if not wanted or kpsewhich is None:
        return not wanted
    found = subprocess.run([kpsewhich, *wanted], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - a list, no shell
    return len(found.stdout.splitlines()) == len(wanted)


def compile_document(engine: str, tex: Path, *, search: Path) -> Compiled:
    """Run `engine` on `tex` until references settle, in its folder; TeX also looks into `search`.

    Raises:
        subprocess.TimeoutExpired: TeX did not end.

    """
    command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", tex.name]
    environment = {**os.environ, "TEXINPUTS": f".:{search}:", "max_print_line": "1000"}
    log_path, pdf = tex.with_suffix(".log"), tex.with_suffix(".pdf")
    pdf.unlink(missing_ok=True)
    log = ""
    for _ in range(3):
        done = subprocess.run(  # noqa: S603 - a list, no shell; -no-shell-escape
            command,
            cwd=tex.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
        )
        log = log_path.read_text(encoding="utf-8", errors="replace") if log_path.exists() else ""
        if done.returncode != 0:
            return Compiled(pdf=None, errors=_errors(log) or (f"{Path(engine).name} failed",), log=log)
        if "Rerun to get" not in log and "undefined references" not in log:
            break
    return Compiled(pdf=pdf if pdf.exists() else None, log=log)


def _errors(log: str) -> tuple[str, ...]:
    found = (f"{m['place']}: {m['what']}" if m["place"] else m["message"] for m in _ERROR.finditer(log))
    return tuple(dict.fromkeys(found))[:10]
