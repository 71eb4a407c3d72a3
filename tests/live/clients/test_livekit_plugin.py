"""LiveKit's own plugin (livekit-plugins-liveavatar 1.8.9) on our stage: only `api_url` is ours."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

from livekit import rtc
from livekit.agents import Agent, AgentSession
from livekit.agents.utils import http_context
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.room_io import RoomOptions
from livekit.plugins.liveavatar import AvatarSession

from tests.live.clients.conftest import Stage
from tests.live.clients.conversation import converse
from tests.live.clients.sounds import RATE

AVATAR = "liveavatar-avatar-agent"
PIECE = RATE // 50 * 2


async def frames(pcm: bytes) -> AsyncIterator[rtc.AudioFrame]:
    for at in range(0, len(pcm), PIECE):
        piece = pcm[at : at + PIECE]
        yield rtc.AudioFrame(piece, RATE, 1, len(piece) // 2)


class Plugin:
    """An agent whose session speaks through the plugin's avatar."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._room = rtc.Room()
        self._session: AgentSession[None] = AgentSession()
        self._avatar = AvatarSession(
            avatar_id=stage.avatar_id,
            api_url=f"{stage.url}/v1/sessions",
            api_key=stage.key,
            video_quality="low",
        )
        self.said: list[SpeechHandle] = []
        self.playback: Counter[str] = Counter()

    async def enter(self, room: str) -> None:
        stage, session = self._stage, self._session
        await self._room.connect(stage.livekit, stage.token(room, "agent"))
        await self._avatar.start(
            session,
            self._room,
            livekit_url=stage.livekit,
            livekit_api_key=stage.livekit_key,
            livekit_api_secret=stage.livekit_secret,
        )
        heard_by = RoomOptions(participant_identity="visitor", audio_input=False)
        await session.start(
            Agent(instructions="none"), room=self._room, room_options=heard_by, record=False
        )
        await self._avatar.wait_for_join()
        assert session.output.audio is not None
        for event in ("playback_started", "playback_finished"):
            session.output.audio.on(event, lambda *_, event=event: self.playback.update([event]))

    async def speak(self, pcm: bytes) -> None:
        self.said.append(self._session.say("la", audio=frames(pcm)))

    async def interrupt(self) -> float:
        ordered = time.monotonic()
        await self._session.interrupt()
        return ordered

    async def stop(self) -> None:
        await asyncio.gather(*(speech.wait_for_playout() for speech in self.said))
        await self._session.aclose()
        await self._avatar.aclose()

    async def leave(self) -> None:
        await self.stop()
        await self._room.disconnect()


async def test_livekits_plugin_is_heard(served: Stage) -> None:
    """Where it goes its own way, so does LiveAvatar.

    Its pieces have an `event_id` each, where the documentation wants one for an utterance; it asks
    the avatar to listen as soon as all is sent, while that still talks; it wishes for a
    `video_quality` that the description does not know; it ends a turn at the first word of an
    end, and waits for ever where none comes.
    """
    room = f"room-{uuid4()}"
    async with http_context.open(), served.visitor(room, AVATAR) as heard:
        client = Plugin(served)
        try:
            await client.enter(room)
            session = await served.opened()
            reports = await converse(client, heard)
        finally:
            await client.leave()
    assert [speech.interrupted for speech in client.said].count(True) == 1
    # A turn that ended twice, or never, would spoil the next one.
    turns = len(client.said)
    assert client.playback == {"playback_started": turns, "playback_finished": turns}
    record = await served.over(session)
    assert record["end_reason"] == "USER_DISCONNECTED"
    assert await served.told(session) == reports
