"""What the sources of a paper say about themselves: which commands and environments hide text from the lexer.

The sets below are TeX's, LaTeX's and those of well-known packages; a paper's own definitions are added to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Between their delimiters, no character has its usual meaning.
DELIMITED = frozenset(
    b"verb Verb spverb lstinline mintinline pyginline py pyc pys piton inlinecode SaveVerb UseVerb".split()
)
# The first argument in braces is read as it stands: `%` is a character there.
ADDRESSES = frozenset(b"url path nolinkurl href hyperimage doi Url burl burlalt".split())
VERBATIM = frozenset(
    b"verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim SaveVerbatim VerbatimOut alltt lstlisting minted "
    b"filecontents filecontents* tcblisting tcboutputlisting spverbatim luacode luacode* Highlighting pycode pyblock "
    b"pyverbatim sagesilent sageblock sageverbatim Sinput Soutput Scode asy asydef dot2tex boxedverbatim listing* "
    b"verbatimwrite verbatimtab listingcont codeexample LTXexample VerbatimExample python scontents semiverbatim "
    b"piton Piton markdown gnuplot".split()
)
# Their bodies are thrown away by the `comment` and `verbatim` packages.
COMMENTS = frozenset({b"comment"})

_TESTS = (
    b"ifx ifnum ifdim ifodd ifcase if ifcat ifvmode ifhmode ifmmode ifinner ifvoid ifhbox ifvbox ifeof iftrue iffalse "
    b"ifdefined ifcsname iffontchar ifincsname ifpdfabsnum ifpdfabsdim ifpdfprimitive ifprimitive ifabsnum ifabsdim"
)
# What TeX counts while it skips; those of LaTeX and of packages that everybody loads among them.
CONDITIONALS = frozenset(_TESTS.split()) | frozenset(
    b"ifpdf ifPDFTeX ifpdftex ifXeTeX ifxetex ifLuaTeX ifluatex iftutex ifvtex".split()
)
# Macros whose names only look like conditionals.
NO_CONDITIONALS = frozenset(
    b"iff ifthenelse ifdef ifundef ifcsdef ifcsundef ifdefmacro ifdefempty ifdefvoid ifdefstring ifdefequal ifcsstring "
    b"ifstrequal ifstrempty ifblank ifnumcomp ifnumequal ifnumless ifnumgreater ifnumodd ifdimcomp ifbool iftoggle "
    b"ifboolexpr ifboolexpe ifpackageloaded ifclassloaded ifnextchar ifstar ifundefined iflanguage ifentrytype "
    b"iffieldundef ifnameundef ifcitation ifinlist".split()
)

# Macros that print nothing when their package is told so; (arguments, those thrown away).
_NOTES: Mapping[bytes, tuple[int, frozenset[int]]] = {
    name: (1, frozenset({1}))
    for name in b"todo missingfigure fxnote fxwarning fxerror fxfatal pdfcomment deleted".split()
} | {b"replaced": (2, frozenset({2}))}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """What a macro throws away: of its `arguments` mandatory ones those in `which`, and perhaps the optional one."""

    arguments: int
    which: frozenset[int]
    optional: bool = False


NOTES: Mapping[bytes, Dropped] = {
    name: Dropped(arguments=count, which=which, optional=True) for name, (count, which) in _NOTES.items()
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """What is known while a file is read: the built-in sets, and what the paper's own files define."""

    verbatim: frozenset[bytes] = VERBATIM
    comments: frozenset[bytes] = COMMENTS
    delimited: frozenset[bytes] = DELIMITED
    addresses: frozenset[bytes] = ADDRESSES
    short_verbs: frozenset[bytes] = frozenset()
    conditionals: frozenset[bytes] = CONDITIONALS
    never: frozenset[bytes] = frozenset({b"iffalse"})
    always: frozenset[bytes] = frozenset({b"iftrue"})
    dropped: Mapping[bytes, Dropped] = field(default_factory=dict)
    removed: frozenset[bytes] = frozenset()
    unwrapped: frozenset[bytes] = frozenset()
