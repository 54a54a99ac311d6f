"""Give files the names that venues take, and every place that names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from paperkit.camera_ready.lex import Kind, lex
from paperkit.camera_ready.lexicon import Lexicon

_UNSAFE = re.compile(r"[^A-Za-z0-9_+\-.,=]")
_CONVERTED = "-eps-converted-to.pdf"
_GROUP = re.compile(rb"\{([^{}\\#%]*)\}")
_BARE = re.compile(rb"\s+([^\s{}\\#%]+)")


def is_safe(path: str) -> bool:
    """Tell whether a path has only the characters that arXiv takes, and no hidden part.

    >>> is_safe("figures/a_b-1.pdf"), is_safe("my figure.pdf"), is_safe(".cache/x.tex")
    (True, False, False)
    """
    return not _UNSAFE.search(path.replace("/", "")) and not any(p.startswith(".") for p in path.split("/"))


def safe_names(paths: Iterable[str]) -> dict[str, str]:
    """Return new names for the paths that need one; no two files get the same, not even in another case.

    >>> safe_names(["my plot.pdf", "my_plot.pdf", "a-eps-converted-to.pdf"])
    {'a-eps-converted-to.pdf': 'a.pdf', 'my plot.pdf': 'my_plot-2.pdf'}
    """
    known = sorted(paths)
    taken = {path.casefold() for path in known if is_safe(path) and not path.endswith(_CONVERTED)}
    found: dict[str, str] = {}
    for path in known:
        if is_safe(path) and not path.endswith(_CONVERTED):
            continue
        parts = [_UNSAFE.sub("_", part.lstrip(".") or "dot") for part in path.split("/")]
        wanted = "/".join(parts)
        if wanted.endswith(_CONVERTED):
            wanted = wanted.removesuffix(_CONVERTED) + ".pdf"
        stem, suffix, number = PurePosixPath(wanted).with_suffix("").as_posix(), PurePosixPath(wanted).suffix, 2
        while wanted.casefold() in taken:
            wanted, number = f"{stem}-{number}{suffix}", number + 1
        taken.add(wanted.casefold())
        found[path] = wanted
    return found


def renamed(
    files: Mapping[str, bytes], tex: Iterable[str], lexicon: Lexicon, names: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the files under their new names, each mention in the TeX files `tex` changed with them."""
    wanted = dict(_mentions(names))
    texts = set(tex)
    return {
        names.get(path, path): _rewritten(data, lexicon, wanted) if path in texts and wanted else data
        for path, data in files.items()
    }


def _mentions(names: Mapping[str, str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield how TeX files may name a file, and what stands for it: whole, without suffix, from a folder on, folders."""
    for old, new in names.items():
        olds, news = old.split("/"), new.split("/")
        for start in range(len(olds)):
            before, after = "/".join(olds[start:]), "/".join(news[start:])
            if before == after:
                continue
            yield before.encode(), after.encode()
            yield _stem(before).encode(), _stem(after).encode()
        if old.endswith(_CONVERTED):
            plain = old.removesuffix(_CONVERTED)
            yield f"{plain}.eps".encode(), new.encode()
            yield plain.encode(), _stem(new).encode()
        for end in range(1, len(olds)):
            before, after = "/".join(olds[:end]), "/".join(news[:end])
            if before != after:
                yield f"{before}/".encode(), f"{after}/".encode()
                yield before.encode(), after.encode()


def _stem(path: str) -> str:
    return path.removesuffix(PurePosixPath(path).suffix) if PurePosixPath(path).suffix else path


def _rewritten(data: bytes, lexicon: Lexicon, wanted: Mapping[bytes, bytes]) -> bytes:
    parts: list[bytes] = []
    done = 0
    for token in lex(data, lexicon):
        if token.kind is Kind.OPEN:
            match = _GROUP.match(data, token.start)
        elif token.kind is Kind.WORD and data[token.start : token.end] == b"\\input":
            match = _BARE.match(data, token.end)
        else:
            continue
        new = None if match is None or match.start(1) < done else _renamed_list(match[1], wanted)
        if match is not None and new is not None:
            parts += (data[done : match.start(1)], new)
            done = match.end(1)
    return b"".join((*parts, data[done:]))


def _renamed_list(text: bytes, wanted: Mapping[bytes, bytes]) -> bytes | None:
    names = text.split(b",")
    found = [_renamed_one(name, wanted) for name in names]
    whole = _renamed_one(text, wanted)
    if whole is not None:
        return whole
    return b",".join(new or old for old, new in zip(names, found, strict=True)) if any(found) else None


def _renamed_one(name: bytes, wanted: Mapping[bytes, bytes]) -> bytes | None:
    plain = name.strip().strip(b'"')
    lead = b"./" if plain.startswith(b"./") else b""
    new = wanted.get(plain.removeprefix(b"./"))
    return None if new is None else lead + new
