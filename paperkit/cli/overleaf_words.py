"""How `paperkit overleaf` says its findings, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from paperkit.cli.console import problem_json, say, word
from paperkit.errors import Problem
from paperkit.overleaf.edits import edits
from paperkit.overleaf.push import PushReport
from paperkit.overleaf.survey import Finding, Survey
from paperkit.overleaf.sync import Status
from paperkit.overleaf.verdicts import Verdict

_WIDTH = 16
_DIGITS = 8


def short(commit: str | None) -> str:
    """Return the first digits of a commit."""
    return (commit or "")[:_DIGITS]


def print_survey(survey: Survey) -> None:
    """Print every finding that is not the same on both sides, and how many are."""
    for finding in survey.findings:
        if finding.verdict is not Verdict.SAME:
            for line in finding_lines(finding):
                say(line)
    same = sum(one.output is not None and one.output.content is not None for one in survey.having(Verdict.SAME))
    if same:
        say(f"{word('same', _WIDTH)} {same} output{'' if same == 1 else 's'}")


def finding_lines(finding: Finding) -> Iterable[str]:
    """Yield a finding: its verdict, its path, who did it when, and what was changed."""
    said = ", ".join(part for part in (_who(finding), _printable(finding.reason)) if part)
    why = click.style(f"  {said}", fg="bright_black") if said else ""
    yield f"{word(finding.verdict.value, _WIDTH)} {finding.path}{why}"
    for line in _changes(finding):
        yield f"{'':{_WIDTH}} {line}"


def _changes(finding: Finding) -> tuple[str, ...]:
    return edits(finding.before, finding.content) if finding.verdict.is_theirs else ()


def _who(finding: Finding) -> str:
    if finding.editor is None or not finding.verdict.is_theirs:
        return ""
    others = "".join(f" and {_printable(author)}" for author in finding.others)
    return f"by {_printable(finding.editor.author)} on {finding.editor.date[:16].replace('T', ' ')}{others}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def ago(seconds: float) -> str:
    """Return how long ago something was, in words."""
    steps = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))
    size, name = next(((size, name) for size, name in steps if seconds >= size), steps[-1])
    count = int(seconds // size)
    return f"{count} {name}{'' if count == 1 else 's'} ago"


def status_code(found: Status) -> int:
    """Return 0 when both sides agree, 1 when they differ, 2 when somebody edited."""
    if found.survey.theirs:
        return 2
    return 1 if any(finding.verdict is not Verdict.SAME for finding in found.survey.findings) or found.unready else 0


def status_json(found: Status) -> dict[str, Any]:
    """Return how both sides stand as JSON types."""
    return {
        "remote": found.remote,
        "branch": found.branch,
        "commit": found.commit,
        "age": found.age,
        "findings": findings_json(found.survey.findings),
        "unready": [{"id": step.target.id, "state": step.state.value} for step in found.unready],
        "notices": notices_json(found.notices),
    }


def pushed_json(report: PushReport) -> dict[str, Any]:
    """Return what a push did as JSON types."""
    return {
        "branch": report.branch,
        "commit": report.commit,
        "written": [finding.path for finding in report.written if finding.output],
        "removed": [finding.path for finding in report.written if not finding.output],
        "same": report.same,
        "left": findings_json(report.left),
        "rescued": list(report.rescued),
        "notices": notices_json(report.notices),
    }


def findings_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON types."""
    return [
        {
            "path": finding.path,
            "output": finding.output.output if finding.output else None,
            "verdict": finding.verdict.value,
            "reason": _printable(finding.reason) or None,
            "author": _printable(finding.editor.author) if finding.editor else None,
            "date": finding.editor.date if finding.editor else None,
            "others": [_printable(author) for author in finding.others],
            "changes": list(_changes(finding)),
        }
        for finding in findings
    ]


def notices_json(notices: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return notices as JSON types."""
    return [problem_json(notice) for notice in notices]
