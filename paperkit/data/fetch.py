"""Fetch: files from elsewhere are copied into the project; what was copied is returned, to be kept in the lock.

A build reads the copies and never the network. The lock holds an address and a hash per frame: whoever fetches again
gets the same bytes, or is told.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal
from urllib.parse import urlsplit

from paperkit.data.patterns import parse
from paperkit.data.snapshot import Snapshot
from paperkit.data.stores import export, is_store
from paperkit.errors import DataError, PaperkitError, Problem, did_you_mean
from paperkit.files import is_inside
from paperkit.manifest.model import FrameSpec

_CHUNK = 2**20
_TIMEOUT = 60.0  # seconds without a byte
_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What became of the file of one frame, and what is worth knowing about it."""

    frame: str
    snapshot: Snapshot
    state: Literal["fetched", "unchanged"]
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchReport:
    """What was fetched, in the manifest's order, and what could not be."""

    fetched: tuple[Fetched, ...]
    problems: tuple[Problem, ...] = ()


def fetch(url: str, target: Path, *, expected: str | None) -> str:
    """Copy the file at `url` to `target`, in one step once all of it is there, and return its sha256.

    `https:` and `http:` need nothing else; every other scheme goes through fsspec. A `target` that holds the same
    bytes is not touched.

    Raises:
        DataError: nothing can be had from there, not all of it came, it is a web page where none is wanted, its hash
            is not the one `expected`, or fsspec is not installed.

    """
    return _put(_opened(url, target.name), url, target, expected=expected)


def _put(opened: AbstractContextManager[IO[bytes]], url: str, target: Path, *, expected: str | None) -> str:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
            copy = Path(folder) / "copy"
            with opened as source, copy.open("wb") as file:
                found = _copied(source.read, file)
            if expected is not None and found != expected:
                what = "the content of" if is_store(url) else "the file at"
                message = f"{what} {shown(url)} is another than before: its hash is {found[:_SHOWN]}…, not "
                raise DataError(Problem(message=f"{message}{expected[:_SHOWN]}…", hint="--update takes it"))
            if digest(target) != found:
                with suppress(FileNotFoundError):
                    copy.chmod(target.stat().st_mode & 0o777)
                copy.replace(target)
    except OSError as error:
        raise DataError(Problem(message=f"{shown(url)} cannot be fetched: {_reason(error, url)}")) from None
    return found


def fetch_frames(
    specs: Mapping[str, FrameSpec],
    root: Path,
    known: Mapping[str, Snapshot],
    names: Iterable[str] = (),
    *,
    update: bool = False,
) -> FetchReport:
    """Fetch the files of the frames `names`, or of all frames with a `url`; `known` is what was fetched before.

    A file that is there as it was fetched is left alone; with `update`, it is fetched again. Only with `update` is a
    file replaced that was changed since it was fetched, or never was, and another file taken than before.
    """
    wanted = tuple(dict.fromkeys(names)) or tuple(name for name, spec in specs.items() if spec.url is not None)
    before = {snapshot.path: snapshot for snapshot in known.values()}
    fetched: list[Fetched] = []
    problems: list[Problem] = []
    for name in wanted:
        try:
            done = {item.snapshot.path: item.snapshot for item in fetched}
            fetched.append(_fetched(name, specs, root, before, done, update=update))
        except PaperkitError as error:
            problems += error.problems
    return FetchReport(fetched=tuple(fetched), problems=tuple(problems))


def merged_snapshots(
    specs: Mapping[str, FrameSpec], known: Mapping[str, Snapshot], report: FetchReport
) -> Mapping[str, Snapshot]:
    """Return what is known after a fetch: what came, and what was known of frames that still have the same `url`."""
    kept = {name: snapshot for name, snapshot in known.items() if name in specs and specs[name].url == snapshot.url}
    return kept | {item.frame: item.snapshot for item in report.fetched}


def changed(specs: Mapping[str, FrameSpec], root: Path, known: Mapping[str, Snapshot]) -> tuple[Problem, ...]:
    """Return, as notices, which files are there but not as they were fetched for the frames that read them."""
    return tuple(
        _was_changed(name, known[name].path)
        for name, spec in specs.items()
        if name in known
        and (spec.url, spec.read) == (known[name].url, known[name].path)
        and digest(root / known[name].path) not in (None, known[name].sha256)
    )


def digest(path: Path) -> str | None:
    """Return the sha256 of a file in hexadecimal, or None if there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def shown(url: str) -> str:
    """Return an address without what may be secret in it: passwords and the query.

    >>> shown("https://me:secret@host.org/runs.csv?token=abc")
    'https://host.org/runs.csv'
    """
    if is_store(url):
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _fetched(
    name: str,
    specs: Mapping[str, FrameSpec],
    root: Path,
    before: Mapping[str, Snapshot],
    done: Mapping[str, Snapshot],
    *,
    update: bool,
) -> Fetched:
    url, path = _wanted(name, specs, root)
    known, again = before.get(path), done.get(path)
    if again is not None:
        if again.url != url:
            message = f"another frame fetches '{path}' from {shown(again.url)}"
            raise DataError(Problem(message=message, path=("data", name, "url")))
        return Fetched(frame=name, snapshot=again, state="unchanged")
    local = digest(root / path)
    is_own = known is not None and local == known.sha256
    if local is not None and not update and not is_own:
        raise DataError(_was_changed(name, path) if known else _was_there(name, path))
    is_same = known is not None and known.url == url and not update
    if is_own and is_same and known is not None:
        return Fetched(frame=name, snapshot=known, state="unchanged")
    expected = known.sha256 if is_same and known is not None else None
    try:
        found, notices = _got(url, root, path, expected)
    except DataError as error:
        raise DataError(*(problem.under(("data", name, "url")) for problem in error.problems)) from None
    return Fetched(
        frame=name,
        snapshot=Snapshot(path=path, url=url, sha256=found),
        state="unchanged" if found == local else "fetched",
        notices=tuple(notice.under(("data", name, "url")) for notice in notices),
    )


def _got(url: str, root: Path, path: str, expected: str | None) -> tuple[str, tuple[Problem, ...]]:
    """Put what is at `url` to `path` and return its sha256 with notices; a run store is put there as CSV."""
    if not is_store(url):
        return fetch(url, root / path, expected=expected), ()
    if not path.lower().endswith(".csv"):
        raise DataError(
            Problem(message=f"a run store is kept as CSV, and '{path}' is none", hint="let read end with .csv")
        )
    table = export(url, root)
    return _put(closing(io.BytesIO(table.csv())), url, root / path, expected=expected), table.notices


def _was_changed(name: str, path: str) -> Problem:
    hint = f"paperkit fetch {name} --update replaces it"
    return Problem(message=f"'{path}' was changed since it was fetched", path=("data", name, "url"), hint=hint)


def _was_there(name: str, path: str) -> Problem:
    hint = f"paperkit fetch {name} --update replaces it"
    return Problem(message=f"'{path}' is there, and was not fetched", path=("data", name, "url"), hint=hint)


def _wanted(name: str, specs: Mapping[str, FrameSpec], root: Path) -> tuple[str, str]:
    """Return address and path of the file of a frame.

    Raises:
        DataError: there is no such frame, it has no `url`, or its `read` does not name one file of the project.

    """
    if name not in specs:
        raise DataError(Problem(message=f"there is no [data.{name}]{did_you_mean(name, specs)}"))
    spec = specs[name]
    if spec.url is None:
        raise DataError(Problem(message="the frame has no url", path=("data", name)))
    if spec.read is None:
        hint = 'read = "data/runs.csv" says where the file is kept'
        raise DataError(Problem(message="url needs read beside it", path=("data", name, "url"), hint=hint))
    try:
        pattern = parse(spec.read)
    except PaperkitError as error:
        raise DataError(*(problem.under(("data", name, "read")) for problem in error.problems)) from None
    if not pattern.is_plain:
        message = f"url is one file, but '{spec.read}' may mean several"
        raise DataError(Problem(message=message, path=("data", name, "read")))
    if not is_inside(root / spec.read, root):
        message = f"'{spec.read}' leads outside the project"
        raise DataError(Problem(message=message, path=("data", name, "read")))
    if not is_store(spec.url) and not re.match(r"[a-z][a-z0-9+.-]*://.", spec.url):
        hint = "an address begins with https://, s3://, file:///, mlflow: or tensorboard:"
        raise DataError(Problem(message=f"'{spec.url}' is no address", path=("data", name, "url"), hint=hint))
    if re.match(r"[^/]*://[^/@]*:[^/@]*@", spec.url):
        hint = "take it out: the manifest is committed; credentials are read from the environment and their usual files"
        raise DataError(Problem(message="the address holds a password", path=("data", name, "url"), hint=hint))
    return spec.url, spec.read


def _copied(read: Callable[[int], bytes], file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := read(_CHUNK):
        found.update(chunk)
        file.write(chunk)
    return found.hexdigest()


@contextmanager
def _opened(url: str, name: str) -> Iterator[IO[bytes]]:
    if url.startswith(("https://", "http://")):
        with _answer(url, name) as answer:
            yield answer
        return
    try:
        import fsspec

        opened = fsspec.open(url, "rb", skip_instance_cache=True)  # what a store listed before may be out of date
    except ImportError as error:
        raise DataError(_lacking(url, error)) from None
    except ValueError as error:  # the scheme is not known
        raise DataError(Problem(message=f"{shown(url)} cannot be fetched: {_reason(error, url)}")) from None
    try:
        with closing(opened.open()) as file:
            yield file
    except (PaperkitError, OSError):
        raise
    except Exception as error:  # noqa: BLE001  # every store has errors of its own, and of its credentials
        raise DataError(Problem(message=f"{shown(url)} cannot be fetched: {_reason(error, url)}")) from None


def _lacking(url: str, error: ImportError) -> Problem:
    """Return the problem of an address whose library is not installed; fsspec knows which one an odd scheme needs."""
    library, extra = ("s3fs", "s3") if url.startswith(("s3://", "s3a://")) else ("fsspec", "remote")
    if extra == "remote" and error.name != "fsspec":
        return Problem(message=f"{shown(url)} cannot be fetched: {_reason(error, url)}")
    return Problem(message=f"{shown(url)} needs {library}", hint=f"install paperkit-assets with the extra {extra}")


@contextmanager
def _answer(url: str, name: str) -> Iterator[IO[bytes]]:
    """Open what a web server answers; whether all of it came is checked at the end."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        request = Request(url, headers={"User-Agent": "paperkit"})  # noqa: S310  # the scheme was looked at
        with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # as above
            if answer.headers.get_content_type() == "text/html" and not name.lower().endswith((".html", ".htm")):
                hint = "look at it in a browser: it may ask for a login, or show the file instead of sending it"
                raise DataError(Problem(message=f"{shown(url)} is a web page, not a file", hint=hint))
            yield answer
            if answer.length:  # the library counts down what was announced
                raise OSError(f"the connection ended {answer.length} bytes early")
    except HTTPError as error:
        error.close()  # it holds the connection
        raise OSError(f"the server answers {error.code} {error.reason}") from None
    except (HTTPException, ValueError) as error:
        raise DataError(Problem(message=f"{shown(url)} cannot be fetched: {_reason(error, url)}")) from None


def _reason(error: Exception, url: str) -> str:
    from urllib.error import URLError

    if isinstance(error, URLError):
        return str(error.reason)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, FileNotFoundError) and url.endswith(f"/{text}"):  # s3fs says the name alone
        return os.strerror(errno.ENOENT)
    return text
