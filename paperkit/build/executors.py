"""Executors: who makes targets besides the process that builds, all of them behind `concurrent.futures.Executor`.

`process` starts workers on this machine, `dask://HOST:PORT` asks a scheduler of dask.distributed, and `MODULE:CALLABLE`
or `FILE.py:CALLABLE` calls whatever returns an Executor. The choice belongs to a machine, so no manifest makes it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from paperkit.errors import PaperkitError, Problem

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.context import BaseContext

SERIAL, PROCESS, DASK = "serial", "process", "dask://"
KNOWN = f"known: {SERIAL}, {PROCESS}, {DASK}HOST:PORT, MODULE:CALLABLE, FILE.py:CALLABLE"
_PRELOAD = "paperkit.build.preload"
_CONNECT = "10s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hands:
    """An executor that is open, under the `name` that messages call it.

    `slots` is how many tasks it works on at once, if that is known; `local` ones are processes that this one started.
    `close` ends it, and with True at once: what runs is killed.
    """

    name: str
    executor: Executor
    slots: int | None
    local: bool
    close: Callable[[bool], None]


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_hands(choice: str | Executor, *, jobs: int, root: Path) -> Hands:
    """Open the executor that `choice` names; `jobs` is the number of local processes.

    Raises:
        PaperkitError: it cannot be opened.

    """
    if isinstance(choice, Executor):
        name = type(choice).__name__
        return Hands(name=name, executor=choice, slots=_slots(choice), local=False, close=lambda _: None)
    if choice == PROCESS:
        return open_processes(jobs)
    if choice.startswith(DASK):
        return _dask(choice)
    return _made_by(choice, root)


def open_processes(jobs: int) -> Hands:
    """Start processes on this machine: forked from a warm server where that is possible.

    Raises:
        OSError: this machine allows no such processes.

    """
    from concurrent.futures import ProcessPoolExecutor

    context = _context()
    with _uninterrupted():
        if context.get_start_method() == "forkserver":
            from multiprocessing import forkserver

            context.set_forkserver_preload([_PRELOAD])
            forkserver.ensure_running()
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)
    return Hands(name=PROCESS, executor=_Quiet(pool), slots=jobs, local=True, close=lambda at_once: _end(pool, at_once))


class _Quiet(Executor):
    """A pool whose processes do not run the program of the user again, and leave Ctrl-C to the one that builds."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def submit(self, *arguments: Any, **keywords: Any) -> Any:
        """Hand a task to the pool; processes are started here."""
        with _uninterrupted(), _without_main():
            return self._pool.submit(*arguments, **keywords)


def _context() -> BaseContext:
    import multiprocessing

    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    return multiprocessing.get_context(method)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C from the processes that are started here: they inherit what is blocked, and so do theirs."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the main module: a new process would import it, and a script without a guard would build in each of them."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin() -> None:
    """Begin a worker: without Ctrl-C where it cannot be blocked, and never longer than the process that builds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _end(pool: ProcessPoolExecutor, at_once: bool) -> None:
    if at_once:
        # The standard library has a name for this from Python 3.14 on (kill_workers).
        for process in tuple((getattr(pool, "_processes", None) or {}).values()):
            process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


def _slots(executor: object) -> int | None:
    known = getattr(executor, "_max_workers", None)
    return known if isinstance(known, int) else None


def _dask(address: str) -> Hands:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        message = f"{address} needs dask.distributed"
        raise PaperkitError(Problem(message=message, hint="pip install 'paperkit-assets[dask]'")) from error
    try:
        client = distributed.Client(f"tcp://{address.removeprefix(DASK)}", timeout=_CONNECT, set_as_default=False)
        slots = sum(client.nthreads().values())
    except (OSError, ValueError) as error:
        message = f"there is no scheduler at {address}: {str(error).partition(chr(10))[0]}"
        hint = "start one with: dask scheduler; and workers on the machines: dask worker HOST:PORT --nthreads 1"
        raise PaperkitError(Problem(message=message, hint=hint)) from error
    executor = client.get_executor(pure=False)

    def close(at_once: bool) -> None:
        executor.shutdown(wait=not at_once)
        client.close(timeout=1)

    return Hands(name=address, executor=executor, slots=slots or None, local=False, close=close)


def _made_by(choice: str, root: Path) -> Hands:
    made = _factory(choice, root)
    try:
        executor = made()
    except Exception as error:
        message = f"{choice} raised {type(error).__name__}: {error}"
        raise PaperkitError(Problem(message=message, hint="it is called without arguments")) from error
    if not callable(getattr(executor, "submit", None)):
        message = f"{choice} returned {type(executor).__name__}, which has no submit"
        hint = "an executor is a concurrent.futures.Executor or what behaves as one"
        raise PaperkitError(Problem(message=message, hint=hint))

    def close(at_once: bool) -> None:
        executor.shutdown(wait=not at_once)

    return Hands(name=choice, executor=cast(Executor, executor), slots=_slots(executor), local=False, close=close)


def _factory(choice: str, root: Path) -> Callable[[], Any]:
    """Return the callable that `MODULE:CALLABLE` or `FILE.py:CALLABLE` names."""
    where, colon, name = choice.rpartition(":")
    if not colon or not where or "/" in name:
        raise PaperkitError(Problem(message=f"unknown executor '{choice}'", hint=KNOWN))
    try:
        module = _names_of(root / where) if where.endswith(".py") else vars(import_module(where))
    except Exception as error:
        message = f"{choice} cannot be imported: {type(error).__name__}: {error}"
        raise PaperkitError(Problem(message=message, hint=KNOWN)) from error
    found = module.get(name)
    if not callable(found):
        raise PaperkitError(Problem(message=f"{where} has no callable '{name}'", hint=KNOWN))
    return cast(Callable[[], Any], found)


def _names_of(path: Path) -> Mapping[str, Any]:
    import runpy

    return runpy.run_path(str(path), run_name=path.stem)


__all__ = ["DASK", "PROCESS", "SERIAL", "Hands", "cores", "open_hands", "open_processes"]
