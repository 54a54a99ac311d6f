"""Make a bundle: collect, change, prove, search, pack. The steps in order; each has a module of its own."""

from __future__ import annotations

import getpass
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from paperkit.build.paper import Paper
from paperkit.build.plan import State, Step
from paperkit.camera_ready import arxiv
from paperkit.camera_ready.audit import Report, audit
from paperkit.camera_ready.authors import authors_of
from paperkit.camera_ready.collect import NOT_COPIED, Collected, collect
from paperkit.camera_ready.compare import difference, look_of
from paperkit.camera_ready.definitions import Source, learn
from paperkit.camera_ready.engine import Engine, choose_engine
from paperkit.camera_ready.flatten import INLINED
from paperkit.camera_ready.leaks import Leak, Search, find_in_pdf, find_leaks, worth_looking_for
from paperkit.camera_ready.mentions import mentioned
from paperkit.camera_ready.package import MANIFEST, as_json, hashes, pack, place, recover, refuse_foreign
from paperkit.camera_ready.prepare import Change, Tree, Workshop, is_code, of_venues, tex_files
from paperkit.camera_ready.prove import Proof, compiled, prove
from paperkit.camera_ready.strip import strip
from paperkit.camera_ready.venue import Archive, Flatten, SourceRules, source_rules
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import fingerprint, relative
from paperkit.style.submission import load_submission
from paperkit.style.venue import venue_names

Say = Callable[[str], None]
Assets = frozenset[str]
_READY = (State.UNCHANGED,)
_NO_DATE = 315_532_800  # 1980-01-01, the first day that a zip can hold; as `\today` prints it in English:
_NO_DAY = "January 1, 1980"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is wanted: the main TeX file, the venue, the folder of the bundle; None leaves a choice to the venue.

    `drop` names macros that are taken out with their arguments, `unwrap` macros that leave theirs behind: the page may
    change by them, and the bundle is proven to look as the paper does without them.
    """

    main: Path
    output: Path
    venue: str | None = None
    engine: str | None = None
    flatten: Flatten | None = None
    archive: Archive | None = None
    bibliography: bool | None = None
    drop: tuple[str, ...] = ()
    unwrap: tuple[str, ...] = ()
    anonymous: bool = False
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A bundle on disk. `proof` is None when it is not proven; `why_not` says why."""

    folder: Path
    archive: str
    size: int
    files: tuple[str, ...]
    proof: Proof | None
    why_not: str | None
    leaks: tuple[Leak, ...]
    notices: tuple[Problem, ...]
    left_alone: tuple[Problem, ...] = ()
    report: Report | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    def is_fine(self, *, strict: bool = False) -> bool:
        """Tell whether nothing was found that the authors must look at; when `strict`, nothing at all."""
        if strict and (self.proof is None or self.leaks or self.notices):
            return False
        audited = self.report is None or self.report.is_fine(strict=strict)
        return audited and not any(leak.is_error for leak in self.leaks)


def find_main(folder: Path) -> Path:
    r"""Return the only TeX file of a folder with `\documentclass` and a document.

    Raises:
        PaperkitError: there is none, or more than one.

    """
    found = [path for path in sorted(folder.glob("*.tex")) if _is_document(path.read_bytes())]
    if len(found) == 1:
        return found[0]
    message = "there is no main TeX file here" if not found else "there are several documents here"
    hint = "name it: paperkit camera-ready MAIN.tex" + (f" ({', '.join(path.name for path in found)})" if found else "")
    raise PaperkitError(Problem(message=message, hint=hint))


def _is_document(data: bytes) -> bool:
    return b"\\documentclass" in data and b"\\begin{document}" in data and b"\\documentclass[tikz" not in data


def unready(paper: Paper) -> tuple[Step, ...]:
    """Return the assets that are not as a build would leave them."""
    return tuple(step for step in paper.plan() if step.state not in _READY)


def make_bundle(request: Request, paper: Paper | None = None, *, say: Say = lambda _: None) -> Bundle:
    """Make the bundle of a paper and put it into its folder, all at once.

    Raises:
        ManifestError: there is no such venue.
        PaperkitError: assets are stale or edited, the paper does not compile or reads what the venue does not have,
            or its files alone do not give the same PDF. The folder is then as it was.

    """
    if paper is not None and (steps := unready(paper)):
        raise PaperkitError(
            *(Problem(message=f"{step.target.id} is {step.state.value}", hint="run paperkit build") for step in steps)
        )
    main = request.main.absolute()
    if not main.is_file():
        raise PaperkitError(Problem(message="there is no such file", place=Place(file=str(request.main))))
    load_submission(request.venue)
    roots = () if paper is None else (paper.manifest.root,)
    recover(refuse_foreign(request.output, keep=(main.parent, *roots, Path.cwd())))
    rules = source_rules(request.venue)
    rules = replace(
        rules,
        flatten=request.flatten or rules.flatten,
        archive=request.archive or rules.archive,
        bibliography=rules.bibliography
        if request.bibliography is None
        else ("both" if request.bibliography else "bbl"),
    )
    engine = choose_engine(main, request.engine)
    made = (
        _unproven(request, rules)
        if engine is None
        else _proven(request, rules, engine, assets=_asset_paths(paper, main.parent), say=say)
    )
    return _finished(request, rules, engine, made, paper)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    tree: Tree
    workshop: Workshop
    collected: Collected | None = None
    proof: Proof | None = None
    why_not: str | None = None


def _proven(request: Request, rules: SourceRules, engine: Engine, *, assets: Assets, say: Say) -> _Made:
    main = request.main.absolute()
    epoch = _epoch(main)
    root = main.parent
    say(f"compiling {main.name} with {engine.name}")
    with tempfile.TemporaryDirectory(prefix="paperkit-", ignore_cleanup_errors=True) as scratch:
        collected = collect(
            root, main.name, engine, epoch=epoch, scratch=Path(scratch).resolve(), without=request.output.resolve()
        )
    collected = _without_asked(collected, request, engine, epoch)
    extra = collected.bibliography if rules.bibliography == "both" else {}
    workshop = Workshop(
        main=collected.main,
        files={**collected.files, **extra},
        flatten=rules.flatten,
        assets=assets,
        foreign=of_venues(collected.files),
        includes=rules.readme,
    )
    say(f"proving {len(workshop.changes)} changes of {len(workshop.files)} files")
    proof = prove(workshop, collected.pdf, engine, epoch=epoch, say=say)
    return _Made(tree=proof.tree, workshop=workshop, collected=collected, proof=proof)


def _without_asked(collected: Collected, request: Request, engine: Engine, epoch: int) -> Collected:
    """Return the paper without the macros that the author wants out; this is what a bundle must look like.

    Raises:
        PaperkitError: it does not compile without them.

    """
    if not (request.drop or request.unwrap):
        return collected
    tex = {path: collected.files[path] for path in sorted(tex_files(collected.files))}
    sources = (Source(data=data, at_letter=is_code(path)) for path, data in tex.items())
    lexicon = learn(sources, drop=request.drop, unwrap=request.unwrap)
    changed = {path: strip(data, lexicon, transforms=("asked",), at_letter=is_code(path)) for path, data in tex.items()}
    files = {**collected.files, **changed}
    run = compiled(Tree(main=collected.main, files=files, origins={}), engine, epoch=epoch)
    names = ", ".join(f"\\{name}" for name in (*request.drop, *request.unwrap))
    if run.pdf is None:
        raise PaperkitError(Problem(message=f"without {names} the paper does not compile"), *run.errors)
    other = difference(look_of(collected.pdf), look_of(run.pdf))
    said = (Problem(message=f"without {names}, as you asked, the paper differs: {other}"),) if other else ()
    return replace(collected, files=files, pdf=run.pdf, notices=(*collected.notices, *said))


def _unproven(request: Request, rules: SourceRules) -> _Made:
    """Take out only lines that are comments, since nothing can be checked."""
    main = request.main.absolute()
    files = mentioned(main.parent, main.name, without=request.output.resolve())
    workshop = Workshop(main=main.name, files=files, foreign=of_venues(files), transforms=("lines",))
    tree = workshop.tree(change for change in workshop.changes if change.transform in ("lines", "metadata", "private"))
    why = (
        "there is no TeX here: nothing was compiled, only lines that are comments were taken out, "
        "and files were found by name"
    )
    if rules.flatten != "none":
        why += "; nothing was put into one file"
    return _Made(tree=tree, workshop=workshop, why_not=why)


def _finished(request: Request, rules: SourceRules, engine: Engine | None, made: _Made, paper: Paper | None) -> Bundle:
    files = {**made.tree.files, **ancillary(request, rules)}
    notices = [
        *(made.collected.notices if made.collected else ()),
        *_other_venue(request.venue, paper),
        *_venue_notices(request, rules, engine, made, files),
    ]
    if rules.readme:
        release, said = arxiv.release_for(files, rules.releases)
        notices += said
        compiler = engine.name if engine is not None and engine.name in rules.engines else rules.engines[0]
        files["00README.json"] = as_json(arxiv.readme(made.tree.main, compiler, release))
    if made.proof is not None and _NO_DAY in made.proof.look.text:
        hint = r"write \date{…}, or set SOURCE_DATE_EPOCH: outside of git no day is known"
        notices.append(Problem(message=f"the PDF says {_NO_DAY}", hint=hint))
    stem = PurePosixPath(made.tree.main).stem
    archive = f"{stem}{f'-{request.venue}' if request.venue else ''}.{rules.archive}"
    outputs = {archive: pack(files, rules.archive)}
    notices += _too_large(len(outputs[archive]), rules)
    search = _search(request, made, paper)
    leaks = find_leaks(files, search)
    report: Report | None = None
    if made.proof is not None:
        outputs[f"{stem}.pdf"] = made.proof.pdf
        leaks = (*leaks, *find_in_pdf(f"{stem}.pdf", made.proof.pdf, search))
        audited = audit_report(made.proof, request.venue, name=f"{stem}.pdf", made_by=_origins(paper))
        report = audited if isinstance(audited, Report) else None
        notices += [audited] if isinstance(audited, Problem) else []
    else:
        notices += _figure_findings(files, request.venue)
    bundle = Bundle(
        folder=request.output,
        archive=archive,
        size=len(outputs[archive]),
        files=tuple(sorted(files)),
        proof=made.proof,
        why_not=made.why_not,
        leaks=leaks,
        notices=tuple(notices),
        left_alone=tuple(made.workshop.left_alone.values()),
        report=report,
    )
    bundle = replace(bundle, document=_document(request, bundle, made, files, outputs))
    place(request.output, {**outputs, MANIFEST: as_json(bundle.document)})
    return bundle


def _too_large(size: int, rules: SourceRules) -> Iterator[Problem]:
    if rules.megabytes is not None and size > rules.megabytes << 20:
        message = f"the archive has {size / (1 << 20):.0f} MB, {rules.megabytes} are allowed"
        yield Problem(message=message, hint=rules.basis)


def audit_report(proof: Proof, venue: str | None, *, name: str, made_by: Mapping[str, str]) -> Report | Problem:
    """Return the audit of the proven PDF, in its author's names for files; a problem when pikepdf is missing."""
    sources = {new: old for new, old in proof.tree.origins.items() if new != old}
    try:
        return audit(proof.pdf, venue=venue, log=proof.log, sources=sources, origins=made_by, name=name)
    except PaperkitError as error:
        return replace(error.problems[0], message=f"the PDF was not audited: {error.problems[0].message}")


def _figure_findings(files: Mapping[str, bytes], venue: str | None) -> Iterator[Problem]:
    """Yield what an audit finds in the figures alone, for where no PDF of the paper could be made."""
    for path, data in files.items():
        if path.endswith(".pdf"):
            try:
                report = audit(data, venue=venue, name=path, is_figure=True)
            except PaperkitError as error:
                yield replace(error.problems[0], message=f"no figure was audited: {error.problems[0].message}")
                return
            for one in report.failed:
                if one.severity != "note":
                    yield Problem(message=one.message, place=Place(file=path), hint=one.fix)


def _report_json(report: Report) -> list[dict[str, Any]]:
    return [
        {"rule": one.rule, "status": one.status, "severity": one.severity, "finding": str(one), "fix": one.fix}
        for one in (*report.failed, *report.skipped)
    ]


def _venue_notices(
    request: Request, rules: SourceRules, engine: Engine | None, made: _Made, files: Mapping[str, bytes]
) -> Iterable[Problem]:
    if engine is not None and rules.engines and engine.name not in rules.engines:
        hint = f"{rules.basis}; compile it with {' or '.join(rules.engines)} (--engine)"
        yield Problem(message=f"{request.venue} does not run {engine.name}", hint=hint)
    release = made.collected.release if made.collected else None
    if release is not None and rules.releases and release not in rules.releases:
        here = " or ".join(map(str, rules.releases))
        yield Problem(
            message=f"proven with TeX Live {release}; {request.venue} runs {here}",
            hint="look at what it makes of the bundle",
        )
    others = [path for path in files if path != made.tree.main and PurePosixPath(path).suffix in INLINED]
    if rules.flatten == "all" and others:
        message = f"it is not one TeX file: {', '.join(others)} could not be put into {made.tree.main}"
        yield Problem(message=message, hint="put it there by hand, or read it with a plain \\input{NAME}")
    if rules.readme:
        yield from arxiv.problems(files, made.tree.main)


def _other_venue(venue: str | None, paper: Paper | None) -> Iterator[Problem]:
    """Say that the assets have the measures of another venue than the one that gets them."""
    if paper is not None and venue in venue_names() and venue != paper.manifest.venue.name:
        hint = f'build them for it: venue = "{venue}" in [paper]'
        yield Problem(message=f"the assets are made for {paper.manifest.venue.name}, not for {venue}", hint=hint)


def ancillary(request: Request, rules: SourceRules) -> dict[str, bytes]:
    """Return the files of the folder `anc`, which arXiv offers beside a paper; none that is hidden or a tool's."""
    folder = request.main.absolute().parent / "anc"
    if not rules.readme or not folder.is_dir():
        return {}
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {relative(path, folder.parent): path.read_bytes() for path in paths if _is_meant(path.relative_to(folder))}


def _is_meant(path: Path) -> bool:
    """Tell whether no part of a path is hidden or belongs to a tool."""
    return not any(part.startswith(".") or part in NOT_COPIED for part in path.parts)


def _search(request: Request, made: _Made, paper: Paper | None) -> Search:
    people: tuple[str, ...] = ()
    if request.anonymous:
        named = (*request.authors, *(paper.manifest.paper.authors if paper is not None else ()))
        last = (name.split()[-1] for name in named if len(name.split()) > 1)
        people = tuple(
            dict.fromkeys((*named, *last, *authors_of(made.workshop.files, made.workshop.lexicon), *_git_author()))
        )
    foreign = {path for path, why in made.workshop.left_alone.items() if "others" in why.message}
    unread = made.workshop.left_alone.keys() - foreign
    return Search(
        lexicon=made.workshop.lexicon,
        logins=worth_looking_for((getpass.getuser(), platform.node().partition(".")[0])),
        people=people,
        printed=made.proof.look.text if made.proof is not None else "",
        anonymous=request.anonymous,
        foreign=frozenset(path for path, origin in made.tree.origins.items() if origin in foreign),
        unread=frozenset(path for path, origin in made.tree.origins.items() if origin in unread),
        tex=frozenset(path for path, origin in made.tree.origins.items() if origin in made.workshop.tex_files),
    )


def _git_author() -> tuple[str, ...]:
    git = shutil.which("git")
    if git is None:
        return ()
    found = (
        subprocess.run([git, "config", key], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
        for key in ("user.name", "user.email")
    )
    return tuple(name for name in found if " " in name or "@" in name)


def _epoch(main: Path) -> int:
    r"""Return the time that `\today` shows: the last commit, else a fixed one, so that a copy gives the same bytes."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    git = shutil.which("git")
    if git is not None:
        command = [git, "log", "-1", "--format=%ct"]
        done = subprocess.run(command, cwd=main.parent, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode == 0 and done.stdout.strip().isdecimal():
            return int(done.stdout)
    return _NO_DATE


def _asset_paths(paper: Paper | None, root: Path) -> Assets:
    made = _origins(paper)
    base = root if paper is None else paper.manifest.root
    return frozenset(relative(base / output, root) for output in made)


def _origins(paper: Paper | None) -> dict[str, str]:
    """Return what makes each output of the manifest."""
    targets = () if paper is None else paper.targets
    return {output: target.id for target in targets for output in (*target.outputs, *target.companions)}


def _document(
    request: Request, bundle: Bundle, made: _Made, files: Mapping[str, bytes], outputs: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return what `MANIFEST.json` says; nothing in it depends on the clock or on where it was made."""
    from importlib.metadata import version

    proof = bundle.proof
    return {
        "made_by": f"paperkit {version('paperkit-assets')}",
        "venue": request.venue,
        "anonymous": request.anonymous,
        "main": made.tree.main,
        "proven": proof is not None,
        "proof": _proof_json(proof) if proof is not None else {"why_not": made.why_not},
        "undone": [_change_json(change) | {"difference": why} for change, why in (proof.undone if proof else ())],
        "left_alone": [str(problem) for problem in bundle.left_alone],
        "leaks": [{"rule": leak.rule, "place": str(leak.place), "text": leak.text} for leak in bundle.leaks],
        "notices": [str(notice) for notice in bundle.notices],
        "audit": None if bundle.report is None else _report_json(bundle.report),
        "outputs": hashes(outputs, {}),
        "files": hashes(files, made.tree.origins),
    }


def _proof_json(proof: Proof) -> dict[str, Any]:
    return {
        "engine": proof.banner,
        "compared_with": proof.look.renderer,
        "dpi": proof.dpi,
        "pages": len(proof.look.pixels),
        "text_sha256": fingerprint(proof.look.text.encode()),
        "pixels_sha256": list(proof.look.pixels),
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {"file": change.file, "transform": change.transform}
