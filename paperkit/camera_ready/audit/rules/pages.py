"""Pages: their size, how many there are, the headings that must be there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from paperkit.camera_ready.audit.facts import Page
from paperkit.camera_ready.audit.report import Finding
from paperkit.camera_ready.audit.rule import Rule, counted, failed
from paperkit.camera_ready.audit.subject import Subject
from paperkit.style.submission import Fact

# In PDF points; TeX's letter paper is 614.295 pt = 612 of these, its A4 595.276 by 841.89.
_PAPERS = {"letter": (612.0, 792.0), "a4": (595.276, 841.89), "legal": (612.0, 1008.0), "a5": (419.53, 595.276)}
_NEAR = 1.5
_REFERENCES = {"references", "bibliography", "literature", "literaturecited", "referencesandnotes"}
_ABOVE = 3  # Lines above the heading of the references that a running head and a page number may take.


def _paper(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    wanted = _PAPERS[fact.value]
    wrong = [page for page in subject.pages if not _has(page, wanted)]
    if wrong:
        rest = "" if len(wrong) == 1 else f", as on {len(wrong) - 1} more"
        yield failed(
            "paper-size",
            f"the paper is {_name(wrong[0])}{rest}",
            fact,
            page=wrong[0].number,
            measured=_name(wrong[0]),
            allowed=fact.value,
            fix=f"\\documentclass[{fact.value}paper]{{…}}, and no other paper in geometry",
        )


def _mixed(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    sizes = Counter((round(page.box.width), round(page.box.height)) for page in subject.pages)
    if len(sizes) > 1:
        usual = sizes.most_common(1)[0][0]
        other = next(page for page in subject.pages if (round(page.box.width), round(page.box.height)) != usual)
        yield failed(
            "mixed-paper",
            f"the paper is {_name(other)} here, {_size(*usual)} elsewhere",
            severity="warning",
            page=other.number,
            measured=_name(other),
            allowed="one size",
            fix="rotate content, not paper (pdflscape turns pages)",
        )


def _limit(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    total = subject.document.pages
    if total <= fact.value:
        return
    end = _references(subject.pages)
    if end is None:
        yield Finding(
            rule="page-limit",
            status="skipped",
            severity="warning",
            basis=fact.basis,
            message=f"no heading of references was found, so the body's pages cannot be counted (the file has {total})",
            measured=f"{total} in all",
            allowed=f"{fact.value} without {fact.uncounted}",
        )
    elif end > fact.value:
        yield failed(
            "page-limit",
            f"the body has {counted(end, 'page')}; without {fact.uncounted} it may have {fact.value}",
            fact,
            page=fact.value + 1,
            measured=str(end),
            allowed=str(fact.value),
            fix="shorten the body, or move parts to the appendix",
        )


def _sections(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    found = {_words(line.text) for page in subject.pages for line in page.lines}
    for heading in fact.value:
        if _words(heading) not in found:
            yield failed(
                "sections",
                f"there is no section '{heading}'",
                fact,
                measured="missing",
                allowed=heading,
                fix=f"\\section*{{{heading}}}, as the author kit has it",
            )


def _references(pages: tuple[Page, ...]) -> int | None:
    """Return on which page the body ends: that of the references' heading, the one before when nothing is above it."""
    last = None
    for page in pages:
        for index, line in enumerate(page.lines):
            if _words(line.text) in _REFERENCES:
                last = page.number if index > _ABOVE else page.number - 1
                return max(last, 1)
    return last


def _words(text: str) -> str:
    """Return a heading without number, spaces and signs, as small capitals may be set in parts."""
    return re.sub(r"[^a-z]", "", re.sub(r"^\s*(?:[0-9]+|[IVX]+|[A-Z])[.\s]+", "", text).casefold())


def _has(page: Page, size: tuple[float, float]) -> bool:
    width, height = page.box.width, page.box.height
    if page.rotation in {90, 270}:
        width, height = height, width
    return abs(width - size[0]) <= _NEAR and abs(height - size[1]) <= _NEAR


def _name(page: Page) -> str:
    known = next((name for name, size in _PAPERS.items() if _has(page, size)), None)
    return known or _size(page.box.width, page.box.height)


def _size(width: float, height: float) -> str:
    return f"{width:.0f} × {height:.0f} pt"


RULES = (
    Rule(name="paper-size", title="the paper has the venue's size", check=_paper, fact="paper"),
    Rule(name="mixed-paper", title="all pages have one size", check=_mixed),
    Rule(name="page-limit", title="the body is not too long", check=_limit, fact="body_pages", needs=("content",)),
    Rule(
        name="sections",
        title="the sections that the venue asks for are there",
        check=_sections,
        fact="sections",
        needs=("content",),
    ),
)
