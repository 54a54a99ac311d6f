"""What an audit gives: findings, each with what was measured and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paperkit.camera_ready.audit.facts import Document
from paperkit.errors import Place

Status = Literal["passed", "failed", "skipped"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One rule and what came of it.

    `status` is `skipped` when the check could not run or the venue states no rule; such a check is never passed.
    `severity` says how much it matters: an `error` is what the venue refuses or what is plainly broken, a `warning`
    what is good practice or could not be checked, a `note` what is worth knowing. `asset` is the included file that
    brings it about, `origin` what of the manifest makes that file (`figure.roc`), `place` the line of a source;
    `basis` says where the rule comes from.
    """

    rule: str
    status: Status
    severity: Severity
    message: str
    asset: str | None = None
    origin: str | None = None
    page: int | None = None
    place: Place | None = None
    measured: str = ""
    allowed: str = ""
    fix: str = ""
    basis: str = ""

    def __str__(self) -> str:
        where = [str(self.place)] if self.place else []
        where += [f"{self.asset} ({self.origin})" if self.origin else self.asset] if self.asset else []
        where += [f"page {self.page}"] if self.page is not None else []
        head = ", ".join(where)
        return f"{self.rule}: {head + ': ' if head else ''}{self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The findings of an audit of one file, for one venue or none.

    `document` is what the file says of itself, None when it could not be read.
    """

    file: str
    venue: str | None
    document: Document | None
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Return what was found, the worst first."""
        order = {"error": 0, "warning": 1, "note": 2}
        return tuple(sorted(self._with("failed"), key=lambda finding: order[finding.severity]))

    @property
    def skipped(self) -> tuple[Finding, ...]:
        """Return what could not be checked."""
        return self._with("skipped")

    @property
    def passed(self) -> tuple[Finding, ...]:
        """Return what was checked and is as it should be."""
        return self._with("passed")

    def is_fine(self, *, strict: bool = False) -> bool:
        """Tell whether there is no error; when `strict` no warning either, and no check that could not run."""
        if strict:
            return not any(f.status != "passed" and f.severity != "note" for f in self.findings)
        return not any(f.status == "failed" and f.severity == "error" for f in self.findings)

    def _with(self, status: Status) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.status == status)
