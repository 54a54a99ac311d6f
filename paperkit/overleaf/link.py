"""Link: the address of a project goes into the manifest, once the project has answered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from paperkit.errors import ManifestError, PaperkitError, Place, Problem
from paperkit.files import write_if_changed
from paperkit.manifest.load import Manifest
from paperkit.manifest.overleaf import OverleafSpec, overleaf_problems
from paperkit.manifest.remote import project_address, remote_address

_PROJECT = re.compile(
    r"[0-9a-f]{24}|(?:https?://)?(?:[^/@]*@)?(?:www\.|git\.)?overleaf\.com/.*|https?://[^/]+/project/[^/]+/?"
)


def linked(manifest: Manifest, address: str, folder: str = "") -> OverleafSpec:
    """Return `[overleaf]` as it would be with `address`, an Overleaf project or any git remote.

    Raises:
        ManifestError: the address or folder is wrong, or the manifest names another remote already.

    """
    text = address.strip()
    is_project = _PROJECT.fullmatch(text) is not None
    if is_project:
        project_address(text)
        found = re.findall(r"[0-9a-f]{24}", text)
        is_overleaf = "/project/" not in text or "overleaf.com" in text
        text = found[0] if is_overleaf else text
    else:
        remote_address(text)
    known: dict[str, Any] = {"project" if is_project else "remote": text, "folder": folder}
    spec = OverleafSpec(**known, exclude=manifest.overleaf.exclude)
    if problems := tuple(overleaf_problems(spec)):
        raise ManifestError(*problems)
    there = manifest.overleaf.address
    if there is not None and (there != spec.address or manifest.overleaf.folder != folder):
        path = ("overleaf", "project" if manifest.overleaf.project else "remote")
        message = f"the paper is linked to {there.url}"
        problem = Problem(message=message, path=path, hint="change it there, or take it out first")
        raise ManifestError(manifest.placed(problem))
    return spec


def write_link(manifest: Manifest, spec: OverleafSpec) -> bool:
    """Write `spec` at the end of the manifest, unless it is there already; return whether it was written.

    Raises:
        PaperkitError: the manifest has an `[overleaf]` without an address, or cannot be written.

    """
    if manifest.overleaf.address is not None:
        return False
    place = Place(file=manifest.file)
    entries = [("project", spec.project), ("remote", spec.remote), ("folder", spec.folder or None)]
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entries if value is not None]
    path = manifest.root / manifest.file
    text = _text(path)
    if re.search(r"^\s*\[\s*overleaf\s*\]|^\s*overleaf\s*[.=]", text, re.MULTILINE):
        hint = f"add to it: {', '.join(lines)}"
        raise PaperkitError(Problem(message="there is an [overleaf] already", place=place, hint=hint))
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    added = gap + "\n".join(["[overleaf]", *lines]) + "\n"
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        return write_if_changed(path, path.read_bytes() + added.replace("\n", newline).encode())
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise PaperkitError(Problem(message=message, place=place)) from error


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")
