"""Programs that only the tests need, from the machine's package system."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.errors import SetupFailed
from tools.progress import run


@dataclass(frozen=True, slots=True)
class Program:
    """One Debian package, and the names by which its program may already be here."""

    package: str
    names: tuple[str, ...]
    folders: str = ""

    @property
    def is_here(self) -> bool:
        if any(shutil.which(name) for name in self.names):
            return True
        return bool(self.folders) and any(
            folder.glob(name) for folder in Path("/").glob(self.folders) for name in self.names
        )


PROGRAMS = [
    Program("chromium", ("chromium", "chromium-browser", "google-chrome")),
    Program("redis-server", ("redis-server", "valkey-server")),
    # Debian keeps the server off PATH, in a folder of its version.
    Program("postgresql", ("postgres",), "usr/lib/postgresql/*/bin"),
]


def ensure() -> None:
    """Install what is missing, where this is Debian and we are root.

    Raises:
        SetupFailed: something is missing and may not be installed from here; it is named.
    """
    missing = [program.package for program in PROGRAMS if not program.is_here]
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupFailed(
            f"The tests need {', '.join(missing)}. Install what is missing, then try again "
            f"(Debian: sudo apt-get install {names})."
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], what="asking apt what there is", env=env)
    run(
        ["apt-get", "install", "--yes", "--no-install-recommends", *missing],
        what=f"installing {names}",
        env=env,
        remedy=f"Install {names} yourself, then try again.",
    )
