"""What this machine has of the programs and libraries that paperkit can use, and what is missing for what."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Literal

State = Literal["ready", "partly", "missing"]

DISTRIBUTION = "paperkit-assets"
_TIMEOUT = 20
_REQUIREMENT = re.compile(r"^([A-Za-z0-9_.-]+)[^;]*(?:;.*extra == ['\"]([\w-]+)['\"])?")
_VERSION = re.compile(r"\d+(?:\.\d+)+|\d+")
_NOT_FOR_AUTHORS = {"test", "lint"}
_TEX = "TeX Live or MiKTeX; on Debian and Ubuntu: apt install"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A program, library or file: what it is called, its version when it is there, where, how to install it."""

    name: str
    kind: Literal["program", "library", "LaTeX file"]
    found: str | None = None
    path: str | None = None
    install: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """Something that paperkit does, and its parts: all of `needed`, one of `one_of`, and `useful` ones."""

    name: str
    purpose: str
    needed: tuple[Part, ...] = ()
    one_of: tuple[Part, ...] = ()
    useful: tuple[Part, ...] = ()

    @property
    def state(self) -> State:
        """Return `ready`, `partly` when only useful parts are missing, or `missing`."""
        if any(part.found is None for part in self.needed):
            return "missing"
        if self.one_of and all(part.found is None for part in self.one_of):
            return "missing"
        return "partly" if any(part.found is None for part in self.useful) else "ready"


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """The features of this machine; `python` and `system` say what it is."""

    version: str
    python: str
    system: str
    features: tuple[Feature, ...]

    @property
    def builds(self) -> bool:
        """Tell whether tables, figures and macros can be built."""
        return next(feature.state != "missing" for feature in self.features if feature.name == "build")


def examine() -> Diagnosis:
    """Return what is there and what is missing, feature by feature."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        programs = dict(zip(_PROGRAMS, pool.map(_program, _PROGRAMS), strict=True))
    files = dict(zip(_LATEX, _latex_files(_LATEX), strict=True))
    core, extras = _requirements()
    engines = tuple(programs[name] for name in ("pdflatex", "lualatex", "xelatex", "tectonic"))
    latex = tuple(files[name] for name in ("booktabs.sty", "xcolor.sty", "colortbl.sty"))
    camera_ready = tuple(_library(name, "camera-ready") for name in extras.pop("camera-ready", ("pikepdf",)))
    features = (
        Feature(
            name="build",
            purpose="tables, figures, macros",
            needed=tuple(_library(name) for name in core),
            useful=(programs["pdflatex"],),
        ),
        Feature(name="proof", purpose="every asset on one document", one_of=engines, useful=latex),
        Feature(name="pgf", purpose="figures as PGF in your document", one_of=engines, useful=(files["pgf.sty"],)),
        Feature(
            name="audit",
            purpose="checks of a finished PDF",
            needed=camera_ready,
        ),
        Feature(
            name="camera-ready",
            purpose="a bundle that is proven to compile",
            needed=camera_ready,
            one_of=engines,
            useful=tuple(programs[name] for name in ("latexmk", "bibtex", "biber", "pdftoppm")),
        ),
        Feature(name="overleaf", purpose="assets to and from Overleaf", needed=(programs["git"],)),
        *(
            Feature(name=f"[{extra}]", purpose="extra", needed=tuple(_library(name, extra) for name in names))
            for extra, names in sorted(extras.items())
        ),
    )
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Diagnosis(
        version=_version(DISTRIBUTION) or "unknown",
        python=platform.python_version(),
        system=system,
        features=features,
    )


_PROGRAMS = {
    "pdflatex": f"{_TEX} texlive-latex-recommended",
    "lualatex": f"{_TEX} texlive-luatex",
    "xelatex": f"{_TEX} texlive-xetex",
    "tectonic": "tectonic-typesetting.github.io",
    "latexmk": f"{_TEX} latexmk",
    "bibtex": f"{_TEX} texlive-binaries",
    "biber": f"{_TEX} biber",
    "pdftoppm": "poppler; on Debian and Ubuntu: apt install poppler-utils",
    "git": "git-scm.com; on Debian and Ubuntu: apt install git",
}
_LATEX = {
    "booktabs.sty": f"{_TEX} texlive-latex-recommended",
    "xcolor.sty": f"{_TEX} texlive-latex-recommended",
    "colortbl.sty": f"{_TEX} texlive-latex-recommended",
    "pgf.sty": f"{_TEX} texlive-pictures",
}


def _program(name: str) -> Part:
    """Return a program with the first number of what it says of its version; without it, that it is there."""
    path = shutil.which(name)
    if path is None:
        return Part(name=name, kind="program", install=_PROGRAMS[name])
    flag = "-v" if name == "pdftoppm" else "--version"
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            [path, flag],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_TIMEOUT,
            env={**os.environ, "LC_ALL": "C"},
        )
        said = _VERSION.search(done.stdout or done.stderr)
    except (OSError, subprocess.TimeoutExpired):
        return Part(name=name, kind="program", path=path, install=f"{path} does not start: install it again")
    return Part(name=name, kind="program", found=said[0] if said else "?", path=path, install=_PROGRAMS[name])


def _latex_files(names: Iterable[str]) -> tuple[Part, ...]:
    """Return LaTeX's files as kpsewhich finds them."""
    wanted = tuple(names)
    kpsewhich = shutil.which("kpsewhich")
    found: dict[str, str] = {}
    if kpsewhich is not None:
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell
                [kpsewhich, *wanted],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_TIMEOUT,
            )
            found = {os.path.basename(line): line for line in done.stdout.splitlines()}  # noqa: PTH119 - a name, no file
        except (OSError, subprocess.TimeoutExpired):
            found = {}
    return tuple(
        Part(
            name=name,
            kind="LaTeX file",
            found="found" if name in found else None,
            path=found.get(name),
            install=_LATEX[name],
        )
        for name in wanted
    )


def _requirements() -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the libraries that paperkit needs, and those of each extra, from its own metadata."""
    core: list[str] = []
    extras: dict[str, list[str]] = {}
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        lines = []
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        name, extra = match[1], match[2]
        if extra is None:
            core.append(name)
        elif extra not in _NOT_FOR_AUTHORS:
            extras.setdefault(extra, []).append(name)
    return tuple(core), {extra: tuple(names) for extra, names in extras.items()}


def _library(name: str, extra: str | None = None) -> Part:
    install = f"pip install '{DISTRIBUTION}[{extra}]'" if extra else f"pip install {name}"
    return Part(name=name, kind="library", found=_version(name), install=install)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
