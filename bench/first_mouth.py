"""From a voice's first sound to the moving mouth: our avatar session beside LiveKit's own plugin.

Both speak through the stack's stage in the same run. Times are those at which the visitor has the
sound and the picture, counted from when the voice gave its first frame.
"""

import asyncio
import statistics
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
from livekit import api, rtc
from livekit.agents import Agent, AgentSession
from livekit.agents.utils import http_context
from livekit.agents.voice.avatar import AvatarSession
from livekit.agents.voice.room_io import RoomOptions
from numpy.typing import NDArray
from pydantic import SecretStr

from app.avatar.session import LiteAvatar
from app.settings import AvatarSettings, LiveKitSettings
from app.stage.face import box_of
from app.stage.figure import Drawn
from app.stage.portrait import Size
from bench.plugin import start_plugin
from tools.stack import Stack

RATE = 24_000
FRAME_S = 0.02
SPOKEN_S = 1.2
REST_S = 1.4
ROUNDS = 8
# How fast the voice gives its frames, against real time: one that has the sentence whole, and one
# that makes it while it speaks.
PACES = {"whole": 1000.0, "streamed": 1.5}
_LOUD = 1000


@dataclass
class Visitor:
    """When it was loud, and when how much of the mouth's part of the picture changed."""

    room: rtc.Room = field(default_factory=rtc.Room)
    loud_at: list[float] = field(default_factory=list)
    moved: list[tuple[float, float]] = field(default_factory=list)
    sees: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.room.on("track_subscribed", self._on_track)

    def _on_track(self, track: rtc.RemoteTrack, *_: object) -> None:
        reading = self._hear if track.kind == rtc.TrackKind.KIND_AUDIO else self._see
        self._tasks.add(asyncio.create_task(reading(track)))

    async def _hear(self, track: rtc.RemoteTrack) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            samples = np.frombuffer(event.frame.data, np.int16).astype(int)
            if np.abs(samples).max() > _LOUD:
                self.loud_at.append(time.monotonic())

    async def _see(self, track: rtc.RemoteTrack) -> None:
        # Two pictures back: breathing moves the head less in that time than the mouth opens.
        before: deque[NDArray[np.int64]] = deque(maxlen=2)
        async for event in rtc.VideoStream(track, format=rtc.VideoBufferType.I420):
            mouth = _mouth(event.frame)
            if len(before) == 2:
                change = float(np.abs(mouth - before[0]).mean())
                self.moved.append((time.monotonic(), change))
                self.sees.set()
            before.append(mouth)

    def first_sound(self, since: float) -> float:
        """Seconds from `since` to the first sound."""
        return next(at for at in self.loud_at if at > since) - since

    def first_movement(self, since: float) -> float:
        """Seconds from `since` to the first picture that changes more than those at rest did."""
        rest = [change for at, change in self.moved if since - REST_S / 2 < at <= since]
        least = 3 * max(rest)
        return next(at for at, change in self.moved if at > since and change > least) - since

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()


def _mouth(frame: rtc.VideoFrame) -> NDArray[np.int64]:
    box = box_of(Size(frame.width, frame.height), Drawn.mouth_in)
    luma = np.frombuffer(frame.data, np.uint8)[: frame.width * frame.height]
    picture = luma.reshape(frame.height, frame.width)
    return picture[box.top : box.bottom, box.left : box.right].astype(np.int64)


class _Unpaid:
    """The stack's own stage costs nothing: nobody has to know of its sessions."""

    async def opens(self, session: str) -> None:
        pass

    def closed(self, session: str, *, came: bool) -> None:
        pass


@dataclass
class Voice:
    """Gives a tone, frame by frame, at a pace; notes when it gave the first."""

    pace: float
    began: float = 0.0

    async def frames(self) -> AsyncIterator[rtc.AudioFrame]:
        at = np.arange(int(RATE * SPOKEN_S)) / RATE
        pcm = (12_000 * np.sin(2 * np.pi * 330 * at)).astype("<i2").tobytes()
        size = int(RATE * FRAME_S) * 2
        self.began = time.monotonic()
        for number, start in enumerate(range(0, len(pcm), size)):
            due = self.began + number * FRAME_S / self.pace
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            yield rtc.AudioFrame(pcm[start : start + size], RATE, 1, size // 2)


async def measure(stack: Stack, rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds, medians and worst: `rounds` utterances a pace, ours and the plugin's."""
    figures: dict[str, float] = {}
    for name in WAYS:
        async with _talk(stack, name) as (session, visitor):
            for pace, factor in PACES.items():
                said = [await _say(session, visitor, Voice(factor)) for _ in range(rounds)]
                for what, times in zip(("sound", "mouth"), zip(*said, strict=True), strict=True):
                    figures[f"{name}_{pace}_{what}_median_ms"] = _ms(statistics.median(times))
                    figures[f"{name}_{pace}_{what}_worst_ms"] = _ms(max(times))
    return figures


def _ms(seconds: float) -> float:
    return round(1000 * seconds)


async def _say(session: AgentSession[None], visitor: Visitor, voice: Voice) -> tuple[float, float]:
    await asyncio.sleep(REST_S)
    await session.say("la", audio=voice.frames()).wait_for_playout()
    await asyncio.sleep(0.3)
    return visitor.first_sound(voice.began), visitor.first_movement(voice.began)


async def _ours(stack: Stack, session: AgentSession[None], room: rtc.Room) -> LiteAvatar:
    key = SecretStr(stack.keys["stage_key"])
    url, name, secret = _livekit(stack)
    livekit = LiveKitSettings(url=url, key=name, secret=SecretStr(secret))
    avatar = LiteAvatar(AvatarSettings(url=stack.url("stage"), key=key), livekit, _Unpaid())
    await avatar.start(session, room)
    return avatar


async def _plugin(stack: Stack, session: AgentSession[None], room: rtc.Room) -> AvatarSession[Any]:
    return await start_plugin(
        session,
        room,
        stage=stack.url("stage"),
        stage_key=stack.keys["stage_key"],
        livekit=_livekit(stack),
    )


WAYS: dict[str, Callable[..., Awaitable[AvatarSession[Any]]]] = {"ours": _ours, "plugin": _plugin}


@asynccontextmanager
async def _talk(stack: Stack, way: str) -> AsyncIterator[tuple[AgentSession[None], Visitor]]:
    """An agent that speaks in a room through an avatar, and a visitor who is there."""
    name, room, visitor = f"bench-{uuid4()}", rtc.Room(), Visitor()
    session: AgentSession[None] = AgentSession()
    async with AsyncExitStack() as leaving:
        await leaving.enter_async_context(http_context.open())
        leaving.push_async_callback(room.disconnect)
        leaving.push_async_callback(visitor.aclose)
        url, *_ = _livekit(stack)
        await visitor.room.connect(url, _token(stack, name, "visitor"))
        await room.connect(url, _token(stack, name, "agent"))
        avatar = await WAYS[way](stack, session, room)
        leaving.push_async_callback(avatar.aclose)
        leaving.push_async_callback(session.aclose)
        heard_by = RoomOptions(
            participant_identity="visitor", audio_input=False, audio_output=False
        )
        await session.start(
            Agent(instructions="none"), room=room, room_options=heard_by, record=False
        )
        await avatar.wait_for_join()
        await visitor.sees.wait()
        yield session, visitor


def _livekit(stack: Stack) -> tuple[str, str, str]:
    url = stack.env["GROUNDLING_LIVEKIT__URL"]
    return url, stack.keys["livekit_key"], stack.keys["livekit_secret"]


def _token(stack: Stack, room: str, identity: str) -> str:
    _, key, secret = _livekit(stack)
    grants = api.VideoGrants(room_join=True, room=room)
    return api.AccessToken(key, secret).with_identity(identity).with_grants(grants).to_jwt()
