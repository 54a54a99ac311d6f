"""Archives: our outputs as a zip to drag into the project, and a project's downloaded source, read without trust."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from paperkit.errors import Place, Problem
from paperkit.overleaf.content import blob_id
from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.history import Version
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.refuse import path_problem
from paperkit.overleaf.trees import FILE, Entry

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
_UNIX = 3
_MOST_FILES = 20_000
_MOST_BYTES = 300 * 1024 * 1024
_CHUNK = 1 << 20


def make_archive(outputs: Iterable[Output]) -> bytes:
    """Return a zip of outputs, each at its path on the remote: the same bytes for the same outputs, always."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for output in sorted(outputs, key=lambda one: one.path):
            if output.content is None:
                continue
            info = zipfile.ZipInfo(output.path, date_time=_LONG_AGO)
            info.create_system = _UNIX
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, output.content, compresslevel=9)
    return held.getvalue()


def refuse_other(path: Path) -> None:
    """Refuse to put an archive in the place of a file that `make_archive` did not make.

    Raises:
        OverleafError: it is something else, such as the manifest or a downloaded project.

    """
    if not path.exists():
        return
    try:
        with zipfile.ZipFile(path) as archive:
            is_ours = all(info.date_time == _LONG_AGO and info.create_system == _UNIX for info in archive.infolist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        is_ours = False
    if not is_ours:
        hint = "name another file with -o, or remove this one"
        message = "is no zip that paperkit made, and is not replaced"
        raise OverleafError(Problem(message=message, place=Place(file=path.name), hint=hint))


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The files of a downloaded project; it has no history."""

    files: Mapping[str, Entry]
    contents: Mapping[str, bytes] = field(repr=False)

    def read(self, blobs: Iterable[str]) -> Mapping[str, bytes | None]:
        """Return the contents that `blobs` name; None for what is not there."""
        return {blob: self.contents.get(blob) for blob in blobs}

    def versions(self, paths: Iterable[str]) -> Mapping[str, tuple[Version, ...]]:  # noqa: ARG002 - There's signature
        """Return nothing: an archive is one moment."""
        return {}


def read_archive(path: Path) -> Archive:
    """Return what a zip holds. It is read in memory and never unpacked.

    Raises:
        OverleafError: it is no zip, it is damaged, or it has what no project of Overleaf has: names that lead
            elsewhere or stand twice, links, passwords, or more than it says.

    """
    place = Place(file=path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            problems = tuple(_problems(archive.infolist()))
            if problems:
                hint = "download the project again: Menu, Source"
                raise OverleafError(*(Problem(message=text, place=place, hint=hint) for text in problems))
            found = {info.filename: _content(archive, info) for info in archive.infolist() if not info.is_dir()}
    except FileNotFoundError as error:
        raise OverleafError(Problem(message="there is no such file", place=place)) from error
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        message = f"cannot be read as a zip: {error}"
        hint = "on Overleaf: Menu, Source, downloads the project"
        raise OverleafError(Problem(message=message, place=place, hint=hint)) from error
    files = {
        name: Entry(mode=FILE, blob=blob_id(content), size=len(content)) for name, content in sorted(found.items())
    }
    return Archive(files=files, contents={files[name].blob: content for name, content in found.items()})


def _problems(infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    if len(infos) > _MOST_FILES:
        yield f"has {len(infos)} files; Overleaf has at most 2000"
        return
    total = sum(info.file_size for info in infos)
    if total > _MOST_BYTES:
        yield f"would unpack to {total / 1024 / 1024:.0f} MiB; Overleaf has at most 300"
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename
        shown = "".join(c if c.isprintable() else "?" for c in name)
        if "\0" in name:
            yield f"the name '{shown}' has a NUL in it"
        elif (why := path_problem(name.removesuffix("/"))) is not None:
            yield f"the name '{shown}' {why}"
        elif name in seen:
            yield f"'{shown}' stands in it twice"
        mode = info.external_attr >> 16
        if info.create_system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield f"'{shown}' is a link or a device, not a file"
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield f"'{shown}' is compressed in a way that Overleaf does not use"
        if info.flag_bits & 1:
            yield f"'{shown}' is encrypted"
        seen.add(name)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return one file, and no more of it than the archive says that it has."""
    held = io.BytesIO()
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            held.write(chunk)
            if held.tell() > info.file_size:
                raise zipfile.BadZipFile(f"{info.filename} is larger than it says")
    return held.getvalue()
