"""Where things made by the set-up lie, and how they come to lie there whole or not at all."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MADE = ROOT / ".groundling"
STATE = MADE / "state"


def cache() -> Path:
    """The folder of built servers and models: `GROUNDLING_CACHE`, or `.groundling/cache` here."""
    named = os.environ.get("GROUNDLING_CACHE")
    return Path(named).expanduser().resolve() if named else MADE / "cache"


def models() -> Path:
    """The folder of model files, weights and tokenizers."""
    return cache() / "models"


def venv_python() -> Path:
    """The interpreter of the virtual environment."""
    return VENV / "bin" / "python"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Offer a folder to build in; what is named as `target` is there takes its place at the end.

    An interrupted set-up therefore never leaves half a file under the final name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    try:
        yield workshop
        if target.is_dir():
            shutil.rmtree(target)
        (workshop / target.name).replace(target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def digest(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(*parts: str | Path) -> str:
    """One short hash of texts and of the contents of files (a missing file counts as empty)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            total.update(part.read_bytes() if part.is_file() else b"")
        else:
            total.update(part.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]


def stamped(stamp: Path, value: str) -> bool:
    """Whether `stamp` says that the step it stands for was last done for this very `value`."""
    return stamp.is_file() and stamp.read_text() == value


def stamp_with(stamp: Path, value: str) -> None:
    """Note that a step was done for `value`."""
    with replacing(stamp) as workshop:
        (workshop / stamp.name).write_text(value)
