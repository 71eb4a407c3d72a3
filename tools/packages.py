"""The virtual environment and the pinned Python packages in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tools import places
from tools.errors import SetupFailed
from tools.progress import run

EXTRAS = "knowledge,api,agent,stage,dev"
PROJECT = places.ROOT / "pyproject.toml"
CONSTRAINTS = places.ROOT / "constraints.txt"
STAMP = places.VENV / ".groundling-packages"
# There while pip writes: an environment that is found with it may hold half a package.
UNFINISHED = places.VENV / ".groundling-unfinished"
# Older pips (23.2 among them) do not resolve extras that are written with an underscore.
PIP = "26.3"
# Without a GPU the CPU build saves 2.5 GB of libraries that would never run.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"


def ensure() -> None:
    """See that the virtual environment holds what the project pins.

    Raises:
        SetupFailed: it cannot be made, or a package cannot be had.
    """
    wanted = places.fingerprint(PROJECT, CONSTRAINTS, sys.version, PIP)
    if places.stamped(STAMP, wanted) and _works(places.venv_python()):
        return
    if UNFINISHED.exists() or not _works(places.venv_python()):
        _make_venv()
    UNFINISHED.touch()
    try:
        _install()
    except SetupFailed:
        # pip itself gave up, and leaves nothing half done.
        UNFINISHED.unlink()
        raise
    places.stamp_with(STAMP, wanted)
    UNFINISHED.unlink()


def aside(pins: Path, folder: Path, what: str) -> Path:
    """A folder for PYTHONPATH with pinned packages that are not to lie among ours; fetched once.

    Without what they need: that is in the virtual environment already.

    Raises:
        SetupFailed: they cannot be had.
    """
    if folder.is_dir():
        return folder
    with places.replacing(folder) as workshop:
        pip: list[str | Path] = [places.venv_python(), "-m", "pip", "--disable-pip-version-check"]
        run(
            [*pip, "install", "--no-deps", "--target", workshop / folder.name, "-r", pins],
            what=what,
            remedy="Is the package index reachable? Then try again.",
        )
    return folder


def _install() -> None:
    _pip("install", f"pip=={PIP}", what="upgrading pip")
    if not _has_gpu():
        _install_cpu_torch()
    _pip(
        *("install", "--editable", f"{places.ROOT}[{EXTRAS}]", "--constraint", str(CONSTRAINTS)),
        what="installing the Python packages (a few minutes the first time)",
    )


def _works(python: Path) -> bool:
    if not python.is_file():
        return False
    # A Python that was upgraded or removed leaves an environment that cannot start.
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _make_venv() -> None:
    shutil.rmtree(places.VENV, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", places.VENV],
        what=f"making a virtual environment with Python {sys.version.split()[0]}",
        remedy="Where the module venv is a package of its own, install it "
        "(Debian: apt install python3-venv), then try again.",
    )


def _pip(*arguments: str, what: str) -> None:
    run(
        [places.venv_python(), "-m", "pip", *arguments, "--disable-pip-version-check"],
        what=what,
        remedy="Is the package index reachable, and is there room on the disk? "
        "What was done so far is kept; try again.",
    )


def _has_gpu() -> bool:
    program = shutil.which("nvidia-smi")
    if not program:
        return False
    return subprocess.run([program], capture_output=True, check=False).returncode == 0


def _install_cpu_torch() -> None:
    """Install the CPU build of torch, if it can be had; otherwise pip takes what it finds later."""
    version = _pinned("torch")
    build = f"torch=={version}+cpu"
    if _present(build):
        return
    source = _source(build)
    if source:
        _pip("install", "--no-deps", *source, build, what=f"installing {build}")


def _source(build: str) -> list[str]:
    """Where pip finds a build of torch: the folders of PIP_FIND_LINKS, PyTorch's index, nowhere."""
    trial = [
        str(places.venv_python()),
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--no-deps",
        "--no-index",
    ]
    if os.environ.get("PIP_FIND_LINKS"):
        tried = subprocess.run([*trial, build], capture_output=True, check=False)
        if tried.returncode == 0:
            return ["--no-index"]
    return ["--index-url", TORCH_INDEX] if _answers(TORCH_INDEX + "/torch/") else []


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=4):
            return True
    except HTTPError as error:
        return error.code < 400
    except OSError:
        return False


def _present(build: str) -> bool:
    name, version = build.split("==")
    asks = f"from importlib.metadata import version; assert version({name!r}) == {version!r}"
    done = subprocess.run([places.venv_python(), "-c", asks], capture_output=True, check=False)
    return done.returncode == 0


def _pinned(package: str) -> str:
    for line in CONSTRAINTS.read_text().splitlines():
        name, _, version = line.partition("==")
        if name == package:
            return version
    raise SetupFailed(f"constraints.txt does not pin {package}.")
