"""What is handed out: the members of wheel and sdist, and a wheel that works where no checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VERSION = "0.1.0"
STEM = f"paperkit_assets-{VERSION}"
MANIFEST = """\
[data.scores]
read = "scores.csv"

[table.scores]
data = "scores"
rows = "model"
columns = ["task"]
cells = "accuracy"
"""
SCORES = "model,task,accuracy\nsmall,reading,71.25\nlarge,reading,83.5\nsmall,writing,64\nlarge,writing,70.75\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Distributions:
    """The two files that a release uploads."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A virtual environment with the wheel in it."""

    python: Path
    command: Path


def _run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build the sdist from the checkout and the wheel from the sdist.

    The hatchling that is installed does it, not one fetched for the purpose: no network is needed.
    """
    folder = tmp_path_factory.mktemp("distributions")
    _run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], folder)
    return Distributions(wheel=folder / f"{STEM}-py3-none-any.whl", sdist=folder / f"{STEM}.tar.gz")


@pytest.fixture(scope="session")
def installed(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel, and nothing else, in an environment of its own.

    What the wheel depends on is lent by the environment that runs the tests, so that nothing is fetched: a `.pth`
    file puts that environment's packages behind the fresh one's. Python reads no `.pth` file of a folder that came
    from one, so a checkout installed as editable there stays out of sight.
    """
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, symlinks=os.name != "nt")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    offline = ["--no-index", "--no-deps", "--disable-pip-version-check", "--quiet"]
    _run([sys.executable, "-m", "pip", "--python", python, "install", *offline, distributions.wheel], home)
    packages = _run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).stdout.strip()
    lent = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (Path(packages) / "lent.pth").write_text("".join(f"{folder}\n" for folder in lent), encoding="utf-8")
    return Installed(python=python, command=scripts / ("paperkit.exe" if os.name == "nt" else "paperkit"))


def _wheel_members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _sdist_members(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {str(PurePosixPath(name).relative_to(STEM)) for name in archive.getnames()}


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return message_from_string(archive.read(f"{STEM}.dist-info/METADATA").decode("utf-8"))


def _package_files() -> set[str]:
    found = (path for path in (ROOT / "paperkit").rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_is_the_package_with_its_data_and_nothing_else(distributions: Distributions) -> None:
    members = _wheel_members(distributions.wheel)
    about = {f"{STEM}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    assert members == _package_files() | about | {f"{STEM}.dist-info/licenses/LICENSE"}


def test_the_wheel_has_one_package(distributions: Distributions) -> None:
    tops = {name.partition("/")[0] for name in _wheel_members(distributions.wheel)}
    assert tops == {"paperkit", f"{STEM}.dist-info"}


def test_the_sdist_is_what_the_wheel_is_built_from(distributions: Distributions) -> None:
    beside = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert _sdist_members(distributions.sdist) == _package_files() | beside


def test_the_metadata_says_what_the_project_says(distributions: Distributions) -> None:
    metadata = _metadata(distributions.wheel)
    assert metadata["Name"] == "paperkit-assets"
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Author"] == "paperkit contributors"
    assert metadata.get_all("Project-URL") is None
    assert metadata["Home-page"] is None


def test_what_users_get_with_the_package_is_what_it_needs_to_run(distributions: Distributions) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [line for line in _metadata(distributions.wheel).get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(required) == sorted(project["dependencies"])
    tools = {"build", "hatchling", "mypy", "pytest", "ruff"}
    assert not any(line.partition(">")[0] in tools for line in required)


def test_the_installed_package_is_the_wheels(installed: Installed, tmp_path: Path) -> None:
    done = _run([installed.python, "-c", "import paperkit; print(paperkit.__file__)"], tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(installed.python.parent.parent)


def test_the_installed_command_says_its_version(installed: Installed, tmp_path: Path) -> None:
    assert _run([installed.command, "--version"], tmp_path).stdout == f"paperkit {VERSION}\n"


def test_the_installed_command_builds_a_paper(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "scores.csv").write_text(SCORES, encoding="utf-8")
    _run([installed.command, "build"], tmp_path)
    table = (tmp_path / "tables" / "scores.tex").read_text(encoding="utf-8")
    assert "\\begin{tabular}" in table
    assert all(word in table for word in ("small", "large", "reading", "writing"))
    # A second build has nothing to do, and does nothing.
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").iterdir()}
    _run([installed.command, "build"], tmp_path)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").iterdir()} == before
