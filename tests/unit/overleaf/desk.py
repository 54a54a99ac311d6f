"""An author's desk without a paper: sealed outputs as bytes, pushed by the engine itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from paperkit.build.seal import seal_text
from paperkit.manifest.overleaf import OverleafSpec
from paperkit.overleaf.outputs import Output
from paperkit.overleaf.push import PushReport, push
from paperkit.overleaf.resolve import Resolved, keep_ours
from paperkit.overleaf.session import FOLDER, Session, open_session
from paperkit.overleaf.survey import Finding

Value = TypeVar("Value")
MANUSCRIPT = {
    "main.tex": b"\\documentclass{article}\r\n\\input{tables/a}\r\n",
    "refs.bib": b"@article{a}\n",
    "latin.tex": "Fran\xe7ois\n".encode("latin-1"),
    "images/photo.jpg": bytes(range(256)),
    "notes/\u00e9t\u00e9 \u2713.txt": b"no newline at the end",
}


def sealed(body: str) -> bytes:
    """Return an output as a build writes it."""
    return seal_text(f"{body}\n".encode(), origin="paper.toml [table.a]")


@dataclass
class Desk:
    """One author's project: where it is, the remote, and the outputs that stand here, path → bytes."""

    root: Path
    remote: str
    folder: str = ""
    manifest: str = "paper.toml"
    outputs: dict[str, bytes | None] = field(default_factory=dict)
    watch: Callable[[str], None] = lambda _: None

    def build(self, path: str, body: str) -> bytes:
        """Write an output anew."""
        content = sealed(body)
        self.outputs[path] = content
        return content

    def listed(self) -> tuple[Output, ...]:
        """Return the outputs as the engine takes them."""
        prefix = f"{self.folder}/" if self.folder else ""
        return tuple(
            Output(path=prefix + path, output=path, content=content, target=f"table.{path}")
            for path, content in self.outputs.items()
        )

    def with_session(self, action: Callable[[Session], Value]) -> Value:
        """Do something in a session."""
        self.root.mkdir(exist_ok=True, parents=True)
        spec = OverleafSpec(remote=self.remote, folder=self.folder)
        with open_session(self.root, spec, manifest=self.manifest) as session:
            session.watch = self.watch
            session.sleep = lambda _: None
            return action(session)

    def push(self, *, overwrite: Iterable[str] = (), restore: Iterable[str] = ()) -> PushReport:
        """Push."""
        return self.with_session(lambda s: push(s, self.listed(), overwrite=overwrite, restore=restore))

    def findings(self) -> dict[str, Finding]:
        """Return what a survey finds, by path."""
        found = self.with_session(lambda s: s.survey(self.listed())[0])
        return {finding.path: finding for finding in found.findings}

    def verdicts(self) -> dict[str, str]:
        """Return the verdict on every path."""
        return {path: finding.verdict.value for path, finding in self.findings().items()}

    def resolve(self, *patterns: str) -> Resolved:
        """Keep what stands here."""

        def keep(session: Session) -> Resolved:
            found, there = session.survey(self.listed())
            return keep_ours(session, found, there.commit, patterns)

        return self.with_session(keep)

    @property
    def state(self) -> Path:
        """Return the file that keeps what was agreed on."""
        return self.root / FOLDER / "state.json"

    def rescued(self) -> list[tuple[str, bytes]]:
        """Return what was saved before it was replaced: path below the commit, content."""
        folder = self.root / ".paperkit" / "rescued" / "overleaf"
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return [("/".join(path.relative_to(folder).parts[1:]), path.read_bytes()) for path in files]
