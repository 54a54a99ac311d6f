"""How much of a hostile PDF is read; what is beyond a limit is said, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

# A scientific PDF's largest page seen so far had 40 MB of operators; a bomb has gigabytes.
MOST_CONTENT = 64 * 1024 * 1024
MOST_OPERATORS = 2_000_000
MOST_BLOCKS = 2_000
MOST_DEPTH = 24
MOST_OBJECTS = 200_000
MOST_LINES = 4_000
MOST_MEMORY = 3 * 1024**3


class TooMuchError(Exception):
    """A limit was reached; its text says which."""


@dataclass(kw_only=True, slots=True)
class Budget:
    """What may still be spent on one document: operators of content, objects that are walked."""

    operators: int = MOST_OPERATORS
    objects: int = MOST_OBJECTS

    def operator(self) -> None:
        """Spend one operator.

        Raises:
            TooMuchError: there is none left.

        """
        self.operators -= 1
        if self.operators < 0:
            raise TooMuchError(f"more than {MOST_OPERATORS} drawing operators")

    def walk(self) -> bool:
        """Spend one object of a walk; tell whether there was one left."""
        self.objects -= 1
        return self.objects >= 0
