"""What the paper's LaTeX uses of what a build makes, and what it asks for that nothing makes."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paperkit.build.seal import SealState, seal_state
from paperkit.build.targets import Target
from paperkit.errors import Place, Problem, did_you_mean
from paperkit.manifest.load import Manifest
from paperkit.tex.document import GRAPHICS
from paperkit.tex.project import Document, Seen, documents

_OWN_CLASSES = frozenset({"standalone", "subfiles"})  # their preamble is that of another document


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The documents of a paper, seen from its manifest and what its build makes."""

    manifest: Manifest
    targets: tuple[Target, ...]
    documents: tuple[Document, ...]

    def unused(self) -> tuple[Problem, ...]:
        """Return a problem for every table, figure and macro that no document uses; none without documents."""
        return tuple(map(self.manifest.placed, self._unused())) if self.documents else ()

    def unmade(self) -> tuple[Problem, ...]:
        """Return a problem for every file that a document asks for by nearly the name of an output."""
        return tuple(problem for problem, is_close in self._missing if is_close)

    def missing(self) -> tuple[Problem, ...]:
        """Return a problem for every other file that is not there, in the folders of tables and figures."""
        return tuple(problem for problem, is_close in self._missing if not is_close)

    def not_loaded(self) -> tuple[Problem, ...]:
        """Return a problem where a document uses assets without the preamble, or macros without their file."""
        return tuple(problem for document in self.documents for problem in self._not_loaded(document))

    def place_of(self, output: str) -> Place | None:
        """Return where a document uses `output` first."""
        return next((seen.place for seen in self._seen if output in seen.candidates), None)

    @property
    def _seen(self) -> Iterator[Seen]:
        return (seen for document in self.documents for seen in document.seen)

    @cached_property
    def _used(self) -> frozenset[str]:
        return frozenset(candidate for seen in self._seen for candidate in seen.candidates)

    @cached_property
    def _made(self) -> Mapping[str, Target]:
        return {output: t for t in self.targets for output in (*t.outputs, *t.companions)}

    def _unused(self) -> Iterator[Problem]:
        mains = " or ".join(document.main for document in self.documents[:2])
        for target in self.targets:
            if target.kind in ("table", "figure") and not self._used.intersection(
                (*target.outputs, *target.companions)
            ):
                shown = target.outputs[0]
                message = f"no document uses {shown}"
                hint = rf"\input{{{shown.removesuffix('.tex')}}} in {mains}, or remove the entry"
                yield Problem(message=message, path=target.asset.path, hint=hint)
        words = {word for document in self.documents for word in document.words}
        for macro in self.manifest.macros:
            if macro.name not in words:
                hint = "use it in the text, or remove the entry"
                yield Problem(message=rf"no document uses \{macro.name}", path=macro.path, hint=hint)

    @cached_property
    def _missing(self) -> tuple[tuple[Problem, bool], ...]:
        return tuple(dict.fromkeys(found for seen in self._seen for found in self._missed(seen)))

    def _missed(self, seen: Seen) -> Iterator[tuple[Problem, bool]]:
        root, first = self.manifest.root, next(iter(seen.candidates), "")
        if seen.is_open or seen.use.command == "InputIfFileExists" or first.startswith(".."):
            return
        if any(candidate in self._made or _is_file(root, candidate) for candidate in seen.candidates):
            return
        wanted = posixpath.normpath(posixpath.join(seen.use.folder, seen.use.name))
        close = did_you_mean(wanted, self._alike(wanted, is_graphic=seen.use.command in GRAPHICS))
        paper = self.manifest.paper
        if seen.use.command in GRAPHICS and f"{wanted.removesuffix('.tex')}.tex" in self._made:
            hint = rf"it is LaTeX: \input{{{wanted.removesuffix('.tex')}}}"
            yield Problem(message=f"'{wanted}' is no image", place=seen.place, hint=hint), True
        elif close or posixpath.dirname(first) in {posixpath.normpath(paper.tables), posixpath.normpath(paper.figures)}:
            hint = "there is no such file, and no entry of the manifest makes it"
            yield Problem(message=f"nothing makes '{wanted}'{close}", place=seen.place, hint=hint), bool(close)

    def _alike(self, wanted: str, *, is_graphic: bool) -> Iterator[str]:
        """Yield what a document may call the outputs whose names, their folders left aside, are nearly `wanted`."""
        for output in self._made:
            if output.endswith((".tex", ".pgf")) is not is_graphic:
                name = output if posixpath.splitext(wanted)[1] else posixpath.splitext(output)[0]
                if did_you_mean(posixpath.basename(wanted), [posixpath.basename(name)]):
                    yield name

    def _not_loaded(self, document: Document) -> Iterator[Problem]:
        if document.document_class in _OWN_CLASSES:
            return
        asked = {candidate for seen in document.seen for candidate in seen.candidates}
        preamble, macros = self.manifest.paper.preamble, self.manifest.paper.macros
        first = next((seen for seen in document.seen if self._is_typeset(seen)), None)
        if first is not None and preamble not in asked:
            hint = rf"\input{{{preamble.removesuffix('.tex')}}} before \begin{{document}}: it loads what they need"
            message = f"{document.main} uses assets and does not input {preamble}"
            yield Problem(message=message, place=first.place, hint=hint)
        used = next((m.name for m in self.manifest.macros if m.name in document.words), None)
        if used is not None and macros not in asked:
            hint = rf"\input{{{macros.removesuffix('.tex')}}} before \begin{{document}}"
            message = rf"{document.main} uses \{used} and does not input {macros}"
            yield Problem(message=message, place=document.words[used], hint=hint)

    def _is_typeset(self, seen: Seen) -> bool:
        if seen.use.command in GRAPHICS:
            return False
        made = (self._made.get(candidate) for candidate in seen.candidates)
        return any(target is not None and target.kind in ("table", "figure") for target in made)


def usage(manifest: Manifest, targets: tuple[Target, ...]) -> Usage:
    """Return what the LaTeX files of the project use; those that carry a seal are none of the author's."""
    known = [output for target in targets for output in (*target.outputs, *target.companions)]
    return Usage(manifest=manifest, targets=targets, documents=documents(manifest.root, _is_ours, known))


def _is_ours(content: bytes) -> bool:
    return seal_state(content) is not SealState.ABSENT


def _is_file(root: Path, name: str) -> bool:
    return os.path.isfile(root / name)  # noqa: PTH113 - it takes any name, however strange


__all__ = ["Usage", "usage"]
