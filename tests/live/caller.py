"""A caller who is a program: enters a room as LiveKit's SIP server brings a telephone into it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
from livekit import rtc
from livekit.api import AccessToken, RoomAgentDispatch, RoomConfiguration, VideoGrants

from tools.sound import RATE, Samples, read_wav
from tools.stack import Stack
from tools.visitor import AUDIBLE, FRAME, FRAME_MS, QUIET_S

NUMBER = "+493012345678"


class Caller:
    """Hears what is said on the line, and notes whatever else is sent."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.seen: list[str] = []
        """Everything that came and is no sound."""
        self.hung_up = asyncio.Event()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
        self._line: asyncio.Queue[tuple[Samples, asyncio.Event]] = asyncio.Queue()
        self._heard: list[Samples] = []
        self._loud_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def call(self, stack: Stack, metadata: str) -> None:
        """Have a room made by a dispatch rule with this metadata for its agent, and enter it."""
        dispatch = RoomAgentDispatch(agent_name="groundling", metadata=metadata)
        name = f"call-_{NUMBER}_{int(time.time() * 1000)}"
        token = (
            AccessToken(stack.keys["livekit_key"], stack.keys["livekit_secret"])
            .with_identity(f"sip_{NUMBER}")
            .with_name(f"Phone {NUMBER}")
            .with_kind("sip")
            .with_attributes(
                {
                    "sip.callID": "SCL_1",
                    "sip.callStatus": "active",
                    "sip.phoneNumber": NUMBER,
                    "sip.trunkPhoneNumber": "+4930999",
                }
            )
            .with_grants(VideoGrants(room_join=True, room=name, can_update_own_metadata=True))
            .with_room_config(RoomConfiguration(agents=[dispatch]))
        )
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("disconnected", lambda _: self.hung_up.set())
        self.room.on("data_received", lambda packet: self.seen.append(str(packet.topic)))
        for topic in ("groundling.turn", "lk.transcription"):
            self.room.register_text_stream_handler(
                topic, lambda reader, _: self.seen.append(reader.info.topic)
            )
        await self.room.connect(stack.env["GROUNDLING_LIVEKIT__URL"], token.to_jwt())
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self._keep(self._speak_or_be_silent())

    async def say(self, question: Path) -> None:
        """Play a WAV file; what was heard before is forgotten."""
        self._heard.clear()
        self._loud_at, said = 0.0, asyncio.Event()
        await self._line.put((read_wav(question), said))
        await said.wait()

    async def hear(self, timeout_s: float, since: float = 0.0) -> Samples:
        """All that was heard since the last question, once it is quiet again.

        Something was heard after `since`, by `time.monotonic()`.
        """
        async with asyncio.timeout(timeout_s):
            while not since < self._loud_at < time.monotonic() - QUIET_S:
                await asyncio.sleep(0.05)
        return np.concatenate(self._heard)

    async def hang_up(self) -> None:
        """Leave the room."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()
        await self._source.aclose()

    def _keep(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _speak_or_be_silent(self) -> None:
        while True:
            with contextlib.suppress(asyncio.QueueEmpty):
                samples, said = self._line.get_nowait()
                for frame in frames_of_all(samples):
                    await self._play(frame)
                said.set()
            await self._play(np.zeros(FRAME, np.int16))

    async def _play(self, samples: Samples) -> None:
        await self._source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, FRAME))

    def _subscribed(self, track: rtc.Track, *_: Any) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._keep(self._listen(track))
        else:
            self.seen.append("video")

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS)
        async with contextlib.aclosing(stream):
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16)
                self._heard.append(samples.copy())
                if float(np.sqrt(np.mean((samples / 32768.0) ** 2))) > AUDIBLE:
                    self._loud_at = time.monotonic()


def frames_of_all(samples: Samples) -> list[Samples]:
    """The samples in frames, the last one filled with silence."""
    padded = np.zeros(-(-samples.size // FRAME) * FRAME, np.int16)
    padded[: samples.size] = samples
    return list(padded.reshape(-1, FRAME))


@contextlib.asynccontextmanager
async def calling(stack: Stack, metadata: str) -> AsyncIterator[Caller]:
    """Somebody on the line, who hangs up at the end of the block."""
    caller = Caller()
    try:
        await caller.call(stack, metadata)
        yield caller
    finally:
        await caller.hang_up()
