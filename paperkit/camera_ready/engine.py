"""Run TeX on a folder, with latexmk or by a loop of our own, without shell escape; for a proof, alone in the world."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from paperkit.errors import PaperkitError, Place, Problem, did_you_mean

ENGINES = ("pdflatex", "lualatex", "xelatex", "tectonic")
_TIMEOUT = 900
_RUNS = 5
_LATEXMK = {"pdflatex": "-pdf", "lualatex": "-pdflua", "xelatex": "-pdfxe"}
_MOST_ERRORS = 10
_ERROR = re.compile(r"^! (?P<message>.+)$|^(?:\./)?(?P<file>[^\s:]+\.\w+):(?P<line>\d+): (?P<what>.+)$", re.MULTILINE)
_AGAIN = re.compile(r"Rerun to get|undefined references|\(re\)run|Rerun LaTeX|has changed\. Rerun")
_RELEASE = re.compile(r"TeX Live (\d{4})")
_MAGIC = re.compile(rb"^%\s*!T[Ee]X\s+(?:TS-)?program\s*=\s*(\w+)", re.MULTILINE)
_PDF_MODE = re.compile(r"^\s*\$pdf_mode\s*=\s*(\d)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """A TeX engine: its name, its path, and latexmk's where that runs it."""

    name: str
    path: str
    latexmk: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What TeX made of a folder: the PDF, or None and its errors; the log; the files that it read and wrote.

    `read` and `written` are absolute. They are empty for an engine that records nothing.
    """

    pdf: bytes | None
    log: str
    read: tuple[str, ...] = ()
    written: frozenset[str] = frozenset()
    errors: tuple[Problem, ...] = ()

    @property
    def release(self) -> int | None:
        """Return the year of the TeX Live that ran."""
        match = _RELEASE.search(self.log[:300])
        return int(match[1]) if match else None

    @property
    def banner(self) -> str:
        """Return what the engine says of itself; tectonic says nothing."""
        if not self.log.startswith("This is "):
            return "tectonic"
        return self.log.split("\n", 1)[0].partition("  ")[0].removeprefix("This is ").strip().split(" (preloaded")[0]


def choose_engine(main: Path, name: str | None = None) -> Engine | None:
    r"""Return the engine of a document: the one named, that of its magic comment or latexmkrc, or by its packages.

    None says that there is no TeX.

    Raises:
        PaperkitError: the engine that the document or the caller asks for is unknown or not installed.

    """
    asked = name or _asked(main)
    if asked is not None and asked not in ENGINES:
        hint = f"known engines: {', '.join(ENGINES)}"
        raise PaperkitError(Problem(message=f"unknown engine '{asked}'{did_you_mean(asked, ENGINES)}", hint=hint))
    unicode = re.search(rb"\\usepackage(?:\[[^\]]*\])?\{(?:fontspec|unicode-math)\}", main.read_bytes()) is not None
    for wanted in (asked,) if asked else (("lualatex", "xelatex") if unicode else ENGINES):
        path = shutil.which(wanted)
        if path is not None:
            return Engine(name=wanted, path=path, latexmk=shutil.which("latexmk") if wanted in _LATEXMK else None)
    if name is not None or (asked is not None and any(map(shutil.which, ENGINES))):
        raise PaperkitError(Problem(message=f"the engine '{asked}' is not installed"))
    return None


def _asked(main: Path) -> str | None:
    magic = _MAGIC.search(main.read_bytes()[:4000])
    if magic is not None:
        return magic[1].decode().lower()
    for rc in (main.with_name("latexmkrc"), main.with_name(".latexmkrc")):
        mode = _PDF_MODE.search(rc.read_text(encoding="utf-8", errors="replace")) if rc.is_file() else None
        if mode is not None:
            return {"4": "lualatex", "5": "xelatex"}.get(mode[1], "pdflatex")
    return None


def typeset(engine: Engine, folder: Path, main: str, *, epoch: int, alone: bool, home: Path | None = None) -> Run:
    """Run `engine` on `folder`/`main` until it settles, bibliography and index included.

    A `.bbl` that comes without databases is final: TeX's own tree has databases under common names.

    `alone` keeps the author's own TeX files, settings and network away, and TeX inside `folder`; else it reads as it
    does for the author, who learns what would be missed. `home` is an empty folder.

    Raises:
        PaperkitError: TeX did not end.

    """
    environment = _environment(epoch, alone=alone, home=home or folder)
    try:
        if engine.name == "tectonic":
            return _tectonic(engine, folder, main, environment)
        if engine.latexmk is not None:
            final = alone and not any(folder.rglob("*.bib"))
            done = _call(_latexmk(engine, main, final=final), folder, environment, offline=alone)
        else:
            done = _loop(engine, folder, main, environment, offline=alone)
    except subprocess.TimeoutExpired as error:
        message = f"{engine.name} did not end within {_TIMEOUT // 60} minutes"
        raise PaperkitError(Problem(message=message, place=Place(file=main))) from error
    return _result(engine, folder, main, done)


def _latexmk(engine: Engine, main: str, *, final: bool) -> list[str]:
    return [
        engine.latexmk or "latexmk",
        "-norc",  # an rc file is a program
        _LATEXMK[engine.name],
        "-recorder",
        "-bibtex-" if final else "-bibtex-cond1",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-file-line-error",
        "-latexoption=-no-shell-escape",
        main,
    ]


def _environment(epoch: int, *, alone: bool, home: Path) -> dict[str, str]:
    shared = {
        "SOURCE_DATE_EPOCH": str(epoch),
        "FORCE_SOURCE_DATE": "1",
        "TZ": "UTC",
        "max_print_line": "10000",
        "openout_any": "p",
        "shell_escape": "f",
        "TEXMFVAR": variable("TEXMFVAR"),  # LuaTeX keeps its fonts there
    }
    if not alone:
        return {**os.environ, **shared, "openin_any": "a"}
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if key in os.environ}
    nowhere = str(home / "none")
    own = {"HOME": str(home), "TEXMFHOME": nowhere, "TEXMFLOCAL": nowhere, "LC_ALL": "C.UTF-8", "openin_any": "p"}
    return {**kept, **shared, **own}


@cache
def variable(name: str) -> str:
    """Return the value of a variable of TeX's file search, such as `TEXMFDIST`; empty without TeX."""
    kpsewhich = shutil.which("kpsewhich")
    if kpsewhich is None:
        return ""
    done = subprocess.run(  # noqa: S603 - a list, no shell
        [kpsewhich, "-expand-var", f"${name}"], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.strip()


@cache
def _without_network() -> tuple[str, ...]:
    """Return the command that runs another without network, where the system has one."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--user", "--map-current-user", "--net")
    done = subprocess.run([*command, "true"], capture_output=True, check=False, timeout=60)  # noqa: S603
    return command if done.returncode == 0 else ()


def _call(command: list[str], folder: Path, environment: Mapping[str, str], *, offline: bool) -> int:
    done = subprocess.run(  # noqa: S603 - a list, no shell
        [*(_without_network() if offline else ()), *command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_TIMEOUT,
    )
    return done.returncode


def _loop(engine: Engine, folder: Path, main: str, environment: Mapping[str, str], *, offline: bool) -> int:
    """Do what latexmk does, for where there is none."""
    options = ["-recorder", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape"]
    stem = PurePosixPath(main).stem
    before: Mapping[str, bytes] = {}
    for run in range(_RUNS):
        code = _call([engine.path, *options, main], folder, environment, offline=offline)
        if code != 0:
            return code
        if run == 0:
            for helper in _helpers(folder, stem):
                _call(helper, folder, environment, offline=offline)
        log = (folder / f"{stem}.log").read_text(encoding="utf-8", errors="replace")
        now = {path.name: path.read_bytes() for path in sorted(folder.glob("*.aux")) + sorted(folder.glob("*.toc"))}
        if run > 0 and now == before and not _AGAIN.search(log):
            break
        before = now
    return 0


def _helpers(folder: Path, stem: str) -> Iterator[list[str]]:
    biber, bibtex, makeindex = map(shutil.which, ("biber", "bibtex", "makeindex"))
    control = folder / f"{stem}.bcf"
    if control.exists():
        names = re.findall(r"<bcf:datasource[^>]*>([^<]+)<", control.read_text(encoding="utf-8", errors="replace"))
        if biber and all((folder / name).exists() for name in names):
            yield [biber, stem]
    elif bibtex and (aux := folder / f"{stem}.aux").exists():
        data = re.search(r"\\bibdata\{([^}]*)\}", aux.read_text(encoding="utf-8", errors="replace"))
        if data and all((folder / name).with_suffix(".bib").exists() for name in data[1].split(",")):
            yield [bibtex, stem]
    if makeindex and (folder / f"{stem}.idx").exists():
        yield [makeindex, "-q", f"{stem}.idx"]


def _tectonic(engine: Engine, folder: Path, main: str, environment: Mapping[str, str]) -> Run:
    """Run tectonic, which writes what it read as the rule of a Makefile; its support files are never listed."""
    rules, stem = folder / "paperkit.mk", PurePosixPath(main).stem
    command = [engine.path, "--untrusted", "--keep-logs", "--keep-intermediates", "--makefile-rules", rules.name, main]
    # Its TeX tree is a download or a cache below the author's home.
    own = {key: value for key, value in os.environ.items() if key in ("HOME", "XDG_CACHE_HOME", "TECTONIC_CACHE_DIR")}
    code = _call(command, folder, {**environment, **own}, offline=False)
    text = rules.read_text(encoding="utf-8") if rules.exists() else ""
    names = re.findall(r"(?:[^\s\\]|\\ )+", text.partition(":")[2].replace("\\\n", " "))
    rules.unlink(missing_ok=True)
    result = _result(engine, folder, main, code)
    read = tuple(os.path.normpath(folder / name.replace("\\ ", " ")) for name in names)
    bbl = (str(folder / f"{stem}.bbl"),) if (folder / f"{stem}.bbl").exists() else ()
    return Run(pdf=result.pdf, log=result.log, read=read + bbl, errors=result.errors)


def _result(engine: Engine, folder: Path, main: str, code: int) -> Run:
    stem = PurePosixPath(main).stem
    log_path, pdf = folder / f"{stem}.log", folder / f"{stem}.pdf"
    log = log_path.read_text(encoding="utf-8", errors="replace") if log_path.exists() else ""
    read, written = _recorded(folder / f"{stem}.fls")
    if code != 0 or not pdf.exists():
        return Run(pdf=None, log=log, read=read, written=written, errors=_errors(engine, folder, main, log))
    return Run(pdf=pdf.read_bytes(), log=log, read=read, written=written)


def _recorded(fls: Path) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the absolute paths that the recorder's file names as read and as written."""
    if not fls.exists():
        return (), frozenset()
    base, read, written = str(fls.parent), dict[str, None](), set[str]()
    for line in os.fsdecode(fls.read_bytes()).splitlines():
        kind, _, path = line.partition(" ")
        if kind in ("INPUT", "OUTPUT"):
            full = os.path.normpath(os.path.join(base, path))  # noqa: PTH118 - pathlib keeps `..`
            written.add(full) if kind == "OUTPUT" else read.setdefault(full)
    return tuple(read), frozenset(written)


def _culprit(log: str, match: re.Match[str]) -> str:
    """Return the command that TeX did not know: the last that its log shows of the line."""
    if not match["what"].startswith("Undefined control sequence"):
        return ""
    shown = re.search(r"^l\.\d+ .*?(\\[A-Za-z@]+|\\.)\s*$", log[match.end() : match.end() + 2000], re.MULTILINE)
    return f" {shown[1]}" if shown else ""


def _errors(engine: Engine, folder: Path, main: str, log: str) -> tuple[Problem, ...]:
    found = dict.fromkeys(
        Problem(message=match["message"])
        if match["message"]
        else Problem(
            message=match["what"] + _culprit(log, match), place=Place(file=match["file"], line=int(match["line"]))
        )
        for match in _ERROR.finditer(log)
        if "Emergency stop" not in match[0] and "==> Fatal error" not in match[0]
    )
    for blg in sorted(folder.glob("*.blg")):
        text = blg.read_text(encoding="utf-8", errors="replace")
        bad = re.findall(r"^(?:ERROR - .+|I couldn't open .+|.+---line \d+ of file .+)$", text, re.MULTILINE)
        found |= dict.fromkeys(Problem(message=line, place=Place(file=blg.name)) for line in bad)
    fallback = Problem(message=f"{engine.name} failed", place=Place(file=main))
    return tuple(found)[:_MOST_ERRORS] or (fallback,)
