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

    @property
    def is_own(self) -> bool:
        """Tell whether this is the page's own content: text, tables, and figures made of TeX."""
        return not self.block.is_form and not self.block.is_image

    @property
    def name(self) -> str:
        """Return what to call it in a message."""
        if self.asset is not None:
            inner = self.block.inner
            return self.asset if inner is None else f"{self.asset} (which includes {inner})"
        if self.block.is_image:
            return "an image"
        return "an included figure" if self.block.is_form else "the page's own content"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An audited file. `sources` maps names in PDF and log to those that the author knows (renamed, flattened)."""

    size: int
    document: Document
    pages: tuple[Page, ...]
    log: Log | None
    venue: Submission
    sources: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def shown(self) -> Iterator[Shown]:
        """Yield every block of every page, with its name."""
        for page in self.pages:
            for index, block in enumerate(page.blocks):
                asset = block.asset or self.names.get((page.number, index))
                yield Shown(page=page, block=block, asset=self.named(asset))

    def named(self, asset: str | None) -> str | None:
        """Return the name that the author knows a file by."""
        return None if asset is None else self.sources.get(asset, asset)

    def culprit(self, use: Use) -> str | None:
        """Return the included file that names a font, None for the paper's own text."""
        if use.asset is not None or use.form is None:
            return self.named(use.asset)
        forms = (
            (index, block) for page in self.pages if page.number == use.page for index, block in enumerate(page.blocks)
        )
        index = next((index for index, block in forms if block.form == use.form), None)
        return None if index is None else self.named(self.names.get((use.page, index)))

    def place(self, place: Place | None) -> Place | None:
        """Return a place of the log in the file that the author knows."""
        if place is None:
            return None
        return Place(file=self.sources.get(place.file, place.file), line=place.line, column=place.column)

    @property
    def log_is_current(self) -> bool:
        """Tell whether the log is of the run that wrote this file, as far as its count of pages tells."""
        return self.log is not None and (self.log.pages is None or self.log.pages == self.document.pages)


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
        if block.asset is None and (block.is_image or block.is_form)
    ]
    noted = {block.asset for page in pages for block in page.blocks if block.asset}
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
