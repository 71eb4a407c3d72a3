from collections.abc import AsyncGenerator

import numpy as np
import pytest
from livekit import rtc
from numpy.typing import NDArray

from app.agent.quiet import AFTER_S, BEFORE_S, trimmed, without_silence

RATE = 24_000


def _tone(seconds: float) -> NDArray[np.int16]:
    return (np.sin(np.arange(int(seconds * RATE)) * 0.2) * 8000).astype(np.int16)


def _silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(seconds * RATE), dtype=np.int16)


async def _frames(*parts: NDArray[np.int16], step_s: float) -> AsyncGenerator[rtc.AudioFrame, None]:
    whole, step = np.concatenate(parts), int(step_s * RATE)
    for begin in range(0, len(whole), step):
        part = whole[begin : begin + step]
        yield rtc.AudioFrame(part.tobytes(), RATE, 1, len(part))


async def _cut(*parts: NDArray[np.int16], step_s: float) -> NDArray[np.int16]:
    frames = [frame async for frame in without_silence(_frames(*parts, step_s=step_s))]
    samples = [np.frombuffer(frame.data, dtype=np.int16) for frame in frames]
    return np.concatenate([np.empty(0, dtype=np.int16), *samples])


@pytest.mark.parametrize("step_s", [0.01, 0.05, 0.5, 3.0])
async def test_silence_goes_at_both_ends_and_stays_within(step_s: float) -> None:
    said = (_tone(0.3), _silence(0.6), _tone(0.3))
    heard = await _cut(_silence(0.5), *said, _silence(0.7), step_s=step_s)
    assert len(heard) / RATE == pytest.approx(BEFORE_S + 1.2 + AFTER_S, abs=0.01)
    loud = np.flatnonzero(np.abs(heard) > 100)
    assert loud[0] / RATE == pytest.approx(BEFORE_S, abs=0.005)


@pytest.mark.parametrize("step_s", [0.01, 0.5])
async def test_sound_without_silence_is_not_touched(step_s: float) -> None:
    tone = _tone(0.4)
    np.testing.assert_array_equal(await _cut(tone[1:], step_s=step_s), tone[1:])


async def test_speech_is_not_held_back_until_its_end() -> None:
    frames = without_silence(_frames(_silence(0.2), _tone(1.0), step_s=0.1))
    first = await anext(frames)
    assert first.duration < 0.2
    await frames.aclose()


async def test_of_mere_silence_little_is_left() -> None:
    heard = await _cut(_silence(2.0), step_s=0.1)
    assert len(heard) / RATE <= AFTER_S


def test_a_wave_is_cut_alike() -> None:
    wave = np.concatenate([_silence(0.4), _tone(0.5), _silence(0.6)]).astype(np.float32) / 32768
    assert len(trimmed(wave, RATE)) / RATE == pytest.approx(BEFORE_S + 0.5 + AFTER_S, abs=0.01)
    mute = np.zeros(100, dtype=np.float32)
    assert trimmed(mute, RATE) is mute
