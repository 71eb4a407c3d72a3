"""Several microphones as one: what a person in the room would hear."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing

import numpy as np
from livekit import rtc
from livekit.agents.voice import io
from numpy.typing import NDArray

# As LiveKit's own input has them, which the mix takes the place of.
RATE = 24_000
FRAME_MS = 50
_FRAME = RATE * FRAME_MS // 1000
# Frames come every 50 ms. A microphone that is late by more holds up nobody else's words.
_LATE_S = 0.15

logger = logging.getLogger(__name__)

Samples = NDArray[np.int16]
Sound = AsyncGenerator[rtc.AudioFrame, None]
"""What one microphone hears, mono, at RATE."""


async def sound_of(track: rtc.Track) -> Sound:
    """What a microphone in the room hears, levelled as LiveKit levels that of a single visitor."""
    stream = rtc.AudioStream.from_track(
        track=track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS
    )
    level = rtc.AudioProcessingModule(auto_gain_control=True)
    async with aclosing(stream):
        async for event in stream:
            level.process_stream(event.frame)
            yield event.frame


class Mix(io.AudioInput):
    """The sum of the microphones that were added; they come and go while it is listened to.

    LiveKit's mixer waits 100 ms in every round for a microphone that gives nothing, so that the
    others would be heard later and later.
    """

    def __init__(self) -> None:
        super().__init__(label="visitors")
        self._heard: dict[Hashable, _Heard] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._frames: asyncio.Queue[rtc.AudioFrame | None] = asyncio.Queue()
        self._attached = False

    @property
    def microphones(self) -> set[Hashable]:
        """The microphones that are listened to."""
        return set(self._tasks)

    def add(self, microphone: Hashable, sound: Sound) -> None:
        """Listen to this microphone, too."""
        # Known at once: what others say meanwhile waits for its first frame.
        heard = self._heard[microphone] = _Heard(_now())
        task = self._tasks[microphone] = asyncio.create_task(self._listen(heard, sound))
        task.add_done_callback(_note)

    def remove(self, microphone: Hashable) -> None:
        """Listen to it no longer."""
        task = self._tasks.pop(microphone)
        task.cancel()
        del self._heard[microphone]
        self._pass_on()  # the others may have waited for it
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def aclose(self) -> None:
        """Listen to none of them; whoever listens to the mix hears its end."""
        for microphone in self.microphones:
            self.remove(microphone)
        await asyncio.gather(*self._ending, return_exceptions=True)
        self._frames.put_nowait(None)

    async def __anext__(self) -> rtc.AudioFrame:
        """The next 50 ms."""
        if (frame := await self._frames.get()) is None:
            raise StopAsyncIteration
        return frame

    def on_attached(self) -> None:
        """What is heard from now on is wanted."""
        self._attached = True

    def on_detached(self) -> None:
        """Nobody listens: what is heard is dropped."""
        self._attached = False

    async def _listen(self, heard: "_Heard", sound: Sound) -> None:
        try:
            async with aclosing(sound):
                async for frame in sound:
                    heard.put(frame, _now())
                    self._pass_on()
        finally:
            heard.ended = True
            self._pass_on()

    def _pass_on(self) -> None:
        while self._is_complete(_now()):
            together = np.sum([heard.take() for heard in self._heard.values()], axis=0)
            sound = np.clip(together, -32768, 32767).astype(np.int16).tobytes()
            if self._attached:
                self._frames.put_nowait(rtc.AudioFrame(sound, RATE, 1, _FRAME))

    def _is_complete(self, now: float) -> bool:
        heard = self._heard.values()
        return any(one.has_frame for one in heard) and all(
            one.has_frame or one.ended or now - one.last_at > _LATE_S for one in heard
        )


class _Heard:
    """What was heard by one microphone and is not in the mix yet."""

    def __init__(self, now: float) -> None:
        self.last_at = now
        self.ended = False
        self._samples: Samples = np.zeros(0, np.int16)

    @property
    def has_frame(self) -> bool:
        return self._samples.size >= _FRAME

    def put(self, frame: rtc.AudioFrame, now: float) -> None:
        self.last_at = now
        self._samples = np.concatenate((self._samples, np.frombuffer(frame.data, np.int16)))

    def take(self) -> NDArray[np.int32]:
        """The next frame, with silence where nothing was heard; wide enough for a sum."""
        taken, self._samples = self._samples[:_FRAME], self._samples[_FRAME:]
        frame = np.zeros(_FRAME, np.int32)
        frame[: taken.size] = taken
        return frame


def _note(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("a microphone is not heard any more", exc_info=error)


def _now() -> float:
    return asyncio.get_running_loop().time()
