r"""Read who wrote a paper from its sources: the arguments of `\author` and its kin in the classes of venues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paperkit.camera_ready.definitions import matches
from paperkit.camera_ready.leaks import names_in
from paperkit.camera_ready.lex import Kind, after_blank, lex, name_of, option_end
from paperkit.camera_ready.lexicon import Lexicon
from paperkit.camera_ready.prepare import is_tex

_AUTHORS = frozenset(b"author icmlauthor IEEEauthorblockN IEEEauthorblock name authorname".split())


def authors_of(files: Mapping[str, bytes], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the names of the authors, each whole and its last word."""
    found: dict[str, None] = {}
    for path, data in files.items():
        if not is_tex(path):
            continue
        for argument in _arguments(data, lexicon):
            found |= dict.fromkeys(names_in(argument))
    return tuple(found)


def _arguments(data: bytes, lexicon: Lexicon) -> Iterator[str]:
    tokens = lex(data, lexicon)
    pairs = matches(tokens)
    given = b""
    for token in tokens:
        if token.kind is not Kind.WORD:
            continue
        name = name_of(data, token)
        at = after_blank(data, token.end)
        at = after_blank(data, option_end(data, at) or at)
        close = pairs.get(at)
        if close is None:
            continue
        if name in _AUTHORS:
            yield data[at + 1 : close].decode("utf-8", "replace")
        elif name == b"fnm":  # Springer Nature's class: \fnm{Ada} \sur{Lovelace}
            given = data[at + 1 : close]
        elif name == b"sur" and given:
            yield (given + b" " + data[at + 1 : close]).decode("utf-8", "replace")
