"""Read a PDF page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from paperkit.camera_ready.audit.facts import Box, Document, Page
from paperkit.camera_ready.audit.reading.content import Interpreter, Shared
from paperkit.camera_ready.audit.reading.document import read_document
from paperkit.camera_ready.audit.reading.lexer import operations
from paperkit.camera_ready.audit.reading.limits import Budget, TooMuchError
from paperkit.camera_ready.audit.reading.objects import box, inherited, number
from paperkit.camera_ready.audit.reading.streams import joined

_LETTER = Box(left=0.0, bottom=0.0, right=612.0, top=792.0)
_MOST_PAGES = 2000


def read_pages(pdf: pikepdf.Pdf, size: int) -> Iterator[Document | Page]:
    """Yield what the document says of itself, then each of its pages.

    Raises:
        pikepdf.PdfError: the file has no pages that can be found.

    """
    budget = Budget()
    pages: list[Any] = [page.obj for page in pdf.pages]
    yield read_document(pdf, pages, size, budget)
    shared = Shared(budget=budget)
    for index, page in enumerate(pages[:_MOST_PAGES], start=1):
        shared.budget.page()
        yield read_page(page, index, shared)


def read_page(page: Any, index: int, shared: Shared) -> Page:
    """Return a page; what stops its content from being read is said in `unread`."""
    visible = box(inherited(page, "/CropBox")) or box(inherited(page, "/MediaBox")) or _LETTER
    interpreter = Interpreter(shared, (visible.left, visible.bottom, visible.right, visible.top))
    unread = None
    try:
        interpreter.run(operations(joined(page.get("/Contents"))), inherited(page, "/Resources"))
    except TooMuchError as error:
        unread = str(error)
    except Exception as error:  # noqa: BLE001 - a hostile page can fail anywhere, and the other pages are worth knowing
        unread = f"{type(error).__name__}: {str(error)[:200]}"
    return Page(
        number=index,
        box=visible,
        rotation=int(number(inherited(page, "/Rotate"), 0.0)) % 360,
        has_group="/Group" in page,
        blocks=tuple(block.done() for block in interpreter.blocks),
        lines=interpreter.painter.lines.done(),
        unread=unread or interpreter.unread,
    )
