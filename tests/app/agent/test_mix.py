"""Voices as tones of constant height: in a sum it is seen who is in it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import numpy as np
import pytest
from livekit import rtc

from app.agent.mix import RATE, Mix


class Voice:
    """A microphone that hears what a test says."""

    def __init__(self) -> None:
        self.closed = False
        self._said: asyncio.Queue[rtc.AudioFrame | None] = asyncio.Queue()

    def say(self, height: int, ms: int = 50) -> None:
        samples = np.full(RATE * ms // 1000, height, np.int16)
        self._said.put_nowait(rtc.AudioFrame(samples.tobytes(), RATE, 1, samples.size))

    def end(self) -> None:
        self._said.put_nowait(None)

    async def sound(self) -> AsyncGenerator[rtc.AudioFrame, None]:
        try:
            while (frame := await self._said.get()) is not None:
                yield frame
        finally:
            self.closed = True


async def _heights(mix: Mix, frames: int) -> list[int]:
    """The height of so many frames, each of which is of one height."""
    heights = []
    async with asyncio.timeout(1):
        for _ in range(frames):
            samples = np.frombuffer((await anext(mix)).data, np.int16)
            assert samples.size == RATE // 20
            assert samples.min() == samples.max()
            heights.append(int(samples[0]))
    return heights


def _mix(*voices: Voice) -> Mix:
    mix = Mix()
    mix.on_attached()
    for voice in voices:
        mix.add(voice, voice.sound())
    return mix


async def test_two_voices_come_out_as_their_sum() -> None:
    anna, ben = Voice(), Voice()
    mix = _mix(anna, ben)
    for height in (1000, 0, 3000):
        anna.say(height)
    for height in (200, 300, -400):
        ben.say(height)
    assert await _heights(mix, 3) == [1200, 300, 2600]
    await mix.aclose()


async def test_what_is_too_loud_together_is_no_louder_than_can_be() -> None:
    anna, ben = Voice(), Voice()
    mix = _mix(anna, ben)
    for height in (30_000, -30_000):
        anna.say(height)
        ben.say(height)
    assert await _heights(mix, 2) == [32_767, -32_768]
    await mix.aclose()


async def test_frames_of_any_length_are_put_together() -> None:
    anna, ben = Voice(), Voice()
    mix = _mix(anna, ben)
    for _ in range(10):
        anna.say(100, ms=10)
    ben.say(5, ms=100)
    assert await _heights(mix, 2) == [105, 105]
    await mix.aclose()


async def test_one_that_leaves_does_not_stop_the_other() -> None:
    anna, ben = Voice(), Voice()
    mix = _mix(anna, ben)
    anna.say(1)
    ben.say(2)
    assert await _heights(mix, 1) == [3]
    ben.say(4)
    ben.say(6)
    mix.remove(anna)
    assert await _heights(mix, 2) == [4, 6]
    assert anna.closed
    assert mix.microphones == {ben}
    await mix.aclose()


async def test_a_microphone_whose_sound_ends_does_not_stop_the_other() -> None:
    anna, ben = Voice(), Voice()
    mix = _mix(anna, ben)
    ben.say(7)
    anna.end()
    assert await _heights(mix, 1) == [7]
    await mix.aclose()


async def test_a_microphone_that_fails_is_told_of_and_does_not_stop_the_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> AsyncGenerator[rtc.AudioFrame, None]:
        raise RuntimeError("no such stream")
        yield

    anna = Voice()
    mix = _mix(anna)
    mix.add("broken", broken())
    anna.say(7)
    assert await _heights(mix, 1) == [7]
    await mix.aclose()
    assert [record.message for record in caplog.records] == ["a microphone is not heard any more"]


async def test_a_silent_microphone_makes_nobody_late() -> None:
    anna, ben = Voice(), Voice()
    mix = _mix(anna, ben)
    loop = asyncio.get_running_loop()
    said_at: list[float] = []

    async def talk() -> None:
        for height in range(1, 15):
            said_at.append(loop.time())
            ben.say(height)
            await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    late = []
    for height in range(1, 15):
        assert await _heights(mix, 1) == [height]
        late.append(loop.time() - said_at[height - 1])
    await talking
    assert max(late[6:]) < 0.03 < late[0]  # the first are held until it is sure
    await mix.aclose()


async def test_what_nobody_listens_to_is_not_kept() -> None:
    anna = Voice()
    mix = _mix(anna)
    mix.on_detached()
    anna.say(1)
    await asyncio.sleep(0.01)
    mix.on_attached()
    anna.say(2)
    assert await _heights(mix, 1) == [2]
    await mix.aclose()


async def test_who_listens_to_a_mix_that_is_closed_comes_to_its_end() -> None:
    anna = Voice()
    mix = _mix(anna)
    listening = asyncio.create_task(_all(mix))
    await asyncio.sleep(0)
    await mix.aclose()
    async with asyncio.timeout(1):
        assert await listening == 0


async def _all(mix: Mix) -> int:
    heard = 0
    with suppress(StopAsyncIteration):
        while True:
            await anext(mix)
            heard += 1
    return heard
