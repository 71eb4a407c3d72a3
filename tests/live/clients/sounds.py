"""What the clients are given to say, and how it is known again in what the visitor heard."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 24_000

Samples = NDArray[np.int16]

PART_S = 0.6
MELODY = (440.0, 880.0, 660.0)
"""Tones of `PART_S` each: lost, doubled or displaced speech would show in order or length."""

# Two frames of 40 ms, in which the stage speaks.
_OFF_S = 0.08
_OFF_HZ = 4.0
_GAPS_S = 0.04

# Half of what is spoken reaches 8500; the Opus decoder's comfort noise stays below 50.
_LOUD = 1000


def tone(seconds: float, hertz: float) -> bytes:
    at = np.arange(int(RATE * seconds)) / RATE
    return (12_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def melody(tones: Sequence[float]) -> bytes:
    return b"".join(tone(PART_S, hertz) for hertz in tones)


def wrong_with(voice: Samples, tones: Sequence[float]) -> str | None:
    """How what was heard differs from a melody; None: it is that melody, whole and alone."""
    sound = sounding(voice)
    lasts, wanted = sound.size / RATE, PART_S * len(tones)
    if abs(lasts - wanted) > _OFF_S:
        return f"it lasts {lasts:.2f} s instead of {wanted:.2f} s"
    heard = [_pitch(part) for part in np.array_split(sound, len(tones))]
    if any(abs(is_ - should) > _OFF_HZ for is_, should in zip(heard, tones, strict=True)):
        return f"its tones are {heard} instead of {tones}"
    if (silent := _gaps_s(sound)) > _GAPS_S:
        return f"it is silent for {silent:.2f} s in its midst"
    return None


def loud(samples: Samples) -> bool:
    return bool(samples.size) and int(np.abs(samples.astype(int)).max()) > _LOUD


def sounding(voice: Samples) -> Samples:
    """The part of what was heard from the first sound to the last."""
    at = np.nonzero(np.abs(voice.astype(int)) > _LOUD)[0]
    return voice[at[0] : at[-1] + 1] if at.size else voice[:0]


def _pitch(part: Samples) -> float:
    """The strongest frequency in the middle of a part."""
    middle = part[part.size // 5 : -part.size // 5]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    return float(spectrum.argmax()) * RATE / middle.size


def _gaps_s(sound: Samples) -> float:
    """Seconds of silence in the midst of it, counted in pieces of 10 ms."""
    piece = RATE // 100
    pieces = sound[: sound.size // piece * piece].reshape(-1, piece).astype(int)
    return float((np.abs(pieces).max(axis=1) < _LOUD).sum()) / 100
