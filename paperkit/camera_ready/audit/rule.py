"""What a rule is: a name, what it needs to be checked, and a function that yields what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from paperkit.camera_ready.audit.report import Finding, Severity
from paperkit.camera_ready.audit.subject import Subject
from paperkit.style.submission import Fact

Need = Literal["annotations", "bookmarks", "content", "fonts", "log", "metadata", "structure"]
Found = Iterable[Finding]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule: `check` yields findings, none when all is well; `fact` is the fact of the venue that it measures against.

    A rule with a fact is skipped, as a note, where neither the venue nor good practice has it. `practice` tells whether
    good practice counts where a venue is silent. `needs` are parts of the subject that must have been read. With
    `is_once` what is measured alike in one file, or in the paper's own content, is said once for all its pages. Those
    `for_figures` can be asked of a figure by itself too.
    """

    name: str
    title: str
    check: Callable[[Subject, Fact | None], Found]
    fact: str | None = None
    practice: bool = True
    needs: tuple[Need, ...] = ()
    is_once: bool = False
    for_figures: bool = False


def failed(rule: str, message: str, fact: Fact | None = None, **more: object) -> Finding:
    """Return a finding; how bad it is comes from the fact when there is one, else from `severity`."""
    severity = more.pop("severity", None) or ("error" if fact is None else severity_of(fact))
    basis = more.pop("basis", None) or ("" if fact is None else fact.basis)
    return Finding(rule=rule, status="failed", severity=severity, message=message, basis=basis, **more)  # type: ignore[arg-type]


def severity_of(fact: Fact) -> Severity:
    """Return how bad it is to go against a fact: an error against the venue's own words, else a warning."""
    return "error" if fact.grade == "rule" else "warning"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "page"), counted(3, "page")
    ('1 page', '3 pages')
    """
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return names in a row, of many the first."""
    given = list(dict.fromkeys(names))
    more = f" and {len(given) - most} more" if len(given) > most else ""
    return ", ".join(given[:most]) + more
