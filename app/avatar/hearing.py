"""Whether what the stage says that it says is heard in the room."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import numpy as np
from livekit import rtc

from app.avatar.onstage import StageVoice
from app.avatar.ports import Presence

# A breath between sentences is 0.2 s, the way through the room as much: this is no pause.
UNHEARD_S = 1.5
_LOOK_S = 0.1
# Longer than LiveKit's own frames: ten looks a second cost next to nothing.
_FRAME_MS = 100
# Of 32767. Silence comes through Opus as less than 10, the quietest vowels as some hundreds.
_LOUD = 100


async def unheard(presence: Presence, voice: StageVoice) -> None:
    """Return when the voice should have sounded for so long, and nothing of it was heard.

    What it said meanwhile is taken back.
    """
    missing_s = 0.0
    async with presence.listening() as ear:
        while missing_s < UNHEARD_S:
            before = time.monotonic()
            await asyncio.sleep(_LOOK_S)
            if voice.sounding:
                # Who was held up did not listen: a stall of our own is no silence of the stage's.
                missing_s += min(time.monotonic() - before, 2 * _LOOK_S)
            missing_s = min(missing_s, ear.silent_s)
    voice.head.take_back(missing_s)


class Ear:
    """Listens to one participant's microphone track in a LiveKit room, once it is subscribed to."""

    def __init__(self, room: rtc.Room, identity: str) -> None:
        self._room = room
        self._identity = identity
        self._loud_at = time.monotonic()
        self._reading: dict[str, asyncio.Task[None]] = {}

    @property
    def silent_s(self) -> float:
        """Since when nothing was heard, for want of sound or of a track that carries it."""
        return time.monotonic() - self._loud_at

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["Ear"]:
        """Listen while the context lasts."""
        self._loud_at = time.monotonic()
        self._room.on("track_subscribed", self._on_track)
        try:
            if there := self._room.remote_participants.get(self._identity):
                for publication in there.track_publications.values():
                    if publication.track is not None:
                        self._on_track(publication.track, publication, there)
            yield self
        finally:
            self._room.off("track_subscribed", self._on_track)
            for task in self._reading.values():
                task.cancel()
            await asyncio.gather(*self._reading.values(), return_exceptions=True)

    def _on_track(
        self,
        track: rtc.RemoteTrack,
        _: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        if participant.identity != self._identity or track.kind != rtc.TrackKind.KIND_AUDIO:
            return
        if track.sid not in self._reading:
            self._loud_at = time.monotonic()
            self._reading[track.sid] = asyncio.create_task(self._read(track), name="ear")

    async def _read(self, track: rtc.RemoteTrack) -> None:
        stream = rtc.AudioStream(track, num_channels=1, frame_size_ms=_FRAME_MS)
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.int32)
                if samples.size and np.abs(samples).max() > _LOUD:
                    self._loud_at = time.monotonic()
        finally:
            await stream.aclose()
