"""Sound as the visitor speaks and hears it: 16-bit mono samples, and WAV files of them."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 24_000

Samples = NDArray[np.int16]


def save_wav(path: Path, samples: Samples) -> None:
    """Write 16-bit mono samples at `RATE`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def read_wav(path: Path) -> Samples:
    """A 16-bit mono WAV file, resampled to `RATE`."""
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    if rate == RATE:
        return samples
    at = np.linspace(0, samples.size - 1, int(samples.size * RATE / rate))
    return np.interp(at, np.arange(samples.size), samples).astype(np.int16)


def frames_of(sound: Samples | None, size: int) -> Sequence[Samples]:
    """The whole frames of a sound; one of silence where there is none."""
    if sound is None or sound.size < size:
        return [np.zeros(size, np.int16)]
    whole = sound.size // size
    return list(sound[: whole * size].reshape(whole, size))
