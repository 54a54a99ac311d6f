"""A warm paper: builds again and again in one process, and keeps what did not change in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from paperkit.build.inputs import frame_key
from paperkit.build.paper import BuildReport, Paper
from paperkit.build.stat_cache import StatCache
from paperkit.build.targets import Target, chain
from paperkit.manifest.model import FigureSpec

if TYPE_CHECKING:
    from paperkit.build.make import Workshop


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """The workshop of the last build, and what its frames were made from when it began."""

    workshop: Workshop
    keys: dict[str, object | None]


class WarmPaper:
    """The paper at `path`, which is loaded again for every build; frames are, if what they are made from changed.

    With `paranoid`, every file is read for every build, however old it looks.
    """

    def __init__(self, path: Path, *, paranoid: bool = False) -> None:
        self._path = path
        self._paranoid = paranoid
        self._kept: _Kept | None = None
        self._made: set[str] = set()

    def load(self) -> Paper:
        """Return the paper as its manifest says it now.

        Raises:
            ManifestError: the manifest is wrong.

        """
        return Paper.load(self._path)

    def build(self, paper: Paper, selectors: Iterable[str] = (), *, force: bool = False) -> BuildReport:
        """Bring the selected targets of a paper that was just loaded up to date.

        Raises:
            ManifestError: a selector names nothing.
            PaperkitError: the lock cannot be written.

        """
        return paper.build(selectors, force=force, paranoid=self._paranoid, workshop=self._workshop(paper))

    def preparations(self, paper: Paper, selectors: Iterable[str] = ()) -> Iterator[Callable[[], object]]:
        """Yield what can be done before the next build, in small pieces: imports, frames, one asset of each kind.

        Functions of the project may take long and say things: they are left to the build.
        """
        targets = [step.target for step in paper.plan(selectors)]
        kinds = {target.kind: target for target in reversed(targets) if not _calls_python(target)}
        modules = ["pandas", *(["matplotlib.figure", "paperkit.figures.compile"] if "figure" in kinds else [])]
        yield from (partial(import_module, module) for module in modules)
        workshop = self._workshop(paper)
        for name in dict.fromkeys(name for target in targets for name in target.frames):
            if not any(paper.manifest.data[other].python for other in chain((name,), paper.manifest)):
                yield partial(workshop.frames.load, name)
        for kind, target in kinds.items():
            if kind not in self._made:
                self._made.add(kind)
                yield partial(workshop.draw, target)

    def _workshop(self, paper: Paper) -> Workshop:
        """Return a workshop for a paper, with the frames of the last one that are as they were."""
        from paperkit.build.make import Workshop

        manifest = paper.manifest
        workshop = Workshop(manifest)
        # Found before anything is loaded: a file that changes meanwhile is read once too often, never once too seldom.
        files = StatCache(manifest.root / manifest.file, paranoid=self._paranoid)
        read = chain((name for target in paper.targets for name in target.frames), manifest)
        keys = {name: frame_key(name, manifest, files) for name in read}
        if self._kept is not None:
            last = self._kept
            same = [name for name, key in keys.items() if key is not None and key == last.keys.get(name)]
            workshop.frames.adopt(last.workshop.frames, same)
        self._kept = _Kept(workshop=workshop, keys=keys)
        return workshop


def prepare(piece: Callable[[], object]) -> None:
    """Do one piece of what a build would do; if it fails, the build will say so."""
    try:
        piece()
    except Exception:  # noqa: BLE001 - as the build does, which says what it is
        return


def _calls_python(target: Target) -> bool:
    return any(isinstance(asset.spec, FigureSpec) and asset.spec.python is not None for asset in target.assets)


__all__ = ["WarmPaper", "prepare"]
