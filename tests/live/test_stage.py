"""The stage in a real LiveKit room: what it is told to say is heard there, sample for sample."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx
import numpy as np
import pytest
from livekit import api, rtc
from pydantic import SecretStr

from app.avatar.lite import LiteClient, LiteSession
from app.settings import AvatarSettings, LiveKitSettings, StageSettings
from app.stage.server import stage_server
from tools.stack import Stack

RATE = 24_000


@dataclass(frozen=True)
class Server:
    """The stack's LiveKit server, as its operator knows it."""

    url: str
    key: str
    secret: str

    def token(self, room: str, identity: str, *, listens: bool) -> str:
        grants = api.VideoGrants(room_join=True, room=room, can_subscribe=listens)
        token = api.AccessToken(self.key, self.secret)
        return token.with_identity(identity).with_grants(grants).to_jwt()

    def admin(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self.url.replace("ws", "http"), self.key, self.secret)


@pytest.fixture(scope="module")
def livekit_server(stack: Stack) -> Server:
    keys = stack.keys
    return Server(stack.env["GROUNDLING_LIVEKIT__URL"], keys["livekit_key"], keys["livekit_secret"])


@asynccontextmanager
async def stage(
    settings: StageSettings, livekit: LiveKitSettings | None = None
) -> AsyncIterator[str]:
    """Our stage on a free port; gives its address."""
    server = stage_server(settings, livekit=livekit)
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class Visitor:
    """A participant that keeps the avatar's voice, and the last picture."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.samples: list[np.ndarray] = []
        self.pictures = 0
        self.luma: np.ndarray | None = None
        self.tracks = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.room.on("track_subscribed", self._on_track)

    def _on_track(self, track: rtc.RemoteTrack, *_: object) -> None:
        reading = self._hear if track.kind == rtc.TrackKind.KIND_AUDIO else self._see
        self._tasks.add(asyncio.create_task(reading(track)))
        self.tracks += 1

    async def _hear(self, track: rtc.RemoteTrack) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            self.samples.append(np.frombuffer(event.frame.data, np.int16).copy())

    async def _see(self, track: rtc.RemoteTrack) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.I420)
        async for event in stream:
            frame = event.frame
            self.pictures += 1
            data = np.frombuffer(frame.data, np.uint8)[: frame.width * frame.height]
            self.luma = data.reshape(frame.height, frame.width).copy()

    async def wait_present(self) -> None:
        """Wait until both tracks are there: what is said before is not heard."""
        while self.tracks < 2 or not self.pictures:
            await asyncio.sleep(0.02)

    @property
    def voice(self) -> np.ndarray:
        return np.concatenate(self.samples) if self.samples else np.zeros(0, np.int16)

    async def __aenter__(self) -> "Visitor":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()


@dataclass
class Scene:
    session: LiteSession
    visitor: Visitor
    url: str
    room: str


@asynccontextmanager
async def scene(server: Server) -> AsyncIterator[Scene]:
    """An avatar with a token that may not subscribe, and a visitor who hears and sees it."""
    room = f"room-{uuid4()}"
    settings = StageSettings(key=SecretStr("k" * 8))
    async with stage(settings) as url, Visitor() as visitor:
        await visitor.room.connect(server.url, server.token(room, "visitor", listens=True))
        client = LiteClient(AvatarSettings(url=url, key=settings.key))
        token = server.token(room, "avatar", listens=False)
        async with await enter(client, server, room, token) as session:
            await visitor.wait_present()
            yield Scene(session, visitor, server.url, room)


async def enter(client: LiteClient, server: Server, room: str, token: str) -> LiteSession:
    """A session whose avatar is in the room."""
    session = await client.start(await client.calls.mint(server.url, room, token))
    await session.wait_connected()
    return session


def tone(seconds: float, hertz: float = 440.0) -> bytes:
    at = np.arange(int(RATE * seconds)) / RATE
    return (12000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def sounding(voice: np.ndarray) -> np.ndarray:
    """The part of what was heard that is not silence."""
    loud = np.nonzero(np.abs(voice.astype(int)) > 1000)[0]
    return voice[loud[0] : loud[-1] + 1] if len(loud) else voice[:0]


async def until(session: LiteSession, kind: str) -> list[str]:
    seen = []
    async for event in session:
        seen.append(event.type)
        if event.type == kind:
            break
    return seen


async def test_a_tone_is_heard_as_it_was_spoken(livekit_server: Server) -> None:
    async with scene(livekit_server) as played, asyncio.timeout(30):
        await played.session.speak(tone(2.0))
        await played.session.speak_end()
        seen = await until(played.session, "agent.speak_ended")
        await asyncio.sleep(0.5)
        heard = sounding(played.visitor.voice)
    assert seen.count("agent.speak_started") == 1
    assert len(heard) / RATE == pytest.approx(2.0, abs=0.08)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert spectrum.argmax() * RATE / len(heard) == pytest.approx(440.0, abs=1.0)


async def test_an_interruption_is_heard_within_a_frame_or_two(livekit_server: Server) -> None:
    async with scene(livekit_server) as played, asyncio.timeout(30):
        await played.session.speak(tone(5.0))
        await played.session.speak_end()
        await until(played.session, "agent.speak_started")
        await asyncio.sleep(1.0)
        await played.session.interrupt()
        seen = await until(played.session, "agent.speak_ended")
        await asyncio.sleep(0.7)
        first = len(sounding(played.visitor.voice)) / RATE
        played.visitor.samples.clear()
        await played.session.speak(tone(0.5, 880.0))
        await played.session.speak_end()
        await until(played.session, "agent.speak_ended")
        await asyncio.sleep(0.5)
        second = sounding(played.visitor.voice)
    kinds = ["agent.audio_buffer_cleared", "agent.speak_interrupted", "agent.speak_ended"]
    assert [kind for kind in seen if kind in kinds] == kinds
    assert first == pytest.approx(1.0, abs=0.15)
    assert len(second) / RATE == pytest.approx(0.5, abs=0.08)


async def test_the_face_is_seen_and_its_mouth_moves(livekit_server: Server) -> None:
    async with scene(livekit_server) as played, asyncio.timeout(30):
        visitor = played.visitor
        await asyncio.sleep(1.5)
        before, at_rest = visitor.pictures, visitor.luma
        await played.session.speak(tone(1.5))
        await asyncio.sleep(1.0)
        shown, talking = visitor.pictures - before, visitor.luma
    assert at_rest is not None
    assert talking is not None
    assert at_rest.shape == (360, 640)
    assert shown >= 15
    mouth = np.s_[185:235, 280:360]
    assert np.abs(at_rest[mouth].astype(int) - talking[mouth].astype(int)).mean() > 5


async def test_an_avatar_that_is_removed_ends_its_session(livekit_server: Server) -> None:
    async with scene(livekit_server) as played, asyncio.timeout(30):
        async with livekit_server.admin() as server:
            who = api.RoomParticipantIdentity(room=played.room, identity="avatar")
            await server.room.remove_participant(who)
        states = [event.state async for event in played.session if event.state]
    assert states[-2:] == ["closing", "closed"]


async def test_a_stopped_session_leaves_the_room(livekit_server: Server) -> None:
    async with scene(livekit_server) as played, asyncio.timeout(30):
        others = played.visitor.room.remote_participants
        while list(others) != ["avatar"]:
            await asyncio.sleep(0.02)
        await played.session.aclose()
        while others:
            await asyncio.sleep(0.02)


async def test_a_caller_without_a_room_is_given_one_that_goes_with_the_avatar(
    livekit_server: Server,
) -> None:
    livekit = LiveKitSettings(
        url=livekit_server.url, key=livekit_server.key, secret=SecretStr(livekit_server.secret)
    )
    async with (
        asyncio.timeout(30),
        stage(StageSettings(), livekit) as url,
        httpx.AsyncClient(base_url=url) as http,
        Visitor() as visitor,
    ):
        body = {"mode": "LITE", "avatar_id": str(uuid4()), "video_settings": {"encoding": "VP8"}}
        data = (await http.post("/v1/sessions/token", json=body)).json()["data"]
        bearer = {"Authorization": f"Bearer {data['session_token']}"}
        terms = (await http.post("/v1/sessions/start", headers=bearer)).json()["data"]
        await visitor.room.connect(terms["livekit_url"], terms["livekit_client_token"])
        await visitor.wait_present()
        avatar = visitor.room.remote_participants["heygen"]
        assert avatar.attributes["ai.generated"] == "true"
        assert {track.name for track in avatar.track_publications.values()} == {
            "ai-generated-voice",
            "ai-generated-face",
        }
        room = visitor.room.name
        await http.post("/v1/sessions/stop", headers=bearer)
        async with livekit_server.admin() as server:
            while (await server.room.list_rooms(api.ListRoomsRequest(names=[room]))).rooms:
                await asyncio.sleep(0.05)


async def test_a_face_that_comes_late_comes_after_the_voice(livekit_server: Server) -> None:
    room = f"room-{uuid4()}"
    settings = StageSettings(control=True)
    async with (
        asyncio.timeout(30),
        stage(settings) as url,
        httpx.AsyncClient(base_url=url) as http,
        Visitor() as visitor,
    ):
        await http.post("/control/faults", json={"face_delay_s": 1.5, "leaves_after_s": 3.0})
        await visitor.room.connect(
            livekit_server.url, livekit_server.token(room, "visitor", listens=True)
        )
        client = LiteClient(AvatarSettings(url=url))
        token = livekit_server.token(room, "avatar", listens=False)
        async with await enter(client, livekit_server, room, token):
            while visitor.tracks < 1:
                await asyncio.sleep(0.02)
            heard_at = asyncio.get_running_loop().time()
            await visitor.wait_present()
            assert asyncio.get_running_loop().time() - heard_at > 1.0
            # Then it goes without a word, and its session does not notice.
            while visitor.room.remote_participants:
                await asyncio.sleep(0.05)
            assert (await http.get("/v1/sessions?type=active")).json()["data"]["count"] == 1
