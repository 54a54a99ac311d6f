"""What the rules look at: the read PDF, the log, what the venue asks, and the names of the included files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from paperkit.camera_ready.audit.facts import Block, Document, Page, Use
from paperkit.camera_ready.audit.log import Log
from paperkit.errors import Place
from paperkit.style.submission import Submission

_FORMS = (".pdf", ".eps", ".ps", ".mps")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A block on its page, under the name of the file that it comes from; None is the page's own content."""

    page: Page
    block: Block
    asset: str | None
    inner: str | None = None
    is_figure: bool = False

    @property
    def is_own(self) -> bool:
        """Tell whether this is the page's own content: text, tables, and figures made of TeX."""
        return not self.is_figure and not self.block.is_form and not self.block.is_image


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An audited file. `sources` maps names in PDF and log to those that the author knows (renamed, flattened).

    `figure` is the name of the file when it is a figure that nothing includes yet.
    """

    size: int
    document: Document
    pages: tuple[Page, ...]
    log: Log | None
    venue: Submission
    sources: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[tuple[int, int], str] = field(default_factory=dict)
    figure: str | None = None

    def shown(self) -> Iterator[Shown]:
        """Yield every block of every page, with its name."""
        for page in self.pages:
            for index, block in enumerate(page.blocks):
                asset, inner = block.asset or self.names.get((page.number, index)), block.inner
                if block.outer is not None:
                    asset, inner = self._within(page, block.outer, asset, inner)
                if self.figure is not None:
                    asset, inner = self.figure, asset or inner
                yield Shown(
                    page=page,
                    block=block,
                    asset=self.named(asset),
                    inner=inner,
                    is_figure=self.figure is not None,
                )

    def named(self, asset: str | None) -> str | None:
        """Return the name that the author knows a file by."""
        return None if asset is None else self.sources.get(asset, asset)

    def culprit(self, use: Use) -> tuple[str | None, str | None]:
        """Return the included file that names a font, None for the paper's own text, and a file within that file."""
        asset, inner = use.asset, use.inner
        page = next((page for page in self.pages if page.number == use.page), None)
        if page is not None and use.form is not None:
            asset, inner = self._within(page, use.form, asset, inner)
        return (self.named(asset), inner) if self.figure is None else (self.figure, asset or inner)

    def _within(self, page: Page, form: int, asset: str | None, inner: str | None) -> tuple[str | None, str | None]:
        """Return the file of the form around something, and what that form includes, when only the log knows it."""
        index = next((index for index, block in enumerate(page.blocks) if block.form == form), None)
        name = None if index is None else self.names.get((page.number, index))
        return (asset, inner) if name is None or name == asset else (name, asset or inner)

    def place(self, place: Place | None) -> Place | None:
        """Return a place of the log in the file that the author knows."""
        if place is None:
            return None
        return Place(file=self.sources.get(place.file, place.file), line=place.line, column=place.column)

    @property
    def log_is_current(self) -> bool:
        """Tell whether the log is of the run that wrote this file, as far as its counts of pages and bytes tell."""
        if self.log is None:
            return False
        return self.log.pages in {None, self.document.pages} and self.log.size in {None, self.size}


def find_names(pages: tuple[Page, ...], log: Log | None) -> dict[tuple[int, int], str]:
    """Return names for blocks whose files are not noted in the PDF (images, and all of XeTeX's), by page and index.

    pdfTeX and LuaTeX list the pictures of every page in the log, XeTeX those of the document in the order of inclusion.
    A name is given only where kinds and counts agree: no name is better than a wrong one.
    """
    if log is None:
        return {}
    nameless = [
        (page.number, index, block)
        for page in pages
        for index, block in enumerate(page.blocks)
        if block.asset is None and block.outer is None and (block.is_image or block.is_form)
    ]
    noted = {block.asset for page in pages for block in page.blocks if block.asset and block.outer is None}
    by_page: dict[int, list[str]] = defaultdict(list)
    for number, name in log.pictures:
        if name not in noted:
            by_page[number].append(name)
    names: dict[tuple[int, int], str] = {}
    for page in pages:
        blocks = [(number, index, block) for number, index, block in nameless if number == page.number]
        names.update(_paired(blocks, by_page[page.number]))
    if not names and not log.pictures:
        names = _paired(nameless, [use for use in log.uses if use not in noted])
    return names


def _paired(blocks: list[tuple[int, int, Block]], files: list[str]) -> dict[tuple[int, int], str]:
    """Pair blocks with files of the same kind, in order, where there are as many of them."""
    names: dict[tuple[int, int], str] = {}
    for is_form in (True, False):
        mine = [(number, index) for number, index, block in blocks if block.is_form == is_form]
        theirs = [name for name in files if name.lower().endswith(_FORMS) == is_form]
        if len(mine) == len(theirs):
            names.update(zip(mine, theirs, strict=True))
        elif len(set(theirs)) == 1:
            names.update(dict.fromkeys(mine, theirs[0]))
    return names
