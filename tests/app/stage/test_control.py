"""Every fault that can be ordered, as a controller meets it."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.settings import StageSettings
from tests.app.stage.serving import Stage, calling, serving

OPEN = StageSettings(control=True)
SPEECH = base64.b64encode(b"\x00\x20" * 24_000).decode()  # 1 s


@asynccontextmanager
async def performing(
    settings: StageSettings = OPEN, **faults: object
) -> AsyncIterator[tuple[ClientConnection, Stage, str]]:
    """A socket, its stage, and the path of the session's control."""
    async with asyncio.timeout(10), serving(settings) as stage:
        await stage.http.post("/control/faults", json=faults)
        started = await stage.http.post("/v1/sessions/start", headers=await stage.token())
        data = started.json()["data"]
        async with connect(data["ws_url"]) as socket:
            yield socket, stage, f"/control/sessions/{data['session_id']}"


async def until(socket: ClientConnection, last: str) -> list[str]:
    kinds = []
    async for message in socket:
        event = json.loads(message)
        kinds.append(event.get("state") or event["type"])
        if kinds[-1] == last:
            break
    return kinds


async def speak(socket: ClientConnection) -> None:
    await socket.send(json.dumps({"type": "agent.speak", "audio": SPEECH, "event_id": "a"}))


async def test_nothing_can_be_ordered_where_no_setting_says_so() -> None:
    async with calling() as stage:
        assert (await stage.http.post("/control/faults", json={})).status_code == 404


async def test_ordering_takes_the_key() -> None:
    settings = StageSettings(control=True, key=SecretStr("the-key"))
    async with calling(settings) as stage:
        assert (await stage.http.post("/control/faults", json={})).status_code == 401
        assert (await stage.http.put("/control/account", json={"credits": 1})).status_code == 401


async def test_a_fault_that_does_not_exist_is_named() -> None:
    async with calling(OPEN) as stage:
        refused = await stage.http.post("/control/faults", json={"colour": "blue"})
    assert refused.status_code == 422
    assert "colour" in refused.json()["detail"][0]["msg"]


async def test_faults_hold_for_one_session() -> None:
    async with calling(OPEN) as stage:
        await stage.http.post("/control/faults", json={"start_failures": 1})
        one, other = await stage.token(), await stage.token()
        start = "/v1/sessions/start"
        assert (await stage.http.post(start, headers=one)).status_code == 500
        assert (await stage.http.post(start, headers=other)).status_code == 201
        assert (await stage.http.post(start, headers=one)).status_code == 201


async def test_a_token_may_be_slow() -> None:
    async with calling(OPEN) as stage:
        await stage.http.post("/control/faults", json={"token_delay_s": 0.2})
        began = time.monotonic()
        await stage.token()
        assert time.monotonic() - began >= 0.2


async def test_a_socket_may_be_refused_and_then_taken() -> None:
    async with serving(OPEN) as stage:
        await stage.http.post("/control/faults", json={"refused_sockets": 1})
        started = await stage.http.post("/v1/sessions/start", headers=await stage.token())
        address = started.json()["data"]["ws_url"]
        with pytest.raises(InvalidStatus):
            await connect(address)
        async with connect(address) as socket:
            await until(socket, "connected")


async def test_a_socket_may_be_cut_in_mid_sentence_while_the_avatar_speaks_on() -> None:
    async with performing(cut_after_s=0.2) as (socket, stage, path):
        await speak(socket)
        with pytest.raises(ConnectionClosed) as closed:
            await until(socket, "agent.speak_ended")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1011
        await asyncio.sleep(0.1)
        seen = (await stage.http.get(path)).json()["data"]
    assert (seen["state"], seen["pose"], seen["sockets"]) == ("connected", "talking", 0)
    assert seen["played_s"] > 0.2
    assert seen["commands"] == {"agent.speak": 1}


async def test_an_avatar_may_be_late_or_never_come() -> None:
    async with performing(never_enters=True) as (socket, stage, path):
        assert await until(socket, "connecting") == ["connecting"]
        await asyncio.sleep(0.1)
        assert (await stage.http.get(path)).json()["data"]["state"] == "connecting"
        assert stage.house.rooms == []
        session = path.rpartition("/")[2]
        await stage.http.post("/v1/sessions/stop", json={"session_id": session})
        over = (await stage.http.get(f"/v1/sessions/{session}")).json()["data"]
    assert over["credits_consumed"] == "0.00"
    assert over["end_reason"] == "UNKNOWN"
    async with performing(enter_delay_s=0.2) as (socket, _, _path):
        began = time.monotonic()
        await until(socket, "connected")
    assert time.monotonic() - began > 0.1


async def test_a_face_may_come_after_the_voice() -> None:
    async with performing(face_delay_s=3) as (socket, stage, _):
        await until(socket, "connected")
        assert stage.house.places[0].face_delay_s == 3


async def test_an_avatar_may_come_without_a_voice() -> None:
    async with performing(voiceless=True) as (socket, stage, _):
        await until(socket, "connected")
        assert stage.house.places[0].voiceless


async def test_an_avatar_may_leave_without_a_word() -> None:
    async with performing(leaves_after_s=0.05) as (socket, stage, path):
        await until(socket, "connected")
        await asyncio.sleep(0.2)
        assert stage.house.rooms[0].away
        assert (await stage.http.get(path)).json()["data"]["state"] == "connected"


@pytest.mark.parametrize(
    ("ends_with", "reason"), [("NO_CREDITS", "NO_CREDITS"), ("MODERATION", "UNKNOWN")]
)
async def test_a_session_may_end_by_itself(ends_with: str, reason: str) -> None:
    async with performing(ends_after_s=0.05, ends_with=ends_with) as (socket, stage, path):
        kinds = await until(socket, "closed")
        seen = (await stage.http.get(path)).json()["data"]
    assert seen["end_reason"] == reason
    assert ("error" in kinds) == (ends_with == "MODERATION")


async def test_an_avatar_may_be_silent() -> None:
    async with performing(silent=True) as (socket, stage, _):
        await speak(socket)
        await until(socket, "agent.speak_started")
        await asyncio.sleep(0.2)
        played = bytes(stage.house.rooms[0].played)
    assert len(played) > 4000
    assert not any(played)


async def test_an_avatar_may_be_deaf_until_it_is_mended() -> None:
    async with performing() as (socket, stage, path):
        await until(socket, "connected")
        await stage.http.post(f"{path}/faults", json={"deaf": True})
        await speak(socket)
        await asyncio.sleep(0.1)
        await stage.http.post(f"{path}/faults", json={})
        await socket.send('{"type": "agent.interrupt"}')
        kinds = await until(socket, "agent.audio_buffer_cleared")
    assert kinds == ["agent.audio_buffer_cleared"]


async def test_events_may_be_lost_or_come_twice() -> None:
    lost, doubled = ["agent.speak_started"], ["agent.audio_buffer_appended"]
    async with performing(lost=lost, doubled=doubled) as (socket, _, _path):
        await until(socket, "connected")
        await speak(socket)
        await socket.send('{"type": "agent.interrupt"}')
        kinds = await until(socket, "agent.audio_buffer_cleared")
    assert kinds.count("agent.audio_buffer_appended") == 2
    assert "agent.speak_started" not in kinds


async def test_credits_run_out_in_the_middle() -> None:
    settings = StageSettings(control=True, minute_s=0.2)
    async with performing(settings) as (socket, stage, path):
        await until(socket, "connected")
        purse = await stage.http.put("/control/account", json={"credits": "0.5"})
        assert purse.json()["data"] == {"credits_left": "0.50"}
        began = time.monotonic()
        await until(socket, "closed")
        assert time.monotonic() - began < 1
        seen = (await stage.http.get(path)).json()["data"]
        left = (await stage.http.get("/v1/users/credits")).json()["data"]
        refused = await stage.http.post("/v1/sessions/start", headers=await stage.token())
    assert (seen["end_reason"], seen["credits_consumed"]) == ("NO_CREDITS", "1.50")
    assert left == {"credits_left": "0.00"}
    assert (refused.status_code, refused.json()["code"]) == (403, 4033)
