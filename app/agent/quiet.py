"""Silence around speech: voices put some before and after what they say, and it all adds up."""

from collections.abc import AsyncGenerator, AsyncIterable

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

# What is kept: with Hibari it brought "ready to audible" from 0.37 to 0.12-0.22 s.
BEFORE_S, AFTER_S = 0.04, 0.2
# Of full scale. Hibari's silence stays below 0.001, its softest consonants are above 0.004.
SILENCE = 0.003


def trimmed(wave: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """A wave (-1 to 1) with its silence cut at both ends; all silence stays as it is."""
    loud = np.flatnonzero(np.abs(wave) > SILENCE)
    if not len(loud):
        return wave
    begin = max(0, int(loud[0] - BEFORE_S * rate))
    return wave[begin : int(loud[-1] + AFTER_S * rate)]


async def without_silence(
    frames: AsyncIterable[rtc.AudioFrame],
) -> AsyncGenerator[rtc.AudioFrame, None]:
    """Frames of one utterance, 16-bit mono, as they come but for the silence at both ends.

    Nothing but silence within them is held back, and only until something is heard again.
    """
    held: list[rtc.AudioFrame] = []
    begun = False
    async for frame in frames:
        loud = np.flatnonzero(np.abs(_samples(frame)) > SILENCE * 32768)
        if not len(loud):
            held.append(frame)
            continue
        if not begun:
            for part in _last(held, BEFORE_S - loud[0] / frame.sample_rate):
                yield part
            frame = _cut(frame, max(0, int(loud[0] - BEFORE_S * frame.sample_rate)), None)
        else:
            for part in held:
                yield part
        begun, held = True, []
        end = _loud_end(frame)
        yield _cut(frame, 0, end)
        if end < frame.samples_per_channel:
            held.append(_cut(frame, end, None))
    for part in _first(held, AFTER_S):
        yield part


def _loud_end(frame: rtc.AudioFrame) -> int:
    return int(np.flatnonzero(np.abs(_samples(frame)) > SILENCE * 32768)[-1]) + 1


def _first(frames: list[rtc.AudioFrame], seconds: float) -> list[rtc.AudioFrame]:
    """So much of the beginning."""
    kept = []
    for frame in frames:
        if seconds <= 0:
            break
        kept.append(_cut(frame, 0, int(seconds * frame.sample_rate)))
        seconds -= frame.duration
    return [frame for frame in kept if frame.samples_per_channel]


def _last(frames: list[rtc.AudioFrame], seconds: float) -> list[rtc.AudioFrame]:
    """So much of the end."""
    kept: list[rtc.AudioFrame] = []
    for frame in reversed(frames):
        if seconds <= 0:
            break
        begin = max(0, frame.samples_per_channel - int(seconds * frame.sample_rate))
        kept.insert(0, _cut(frame, begin, None))
        seconds -= frame.duration
    return [frame for frame in kept if frame.samples_per_channel]


def _cut(frame: rtc.AudioFrame, begin: int, end: int | None) -> rtc.AudioFrame:
    samples = np.frombuffer(frame.data, dtype=np.int16)[begin:end]
    return rtc.AudioFrame(samples.tobytes(), frame.sample_rate, 1, len(samples))


def _samples(frame: rtc.AudioFrame) -> NDArray[np.int32]:
    # The lowest of 16 bits has no positive counterpart in them.
    return np.frombuffer(frame.data, dtype=np.int16).astype(np.int32)
