"""What both sides last agreed on, per path. It may be lost: seals and the remote's history then say what they can."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import write_if_changed
from paperkit.overleaf.refuse import path_problem

_VERSION = 1
_MOST_SENT = 50
_HASH = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """What a path held on both sides: the digest of its content and git's name of the blob; None where it was absent.

    An absent path is one that was deleted on the remote, and that the author wants back. What `is_foreign` was never
    written by paperkit: the author let it be replaced, which is no leave to delete it.
    """

    digest: str | None
    blob: str | None = None
    is_foreign: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What is known of one remote: `base` per path, and what pushes without an answer may have written there.

    `sent` holds digests of our own outputs only, so a remote that equals one of them has lost nothing of anybody.
    """

    remote: str
    base: Mapping[str, Base] = field(default_factory=dict)
    sent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()

    def agreed(self, found: Mapping[str, Base | None]) -> State:
        """Return the state after both sides were seen to hold `found`; None forgets a path."""
        base = {**self.base, **{path: one for path, one in found.items() if one is not None}}
        return replace(
            self,
            base={path: one for path, one in base.items() if path not in found or found[path] is not None},
            sent={path: digests for path, digests in self.sent.items() if path not in found},
        )

    def sending(self, written: Mapping[str, str]) -> State:
        """Return the state while a push of `written`, path → digest, has no answer yet."""
        sent = {
            path: (*(one for one in self.sent.get(path, ()) if one != new), new)[-_MOST_SENT:]
            for path, new in written.items()
        }
        return replace(self, sent={**self.sent, **sent})


def load_state(path: Path, remote: str) -> State:
    """Return what the file at `path` says of `remote`; nothing, with a notice, when it cannot be trusted to."""
    place = Place(file=path.name)
    hint = "nothing is lost: what was agreed on is found again from the seals and the remote's history"
    try:
        state = _state(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return State(remote=remote)
    except (OSError, ValueError, TypeError, AttributeError, LookupError):
        notice = Problem(message="the record of the last sync cannot be read", place=place, hint=hint)
        return State(remote=remote, notices=(notice,))
    if state.remote != remote:
        notice = Problem(message=f"the record of the last sync is of {state.remote}", place=place, hint=hint)
        return State(remote=remote, notices=(notice,))
    return state


def save_state(path: Path, state: State) -> None:
    """Write a state, in one step.

    Raises:
        PaperkitError: the file cannot be written.

    """
    document = {
        "version": _VERSION,
        "remote": state.remote,
        "base": {name: asdict(base) for name, base in sorted(state.base.items())},
        "sent": {name: list(digests) for name, digests in sorted(state.sent.items())},
    }
    try:
        write_if_changed(path, (json.dumps(document, indent=1) + "\n").encode())
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise PaperkitError(Problem(message=message, place=Place(file=path.name))) from error


def _state(document: Any) -> State:
    if document["version"] != _VERSION:
        raise ValueError(document["version"])
    base = {
        _path(name): Base(
            digest=_hash(one["digest"]), blob=_hash(one["blob"]), is_foreign=one.get("is_foreign", False) is True
        )
        for name, one in document["base"].items()
    }
    sent = {_path(name): tuple(_text(one) for one in digests) for name, digests in document["sent"].items()}
    return State(remote=_text(document["remote"]), base=base, sent=sent)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _path(value: object) -> str:
    """Return a path that leads nowhere else: what is saved of it is saved under its name."""
    if path_problem(_text(value)) is not None:
        raise ValueError(value)
    return _text(value)


def _hash(value: object) -> str | None:
    if value is not None and not _HASH.fullmatch(_text(value)):
        raise ValueError(value)
    return None if value is None else _text(value)
