"""`paperkit overleaf`: link, status, pull, push, resolve, zip."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from paperkit.build.paper import Paper
from paperkit.cli.console import print_json, print_problems, problem_json, say
from paperkit.cli.options import json_option, manifest_option
from paperkit.cli.overleaf_words import (
    ago,
    finding_lines,
    findings_json,
    notices_json,
    print_survey,
    pushed_json,
    short,
    status_code,
    status_json,
)
from paperkit.overleaf import sync
from paperkit.overleaf.errors import AccessError, EditedError, OverleafError, UnreachableError
from paperkit.overleaf.pull import MIRROR
from paperkit.overleaf.session import FOLDER

DIFFERENT, EDITED, ACCESS, UNREACHABLE = 1, 2, 3, 4
_CODES = ((EditedError, EDITED), (AccessError, ACCESS), (UnreachableError, UNREACHABLE), (OverleafError, DIFFERENT))
_EXITS = """

    Exit codes: 0 both sides agree, 1 they differ or it was refused, 2 somebody edited or the manifest is wrong,
    3 no access, 4 no answer.
    """


@click.group("overleaf")
def command() -> None:
    """Bring the outputs to co-authors on Overleaf, and their edits here.

    Nothing that a co-author wrote is ever replaced without being asked for and saved first.
    """


def _exits(function: Callable[..., int]) -> Callable[..., int]:
    """Print the problems of a command, and return the exit code of their kind."""

    @functools.wraps(function)
    def wrapped(*arguments: Any, **options: Any) -> int:
        try:
            return function(*arguments, **options)
        except OverleafError as error:
            if options.get("as_json"):
                print_json({"problems": [problem_json(problem) for problem in error.problems]})
            else:
                print_problems(error.problems)
            return next(code for kind, code in _CODES if isinstance(error, kind))

    wrapped.__doc__ = (function.__doc__ or "") + _EXITS
    return wrapped


@command.command("link")
@click.argument("address")
@click.option("--folder", default="", help="Folder of the project that the outputs go to; by default its root.")
@manifest_option
@json_option
@_exits
def link(address: str, folder: str, manifest: Path, *, as_json: bool) -> int:
    """Write the ADDRESS of an Overleaf project, or of any git remote, into the manifest, once it has answered.

    Nothing is changed on the remote.
    """
    found, is_new = sync.link(Paper.load(manifest), address, folder)
    if as_json:
        print_json({**status_json(found), "written": is_new})
        return 0
    linked = "linked to" if is_new else "is linked to"
    say(f"{linked} {found.remote}, branch {found.branch}, commit {short(found.commit)}")
    say(f"{len(found.survey.files)} files are there")
    print_survey(found.survey)
    return 0


@command.command("status")
@click.option(
    "--zip", "archive", type=click.Path(path_type=Path, dir_okay=False), help="The project's downloaded source."
)
@click.option("--cached", is_flag=True, help="Ask nobody: the remote as it was last looked at.")
@manifest_option
@json_option
@_exits
def status(archive: Path | None, manifest: Path, *, cached: bool, as_json: bool) -> int:
    """Say how every output stands here and there, who changed what, and what a push would write.

    With --zip, against the source of a project that was downloaded (on Overleaf: Menu, Source); no git, no token.
    """
    found = sync.status(Paper.load(manifest), archive, is_cached=cached)
    if as_json:
        print_json(status_json(found))
        return status_code(found)
    print_problems(found.notices, kind="note")
    branch = "" if found.branch is None else f", branch {found.branch}"
    place = "" if found.commit is None else f"{branch}, commit {short(found.commit)}"
    place += "" if found.age is None else f", as it was {ago(found.age)}"
    say(f"{found.remote}{place}", style="bright_black")
    print_survey(found.survey)
    for step in found.unready:
        why = f" ({', '.join(step.reasons[:2])})" if step.reasons else ""
        say(f"note: {step.target.id} is {step.state.value} here{why}; paperkit build", err=True)
    if found.survey.ours:
        verb = "paperkit overleaf push writes" if archive is None else "paperkit overleaf zip --source makes a zip of"
        say(f"{verb} {len(found.survey.ours)}")
    if found.survey.theirs:
        pulls = "paperkit overleaf pull saves them here; " if archive is None else ""
        say(f"{len(found.survey.theirs)} are left to you: {pulls}see docs/overleaf.md")
    return status_code(found)


@command.command("push")
@click.option("--overwrite", multiple=True, metavar="PATH", help="Replace what was edited there, after saving it here.")
@click.option("--restore", multiple=True, metavar="PATH", help="Put back what was deleted there.")
@manifest_option
@json_option
@_exits
def push(overwrite: tuple[str, ...], restore: tuple[str, ...], manifest: Path, *, as_json: bool) -> int:
    """Write the outputs to the remote, in one commit on top of whatever it has.

    What a co-author edited, deleted or made is left alone. --overwrite and --restore take a path or glob, repeatedly.
    """
    report = sync.push(Paper.load(manifest), overwrite=overwrite, restore=restore)
    theirs = [one for one in report.left if one.verdict.is_theirs]
    code = EDITED if theirs else DIFFERENT if report.left else 0
    if as_json:
        print_json(pushed_json(report))
        return code
    print_problems(report.notices, kind="note")
    for finding in report.written:
        say(f"{click.style('wrote', fg='green')} {finding.path}" if finding.output else f"removed {finding.path}")
    for file in report.rescued:
        say(f"      their version is saved as {file}")
    for finding in report.left:
        for line in finding_lines(finding):
            say(line)
    if report.commit is None:
        same = "1 output is" if report.same == 1 else f"{report.same} outputs are"
        say(f"nothing to push: {same} the same there")
    else:
        say(f"pushed to {report.branch} as {short(report.commit)}, and found there")
    if theirs:
        say(f"left alone: {len(theirs)}; paperkit overleaf pull saves what is there, resolve decides")
    return code


@command.command("pull")
@click.option(
    "--text",
    is_flag=False,
    flag_value=f"{FOLDER}/{MIRROR}",
    metavar="[FOLDER]",
    help=f"Copy the manuscript too, to FOLDER ({FOLDER}/{MIRROR}).",
)
@manifest_option
@json_option
@_exits
def pull(text: str | None, manifest: Path, *, as_json: bool) -> int:
    """Save what co-authors made of outputs, beside them: no output is ever written over."""
    report = sync.pull(Paper.load(manifest), text=text)
    mirror = report.mirror
    if as_json:
        saved = [
            {**entry, "saved": one.file, "patch": one.patch}
            for one, entry in zip(report.pulled, findings_json(one.finding for one in report.pulled), strict=True)
        ]
        copied = None
        if mirror is not None:
            copied = {"folder": mirror.folder, "written": list(mirror.written), "removed": list(mirror.removed)}
        print_json({"pulled": saved, "text": copied, "notices": notices_json(report.notices)})
        return 0
    print_problems(report.notices, kind="note")
    for one in report.pulled:
        for line in finding_lines(one.finding):
            say(line)
        say(f"{'':16} saved as {one.patch or one.file}")
    if report.pulled:
        names = " ".join(one.finding.name for one in report.pulled)
        say(f"paperkit overleaf resolve --theirs {names} keeps them, resolve --ours yours")
    else:
        say("nobody edited an output there")
    if mirror is not None:
        changed = f"{len(mirror.written)} written, {len(mirror.removed)} removed"
        say(f"{len(mirror.files)} files of the manuscript are in {mirror.folder} ({changed})")
    return 0


@command.command("resolve")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--ours/--theirs", "ours", default=True, help="Keep what stands here (default), or what was edited there."
)
@manifest_option
@json_option
@_exits
def resolve(paths: tuple[str, ...], manifest: Path, *, ours: bool, as_json: bool) -> int:
    """Decide on what a co-author edited or deleted at PATH, as it is now.

    --ours saves their version here, and the next push replaces it. --theirs makes their edit a patch (see paperkit
    adopt) that builds apply to whatever they make. If somebody edits it once more, it is a conflict again.
    """
    done = sync.resolve(Paper.load(manifest), paths, theirs=not ours)
    if as_json:
        patches = [adoption.patch for adoption in done.adopted]
        print_json({"resolved": findings_json(done.findings), "rescued": list(done.rescued), "patches": patches})
        return 0
    for adoption in done.adopted:
        said = f"their edit is kept in {adoption.patch}" if adoption.state != "none" else "their edit changes nothing"
        say(f"resolved  {adoption.output}: {said}; paperkit build applies it, then push")
    for finding in done.findings if ours else ():
        say(f"resolved  {finding.name}: the next push writes yours")
    for file in done.rescued if ours else ():
        say(f"          their version is saved as {file}")
    return 0


@command.command("zip")
@click.option("--output", "-o", type=click.Path(path_type=Path), default=Path("overleaf.zip"), show_default=True)
@click.option("--source", type=click.Path(path_type=Path, dir_okay=False), help="The project's downloaded source.")
@manifest_option
@json_option
@_exits
def make_zip(output: Path, source: Path | None, manifest: Path, *, as_json: bool) -> int:
    """Make a zip of the outputs to drag into the project in the browser; no git, no token, any plan.

    With --source, it holds only what is ours to write: dragging it there replaces nobody's edit.
    """
    report = sync.make_zip(Paper.load(manifest), output, source)
    theirs = () if report.left is None else report.left.theirs
    if as_json:
        print_json({"file": report.file, "written": list(report.written), "left": findings_json(theirs)})
        return EDITED if theirs else 0
    for finding in theirs:
        for line in finding_lines(finding):
            say(line)
    say(f"wrote {report.file} with {len(report.written)} files" + (f"; {len(theirs)} left out" if theirs else ""))
    if source is None:
        say("dragging it into the project replaces what is there: check before with status --zip")
    return EDITED if theirs else 0
