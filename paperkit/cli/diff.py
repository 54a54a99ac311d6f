"""`paperkit diff`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from paperkit.build.paper import Paper
from paperkit.build.targets import select
from paperkit.cli.console import print_json, print_problems, problem_json, say, word
from paperkit.cli.main import FAILED
from paperkit.cli.options import json_option, manifest_option
from paperkit.errors import ManifestError, PaperkitError
from paperkit.files import relative, write_if_changed
from paperkit.proof.pictures import PICTURE_ENDS, compare_pictures
from paperkit.review.diff import AssetDiff, Diff, diff

MOST = 5
PAGE = Path(".paperkit/diff/index.html")


@click.command("diff")
@click.argument("arguments", nargs=-1, metavar="[REV] [SELECTOR]...")
@manifest_option
@click.option("--all", "every", is_flag=True, help=f"Name every change, not only the first {MOST} of a kind.")
@click.option("--html", is_flag=True, help="Write a page with the tables, and the figures before and after.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"Where to write the page; {PAGE} by default.",
)
@click.option("--exit-code", "has_code", is_flag=True, help="Exit with 1 if anything changed, as git diff does.")
@json_option
def command(arguments: tuple[str, ...], manifest: Path, output: Path | None, **flags: bool) -> int:
    """Say what changed in the paper's tables, figures and numbers since a revision of git; HEAD by default.

    What is compared are the outputs, as they are committed at REV, with those in the folder, or with those at a second
    revision: v1..v2. A SELECTOR is as in build. An argument that is both means the asset.
    """
    paper = Paper.load(manifest)
    revision, selectors = _told_apart(paper, arguments)
    found = diff(paper, revision, selectors)
    if flags["as_json"]:
        print_json(_document(found))
    else:
        _print(found, None if flags["every"] else MOST)
    if flags["html"] or output is not None:
        _write_page(found, output or paper.manifest.root / PAGE, is_said=not flags["as_json"])
    return FAILED if flags["has_code"] and found.assets else 0


def _told_apart(paper: Paper, arguments: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the revision and the selectors among the arguments."""
    if not arguments:
        return "HEAD", ()
    try:
        select(paper.targets, arguments[:1], paper.manifest)
    except ManifestError:
        first, *others = arguments
        # Assets that are gone since are known only once the revision is.
        is_asset = ".." not in first and first.startswith(("table.", "figure.", "macro.", "data."))
        return ("HEAD", arguments) if is_asset else (first, tuple(others))
    return "HEAD", arguments


def _print(found: Diff, most: int | None) -> None:
    for asset in found.assets:
        say(f"{word(asset.fate)} {asset.id}")
        for line in _words(asset, most):
            say(f"{'':10} {_printable(line)}")
    print_problems(found.notices, kind="note")
    count = len(found.assets)
    said = f"{count} changed, {found.unchanged} unchanged" if count else "no output changed"
    say(f"{said} from {found.before} to {found.after}", style="bright_black")


def _printable(text: str) -> str:
    """Return a text that cannot steer the terminal: people may have written anything into an output."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _words(asset: AssetDiff, most: int | None) -> Iterator[str]:
    """Yield what changed in one target, a line each."""
    if asset.fate != "changed":
        yield ", ".join(file.path for file in asset.files)
        return
    if asset.table is not None:
        yield from asset.table.lines(most)
    for lines in (tuple(map(str, asset.macros)), asset.numbers):
        yield from _first(lines, most)
    if asset.picture is not None:
        yield _verdict(asset)
    yield from _first(asset.source, most)


def _first(lines: tuple[str, ...], most: int | None) -> tuple[str, ...]:
    if most is None or len(lines) <= most + 1:
        return lines
    return (*lines[:most], f"and {len(lines) - most} more")


def _verdict(asset: AssetDiff) -> str:
    """Return how the picture of a figure differs."""
    file = asset.picture
    if file is None or not file.path.endswith(PICTURE_ENDS):
        return "it is drawn otherwise"
    if file.before is None or file.after is None:
        return f"{file.path} is {'new' if file.before is None else 'gone'}"
    try:
        return compare_pictures(file.before, file.after).words
    except PaperkitError as error:
        problem = error.problems[0]
        return f"it is drawn otherwise; its pixels are not compared: {problem.message}" + (
            f" ({problem.hint})" if problem.hint else ""
        )


def _write_page(found: Diff, path: Path, *, is_said: bool) -> None:
    from paperkit.proof.diff_page import diff_page

    page, notices = diff_page(found)
    write_if_changed(path, page.encode())
    print_problems(notices, kind="note")
    if is_said:
        say(f"wrote {relative(path, Path.cwd())}")


def _document(found: Diff) -> dict[str, Any]:
    return {
        "before": found.before,
        "after": found.after,
        "unchanged": found.unchanged,
        "assets": [
            {
                "id": asset.id,
                "kind": asset.kind,
                "fate": asset.fate,
                "files": [file.path for file in asset.files],
                "changes": list(_words(asset, None)),
                **({} if asset.table is None else {"cells": list(map(_cell, asset.table.moved))}),
            }
            for asset in found.assets
        ],
        "notices": [problem_json(notice) for notice in found.notices],
    }


def _cell(moved: Any) -> dict[str, str]:
    return {"row": moved.row, "column": moved.column, "before": moved.before, "after": moved.after}
