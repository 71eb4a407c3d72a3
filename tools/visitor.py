"""A visitor who is a program: opens a visit, asks aloud or in writing, and keeps what came back.

Used by the demo, the live tests and the bench, so that all three meet the same visit that a person
in a browser does: over the API and a real LiveKit room, with sound both ways.
"""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from livekit import rtc
from PIL import Image

from tools.reply import AHEAD_S, Event, NothingHeard, Reply
from tools.sound import RATE, Samples, frames_of, read_wav

FRAME_MS = 20
FRAME = RATE * FRAME_MS // 1000
# Loudness (RMS of 20 ms, full scale 1) above which a frame counts as sound: the avatar's voice lies
# at 0.03 to 0.2, the Opus decoder's comfort noise below 0.001.
AUDIBLE = 0.01
QUIET_S = 1.2


class Visitor:
    """One visit in progress: who is in the room, what is heard and seen of the avatar."""

    def __init__(
        self,
        visit: dict[str, Any],
        on_event: Callable[[Event], None] = lambda _: None,
        *,
        background: Samples | None = None,
    ) -> None:
        """`background` is what the microphone hears all the time, over and over."""
        self.visit = visit
        self.reply = Reply(asked_at=time.monotonic())
        self._replies: dict[str, Reply] = {}
        self._on_event = on_event
        self._room = rtc.Room()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
        self._background = itertools.cycle(frames_of(background, FRAME))
        self._to_say: asyncio.Queue[tuple[Samples, asyncio.Future[float]]] = asyncio.Queue()
        self._heard: list[Samples] = []
        self._loud_at = 0.0
        self._last_frame: rtc.VideoFrame | None = None
        self._told: asyncio.Queue[rtc.TextStreamReader] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._appeared = asyncio.Event()
        self._something_came = asyncio.Event()

    async def join(self) -> None:
        """Enter the room and open the microphone."""
        self._room.on("track_subscribed", self._subscribed)
        self._room.register_text_stream_handler("groundling.turn", self._text_arrived)
        await self._room.connect(self.visit["livekit_url"], self.visit["token"])
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self._room.local_participant.publish_track(track, options)
        self._keep(self._speak_or_be_silent())
        self._keep(self._read_events())

    async def leave(self) -> None:
        """Close the microphone and leave the room."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._room.disconnect()
        await self._source.aclose()

    async def hear_opening(self, timeout_s: float) -> None:
        """Wait until the avatar is there and has said its opening.

        Raises:
            NothingHeard: it did not appear, or said nothing, within `timeout_s`.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._appeared.wait()
                await self.until(lambda: self._quiet_since(0.0))
        except TimeoutError:
            what = "said nothing" if self._appeared.is_set() else "did not appear"
            raise NothingHeard(f"The avatar {what} within {timeout_s:.0f} s.") from None

    async def ask(self, question: Path | str, timeout_s: float) -> Reply:
        """Play a WAV file as the visitor's voice (or send a text) and wait for the whole answer.

        Raises:
            NothingHeard: no complete answer was heard within `timeout_s`.
        """
        self.reply = Reply(asked_at=time.monotonic())
        self._heard.clear()
        if isinstance(question, Path):
            self.reply.asked_at = float("inf")
            self.reply.asked_at = await self.say(read_wav(question))
        else:
            # To the agent alone: what goes to everybody reaches the stage as well.
            await self._room.local_participant.send_text(
                question, topic="lk.chat", destination_identities=[self._agent()]
            )
        try:
            async with asyncio.timeout(timeout_s):
                await self.until(lambda: self.reply.is_told(time.monotonic()))
                # The last line's sound may follow its caption.
                await self.until(lambda: self._quiet_since(self.reply.last_line_at - AHEAD_S))
        except TimeoutError:
            raise NothingHeard(f"No complete answer was heard within {timeout_s:.0f} s.") from None
        self.reply.sound = np.concatenate(self._heard)
        return self.reply

    async def say(self, sound: Samples) -> float:
        """Play something as the visitor's voice, whatever is heard meanwhile; when it was over."""
        spoken: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        await self._to_say.put((sound, spoken))
        return await spoken

    def _agent(self) -> str:
        """The agent's identity: an agent that does not publish on behalf of another."""
        return next(
            participant.identity
            for participant in self._room.remote_participants.values()
            if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
            and "lk.publish_on_behalf" not in participant.attributes
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that only what is heard or told can bring about."""
        while not condition():
            self._something_came.clear()
            await self._something_came.wait()

    def _quiet_since(self, began: float) -> bool:
        return began < self._loud_at < time.monotonic() - QUIET_S

    def _keep(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _speak_or_be_silent(self) -> None:
        """An open microphone: what is to be said, and silence in between."""
        while True:
            try:
                samples, spoken = self._to_say.get_nowait()
            except asyncio.QueueEmpty:
                await self._play(np.zeros(FRAME, np.int16))
                continue
            loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 32767 * AUDIBLE)
            last = int(loud[-1]) if loud.size else samples.size
            for start in range(0, samples.size, FRAME):
                await self._play(samples[start : start + FRAME])
                if start <= last < start + FRAME:
                    spoken.set_result(time.monotonic() + self._source.queued_duration)

    async def _play(self, samples: Samples) -> None:
        padded = np.zeros(FRAME, np.int16)
        padded[: samples.size] = samples
        mixed = np.clip(padded.astype(np.int32) + next(self._background), -32768, 32767)
        sound = mixed.astype(np.int16).tobytes()
        await self._source.capture_frame(rtc.AudioFrame(sound, RATE, 1, FRAME))

    def _subscribed(self, track: rtc.Track, _: Any, by: rtc.RemoteParticipant) -> None:
        if by.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            return  # another visitor
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._keep(self._listen(track))
        else:
            self._keep(self._watch(track))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS)
        async with contextlib.aclosing(stream):
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16)
                self._heard.append(samples.copy())
                self._something_came.set()
                if float(np.sqrt(np.mean((samples / 32768.0) ** 2))) > AUDIBLE:
                    self._take_sound(time.monotonic())

    def _take_sound(self, now: float) -> None:
        self._loud_at = now
        if now < self.reply.asked_at:
            return
        self.reply.sounds.append(now)
        if self.reply.picture is None:
            self._take_picture()

    async def _watch(self, track: rtc.Track) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGB24)
        async with contextlib.aclosing(stream):
            async for event in stream:
                self._last_frame = event.frame
                self._appeared.set()

    def _take_picture(self) -> None:
        """Half a second into the answer, when the mouth is surely moving."""
        began, frame = self.reply.first_sound_at, self._last_frame
        if began is not None and frame is not None and self._loud_at - began > 0.5:
            size = (frame.width, frame.height)
            self.reply.picture = Image.frombytes("RGB", size, bytes(frame.data))

    def _text_arrived(self, reader: rtc.TextStreamReader, _: str) -> None:
        self._told.put_nowait(reader)

    async def _read_events(self) -> None:
        """One after the other: a long message takes longer to read than the short one behind it."""
        while True:
            reader = await self._told.get()
            event: Event = json.loads(await reader.read_all())
            # What is still told of an answer that was broken into is none of the next one.
            if event["type"] == "understood":
                self._replies[event["turn"]] = self.reply
            self._replies.get(event.get("turn", ""), self.reply).take(event, time.monotonic())
            self._something_came.set()
            self._on_event(event)


@contextlib.asynccontextmanager
async def join_visit(api_url: str, visit: str) -> AsyncIterator[Visitor]:
    """A further visitor in the room of a visit under way; leaves at the end of the block.

    Raises:
        httpx.HTTPError: the API let nobody in or cannot be reached.
    """
    async with httpx.AsyncClient(base_url=api_url, timeout=30) as api:
        joined = await api.post(f"/v1/visits/{visit}/visitors")
        joined.raise_for_status()
        visitor = Visitor(joined.json())
        try:
            await visitor.join()
            yield visitor
        finally:
            await visitor.leave()


@contextlib.asynccontextmanager
async def open_visit(
    api_url: str,
    *,
    kb: str | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    background: Samples | None = None,
) -> AsyncIterator[Visitor]:
    """A visitor in the room of a new visit; leaves and ends the visit at the end of the block.

    Raises:
        httpx.HTTPError: the API refused the visit or cannot be reached.
    """
    async with httpx.AsyncClient(base_url=api_url, timeout=30) as api:
        opened = await api.post("/v1/visits", json={"kb": kb} if kb else {})
        opened.raise_for_status()
        visitor = Visitor(opened.json(), on_event, background=background)
        try:
            await visitor.join()
            yield visitor
        finally:
            await visitor.leave()
            await api.delete(f"/v1/visits/{visitor.visit['id']}")
