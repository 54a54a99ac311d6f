"""Read from a paper's own sources what its lexer has to know: environments, commands, switches, notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from paperkit.camera_ready.lex import Kind, Token, after_blank, lex, name_of, option_end
from paperkit.camera_ready.lexicon import ADDRESSES, COMMENTS, CONDITIONALS, DELIMITED, VERBATIM, Dropped, Lexicon

DEFINERS = frozenset(b"newcommand renewcommand providecommand DeclareRobustCommand".split())
_PRIMITIVES = frozenset(b"def gdef edef xdef".split())
_XPARSE = frozenset(b"NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand DeclareDocumentCommand".split())
_ENVIRONMENTS = frozenset(
    b"newenvironment renewenvironment NewDocumentEnvironment RenewDocumentEnvironment provideenvironment".split()
)
_VERBATIM_MAKERS = frozenset(
    b"lstnewenvironment DefineVerbatimEnvironment RecustomVerbatimEnvironment newtcblisting newverbatim newmdverbatim "
    b"newtcbinputlisting DeclareTCBListing NewTCBListing newminted NewListingEnvironment newsagesilent".split()
)
_COMMAND_MAKERS = frozenset(b"DeclareUrlCommand newmintinline DefineVerbatimCommand newverbcommand".split())
_SHORT_VERBS = frozenset(b"MakeShortVerb DefineShortVerb lstMakeShortInline".split())
# A body with one of these reads what follows as it stands.
_LITERAL = re.compile(rb"\\(?:verbatim|Verbatim|lst|minted|dospecials|@sanitize|comment|catcode|scantokens|tcblisting)")
_NAMED = re.compile(rb"\{?\s*\\([A-Za-z@]+)\s*\}?")
_ARGUMENT = re.compile(rb"\{([^{}]*)\}")
_CHARACTER = re.compile(rb"(?:\[[^\]]*\])?\s*\{?\s*\\?([^A-Za-z0-9\s{}\\%])\s*\}?")
_PARAMETERS = re.compile(rb"(?:#[1-9])*")
_COUNT = re.compile(rb"\[([1-9])\]")
_CONDITIONAL = re.compile(rb"\s*\\(if[A-Za-z@]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A TeX file of the paper: its bytes, and whether `@` belongs to names in it."""

    data: bytes
    at_letter: bool = False


def learn(sources: Iterable[Source], *, drop: Iterable[str] = (), unwrap: Iterable[str] = ()) -> Lexicon:
    r"""Return what `sources` define: the lexicon with which each of them is to be read.

    `drop` names macros that are taken out with their argument, `unwrap` those that leave their argument behind.
    """
    files = tuple(sources)
    found = _Found()
    for source in files:
        _read(source, found)
    dropped = {name: what.pop() for name, what in found.dropped.items() if len(what) == 1}
    known = Lexicon(
        verbatim=VERBATIM | found.verbatim,
        comments=COMMENTS | found.comments,
        delimited=DELIMITED | found.delimited,
        addresses=ADDRESSES | found.addresses,
        short_verbs=frozenset(found.short_verbs),
        conditionals=CONDITIONALS | found.switches,
        dropped={name: what for name, what in dropped.items() if what is not None and (what.which or what.optional)},
        removed=frozenset(name.encode() for name in drop),
        unwrapped=frozenset(name.encode() for name in unwrap),
    )
    never, always = _constant(files, found.switches)
    return replace(known, never=known.never | never, always=known.always | always)


class _Found:
    def __init__(self) -> None:
        self.verbatim: set[bytes] = set()
        self.comments: set[bytes] = set()
        self.delimited: set[bytes] = set()
        self.addresses: set[bytes] = set()
        self.short_verbs: set[bytes] = set()
        self.switches: set[bytes] = set()
        self.dropped: dict[bytes, set[Dropped | None]] = {}


class _File(NamedTuple):
    data: bytes
    pairs: Mapping[int, int]


def _read(source: Source, found: _Found) -> None:
    data = source.data
    tokens = lex(data, Lexicon(), at_letter=source.at_letter)
    file = _File(data, matches(tokens))
    for token in tokens:
        if token.kind is not Kind.WORD:
            continue
        name, end = name_of(data, token), token.end
        if name == b"newif" and (switch := _CONDITIONAL.match(data, end)):
            found.switches.add(switch[1])
        elif name in _ENVIRONMENTS | _VERBATIM_MAKERS or name in (b"excludecomment", b"includecomment"):
            _environment(name, file, end, found)
        elif name in _COMMAND_MAKERS and (command := _NAMED.match(data, after_blank(data, end))):
            (found.addresses if name == b"DeclareUrlCommand" else found.delimited).add(command[1])
        elif name in _SHORT_VERBS and (character := _CHARACTER.match(data, end)):
            found.short_verbs.add(character[1])
        elif name in DEFINERS | _PRIMITIVES | _XPARSE:
            _macro(name, file, end, found)


def _environment(maker: bytes, file: _File, end: int, found: _Found) -> None:
    data = file.data
    at = after_blank(data, end)
    at = option_end(data, at) or at
    named = _ARGUMENT.match(data, at)
    if named is None:
        return
    name = named[1].strip()
    if maker == b"excludecomment":
        found.comments.add(name)
    elif maker == b"includecomment":
        found.comments.discard(name)
    elif maker == b"newminted":
        found.verbatim |= {name + b"code", name + b"code*", name}
    elif maker in _VERBATIM_MAKERS:
        found.verbatim |= {name, name + b"*"}
    else:
        bodies = _groups(file, end)[1:]
        if any(_LITERAL.search(body) for body in bodies):
            found.verbatim.add(name)


def _macro(maker: bytes, file: _File, end: int, found: _Found) -> None:
    """Note which arguments a definition throws away; a macro that is defined in several ways throws away none."""
    data = file.data
    at = after_blank(data, end)
    at += data[at : at + 1] == b"*"
    named = _NAMED.match(data, at)
    if named is None:
        return
    name, at = named[1], named.end()
    count, optional, body = _signature(maker, file, at)
    what: Dropped | None = None
    if body is not None and count and b"##" not in body:
        unused = frozenset(n for n in range(1, count + 1) if b"#%d" % n not in body)
        shift = 1 if optional else 0
        which = frozenset(n - shift for n in unused if n > shift)
        what = Dropped(arguments=count - shift, which=which, optional=optional and 1 in unused)
    found.dropped.setdefault(name, set()).add(what)


def _signature(maker: bytes, file: _File, at: int) -> tuple[int, bool, bytes | None]:
    """Return the number of arguments of a definition, whether the first is optional, and the body."""
    data, count, optional = file.data, 0, False
    if maker in _XPARSE:
        given = _ARGUMENT.match(data, after_blank(data, at))
        letters = b"" if given is None else given[1].replace(b" ", b"")
        if given is None or letters.strip(b"m") not in (b"", b"o"):
            return 0, False, None
        count, optional, at = len(letters), letters.startswith(b"o"), given.end()
    elif maker in _PRIMITIVES:
        parameters = _PARAMETERS.match(data, at)
        if parameters is not None:
            count, at = len(parameters[0]) // 2, parameters.end()
    elif (number := _COUNT.match(data, after_blank(data, at))) is not None:
        count, at = int(number[1]), number.end()
        default = option_end(data, after_blank(data, at))
        optional, at = default is not None, default or at
    start = after_blank(data, at)
    close = file.pairs.get(start)
    return count, optional, None if close is None else data[start + 1 : close]


def matches(tokens: Iterable[Token]) -> dict[int, int]:
    """Return where each `{` is closed: position → position."""
    open_: list[int] = []
    found: dict[int, int] = {}
    for token in tokens:
        if token.kind is Kind.OPEN:
            open_.append(token.start)
        elif token.kind is Kind.CLOSE and open_:
            found[open_.pop()] = token.start
    return found


def _groups(file: _File, end: int) -> list[bytes]:
    """Return what stands in the groups behind a command: arguments in braces, options skipped."""
    found: list[bytes] = []
    data = file.data
    at = after_blank(data, end)
    while True:
        at = option_end(data, at) or at
        close = file.pairs.get(at)
        if close is None:
            return found
        found.append(data[at + 1 : close])
        at = after_blank(data, close + 1)


def _constant(files: tuple[Source, ...], switches: Iterable[bytes]) -> tuple[frozenset[bytes], frozenset[bytes]]:
    r"""Return the switches of `\newif` that are never set, and those that are set once, to true, in a preamble."""
    never: set[bytes] = set()
    always: set[bytes] = set()
    words = Counter(word for source in files for word in _words(source.data))
    for switch in switches:
        base = switch.removeprefix(b"if")
        other = words[b"let" + switch] or words[b"@" + base]
        if other or words[b"newif" + switch] != 1:
            continue
        if not words[base + b"true"]:
            never.add(switch)
        elif words[base + b"true"] == 1 and not words[base + b"false"] and _is_set(files, base):
            always.add(switch)
    return frozenset(never), frozenset(always)


_WORDS = re.compile(rb"\\((?:let|newif)\s*\\)?([A-Za-z@]+)")
_LINE = re.compile(rb"[^\r\n]*")


def _words(data: bytes) -> Iterator[bytes]:
    for match in _WORDS.finditer(data):
        maker = (match[1] or b"").rstrip(b"\\").strip()
        yield maker + match[2]


def _is_set(files: Iterable[Source], base: bytes) -> bool:
    return any(_is_set_in_preamble(source.data, base) for source in files)


def _is_set_in_preamble(data: bytes, base: bytes) -> bool:
    r"""Tell whether `\BASEtrue` stands alone on its line, behind its `\newif` and before the document begins."""
    made, begun = data.find(b"\\newif\\if" + base), data.find(b"\\begin{document}")
    place = re.search(rb"(?m)^[ \t]*\\" + base + rb"true[ \t]*(?:%|\r?$)", data)
    return place is not None and 0 <= made < place.start() and (begun < 0 or place.start() < begun)
