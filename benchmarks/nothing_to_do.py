"""Measure a build with nothing to do, with a thousand assets, against other tools that have a thousand targets.

Each of ours is a table made from a CSV of its own; each of theirs a copy of the same file. All are built once, then
run again, by turns, with nothing to do: GNU make always, snakemake and DVC with `--all`. Those two are installed from
the package index into environments below `benchmarks/.environments`, which takes minutes; DVC's first build is long,
so that it has a quarter of the targets and its cost is shown for those. Processor time is user plus system, with child
processes.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = Path(__file__).resolve().parent / ".environments"
IMPORTS = ("pandas", "numpy", "matplotlib", "jinja2", "pydantic")
_DVC_SHARE = 4


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command and return seconds of processor time and by the clock.

    Raises:
        SystemExit: it failed; its last lines are shown.

    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def inputs(folder: Path, count: int) -> list[str]:
    """Write `count` CSVs of five rows and return their names without suffix."""
    (folder / "data").mkdir(parents=True)
    names = [f"runs-{number:04}" for number in range(count)]
    for number, name in enumerate(names):
        rows = "".join(f"d{row},{number + row / 7:.4f}\n" for row in range(5))
        (folder / "data" / f"{name}.csv").write_text(f"dataset,accuracy\n{rows}", encoding="utf-8")
    return names


def paperkit(folder: Path, count: int) -> list[str]:
    """Write a paper of `count` tables and return the command that builds it."""
    names = inputs(folder, count)
    entries = (
        f'[data.{name}]\nread = "data/{name}.csv"\n'
        f'[table.{name}]\ndata = "{name}"\nrows = "dataset"\ncells = ["accuracy"]\n'
        for name in names
    )
    (folder / "paper.toml").write_text("".join(entries), encoding="utf-8")
    return [sys.executable, "-m", "paperkit", "build"]


def make(folder: Path, count: int) -> list[str]:
    """Write a makefile of `count` copies."""
    names = inputs(folder, count)
    (folder / "out").mkdir()
    rules = "out/%.tex: data/%.csv\n\tcp $< $@\n"
    targets = " ".join(f"out/{name}.tex" for name in names)
    (folder / "Makefile").write_text(f"all: {targets}\n{rules}", encoding="utf-8")
    return ["make", "--silent", "all"]


def snakemake(folder: Path, count: int) -> list[str]:
    """Write a snakefile of `count` copies."""
    names = inputs(folder, count)
    rule = 'rule copy:\n    input: "data/{name}.csv"\n    output: "out/{name}.tex"\n    shell: "cp {input} {output}"\n'
    text = f'rule all:\n    input: expand("out/{{name}}.tex", name={names!r})\n{rule}'
    (folder / "Snakefile").write_text(text, encoding="utf-8")
    return [_installed("snakemake"), "--cores", "2", "--quiet"]


def dvc(folder: Path, count: int) -> list[str]:
    """Write a pipeline of `count` copies."""
    names = inputs(folder, count)
    (folder / "out").mkdir()
    stages = "".join(
        f"  {name}:\n    cmd: cp data/{name}.csv out/{name}.tex\n    deps: [data/{name}.csv]\n"
        f"    outs: [{{out/{name}.tex: {{cache: false}}}}]\n"
        for name in names
    )
    text = stages.replace("[{", "\n      - ").replace(": {cache: false}}]", ":\n          cache: false")
    (folder / "dvc.yaml").write_text(f"stages:\n{text}", encoding="utf-8")
    command = _installed("dvc")
    subprocess.run([command, "init", "--no-scm", "--quiet"], cwd=folder, check=True)
    return [command, "repro", "--quiet"]


def _installed(tool: str) -> str:
    """Return the program of a tool in an environment of its own, which is made if need be."""
    folder = ENVIRONMENTS / tool
    program = folder / "bin" / tool
    if not program.exists():
        print(f"installing {tool} into {folder} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", tool], check=True)
    return str(program)


def imported(command: list[str], folder: Path) -> set[str]:
    """Return which heavy libraries a build with nothing to do imports."""
    timed = [command[0], "-X", "importtime", *command[1:]]
    said = subprocess.run(timed, cwd=folder, capture_output=True, text=True, check=True).stderr
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.splitlines()}
    return names & set(IMPORTS)


def main() -> None:
    """Build everything once, then time what has nothing to do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--all", action="store_true", help="snakemake and DVC too; they are installed first")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    tools: dict[str, tuple[Callable[[Path, int], list[str]], int]] = {
        "paperkit": (paperkit, options.assets),
        "make": (make, options.assets),
    }
    if options.all:
        tools["snakemake"] = (snakemake, options.assets)
        tools["dvc"] = (dvc, options.assets // _DVC_SHARE)
    with tempfile.TemporaryDirectory() as scratch:
        commands = {name: (write(Path(scratch, name), count), count) for name, (write, count) in tools.items()}
        for name, (command, count) in commands.items():
            cpu, wall = run(command, Path(scratch, name))
            print(f"{name:<10} first build of {count:>5}: {cpu:8.2f} s of processor time, {wall:8.2f} s", flush=True)
        time.sleep(3)  # until no file looks as if it was changed just now
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, (command, _count) in commands.items():
                costs[name].append(run(command, Path(scratch, name)))
        heavy = imported(commands["paperkit"][0], Path(scratch, "paperkit"))
    ours = median(cpu for cpu, _ in costs["paperkit"])
    print(f"imported of {', '.join(IMPORTS)}: {', '.join(sorted(heavy)) or 'none'}")
    for name, runs in costs.items():
        cpu, wall = median(cost for cost, _ in runs), median(clock for _, clock in runs)
        ratio = f"{cpu / ours:6.1f} x ours" if name != "paperkit" else ""
        print(
            f"{name:<10} {commands[name][1]:>5} unchanged: {1000 * cpu:7.0f} ms cpu {1000 * wall:7.0f} ms wall {ratio}"
        )


if __name__ == "__main__":
    main()
