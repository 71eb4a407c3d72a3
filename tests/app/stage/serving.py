"""A whole stage in front of quiet rooms: `calling` without a server, `serving` on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx
from livekit import api

from app.settings import LiveKitSettings, StageSettings
from app.stage.server import create_app, stage_server
from tests.fakes.room import QuietHouse

SECRET = "a-secret-of-at-least-32-characters"


@dataclass
class Stage:
    url: str
    house: QuietHouse
    http: httpx.AsyncClient

    async def mint(self, **changes: object) -> httpx.Response:
        body = {"mode": "LITE", "avatar_id": str(uuid4()), "livekit_config": livekit_config()}
        return await self.http.post("/v1/sessions/token", json={**body, **changes})

    async def token(self, **changes: object) -> dict[str, str]:
        """Headers of a session that may be started."""
        data = (await self.mint(**changes)).json()["data"]
        return {"Authorization": f"Bearer {data['session_token']}"}


def livekit_token(room: str, **grants: bool) -> str:
    video = api.VideoGrants(room_join=True, room=room, can_subscribe=False, **grants)
    return api.AccessToken("key", SECRET).with_identity("a").with_grants(video).to_jwt()


def livekit_config(room: str = "lobby", **grants: bool) -> dict[str, str]:
    return {
        "livekit_url": "ws://127.0.0.1:1",
        "livekit_room": room,
        "livekit_client_token": livekit_token(room, **grants),
    }


@asynccontextmanager
async def calling(
    settings: StageSettings | None = None,
    house: QuietHouse | None = None,
    livekit: LiveKitSettings | None = None,
) -> AsyncIterator[Stage]:
    house = house or QuietHouse()
    app = create_app(settings or StageSettings(), house.open, livekit)
    transport = httpx.ASGITransport(app)
    async with (
        app.lifespan(),
        httpx.AsyncClient(base_url="http://stage", transport=transport) as http,
    ):
        yield Stage("http://stage", house, http)


@asynccontextmanager
async def serving(
    settings: StageSettings | None = None, house: QuietHouse | None = None
) -> AsyncIterator[Stage]:
    house = house or QuietHouse()
    server = stage_server(settings or StageSettings(), house.open)
    listener = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve([listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        while not server.started:
            await asyncio.sleep(0.005)
        async with httpx.AsyncClient(base_url=url, verify=False) as http:
            yield Stage(url, house, http)
    finally:
        server.should_exit = True
        await running
