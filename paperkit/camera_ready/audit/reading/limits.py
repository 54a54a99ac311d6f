"""How much of a hostile PDF is read; what is beyond a limit is said, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

# A scientific PDF's largest page seen so far had 40 MB of operators; a bomb has gigabytes.
MOST_CONTENT = 64 * 1024 * 1024
MOST_OPERATORS = 4_000_000
MOST_ON_PAGE = 1_500_000
MOST_BLOCKS = 2_000
MOST_DEPTH = 24
MOST_OBJECTS = 1_000_000
MOST_LINES = 4_000
MOST_MEMORY = 3 * 1024**3


class TooMuchError(Exception):
    """A limit was reached; its text says which."""


@dataclass(kw_only=True, slots=True)
class Budget:
    """What may still be spent on one document: operators of content, objects that are walked."""

    operators: int = MOST_OPERATORS
    on_page: int = MOST_ON_PAGE
    objects: int = MOST_OBJECTS

    def page(self) -> None:
        """Begin a page."""
        self.operators -= MOST_ON_PAGE - self.on_page
        self.on_page = max(0, min(MOST_ON_PAGE, self.operators))

    def operator(self, count: int = 1) -> None:
        """Spend an operator, or as many as something takes the time of.

        Raises:
            TooMuchError: there is none left, for the page or for the document.

        """
        self.on_page -= count
        if self.on_page < 0:
            most = MOST_ON_PAGE if self.operators >= MOST_ON_PAGE else MOST_OPERATORS
            raise TooMuchError(f"more than {most} drawing operators")

    def walk(self) -> bool:
        """Spend one object of a walk; tell whether there was one left."""
        self.objects -= 1
        return self.objects >= 0
