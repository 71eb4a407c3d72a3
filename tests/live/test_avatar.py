"""The avatar of a real agent session in a real room, on our own stage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import numpy as np
import pytest
from livekit import api, rtc
from livekit.agents import Agent, AgentSession
from livekit.agents.voice.room_io import RoomOptions
from pydantic import SecretStr

from app.avatar.session import LiteAvatar
from app.avatar.token import IDENTITY
from app.errors import StageError, StageUnavailable
from app.settings import AvatarSettings, LiveKitSettings, StageSettings
from tests.live.test_stage import (
    RATE,
    Server,
    Visitor,
    livekit_server,
    sounding,
    stage,
    tone,
)

__all__ = ["livekit_server"]


@dataclass
class Told:
    seconds: list[float] = field(default_factory=list)
    lost: list[StageError] = field(default_factory=list)


@dataclass
class Talk:
    session: AgentSession[None]
    avatar: LiteAvatar
    visitor: Visitor
    told: Told
    server: Server
    room: str

    async def say(self, seconds: float) -> None:
        await self.session.say("la", audio=frames(seconds)).wait_for_playout()


async def frames(seconds: float) -> AsyncIterator[rtc.AudioFrame]:
    pcm = tone(seconds)
    for at in range(0, len(pcm), 960):
        piece = pcm[at : at + 960]
        yield rtc.AudioFrame(piece, RATE, 1, len(piece) // 2)


@asynccontextmanager
async def talk(server: Server) -> AsyncIterator[Talk]:
    name, told, room = f"room-{uuid4()}", Told(), rtc.Room()
    livekit = LiveKitSettings(url=server.url, key=server.key, secret=SecretStr(server.secret))
    async with stage(StageSettings()) as url, Visitor() as visitor, asyncio.timeout(40):
        await visitor.room.connect(server.url, server.token(name, "visitor", listens=True))
        await room.connect(server.url, server.token(name, "agent", listens=True))
        avatar = LiteAvatar(
            AvatarSettings(url=url),
            livekit,
            on_seconds=told.seconds.append,
            on_lost=told.lost.append,
        )
        session: AgentSession[None] = AgentSession()
        try:
            await avatar.start(session, room)
            await session.start(
                Agent(instructions="none"),
                room=room,
                room_options=RoomOptions(participant_identity="visitor", audio_input=False),
            )
            await visitor.wait_present()
            yield Talk(session, avatar, visitor, told, server, name)
        finally:
            await session.aclose()
            await avatar.aclose()
            await room.disconnect()


async def test_what_the_agent_says_is_heard_from_the_avatar(livekit_server: Server) -> None:
    async with talk(livekit_server) as talked:
        await talked.say(1.0)
        await talked.say(0.5)
        await asyncio.sleep(0.3)
        async with livekit_server.admin() as server:
            asked = api.ListParticipantsRequest(room=talked.room)
            listed = (await server.room.list_participants(asked)).participants
        present = {participant.identity: participant for participant in listed}
        assert present[IDENTITY].attributes["lk.publish_on_behalf"] == "agent"
        assert not present["agent"].tracks
        assert talked.told.seconds == pytest.approx([1.0, 1.5])
        assert talked.avatar.seconds_sent == pytest.approx(1.5)
        heard = np.abs(talked.visitor.voice.astype(int)) > 1000
    assert heard.sum() / RATE == pytest.approx(1.5, rel=0.1)
    assert talked.told.lost == []


async def test_an_interrupted_turn_ends_at_once_and_the_next_is_heard(
    livekit_server: Server,
) -> None:
    async with talk(livekit_server) as talked:
        speech = talked.session.say("la", audio=frames(6.0))
        while not len(sounding(talked.visitor.voice)):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.8)
        start = asyncio.get_running_loop().time()
        await speech.interrupt(force=True)
        await speech.wait_for_playout()
        assert asyncio.get_running_loop().time() - start < 0.5
        await asyncio.sleep(0.6)
        first = len(sounding(talked.visitor.voice)) / RATE
        talked.visitor.samples.clear()
        await talked.say(0.5)
        await asyncio.sleep(0.3)
        second = len(sounding(talked.visitor.voice)) / RATE
    assert first < 1.6
    assert second == pytest.approx(0.5, abs=0.08)


async def test_a_stage_that_goes_away_hangs_no_turn(livekit_server: Server) -> None:
    async with talk(livekit_server) as talked:
        speech = talked.session.say("la", audio=frames(6.0))
        while not len(sounding(talked.visitor.voice)):
            await asyncio.sleep(0.02)
        async with livekit_server.admin() as server:
            who = api.RoomParticipantIdentity(room=talked.room, identity=IDENTITY)
            await server.room.remove_participant(who)
        async with asyncio.timeout(3):
            await speech.wait_for_playout()
        assert talked.avatar.lost
        assert len(talked.told.lost) == 1
        async with asyncio.timeout(3):
            await talked.say(0.5)


async def test_a_stage_that_cannot_be_reached_leaves_the_agent_its_own_voice(
    livekit_server: Server,
) -> None:
    livekit = LiveKitSettings(
        url=livekit_server.url,
        key=livekit_server.key,
        secret=SecretStr(livekit_server.secret),
    )
    room, session = rtc.Room(), AgentSession[None]()
    await room.connect(livekit_server.url, livekit_server.token("x", "agent", listens=True))
    avatar = LiteAvatar(AvatarSettings(url="http://127.0.0.1:9"), livekit)
    try:
        with pytest.raises(StageUnavailable):
            await avatar.start(session, room)
        assert session.output.audio is None
    finally:
        await room.disconnect()
