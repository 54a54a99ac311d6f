"""`paperkit adopt`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from paperkit.build.adopt import Adoption, adopt, drop, edited_texts
from paperkit.build.paper import BuildReport, Paper
from paperkit.build.patches import ConflictError
from paperkit.build.run import Result
from paperkit.cli.build import exit_code
from paperkit.cli.console import print_json, print_problems, problem_json, say, word
from paperkit.cli.main import EDITED, FAILED
from paperkit.cli.options import json_option, manifest_option
from paperkit.cli.reports import report_json
from paperkit.errors import ManifestError, PaperkitError, Problem
from paperkit.files import relative


@click.command("adopt")
@click.argument("names", nargs=-1, required=True, metavar="ASSET|FILE...")
@click.option("--drop", "is_dropped", is_flag=True, help="Take patches away; copies stay under .paperkit/rescued/.")
@click.option("--as-is", is_flag=True, help="Take all that differs from what is made now for the edit.")
@manifest_option
@json_option
def command(names: tuple[str, ...], manifest: Path, *, is_dropped: bool, as_is: bool, as_json: bool) -> int:
    """Keep hand edits of outputs: each becomes a patch, patches/FILE.patch, that every build applies to the new file.

    An ASSET means all edited text files of a table, a figure, the macros or the preamble. Commit the patches.

    Exit codes: 0 done, 1 an edit cannot be adopted, 4 it does not fit what is made now.
    """
    paper = Paper.load(manifest)
    outputs = edited_texts(paper, [_below(name, paper.manifest.root) for name in names], is_dropped=is_dropped)
    adoptions: list[Adoption] = []
    problems: list[Problem] = []
    code = 0
    for output in outputs:
        try:
            adoptions.append(drop(paper, output) if is_dropped else adopt(paper, output, as_is=as_is))
        except ManifestError:
            raise
        except PaperkitError as error:
            problems += error.problems
            code = EDITED if isinstance(error, ConflictError) else code or FAILED
    report = paper.build(sorted({adoption.target for adoption in adoptions})) if adoptions else BuildReport(outcomes=())
    if as_json:
        _print_json(adoptions, problems, report)
    else:
        _show(adoptions, problems, report)
    return max(code, exit_code(report))


def _below(name: str, root: Path) -> str:
    """Return the path of a file in the project as the manifest would say it; other names stay."""
    path = Path(name)
    if not path.exists() and not path.is_absolute():
        return name
    below = relative(path.absolute(), root)
    return name if below.startswith("../") else below


def _show(adoptions: Iterable[Adoption], problems: Iterable[Problem], report: BuildReport) -> None:
    for adoption in adoptions:
        said = {
            "adopted": f"as {adoption.patch}; commit it",
            "unchanged": f"{adoption.patch} has it already",
            "dropped": f"{adoption.patch} is gone, saved as {adoption.rescued}",
            "none": "says what paperkit makes; only its header was changed",
        }[adoption.state]
        say(f"{word(adoption.state)} {adoption.output}  {said}")
        for line in adoption.text.split("\n")[2:-1] if adoption.state == "adopted" else ():
            say(f"    {line}", style={"+": "green", "-": "red", "@": "cyan"}.get(line[:1]))
    for outcome in report.outcomes:
        if outcome.result not in (Result.BUILT, Result.UNCHANGED):
            say(f"{word(outcome.result.value)} {outcome.id}  {', '.join(outcome.reasons)}")
        print_problems(outcome.notices, kind="note")
        print_problems(outcome.problems)
    print_problems(problems)


def _print_json(adoptions: Iterable[Adoption], problems: Iterable[Problem], report: BuildReport) -> None:
    found = [asdict(adoption) for adoption in adoptions]
    print_json({"adopted": found, "problems": [problem_json(one) for one in problems], "build": report_json(report)})
