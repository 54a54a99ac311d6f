r"""The page as the document itself sets it: what paperkit's preamble wrote to `NAME.pkdims` at the last run of TeX.

The file comes from outside and may be anything: it is read strictly and within bounds, and what is wrong with it is
a notice, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import is_inside, relative
from paperkit.style.venue import Venue
from paperkit.tex.fonts import is_shipped

SUFFIX = ".pkdims"
SIZES = ("normalsize", "small", "footnotesize", "scriptsize", "tiny")
_LARGEST_FILE = 2048
_HEAD = "paperkit page 1"
_NUMBER = r"\d{1,5}(?:\.\d{1,5})?"
_LINES = (
    ("venue", r"([a-z0-9-]{1,40})"),
    ("textwidth", rf"({_NUMBER})pt"),
    ("columnwidth", rf"({_NUMBER})pt"),
    ("encoding", r"([A-Z][A-Z0-9]{0,7})"),
    ("family", r"([!-~]{1,80})"),
    *((size, rf"({_NUMBER}) ({_NUMBER})(?:pt)?") for size in SIZES),
    ("end", ""),
)
# In TeX points: from a narrow column to a poster, from a hair to a headline.
_WIDTHS = (36.0, 4000.0)
_TYPE = (1.0, 200.0)
# TeX rounds lengths to 1/65536 pt and classes compute them; what a reader cannot see is no difference.
_SAME_WIDTH, _SAME_SIZE = 0.05, 0.011
# fontspec's families, without the number it counts them by → those of LaTeX with the same widths.
_OPENTYPE = {
    "lmr": "lmr",
    "LatinModernRoman": "lmr",
    "TeXGyreTermes": "ptm",
    "TimesNewRoman": "ptm",
    "Times": "ptm",
    "TeXGyreHeros": "phv",
    "Arial": "phv",
    "Helvetica": "phv",
    "LinuxLibertineO": "LinuxLibertineT-TLF",
    "LibertinusSerif": "LinuxLibertineT-TLF",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Widths, sizes and leading in TeX points, the font in LaTeX's names, and the venue that the preamble was for."""

    venue: str
    text_width: float
    column_width: float
    encoding: str
    family: str
    sizes: Mapping[str, float]
    leading: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A venue as the document has it, the file that says so (relative to the project), and what is to be noted."""

    venue: Venue
    file: str | None = None
    notices: tuple[Problem, ...] = ()


def venue_of_document(venue: Venue, root: Path, document: str | None, *, is_chosen: bool = True) -> Facts:
    """Return `venue` with the measures of the document that TeX set last, where they differ.

    `document` is the main file below `root`, or None: then the only `*.pkdims` in `root` counts. A venue that was not
    chosen (`is_chosen`) is only a guess, so that differences need no notice. Publishers without a class set their own
    pages, which no document knows.
    """
    if not venue.document_class:
        return Facts(venue=venue)
    found = _files(root, document)
    pages: dict[str, Page] = {}
    notices: list[Problem] = []
    for path in found:
        try:
            pages[relative(path, root)] = read_page(path, root)
        except PaperkitError as error:
            notices += error.problems
    fresh = {name: page for name, page in pages.items() if page.venue == venue.name}
    notices += [_stale(name, page, venue) for name, page in pages.items() if name not in fresh]
    if not fresh:
        return Facts(venue=venue, notices=tuple(notices))
    name, page = next(iter(fresh.items()))
    if any(other != page for other in fresh.values()):
        message = f"{' and '.join(fresh)} have different pages: keeping to {venue.name}"
        hint = f"""say whose page is meant: [paper] document = "{Path(name).stem}.tex\""""
        return Facts(venue=venue, notices=(*notices, Problem(message=message, path=("paper",), hint=hint)))
    own, differences, more = with_page(venue, page)
    told = (_difference(name, differences, venue),) if differences and is_chosen else ()
    unknown = tuple(replace(problem, place=Place(file=name)) for problem in more)
    return Facts(venue=own, file=name, notices=(*notices, *told, *unknown))


def _files(root: Path, document: str | None) -> tuple[Path, ...]:
    if document is not None:
        path = (root / document).with_suffix(SUFFIX)
        return (path,) if path.exists() else ()
    return tuple(sorted(path for path in root.glob(f"*{SUFFIX}") if not path.name.startswith(".")))


def read_page(path: Path, root: Path) -> Page:
    """Return what a `.pkdims` file says.

    Raises:
        PaperkitError: it is not as the preamble writes it, not a file, or outside of `root`.

    """
    name = relative(path, root)
    try:
        if not path.is_file() or not is_inside(path, root):
            raise PaperkitError(_refused(name, "is not a file of this project"))
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise PaperkitError(_refused(name, f"cannot be read: {error.strerror or error}")) from None
    lines = content.decode("ascii", errors="replace").replace("\r\n", "\n").split("\n")
    if len(content) > _LARGEST_FILE or lines[0] != _HEAD:
        raise PaperkitError(_refused(name, "was not written by paperkit's preamble", line=1))
    return _page(name, lines[1:])


def _page(name: str, lines: list[str]) -> Page:
    found: dict[str, tuple[str, ...]] = {}
    for number, (key, pattern) in enumerate(_LINES):
        line = lines[number] if number < len(lines) else ""
        match = re.fullmatch(f"{key} {pattern}".rstrip(), line)
        if match is None:
            message = f"no '{key}' can be read here" if line else f"is not complete: '{key}' is missing"
            raise PaperkitError(_refused(name, message, line=number + 2))
        found[key] = match.groups()
    if any(lines[len(_LINES) :]):
        raise PaperkitError(_refused(name, "has more than a page", line=2 + len(_LINES)))
    sizes = {size: float(found[size][0]) for size in SIZES}
    leading = {size: float(found[size][1]) for size in SIZES}
    text, column = float(found["textwidth"][0]), float(found["columnwidth"][0])
    _require_bounds(name, {"textwidth": text, "columnwidth": column}, _WIDTHS)
    _require_bounds(name, sizes, _TYPE)
    _require_bounds(name, leading, _TYPE)
    if column > text:
        where = 2 + [key for key, _ in _LINES].index("columnwidth")
        raise PaperkitError(_refused(name, "the column is wider than the text", line=where))
    ((venue,), (encoding,), (family,)) = (found[key] for key in ("venue", "encoding", "family"))
    return Page(
        venue=venue,
        text_width=text,
        column_width=column,
        encoding=encoding,
        family=family,
        sizes=sizes,
        leading=leading,
    )


def _require_bounds(name: str, values: Mapping[str, float], bounds: tuple[float, float]) -> None:
    low, high = bounds
    for key, value in values.items():
        if not low <= value <= high:
            line = 2 + [known for known, _ in _LINES].index(key)
            message = f"'{key}' of {value:g} pt is not between {low:g} and {high:g} pt"
            raise PaperkitError(_refused(name, message, line=line))


def with_page(venue: Venue, page: Page) -> tuple[Venue, tuple[str, ...], tuple[Problem, ...]]:
    """Return `venue` with what `page` has otherwise, the differences in words, and a notice on an unknown font."""
    changes: dict[str, object] = {}
    words: list[str] = []
    for key, word in (("text_width", "textwidth"), ("column_width", "columnwidth")):
        ours, theirs = getattr(venue, key), getattr(page, key)
        if abs(ours - theirs) > _SAME_WIDTH:
            changes[key] = theirs
            words.append(f"{word} {theirs:g} pt instead of {ours:g} pt")
    if changes:
        # The venue's class would set another page, so a proof must not use it.
        changes["document_class"] = ""
    sizes, said = _sizes(venue, page)
    fonts, fonts_said, notices = _fonts(venue, page)
    return replace(venue, **{**changes, **sizes, **fonts}), (*words, *said, *fonts_said), notices  # type: ignore[arg-type]


def _sizes(venue: Venue, page: Page) -> tuple[dict[str, object], tuple[str, ...]]:
    pairs = [
        (kind[size], theirs[size])
        for kind, theirs in ((venue.sizes, page.sizes), (venue.leading, page.leading))
        for size in SIZES
    ]
    if all(abs(ours - theirs) <= _SAME_SIZE for ours, theirs in pairs):
        return {}, ()
    # Captions have the size of a command, or stay as large as they are, but never larger than the text.
    named = next((size for size in SIZES if venue.sizes[size] == venue.caption_size), None)
    body = page.sizes["normalsize"]
    caption = page.sizes[named] if named else min(venue.caption_size, body)
    ours = venue.sizes["normalsize"]
    other = (
        f"type of {body:g} pt instead of {ours:g} pt" if abs(body - ours) > _SAME_SIZE else "other sizes of small type"
    )
    changed = {"sizes": page.sizes, "leading": page.leading, "body_size": body, "caption_size": caption}
    return changed, (other,)


def _fonts(venue: Venue, page: Page) -> tuple[dict[str, object], tuple[str, ...], tuple[Problem, ...]]:
    encoding, family = page.encoding, page.family
    if encoding == "TU":  # Unicode engines: the widths are those of the same design in T1
        plain = re.sub(r"\(\d+\)$", "", family)
        encoding, family = "T1", _OPENTYPE.get(plain, plain)
    if (encoding, family) == (venue.encoding, venue.family):
        return {}, (), ()
    if not is_shipped(family, encoding):
        message = f"no metrics for the document's font '{page.family}' in {page.encoding}: text is laid out in "
        hint = "labels may need more or less room than they are given; nothing is set in another font"
        return {}, (), (Problem(message=f"{message}'{venue.family}' of {venue.name}", hint=hint),)
    word = f"font {encoding}/{family} instead of {venue.encoding}/{venue.family}"
    return {"encoding": encoding, "family": family}, (word,), ()


def _refused(name: str, message: str, *, line: int | None = None) -> Problem:
    hint = "the venue's page is used; compile the paper again, or delete the file"
    return Problem(message=message, place=Place(file=name, line=line), hint=hint)


def _stale(name: str, page: Page, venue: Venue) -> Problem:
    message = f"tells of {page.venue}, the paper is for {venue.name}: it is not used"
    return Problem(message=message, place=Place(file=name), hint="build, then compile the paper in its new class")


def _difference(name: str, differences: tuple[str, ...], venue: Venue) -> Problem:
    message = f"the document has {', '.join(differences)}, as {venue.name} has it: using the document's"
    hint = """to keep to the venue, say [paper] document = "none\""""
    return Problem(message=message, place=Place(file=name), hint=hint)
