"""What a mouth does for a 25th of a second of speech: how far it opens, how wide, how sharply."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 24_000

# Speech of 40 to 18 dB below full scale opens the mouth from shut to wide.
_SHUT_DB, _WIDE_DB = -40.0, -18.0

# Where open and closed vowels differ (first formant), round and spread ones (second formant), and
# where only hisses are loud. In hertz.
_CLOSED, _OPEN, _SPREAD, _HISS = (150, 550), (550, 1300), (1700, 3400), (4500, 10_000)


@dataclass(frozen=True, slots=True)
class Mouth:
    """`opening` 0 (shut) to 1; `spread` -1 (round, as in "oo") to 1 (wide, "ee"); `hiss` 0 to 1."""

    opening: float
    spread: float = 0.0
    hiss: float = 0.0


SHUT = Mouth(0.0)


def mouth_of(pcm: bytes) -> Mouth:
    """The mouth for these samples (24 kHz, 16 bit, mono)."""
    samples = np.frombuffer(pcm, np.int16).astype(np.float32)
    opening = loudness(samples)
    if opening == 0.0:
        return SHUT
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size))) ** 2
    power /= float(power.sum()) + 1e-9
    closed, wide_open, front, hiss = (
        _share(power, *band) for band in (_CLOSED, _OPEN, _SPREAD, _HISS)
    )
    hissing = min(1.0, max(0.0, (hiss - 0.25) / 0.35))
    # "ee" and "oo" are loud with the jaw almost shut.
    jaw = min(1.0, 0.55 + 0.9 * wide_open / (wide_open + closed + 1e-9))
    return Mouth(
        opening=opening * (jaw * (1 - hissing) + 0.25 * hissing),
        spread=_spread(closed, wide_open, front) * (1 - hissing),
        hiss=hissing,
    )


def loudness(samples: NDArray[np.float32]) -> float:
    """0 (silence) to 1, linear in decibels."""
    power = float(np.mean(samples * samples)) if samples.size else 0.0
    if power < 1.0:
        return 0.0
    decibels = 10 * float(np.log10(power / 32768.0**2))
    return min(1.0, max(0.0, (decibels - _SHUT_DB) / (_WIDE_DB - _SHUT_DB)))


def _spread(closed: float, wide_open: float, front: float) -> float:
    """How much is heard around 2.4 kHz, against what is below.

    Median of a sentence full of "oo" -24 dB, of one full of "ee" -17 dB (hibari, 40 ms frames).
    """
    decibels = 10 * float(np.log10((front + 1e-6) / (closed + wide_open + 1e-6)))
    return min(1.0, max(-1.0, (decibels + 20.5) / 8.0))


def _share(power: NDArray[np.float32], low: int, high: int) -> float:
    step = SAMPLE_RATE / 2 / (power.size - 1)
    return float(power[round(low / step) : round(high / step)].sum())
