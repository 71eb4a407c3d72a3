"""Calls by telephone: what a SIP participant in a room meets, with real servers and models."""

import asyncio
import json
import time
from typing import Any

import httpx
from livekit.api import CreateRoomRequest, ListRoomsRequest, LiveKitAPI

from tests.live.caller import NUMBER, calling
from tools.hearing import transcribe
from tools.places import ROOT
from tools.stack import Stack

SPOKEN = ROOT / "data" / "spoken"
OPENING_S, ANSWER_S = 60.0, 120.0
CALL = json.dumps({"call": {"lang": "en"}})


async def test_a_caller_is_answered_without_a_face_and_leaves_no_number_behind(
    stack: Stack, api: httpx.AsyncClient
) -> None:
    async with calling(stack, CALL) as caller:
        await caller.hear(OPENING_S)
        room = await caller.room.sid
        visit = (await api.post("/v1/calls", json={"room": room})).json()["id"]
        await caller.say(SPOKEN / "closing-time.wav")
        async with asyncio.timeout(ANSWER_S):
            while not (await _record(api, visit))["turns"]:
                await asyncio.sleep(0.2)
            while not (await _record(api, visit))["turns"][0]["line"]:
                await asyncio.sleep(0.2)
        # Reported as the first sentence begins, and heard a moment later.
        heard = transcribe(await caller.hear(30, since=time.monotonic())).lower()
    assert any(hour in heard for hour in ("six", "6", "18", "eighteen")), heard
    assert caller.seen == []

    async with asyncio.timeout(30):
        while (record := await _record(api, visit))["state"] != "ended":
            await asyncio.sleep(0.2)
    assert record["ended_reason"] == "visitor_hung_up"
    assert (record["stage"], record["avatar"], record["cents"]) == ([], [], 0)
    assert len(record["turns"]) == 1
    assert _holding(stack, NUMBER) == []


async def test_a_caller_for_whom_there_is_no_place_is_told_so_and_put_off(
    stack: Stack, api: httpx.AsyncClient
) -> None:
    url = stack.env["GROUNDLING_LIVEKIT__URL"].replace("ws", "http")
    visits: list[str] = []
    async with LiveKitAPI(url, stack.keys["livekit_key"], stack.keys["livekit_secret"]) as livekit:
        while True:
            held = CreateRoomRequest(name=f"held-{len(visits)}", empty_timeout=300)
            room = (await livekit.room.create_room(held)).sid
            opened = await api.post("/v1/calls", json={"room": room})
            if opened.status_code == 409:
                break
            visits.append(opened.json()["id"])
        try:
            async with calling(stack, CALL) as caller:
                heard = transcribe(await caller.hear(OPENING_S)).lower()
                await asyncio.wait_for(caller.hung_up.wait(), 20)
        finally:
            for visit in visits:
                assert (await api.delete(f"/v1/visits/{visit}")).status_code == 204
        standing = (await livekit.room.list_rooms(ListRoomsRequest())).rooms
    assert "call again" in heard, heard
    # Only the one room that no visit was opened for.
    assert [room.name for room in standing] == [f"held-{len(visits)}"]


async def _record(api: httpx.AsyncClient, visit: str) -> dict[str, Any]:
    return dict((await api.get(f"/v1/visits/{visit}")).json())


def _holding(stack: Stack, number: str) -> list[str]:
    """What holds the number of all that we wrote; LiveKit's own log is not ours."""
    digits = number.lstrip("+").encode()
    return [
        path.name
        for path in stack.state.rglob("*")
        if path.is_file() and "livekit" not in path.name and digits in path.read_bytes()
    ]
