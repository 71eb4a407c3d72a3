"""What the clients are given to say, and how it is known again in what the visitor heard."""

import numpy as np
from numpy.typing import NDArray

RATE = 24_000

Samples = NDArray[np.int16]

PART_S = 0.6
MELODY = (440.0, 880.0, 660.0)
"""Three tones of `PART_S`: lost, doubled or displaced speech would show in order or length."""

# Half of what is spoken reaches 8500; the Opus decoder's comfort noise stays below 50.
_LOUD = 1000


def tone(seconds: float, hertz: float) -> bytes:
    at = np.arange(int(RATE * seconds)) / RATE
    return (12_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def melody() -> bytes:
    return b"".join(tone(PART_S, hertz) for hertz in MELODY)


def loud(samples: Samples) -> bool:
    return bool(samples.size) and int(np.abs(samples.astype(int)).max()) > _LOUD


def sounding(voice: Samples) -> Samples:
    """The part of what was heard from the first sound to the last."""
    at = np.nonzero(np.abs(voice.astype(int)) > _LOUD)[0]
    return voice[at[0] : at[-1] + 1] if at.size else voice[:0]


def pitches(sound: Samples) -> list[float]:
    """The strongest frequency in the middle of each part of a melody."""
    thirds = np.array_split(sound, len(MELODY))
    return [pitch(third[third.size // 5 : -third.size // 5]) for third in thirds]


def pitch(sound: Samples) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    return float(spectrum.argmax()) * RATE / sound.size


def gaps_s(sound: Samples) -> float:
    """Seconds of silence in the midst of it, counted in pieces of 10 ms."""
    piece = RATE // 100
    pieces = sound[: sound.size // piece * piece].reshape(-1, piece).astype(int)
    return float((np.abs(pieces).max(axis=1) < _LOUD).sum()) / 100
