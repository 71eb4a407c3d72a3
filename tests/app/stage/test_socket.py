import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedOK

from app.settings import StageSettings
from app.stage.events import AudioBufferAppended, SessionStateUpdated
from app.stage.socket import Outbox
from tests.app.stage.serving import Stage, serving
from tests.fakes.room import QuietHouse

SPEECH = base64.b64encode(b"\x00\x20" * 4800).decode()  # 0.2 s


@asynccontextmanager
async def controlled(
    settings: StageSettings | None = None, house: QuietHouse | None = None
) -> AsyncIterator[tuple[ClientConnection, Stage, dict[str, str]]]:
    async with serving(settings, house) as stage:
        bearer = await stage.token()
        started = await stage.http.post("/v1/sessions/start", headers=bearer)
        address = started.json()["data"]["ws_url"]
        async with asyncio.timeout(30), connect(address) as socket:
            yield socket, stage, bearer


async def heard(socket: ClientConnection, last: str) -> list[str]:
    """What kinds of event come, up to and with `last` (a type, or a session's state)."""
    kinds = []
    while True:
        event = json.loads(await socket.recv())
        kinds.append(event.get("state") or event["type"])
        if kinds[-1] == last:
            return kinds


async def send(socket: ClientConnection, kind: str, **fields: object) -> None:
    await socket.send(json.dumps({"type": kind, **fields}))


async def test_an_utterance_from_first_word_to_silence() -> None:
    async with controlled() as (socket, stage, _):
        assert (await heard(socket, "connected"))[-1] == "connected"
        await send(socket, "start", encoding="pcm_s16le", sample_rate=24000, channels=1)
        await send(socket, "agent.speak", audio=SPEECH, event_id="a")
        await send(socket, "agent.speak_end", event_id="b")
        await send(socket, "agent.start_listening")
        kinds = await heard(socket, "agent.speak_ended")
        assert json.loads(await socket.recv())["new_state"] == "idle"
        played = bytes(stage.house.rooms[0].played)
    assert sorted(kinds) == [
        "agent.audio_buffer_appended",
        "agent.audio_buffer_committed",
        "agent.speak_ended",
        "agent.speak_started",
        "agent.state_updated",
    ]
    assert played.strip(b"\0") == (b"\x20\x00" * 4800)[:-1]


async def test_what_is_said_before_the_avatar_is_in_its_room_waits_for_it() -> None:
    async with controlled(house=QuietHouse(delay_s=0.2)) as (socket, _, _bearer):
        await send(socket, "agent.speak", audio=SPEECH)
        await send(socket, "agent.speak_end")
        kinds = await heard(socket, "agent.speak_ended")
    assert kinds.index("agent.audio_buffer_appended") < kinds.index("connected")
    assert kinds.index("connected") < kinds.index("agent.speak_started")


async def test_an_interruption_hushes_the_room_at_once() -> None:
    async with controlled() as (socket, stage, _):
        for _ in range(20):
            await send(socket, "agent.speak", audio=SPEECH, event_id="a")
        await heard(socket, "agent.speak_started")
        await send(socket, "agent.interrupt", event_id=None)
        kinds = await heard(socket, "agent.speak_interrupted")
        room = stage.house.rooms[0]
        played = len(room.played)
        await asyncio.sleep(0.15)
        assert len(room.played) == played
        assert room.hushed == 1
    assert kinds[-2:] == ["agent.audio_buffer_cleared", "agent.speak_interrupted"]


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        '{"event_id": "x"}',
        '{"type": "agent.sing"}',
        '{"type": "agent.speak"}',
        '{"type": "agent.speak", "audio": "§"}',
        '{"type": "agent.speak", "audio": 5}',
        '{"type": "start", "sample_rate": 8000}',
        json.dumps({"type": "agent.speak", "audio": "A" * 1_000_001}),
    ],
)
async def test_nonsense_is_answered_and_the_socket_stays_open(message: str) -> None:
    async with controlled() as (socket, _, _bearer):
        await heard(socket, "connected")
        await socket.send(message)
        event = json.loads(await socket.recv())
        assert event["type"] == "error"
        assert event["error"]["type"] == "invalid_request_error"
        assert event["error"]["message"]
        await send(socket, "agent.interrupt")
        assert await heard(socket, "agent.audio_buffer_cleared") == ["agent.audio_buffer_cleared"]


async def test_the_older_names_of_the_commands_work() -> None:
    async with controlled() as (socket, _, _bearer):
        await heard(socket, "connected")
        await send(socket, "agent.audio_buffer_append", audio=SPEECH)
        await send(socket, "agent.audio_buffer_commit")
        await heard(socket, "agent.speak_ended")
        await send(socket, "agent.audio_buffer_clear")
        await heard(socket, "agent.audio_buffer_cleared")


async def test_a_controller_may_come_back_to_the_same_address() -> None:
    async with serving() as stage:
        bearer = await stage.token()
        started = await stage.http.post("/v1/sessions/start", headers=bearer)
        address = started.json()["data"]["ws_url"]
        async with connect(address) as socket:
            await heard(socket, "connected")
        async with connect(address) as socket:
            assert await heard(socket, "connected") == ["connected"]
            await stage.http.post("/v1/sessions/stop", headers=bearer)
            assert await heard(socket, "closed") == ["closing", "session.stopped", "closed"]
            with pytest.raises(ConnectionClosedOK):
                await socket.recv()
        async with connect(address) as socket:
            await socket.wait_closed()
            assert socket.close_code == 4404


async def test_a_removed_avatar_ends_its_session() -> None:
    async with controlled() as (socket, stage, bearer):
        await heard(socket, "connected")
        stage.house.rooms[0].remove()
        await heard(socket, "closed")
        assert not stage.house.rooms[0].open
        gone = await stage.http.post("/v1/sessions/stop", headers=bearer)
        assert gone.status_code == 404


async def test_a_room_that_cannot_be_entered_is_an_error_and_the_end() -> None:
    async with controlled(house=QuietHouse(delay_s=0.1, locked=True)) as (socket, _, _bearer):
        assert await heard(socket, "closed") == ["connecting", "error", "session.stopped", "closed"]


async def test_a_session_nobody_uses_ends() -> None:
    settings = StageSettings(idle_s=0.3)
    async with controlled(settings) as (socket, _, _bearer):
        await heard(socket, "connected")
        for _ in range(4):
            await asyncio.sleep(0.1)
            await send(socket, "session.keep_alive")
        start = asyncio.get_running_loop().time()
        await heard(socket, "closed")
        assert asyncio.get_running_loop().time() - start > 0.2


async def test_a_session_ends_at_its_longest() -> None:
    async with controlled(StageSettings(longest_s=1)) as (socket, _, _bearer):
        await heard(socket, "connected")
        for _ in range(4):
            await send(socket, "session.keep_alive")
        assert await heard(socket, "closed") == ["closing", "session.stopped", "closed"]


async def test_a_controller_that_never_reads_loses_acknowledgements_first() -> None:
    outbox = Outbox()
    outbox.put(SessionStateUpdated(state="connected"))
    for _ in range(600):
        outbox.put(AudioBufferAppended(source_event_id=None))
    outbox.put(None)
    assert await outbox.get() == SessionStateUpdated(state="connected")
    rest = [await outbox.get() for _ in range(499)]
    assert rest[-1] is None


async def test_a_strict_stage_drops_what_comes_too_early_without_a_word() -> None:
    settings = StageSettings(strict=True)
    async with controlled(settings, QuietHouse(delay_s=0.2)) as (socket, _, _bearer):
        await send(socket, "agent.speak", audio=SPEECH)
        await send(socket, "agent.interrupt")
        assert await heard(socket, "connected") == ["connecting", "connected"]
        await send(socket, "agent.interrupt", event_id="a")
        assert await heard(socket, "agent.audio_buffer_cleared") == ["agent.audio_buffer_cleared"]


async def test_a_strict_stage_closes_on_a_packet_that_is_too_long() -> None:
    async with controlled(StageSettings(strict=True)) as (socket, stage, bearer):
        await heard(socket, "connected")
        await send(socket, "agent.speak", audio="A" * 1_000_001)
        await socket.wait_closed()
        assert socket.close_code == 1009
        kept = await stage.http.post("/v1/sessions/keep-alive", headers=bearer)
        assert kept.status_code == 200


async def test_a_stage_may_take_its_time_before_it_speaks() -> None:
    async with controlled(StageSettings(speaks_after_s=0.3)) as (socket, _, _bearer):
        await heard(socket, "connected")
        await send(socket, "agent.speak", audio=SPEECH)
        start = asyncio.get_running_loop().time()
        await heard(socket, "agent.speak_started")
        assert asyncio.get_running_loop().time() - start > 0.25


async def test_a_session_without_a_socket_is_reaped() -> None:
    async with serving(StageSettings(zombie_s=0.2)) as stage:
        started = await stage.http.post("/v1/sessions/start", headers=await stage.token())
        data = started.json()["data"]
        async with connect(data["ws_url"]) as socket:
            await heard(socket, "connected")
            await asyncio.sleep(0.4)
        assert await end_reason(stage, data["session_id"]) == "ZOMBIE_SESSION_REAP"


async def test_a_session_whose_room_nobody_visits_ends() -> None:
    house = QuietHouse(guests=0)
    async with serving(StageSettings(unvisited_s=0.2), house) as stage:
        started = await stage.http.post("/v1/sessions/start", headers=await stage.token())
        assert await end_reason(stage, started.json()["data"]["session_id"]) == "USER_DISCONNECTED"


async def end_reason(stage: Stage, session_id: str) -> str:
    async with asyncio.timeout(5):
        while True:
            answer = await stage.http.get(f"/v1/sessions/{session_id}")
            if reason := answer.json()["data"]["end_reason"]:
                return str(reason)
            await asyncio.sleep(0.05)


async def test_the_reason_is_told_before_the_socket_closes() -> None:
    async with controlled() as (socket, stage, bearer):
        await heard(socket, "connected")
        await stage.http.post("/v1/sessions/stop", headers=bearer)
        events = [json.loads(message) async for message in socket]
    assert [event.get("state") for event in events] == ["closing", None, "closed"]
    assert events[1] == {
        "type": "session.stopped",
        "end_reason": "USER_CLOSED",
        "stop_reason": "USER_CLOSED",
    }


async def test_speech_is_played_on_time_to_a_controller_that_reads_nothing() -> None:
    """Two of the four known clients never read: their socket fills up and nothing may wait."""
    async with serving() as stage:
        bearer = await stage.token()
        started = await stage.http.post("/v1/sessions/start", headers=bearer)
        address = started.json()["data"]["ws_url"]
        async with connect(address, max_queue=1, close_timeout=0.1) as socket:
            for _ in range(3000):
                await send(socket, "agent.speak", audio="AAAA" * 16, event_id="x" * 500)
            await send(socket, "agent.speak", audio=SPEECH)
            await send(socket, "agent.speak_end")
            loud = b"\x20\x00" * 1000
            async with asyncio.timeout(8):
                while not stage.house.rooms or loud not in stage.house.rooms[0].played:
                    await asyncio.sleep(0.05)
            stopped = await stage.http.post("/v1/sessions/stop", headers=bearer)
            assert stopped.status_code == 200
