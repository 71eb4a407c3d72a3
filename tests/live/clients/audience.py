"""A visitor in the room who keeps what the avatar says and shows, and when it came."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from livekit import rtc

from tests.live.clients.sounds import RATE, Samples, loud


class Audience:
    """Hears and sees one participant, the avatar."""

    def __init__(self, avatar: str) -> None:
        self.room = rtc.Room()
        self.avatar = avatar
        self.pictures = 0
        self._heard: list[tuple[float, Samples]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.room.on("track_subscribed", self._on_track)

    def _on_track(self, track: rtc.RemoteTrack, _: object, who: rtc.RemoteParticipant) -> None:
        if who.identity == self.avatar:
            reading = self._hear if track.kind == rtc.TrackKind.KIND_AUDIO else self._see
            self._tasks.add(asyncio.create_task(reading(track)))

    async def _hear(self, track: rtc.RemoteTrack) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            samples = np.frombuffer(event.frame.data, np.int16).copy()
            self._heard.append((time.monotonic(), samples))

    async def _see(self, track: rtc.RemoteTrack) -> None:
        async for _ in rtc.VideoStream(track):
            self.pictures += 1

    @property
    def voice(self) -> Samples:
        """All that was heard since the last `forget`."""
        return np.concatenate([samples for _, samples in self._heard] or [np.zeros(0, np.int16)])

    def forget(self) -> None:
        """Listen as if nothing had been said yet."""
        self._heard.clear()

    def last_sound(self) -> float | None:
        """When the last sound came, on the clock that all processes share; None: nothing came."""
        came = [when for when, samples in self._heard if loud(samples)]
        return came[-1] if came else None

    async def present(self) -> None:
        """Wait until the avatar is seen and its voice is open: what came before is not heard."""
        while not (self.pictures and self._heard):
            await asyncio.sleep(0.02)

    async def sound(self) -> None:
        """Wait for the first sound."""
        while self.last_sound() is None:
            await asyncio.sleep(0.01)

    async def quiet(self, seconds: float = 0.6) -> None:
        """Wait for the first sound, and then for silence of this length."""
        await self.sound()
        while time.monotonic() - (self.last_sound() or 0) < seconds:
            await asyncio.sleep(0.02)

    async def gone(self) -> None:
        """Wait until the avatar has left, or the room was closed."""
        while self.room.isconnected() and self.avatar in self.room.remote_participants:
            await asyncio.sleep(0.02)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()


@asynccontextmanager
async def audience(url: str, token: str, avatar: str) -> AsyncIterator[Audience]:
    """A visitor in the room of the token, for as long as the block lasts."""
    heard = Audience(avatar)
    try:
        await heard.room.connect(url, token)
        yield heard
    finally:
        await heard.aclose()
