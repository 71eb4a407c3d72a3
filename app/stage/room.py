"""The room that the avatar performs in: a port, and LiveKit behind it (this room's only LiveKit).

The avatar publishes and hears nothing: it subscribes to no track, whatever its token allows.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from app.errors import StageUnavailable
from app.stage.face import Picture
from app.stage.performer import FPS
from app.stage.portrait import Size
from app.stage.visemes import SAMPLE_RATE

Codec = Literal["VP8", "H264"]

GENERATED = "ai-generated"
"""How the tracks' names begin, so that a machine can tell what it sees and hears."""

# Holds the two frames that a sentence begins with; more would only delay what is heard.
_QUEUE_MS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which room, the token to enter it with, and what is published there."""

    url: str
    room: str
    token: str = field(repr=False)
    size: Size
    codec: Codec
    ours: bool = False  # a room of the stage's own, which goes when the avatar goes
    face_delay_s: float = 0.0  # the video track comes this much after the voice
    voiceless: bool = False  # there is no voice at all


class Room(Protocol):
    """A room with both tracks published."""

    async def play(self, pcm: bytes) -> None:
        """Queue sound (24 kHz, 16 bit, mono)."""

    def hush(self) -> None:
        """Drop what is queued and not yet played."""

    def show(self, picture: Picture) -> None:
        """Send a picture now."""

    async def left(self) -> None:
        """Wait until the avatar is no longer in the room: removed, or the room is gone."""

    async def leave(self) -> None:
        """Go away without a word; `left` does not come of it."""

    def visited(self) -> bool:
        """Whether somebody other than agents is in the room too."""


OpenRoom = Callable[[Place], AbstractAsyncContextManager[Room]]


class LiveKitRoom:
    """One avatar in a LiveKit room."""

    def __init__(self, room: rtc.Room, size: Size) -> None:
        self._room, self._size = room, size
        self._audio = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=_QUEUE_MS)
        self._video = rtc.VideoSource(size.width, size.height)
        self._left = asyncio.Event()
        room.on("disconnected", self._on_disconnected)

    async def play(self, pcm: bytes) -> None:
        await self._audio.capture_frame(rtc.AudioFrame(pcm, SAMPLE_RATE, 1, len(pcm) // 2))

    def hush(self) -> None:
        self._audio.clear_queue()

    def show(self, picture: Picture) -> None:
        kind = rtc.VideoBufferType.I420
        self._video.capture_frame(
            rtc.VideoFrame(self._size.width, self._size.height, kind, picture)
        )

    async def left(self) -> None:
        await self._left.wait()

    async def leave(self) -> None:
        self._room.off("disconnected", self._on_disconnected)
        await self._room.disconnect()

    def visited(self) -> bool:
        agent = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        return any(other.kind != agent for other in self._room.remote_participants.values())

    def _on_disconnected(self, _reason: object) -> None:
        self._left.set()

    async def publish_voice(self, participant: rtc.LocalParticipant) -> None:
        voice = rtc.LocalAudioTrack.create_audio_track(f"{GENERATED}-voice", self._audio)
        await participant.publish_track(
            voice, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )

    async def publish_face(self, participant: rtc.LocalParticipant, codec: Codec) -> None:
        face = rtc.LocalVideoTrack.create_video_track(f"{GENERATED}-face", self._video)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA,
            video_codec=rtc.VideoCodec.H264 if codec == "H264" else rtc.VideoCodec.VP8,
            video_encoding=rtc.VideoEncoding(
                max_bitrate=self._size.bits_per_second, max_framerate=FPS
            ),
            simulcast=False,
        )
        await participant.publish_track(face, options)

    async def aclose(self) -> None:
        await self._audio.aclose()
        await self._video.aclose()


@asynccontextmanager
async def open_livekit_room(place: Place) -> AsyncIterator[Room]:
    """Enter the room and publish; leave at the end. Raises StageUnavailable if it cannot enter."""
    room = rtc.Room()
    options = rtc.RoomOptions(auto_subscribe=False)
    entering = asyncio.ensure_future(room.connect(place.url, place.token, options))
    async with AsyncExitStack() as leaving:
        leaving.push_async_callback(_leave, room, entering)
        try:
            await asyncio.shield(entering)
            inside = LiveKitRoom(room, place.size)
            leaving.push_async_callback(inside.aclose)
            # Voice first: the video is what clients wait for.
            if not place.voiceless:
                await inside.publish_voice(room.local_participant)
            showing = asyncio.create_task(_show_face(inside, room.local_participant, place))
            leaving.push_async_callback(_end, showing)
            if not place.face_delay_s:
                await showing
        except (rtc.ConnectError, PublishTrackError) as error:
            raise StageUnavailable(
                f"the avatar cannot enter the room at {place.url}: {error.message}. "
                "Is that address reachable from the stage, and is the token valid for the room?"
            ) from error
        yield inside


async def _show_face(inside: LiveKitRoom, participant: rtc.LocalParticipant, place: Place) -> None:
    await asyncio.sleep(place.face_delay_s)
    await inside.publish_face(participant, place.codec)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _leave(room: rtc.Room, entering: "asyncio.Future[None]") -> None:
    # A connect that was given up would finish behind our back and leave an avatar nobody can end.
    await asyncio.wait([entering])
    await room.disconnect()
