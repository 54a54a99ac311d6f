"""`paperkit audit`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperkit.cli.console import print_json, say
from paperkit.cli.main import FAILED
from paperkit.cli.options import json_option, manifest_option
from paperkit.errors import PaperkitError, Place, Problem

if TYPE_CHECKING:
    from paperkit.camera_ready.audit import Finding, Report
    from paperkit.camera_ready.audit.facts import Document

_COLOURS = {"error": "red", "warning": "yellow", "note": "bright_black"}
_MOST_ALIKE = 6
_NO_LOG = "name the log that LaTeX wrote beside the PDF, or leave --log out"


@click.command("audit")
@click.argument("pdf", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--venue", default=None, help="What the PDF is checked against; by default the manifest's venue, if any.")
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="The LaTeX log; by default FILE.log.")
@click.option("--figure", "is_figure", is_flag=True, help="The file is one figure, not a paper.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, and for checks that could not run, too.")
@manifest_option
@json_option
def command(
    pdf: Path, venue: str | None, log: Path | None, manifest: Path, *, is_figure: bool, strict: bool, as_json: bool
) -> int:
    """Check a finished PDF against what a venue asks: fonts, pages, margins, sizes, images, colours, references.

    Exit codes: 0 no errors, 1 something that the venue refuses or that is plainly broken.
    """
    from paperkit.camera_ready.audit import audit

    for file, hint in ((pdf, "compile the paper first, or name the PDF that LaTeX wrote"), (log, _NO_LOG)):
        if file is not None and not file.is_file():
            raise PaperkitError(Problem(message="no such file", place=Place(file=file.as_posix()), hint=hint))
    known, origins = _manifest(manifest)
    report = audit(pdf, venue=venue or known, log=log, origins=origins, name=pdf.as_posix(), is_figure=is_figure)
    if as_json:
        print_json(report_json(report))
    else:
        print_report(report)
    return 0 if report.is_fine(strict=strict) else FAILED


def _manifest(path: Path) -> tuple[str | None, Mapping[str, str]]:
    """Return the manifest's venue, and what makes each output; nothing where there is no manifest.

    Raises:
        ManifestError: it is wrong.

    """
    if not path.is_file():
        return None, {}
    from paperkit.build.paper import Paper

    paper = Paper.load(path)
    made = {output: target.id for target in paper.targets for output in (*target.outputs, *target.companions)}
    return paper.manifest.venue.name, made


def print_report(report: Report) -> None:
    """Print what was found, the worst first, then what was not checked and why."""
    for (_, _), alike in groupby(report.failed, key=lambda finding: (finding.severity, finding.rule)):
        findings = list(alike)
        for finding in findings[:_MOST_ALIKE]:
            _print_finding(finding)
        if len(findings) > _MOST_ALIKE:
            say(f"{'':8} and {len(findings) - _MOST_ALIKE} more of {findings[0].rule}; --json lists all")
    _print_skipped(report.skipped)
    counts = Counter(finding.severity for finding in report.failed)
    found = ", ".join(
        f"{counts[severity]} {severity}{'s' if counts[severity] != 1 else ''}"
        for severity in ("error", "warning", "note")
        if counts[severity]
    )
    against = f"for {report.venue}" if report.venue else "without a venue"
    say(f"{report.file} {against}: {found or 'nothing found'}; {len(report.passed)} rules passed")


def _print_finding(finding: Finding) -> None:
    head = click.style(f"{finding.severity:<8}", fg=_COLOURS[finding.severity])
    rule, text = str(finding).split(": ", 1)
    say(f"{head} {text}  {click.style(rule, fg='bright_black')}")
    if finding.fix:
        say(f"{'':8} → {finding.fix}")


def _print_skipped(skipped: Iterable[Finding]) -> None:
    """Print what was not checked, rules with one reason together."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for finding in skipped:
        reasons.setdefault((finding.severity, finding.message), []).append(finding.rule)
    for (severity, message), rules in sorted(reasons.items(), key=lambda entry: entry[0][0] == "note"):
        colour = "yellow" if severity == "warning" else "bright_black"
        say(f"{click.style('skipped ', fg=colour)} {', '.join(rules)}: {message}")


def report_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON types."""
    return {
        "file": report.file,
        "venue": report.venue,
        "pdf": None if report.document is None else document_json(report.document),
        "findings": [finding_json(finding) for finding in report.findings],
    }


def document_json(document: Document) -> dict[str, Any]:
    """Return what a PDF says of itself as JSON types."""
    return {
        "pages": document.pages,
        "version": document.version,
        "producer": document.producer,
        "creator": document.creator,
        "title": document.title,
        "language": document.language,
        "tagged": document.is_tagged,
        "claims": list(document.claims),
        "fonts": [
            {
                "name": font.name,
                "kind": font.kind,
                "embedded": font.is_embedded,
                "subset": font.is_subset,
                "unicode": font.has_unicode,
            }
            for font in document.fonts
        ],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON types."""
    place = finding.place
    return {
        "rule": finding.rule,
        "status": finding.status,
        "severity": finding.severity,
        "message": finding.message,
        "asset": finding.asset,
        "origin": finding.origin,
        "page": finding.page,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "measured": finding.measured,
        "allowed": finding.allowed,
        "fix": finding.fix,
        "basis": finding.basis,
    }
