"""Audit a finished PDF: read it, read its log, ask every rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from paperkit.camera_ready.audit.log import Log, parse_log
from paperkit.camera_ready.audit.read import TIMEOUT, Reading, read_pdf, temporary
from paperkit.camera_ready.audit.report import Finding, Report
from paperkit.camera_ready.audit.rule import Rule, counted, listed
from paperkit.camera_ready.audit.rules import all_rules
from paperkit.camera_ready.audit.subject import Subject, find_names
from paperkit.style.submission import Submission, load_submission


def audit(
    pdf: Path | bytes,
    *,
    venue: str | None = None,
    log: Path | str | None = None,
    sources: Mapping[str, str] | None = None,
    origins: Mapping[str, str] | None = None,
    name: str = "",
    is_figure: bool = False,
    timeout: float = TIMEOUT,
) -> Report:
    """Check a finished PDF against what a venue asks and against good practice.

    Args:
        pdf: the file, or its bytes.
        venue: a name that `load_submission` knows, None for good practice alone.
        log: the LaTeX log or its path; by default the file beside the PDF, when there is one.
        sources: names of files as PDF and log have them, and as the author knows them, where they differ.
        origins: what of the manifest makes a file (`{"figures/roc.pdf": "figure.roc"}`), by the author's names.
        name: what the report calls the file; by default its name.
        is_figure: the file is one figure, and only what can be told of it at its natural size is asked.
        timeout: seconds after which reading is given up.

    Raises:
        ManifestError: there is no such venue.
        PaperkitError: pikepdf is not installed.
        OSError: the file cannot be opened.

    """
    asked = load_submission(venue)
    called = name or (pdf.name if isinstance(pdf, Path) else "paper.pdf")
    if isinstance(pdf, bytes):
        with temporary(pdf) as path:
            reading = read_pdf(path, timeout=timeout)
    else:
        reading = read_pdf(pdf, timeout=timeout)
        if log is None and not is_figure and (beside := pdf.with_suffix(".log")).is_file():
            log = beside
    text = log.read_text(encoding="utf-8", errors="replace") if isinstance(log, Path) else log
    parsed = None if text is None else parse_log(text)
    case = _Case(venue=asked, log=parsed, sources=sources or {}, figure=called if is_figure else None)
    found = _findings(reading, case)
    findings = tuple(replace(one, origin=(origins or {}).get(one.asset or "")) for one in found)
    return Report(file=called, venue=venue, document=reading.document, findings=findings)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """What an audit is given besides the PDF."""

    venue: Submission
    log: Log | None
    sources: Mapping[str, str]
    figure: str | None

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in all_rules() if self.figure is None or rule.for_figures)


def _findings(reading: Reading, case: _Case) -> Iterator[Finding]:
    yield _readable(reading)
    if reading.document is None:
        for rule in case.rules:
            yield _skipped(rule, "the PDF could not be read")
        return
    subject = Subject(
        size=reading.size,
        document=reading.document,
        pages=reading.pages,
        log=case.log,
        venue=case.venue,
        sources=case.sources,
        names=find_names(reading.pages, case.log),
        figure=case.figure,
    )
    for rule in case.rules:
        yield from _asked(rule, subject, reading)


def _asked(rule: Rule, subject: Subject, reading: Reading) -> Iterator[Finding]:
    """Ask one rule; a rule that cannot be asked is skipped, one that finds nothing has passed."""
    fact = None
    if rule.fact is not None:
        fact = subject.venue.get_or_practice(rule.fact) if rule.practice else subject.venue.get(rule.fact)
        if fact is None:
            who = "no venue is named" if subject.venue.name is None else f"no rule of {subject.venue.name} is known"
            yield Finding(rule=rule.name, status="skipped", severity="note", message=who, fix=_ASK)
            return
    if "log" in rule.needs and subject.log is None:
        yield _skipped(rule, "there is no LaTeX log", fix="give the log with --log, or keep it beside the PDF")
        return
    if "log" in rule.needs and not subject.log_is_current:
        yield _skipped(rule, "the LaTeX log is of another run", fix="compile the paper again")
        return
    found = tuple(rule.check(subject, fact))
    if rule.is_once:
        found = _once(found)
    yield from found
    unread = _unread(rule, subject, reading)
    if unread:
        yield _skipped(rule, f"not all was read: {unread}", fix=_SMALLER)
    elif not any(finding.status != "passed" for finding in found):
        yield Finding(rule=rule.name, status="passed", severity="note", message=rule.title)


_TOO_MANY = "objects"
_ASK = "name the venue with --venue, or read what it asks for"
_SMALLER = "make the figures of these pages simpler (fewer points, or a raster layer), then audit again"


def _once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings that are alike but for their pages as one, on the first page."""
    alike: dict[tuple[str | None, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.asset, finding.measured), []).append(finding)
    return tuple(replace(same[0], message=same[0].message + _more_pages(same)) for same in alike.values())


def _more_pages(findings: list[Finding]) -> str:
    others = len({finding.page for finding in findings}) - 1
    return f", and on {counted(others, 'more page', 'more pages')}" if others else ""


def _readable(reading: Reading) -> Finding:
    if reading.needs_password:
        message, fix = "the file asks for a password", "make a PDF without encryption"
    elif reading.document is None:
        message, fix = f"the file cannot be read: {reading.trouble or 'it has no pages'}", "compile the paper again"
    elif reading.trouble is not None:
        message, fix = f"the file cannot be read to its end: {reading.trouble}", "compile the paper again"
    else:
        return Finding(rule="readable", status="passed", severity="note", message="the file can be read")
    return Finding(rule="readable", status="failed", severity="error", message=message, fix=fix)


def _unread(rule: Rule, subject: Subject, reading: Reading) -> str:
    """Return what a rule needs and could not be read, an empty text when it has all."""
    parts = [part for part in subject.document.unread if part.split(":")[0] in {*rule.needs, _TOO_MANY}]
    if "content" in rule.needs:
        parts = [f"page {page.number} ({page.unread})" for page in subject.pages if page.unread]
        if len(subject.pages) < subject.document.pages:
            further = subject.document.pages - len(subject.pages)
            parts.append(f"{further} further pages ({reading.trouble or 'too many'})")
    return listed(parts) if rule.needs else ""


def _skipped(rule: Rule, message: str, *, fix: str = "") -> Finding:
    return Finding(rule=rule.name, status="skipped", severity="warning", message=message, fix=fix)
