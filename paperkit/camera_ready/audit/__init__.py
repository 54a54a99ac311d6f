"""The audit: what a finished PDF is made of, against what a venue asks."""

from __future__ import annotations

from paperkit.camera_ready.audit.report import Finding, Report
from paperkit.camera_ready.audit.run import audit

__all__ = ["Finding", "Report", "audit"]
