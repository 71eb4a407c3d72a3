"""A visitor who notes when each of a few tones is heard, from whomever it comes."""

import asyncio
import itertools
import time
from dataclasses import dataclass

import numpy as np
from livekit import rtc

RATE = 24_000
_FRAME = 480  # 20 ms
_LOUD = 1500


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms of a tone, heard now; `of` is whose track it was."""

    at: float
    tone: int
    of: str


class Listener:
    """`tones` are the frequencies to be told apart, a multiple of 50 Hz each."""

    def __init__(self, tones: tuple[int, ...]) -> None:
        self.room = rtc.Room()
        self.heard: list[Sound] = []
        self.tracks: list[str] = []
        self._tones = tones
        self._hearing: dict[str, asyncio.Task[None]] = {}
        self.room.on("track_subscribed", self._on_track)
        self.room.on("track_unsubscribed", self._on_track_gone)

    async def __aenter__(self) -> "Listener":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._hearing.values():
            task.cancel()
        await asyncio.gather(*self._hearing.values(), return_exceptions=True)
        await self.room.disconnect()

    def lengths(self) -> list[float]:
        """How long each tone was heard, in seconds."""
        return [0.02 * sum(sound.tone == tone for sound in self.heard) for tone in self._tones]

    def gap_s(self) -> float:
        """The longest silence between the first and the last sound."""
        times = [sound.at for sound in self.heard]
        gaps = [after - before for before, after in itertools.pairwise(times)]
        return max(gaps, default=0.0)

    def speakers(self) -> list[str]:
        """Who was heard, in turns."""
        turns: list[str] = []
        for sound in self.heard:
            if not turns or turns[-1] != sound.of:
                turns.append(sound.of)
        return turns

    async def until_heard(self, tone: int) -> float:
        """When this tone is first heard."""
        while True:
            for sound in self.heard:
                if sound.tone == tone:
                    return sound.at
            await asyncio.sleep(0.01)

    def _on_track(
        self, track: rtc.RemoteTrack, _: object, participant: rtc.RemoteParticipant
    ) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self.tracks.append(participant.identity)
            self._hearing[track.sid] = asyncio.create_task(self._hear(track, participant.identity))

    def _on_track_gone(self, track: rtc.RemoteTrack, *_: object) -> None:
        # LiveKit gives the next track the receiver of one that is gone, whose stream would go on
        # and have the same sound heard twice.
        if track.sid in self._hearing:
            self._hearing[track.sid].cancel()

    async def _hear(self, track: rtc.RemoteTrack, identity: str) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20)
        async for event in stream:
            samples = np.frombuffer(event.frame.data, np.int16).astype(float)
            if np.sqrt(np.mean(samples**2)) < _LOUD:
                continue
            spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
            pitch = spectrum.argmax() * RATE / len(samples)
            tone = min(self._tones, key=lambda tone: abs(tone - pitch))
            self.heard.append(Sound(time.monotonic(), tone, identity))
