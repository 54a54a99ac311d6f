"""Prove that a bundle looks as the paper does: compile it alone, compare, and undo what makes a difference."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from paperkit.camera_ready.compare import DPI, Look, difference, look_of
from paperkit.camera_ready.engine import Engine, Run, typeset
from paperkit.camera_ready.prepare import Change, Tree, Workshop
from paperkit.errors import PaperkitError, Problem
from paperkit.files import relative

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A tree of files that was compiled alone and looks as the paper does.

    `undone` are the changes that would have made a difference, each with the difference it made.
    """

    tree: Tree
    pdf: bytes
    log: str
    look: Look
    undone: tuple[tuple[Change, str], ...]
    banner: str
    dpi: int = DPI


def prove(workshop: Workshop, reference: bytes, engine: Engine, *, epoch: int, say: Say = lambda _: None) -> Proof:
    """Return the most changed tree that looks as `reference`, the PDF of the untouched paper.

    Raises:
        PaperkitError: even the untouched files do not give the same PDF when they stand alone.

    """
    trial = _Trial(workshop, look_of(reference), engine, epoch, say)
    everything = workshop.changes
    reason = trial.reason(everything)
    kept: frozenset[Change] = everything
    undone: tuple[tuple[Change, str], ...] = ()
    if reason is not None:
        say(f"not the same ({reason}); looking for the change that did it")
        bare = trial.reason(frozenset())
        if bare is not None:
            hint = "what it needs is not in its folder, or it is not the same twice (random numbers, the time)"
            raise PaperkitError(Problem(message=f"the paper alone, with nothing changed, differs: {bare}", hint=hint))
        kept, undone = trial.search(everything)
    return trial.proof(kept, undone)


class _Trial:
    def __init__(self, workshop: Workshop, look: Look, engine: Engine, epoch: int, say: Say) -> None:
        self._workshop, self._look, self._engine, self._epoch, self._say = workshop, look, engine, epoch, say
        self._last: tuple[frozenset[Change], Tree, Run, Look] | None = None

    def reason(self, changes: Iterable[Change]) -> str | None:
        """Return how the paper with `changes` differs from the original, or None."""
        chosen = frozenset(changes)
        tree = self._workshop.tree(chosen)
        run = compiled(tree, self._engine, epoch=self._epoch)
        if run.pdf is None:
            return f"it does not compile: {str(run.errors[0]).splitlines()[0]}"
        look = look_of(run.pdf)
        found = difference(self._look, look)
        if found is None:
            self._last = (chosen, tree, run, look)
        return found

    def search(self, changes: frozenset[Change]) -> tuple[frozenset[Change], tuple[tuple[Change, str], ...]]:
        """Return the changes that can be kept, and those that cannot, each with what it does.

        Halves are tried on top of what is known to be good, so that two changes which only fail together are found.
        """
        kept: set[Change] = set()
        undone: list[tuple[Change, str]] = []
        stack = [sorted(changes, key=lambda change: (change.transform, change.file))]
        while stack:
            group = stack.pop()
            reason = self.reason(kept | set(group))
            if reason is None:
                kept |= set(group)
            elif len(group) == 1:
                undone.append((group[0], reason))
                self._say(f"left out: {group[0]} ({reason})")
            else:
                middle = len(group) // 2
                stack += [group[middle:], group[:middle]]
        return frozenset(kept), tuple(undone)

    def proof(self, kept: frozenset[Change], undone: tuple[tuple[Change, str], ...]) -> Proof:
        """Return the proof of `kept`, which was tried last or is tried again."""
        if self._last is None or self._last[0] != kept:
            self.reason(kept)
        if self._last is None or self._last[0] != kept:
            raise PaperkitError(
                Problem(message="the paper is not the same twice", hint="look for random numbers in it")
            )
        _, tree, run, look = self._last
        inlined = {change.file for change in kept if change.transform == "flatten"}
        done = {path for path in tree.files if tree.origins[path] in inlined}
        # `\IfFileExists` opens what is not needed any more: whether it is shows without it.
        if done & set(run.read):
            whole = _without(tree, done)
            other = compiled(whole, self._engine, epoch=self._epoch)
            if other.pdf is not None and difference(self._look, look_of(other.pdf)) is None:
                tree, run = whole, other
        tree = _without(tree, done - set(run.read))
        return Proof(tree=tree, pdf=run.pdf or b"", log=run.log, look=look, undone=undone, banner=run.banner)


def _without(tree: Tree, paths: Collection[str]) -> Tree:
    files = {path: data for path, data in tree.files.items() if path not in paths}
    return replace(tree, files=files, origins={path: tree.origins[path] for path in files})


def compiled(tree: Tree, engine: Engine, *, epoch: int) -> Run:
    """Compile a tree in an empty folder, alone; the paths of the run are relative to it."""
    with tempfile.TemporaryDirectory(prefix="paperkit-", ignore_cleanup_errors=True) as name:
        base = Path(name).resolve()
        folder, home = base / "paper", base / "home"
        home.mkdir()
        for path, data in tree.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        run = typeset(engine, folder, tree.main, epoch=epoch, alone=True, home=home)
        inside = tuple(relative(Path(path), folder) for path in run.read if Path(path).is_relative_to(folder))
        return Run(pdf=run.pdf, log=run.log, read=inside, written=run.written, errors=run.errors)
