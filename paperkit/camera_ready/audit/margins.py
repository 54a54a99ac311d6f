"""Where the margins of a page are: what the venue states, else what most lines of the paper's own text tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from paperkit.camera_ready.audit.facts import Box, Page
from paperkit.style.submission import Fact

_ENOUGH_LINES = 3
_ENOUGH_SHARE = 0.04
_WIDE = 0.25  # Of the page: lines of a paragraph are that long, in two columns too, and cells of a table are not.


@dataclass(frozen=True, kw_only=True, slots=True)
class Margins:
    """Margins in PDF points; from the left edge of the page, and from its right one when `is_inset`.

    `top` and `bottom` are from the edges of the page, 0 where they are not known.
    """

    left: float
    right: float
    top: float = 0.0
    bottom: float = 0.0
    is_inset: bool = False

    def on(self, page: Page) -> tuple[float, float]:
        """Return where text may begin and must end on a page."""
        if self.is_inset:
            return page.box.left + self.left, page.box.right - self.right
        return self.left, self.right

    def beyond(self, page: Page, box: Box) -> float:
        """Return how far a box sticks into a margin of a page, 0 or less when it does not."""
        left, right = self.on(page)
        out = max(left - box.left, box.right - right)
        if self.top:
            out = max(out, box.top - (page.box.top - self.top))
        return max(out, page.box.bottom + self.bottom - box.bottom) if self.bottom else out


def stated_margins(fact: Fact | None) -> Margins | None:
    """Return the margins that a venue states."""
    if fact is None:
        return None
    left, right, top, bottom = fact.value
    return Margins(left=left, right=right, top=top, bottom=bottom, is_inset=True)


def find_margins(pages: tuple[Page, ...]) -> dict[int, Margins]:
    """Return the margins of each page whose text tells them, by its number.

    Lines of a paragraph begin at one place and, being justified, end at one place. The outermost such places that
    enough lines share are the margins; left and right pages of a book have their own.
    """
    both = _edges(pages)
    found: dict[int, Margins] = {}
    for parity in (0, 1):
        mine = tuple(page for page in pages if page.number % 2 == parity and page.rotation == 0)
        own = _edges(mine) or both
        if own is not None:
            found.update({page.number: own for page in mine})
    return found


def _edges(pages: tuple[Page, ...]) -> Margins | None:
    lines = [line for page in pages for line in page.lines if line.right - line.left > _WIDE * page.box.width]
    lefts = Counter(round(line.left) for line in lines)
    rights = Counter(round(line.right) for line in lines)
    enough = max(_ENOUGH_LINES, _ENOUGH_SHARE * len(lines))
    left = min((edge for edge in lefts if _near(lefts, edge) >= enough), default=None)
    right = max((edge for edge in rights if _near(rights, edge) >= enough), default=None)
    if left is None or right is None:
        return None
    exact_left = min(line.left for line in lines if abs(line.left - left) <= 1)
    exact_right = max(line.right for line in lines if abs(line.right - right) <= 1)
    return Margins(left=exact_left, right=exact_right)


def _near(edges: Counter[int], edge: int) -> int:
    return edges[edge] + edges[edge - 1] + edges[edge + 1]
