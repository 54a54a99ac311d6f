"""`paperkit camera-ready`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from paperkit.build.paper import Paper
from paperkit.build.plan import State
from paperkit.camera_ready.bundle import Bundle, Request, find_main, make_bundle, unready
from paperkit.camera_ready.prepare import Change
from paperkit.cli.audit import print_report
from paperkit.cli.console import print_json, print_problems, say, word
from paperkit.cli.main import EDITED, FAILED, STALE
from paperkit.cli.options import json_option, manifest_option
from paperkit.errors import Problem

_MOST = 20


@click.command("camera-ready")
@click.argument("main", required=False, metavar="[MAIN.tex]", type=click.Path(path_type=Path))
@click.option("--venue", default=None, help="Conference, journal or arxiv; by default that of the manifest.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), default=Path("camera-ready"), show_default=True, help="Folder."
)
@manifest_option
@click.option(
    "--engine", default=None, help="pdflatex, lualatex, xelatex or tectonic; by default what the paper asks for."
)
@click.option(
    "--flatten", type=click.Choice(["none", "assets", "all"]), default=None, help="What becomes one TeX file."
)
@click.option("--archive", type=click.Choice(["zip", "tar.gz"]), default=None, help="Kind of the archive.")
@click.option("--bib/--no-bib", "bibliography", default=None, help="Pack the .bib files beside the .bbl.")
@click.option("--drop", multiple=True, metavar="MACRO", help="Take a macro and its argument out (todo).")
@click.option("--unwrap", multiple=True, metavar="MACRO", help="Leave only the argument of a macro (added).")
@click.option("--anonymous", is_flag=True, help="Look for what tells reviewers who wrote it.")
@click.option("--strict", is_flag=True, help="Fail on notes and on what is not proven, too.")
@json_option
def command(main: Path | None, manifest: Path, output: Path, *, strict: bool, as_json: bool, **options: object) -> int:
    """Make the bundle that a venue gets: only what is needed, without comments, proven to look the same.

    The paper and the bundle are compiled apart, without shell escape, and compared page by page; what would make a
    difference is left as it is, and named. OUTPUT then holds the archive, the PDF and MANIFEST.json.

    Exit codes: 0 fine, 1 it does not compile or something was found in it, 3 assets are stale, 4 edited.
    """
    found = manifest if _is_given("manifest") else _manifest_of(main, manifest.name)
    paper = Paper.load(found) if found is not None else None
    if paper is not None and (code := _refused(paper)):
        return code
    document = paper.manifest.paper.document if paper is not None else None
    chosen = main or (paper.manifest.root / document if paper is not None and document else None)
    venue = options.pop("venue") or (paper.manifest.paper.venue if paper is not None else None)
    request = Request(main=chosen or find_main(manifest.absolute().parent), output=output, venue=venue, **options)  # type: ignore[arg-type]
    bundle = make_bundle(
        request, paper, say=(lambda _: None) if as_json else lambda line: say(line, style="bright_black", err=True)
    )
    if as_json:
        print_json(bundle.document)
    else:
        _show(bundle)
    return 0 if bundle.is_fine(strict=strict) else FAILED


def _is_given(option: str) -> bool:
    """Tell whether an option stands on the command line or in the environment."""
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


def _manifest_of(main: Path | None, name: str) -> Path | None:
    """Return the manifest beside the main file or above it; without a main file, that of the working directory.

    A manifest elsewhere belongs to another paper: its assets say nothing about this one.
    """
    if main is None:
        return Path(name) if Path(name).is_file() else None
    here = Path.cwd().resolve()
    folder = main.parent.resolve()
    for place in (folder, *folder.parents):
        if (place / name).is_file():
            return Path(name) if place == here else place / name
    return None


def _refused(paper: Paper) -> int:
    """Say which assets are not ready, and return the exit code; 0 when all are."""
    steps = unready(paper)
    for step in steps:
        why = f"  {', '.join(step.reasons)}" if step.reasons else ""
        say(f"{word(step.state.value)} {step.target.id}{why}")
        print_problems(map(paper.manifest.placed, step.problems))
    states = {step.state for step in steps}
    if steps:
        edited = State.EDITED in states
        hint = "move the edits into the manifest, or build --force" if edited else "run paperkit build first"
        print_problems([Problem(message="a bundle is made of assets that are up to date and unedited", hint=hint)])
    if State.EDITED in states:
        return EDITED
    return FAILED if State.BROKEN in states else STALE if states else 0


def undone_text(change: Change, difference: str) -> str:
    """Return what was not changed, why, and for a name what to do."""
    doing, done = _UNDONE.get(change.transform, ("taking it out", "without it"))
    what = f"{change.file}: its name" if change.transform == "rename" else str(change)
    if not difference.startswith("it does not compile"):
        text = f"{what}: {doing} changes {difference}"
    else:
        text = f"{what}: {done} {difference}"
    return f"{text} (rename it yourself, and where it is read)" if change.transform == "rename" else text


_UNDONE = {
    "rename": ("another one", "with another one"),
    "flatten": ("that", "so"),
    "include": ("that", "so"),
    "comments": ("taking them out", "without them"),
}


def _show(bundle: Bundle) -> None:
    proof = bundle.proof
    if proof is not None:
        pages = len(proof.look.pixels)
        how = f"{pages} page{'s' * (pages != 1)}, same text, same pixels ({proof.dpi} dpi, {proof.look.renderer})"
        say(f"{_head('proven', 'green')} {how}")
    else:
        say(f"{click.style('NOT PROVEN', fg='red', bold=True)} {bundle.why_not}")
    for change, difference in proof.undone if proof else ():
        say(f"{_head('kept', 'yellow')} {undone_text(change, difference)}")
    print_problems(bundle.left_alone, kind="note")
    print_problems(bundle.notices, kind="note")
    _show_leaks(bundle)
    if bundle.report is not None:
        print_report(bundle.report)
    count = len(bundle.files)
    say(f"wrote {bundle.folder.as_posix()}/{bundle.archive}: {count} file{'s' * (count != 1)}, {_size(bundle.size)}")


def _show_leaks(bundle: Bundle) -> None:
    for leak in bundle.leaks[:_MOST]:
        say(f"{_head(*(('leak', 'red') if leak.is_error else ('look', 'yellow')))} {leak}")
        if leak.hint:
            say(f"           {leak.hint}", style="bright_black")
    if len(bundle.leaks) > _MOST:
        say(f"and {len(bundle.leaks) - _MOST} more in {bundle.folder.as_posix()}/MANIFEST.json")
    if not bundle.leaks:
        say(f"{_head('no leaks', 'green')} comments, paths, names, tokens, addresses, metadata")


def _head(text: str, colour: str) -> str:
    return click.style(f"{text:<10}", fg=colour)


_MEGABYTE = 1_000_000


def _size(count: int) -> str:
    return f"{count / _MEGABYTE:.1f} MB" if count >= _MEGABYTE else f"{max(count // 1000, 1)} kB"
