"""Load pickles in a process of its own, which may crash: `python -m tests.unit.data.pickle_child FOLDER [SEED COUNT]`.

Without a seed every pickle of the folder is loaded and its problems are printed as JSON; with one, changed copies of
them are. Nothing but the loader's own files may be written, and no program may be started.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
from pathlib import Path

from paperkit.data.load import Frames
from paperkit.errors import DataError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec

STARTS = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen", "ctypes", "socket")
OPCODES = (
    b"R",
    b"b",
    b"\x81",
    b"0",
    b"2",
    b")",
    b"\x85",
    b"\x86",
    b"N",
    b"h\x01",
    b"\x94",
    b"a",
    b"s",
    b"e",
    b"t",
    b".",
)
NUMBERS = (b"\x00\x00", b"\xff\xff", b"\x01\x00", b"\x02\x00", b"\xff\x7f", b"\x7f\x00")


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """End the process when anything is started."""
    if event.startswith(STARTS):
        sys.stderr.write(f"{event}{arguments}\n")
        sys.stderr.flush()
        sys.exit(99)


def problems(path: Path) -> list[str] | None:
    """Return the problems of a pickle, None if it makes a frame."""
    frames = Frames(path.parent, {"f": FrameSpec(read=path.name)}, Labels())
    try:
        frame = frames.load("f")
    except DataError as error:
        return [str(problem) for problem in error.problems]
    str(frame.to_pandas())
    return None


def changed(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Return a copy of a pickle with a few bytes, opcodes or numbers of it changed, or a part of another put in."""
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(out))
        match chance.randrange(5):
            case 0:
                out[at] = chance.randrange(256)
            case 1:
                out[at] ^= 1 << chance.randrange(8)
            case 2:
                out[at:at] = chance.choice(OPCODES)
            case 3:
                other = chance.choice(others)
                start = chance.randrange(len(other))
                out[at : at + chance.randrange(20)] = other[start : start + chance.randrange(60)]
            case _:
                places = [i for i in range(len(out) - 1) if out[i] in b"KMJ\x8a"]
                at = chance.choice(places or [at])
                out[at + 1 : at + (2 if out[at] == ord("K") else 3)] = chance.choice(NUMBERS)[
                    : 1 if out[at] == ord("K") else 2
                ]
        out = out or bytearray(b".")
    return bytes(out)


def main(folder: Path, *numbers: str) -> None:
    """Load the pickles of a folder, or changed ones, and print what became of them."""
    paths = sorted(folder.glob("*.pkl"))
    importlib.import_module("pandas")  # which looks at the machine's libraries
    sys.addaudithook(watch)
    if not numbers:
        sys.stdout.write(json.dumps({path.stem: problems(path) for path in paths}))
        return
    seed, count = map(int, numbers)
    chance = random.Random(seed)
    contents = [path.read_bytes() for path in paths]
    found = []
    for _ in range(count):
        path = folder / "changed" / "x.pkl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(changed(chance.choice(contents), contents, chance))  # a crash leaves it there
        found.append(problems(path) is None)
    sys.stdout.write(json.dumps({"frames": sum(found), "errors": len(found) - sum(found)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
