"""The stage that the clients meet: that of the running stack, over HTTP like anybody's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from livekit import api

from tests.live.clients.audience import Audience, audience
from tools.stack import Stack

_PAGE = 100
AVATAR_ID = "dd73ea75-1218-4ef3-92ce-606d5f7fbc0a"


@dataclass
class Stage:
    """Where the stage is, and what it says of its sessions."""

    url: str
    key: str = field(repr=False)
    livekit: str
    livekit_key: str
    livekit_secret: str = field(repr=False)
    avatar_id: str = AVATAR_ID
    _seen: set[str] = field(default_factory=set)

    async def ask(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """All pages of a list."""
        headers = {"X-API-KEY": self.key}
        results: list[dict[str, Any]] = []
        async with httpx.AsyncClient(base_url=self.url, headers=headers) as client:
            while True:
                page = len(results) // _PAGE + 1
                answer = await client.get(path, params={"page": page, "page_size": _PAGE, **query})
                data = answer.raise_for_status().json()["data"]
                results += data["results"]
                if data["next"] is None:
                    return results

    async def opened(self) -> str:
        """The id of the session that a client has just opened: in a room of the stage, its name."""
        while True:
            active = {session["id"] for session in await self.ask("/v1/sessions", type="active")}
            if fresh := active - self._seen:
                self._seen |= fresh
                return fresh.pop()
            await asyncio.sleep(0.1)

    async def told(self, session: str) -> list[str]:
        """What the stage reported in a session, by type, without the acknowledgements."""
        events = await self.ask(f"/v1/sessions/{session}/events")
        kinds = [str(event["type"]) for event in events]
        return [kind for kind in kinds if kind.startswith("agent.speak")]

    async def over(self, session: str) -> dict[str, Any]:
        """The record of a session that has ended."""
        while True:
            for record in await self.ask("/v1/sessions", type="historic"):
                if record["id"] == session:
                    return record
            await asyncio.sleep(0.1)

    def token(self, room: str, identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(self.livekit_key, self.livekit_secret)
        return token.with_identity(identity).with_grants(grants).to_jwt()

    @asynccontextmanager
    async def visitor(self, room: str, avatar: str = "heygen") -> AsyncIterator[Audience]:
        async with audience(self.livekit, self.token(room, "visitor"), avatar) as heard:
            yield heard


Visit = Callable[[str], AbstractAsyncContextManager[Audience]]


@pytest.fixture(scope="session")
def served(stack: Stack) -> Stage:
    return Stage(
        stack.url("stage"),
        stack.keys["stage_key"],
        stack.env["GROUNDLING_LIVEKIT__URL"],
        stack.keys["livekit_key"],
        stack.keys["livekit_secret"],
    )
