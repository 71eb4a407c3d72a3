"""Rooms of the stage's own, for callers that bring none: their tokens, and their end."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from livekit import api

from app.settings import LiveKitSettings
from app.stage.room import OpenRoom, Place, Room

logger = logging.getLogger(__name__)

AVATAR = "heygen"
"""The name by which other people's clients know the avatar."""

_SPARE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Who may enter a room: the avatar, the visitor, and the caller's own agent."""

    avatar: str
    client: str
    agent: str


class Hosting:
    """The LiveKit server on which the stage opens rooms. Needs its key and secret."""

    def __init__(self, settings: LiveKitSettings) -> None:
        self.url = settings.url
        self.public_url = settings.public_url or settings.url
        self._key = settings.key
        self._secret = settings.secret.get_secret_value() if settings.secret else ""

    @property
    def possible(self) -> bool:
        return bool(self._key and self._secret)

    def tokens(self, room: str, longest_s: float) -> Tokens:
        """Tokens that live as long as the session may."""

        def token(identity: str, *, listens: bool = True) -> str:
            video = api.VideoGrants(
                room_join=True,
                room=room,
                can_publish_data=True,
                can_subscribe=listens,
                can_update_own_metadata=not listens,
            )
            minted = api.AccessToken(self._key, self._secret).with_identity(identity)
            if not listens:
                minted = minted.with_attributes({"ai.generated": "true"})
            life = timedelta(seconds=longest_s) + _SPARE
            return minted.with_grants(video).with_ttl(life).to_jwt()

        return Tokens(
            avatar=token(AVATAR, listens=False),
            client=token(f"client-{room}"),
            agent=token(f"agent-{room}"),
        )

    def opening(self, open_room: OpenRoom) -> OpenRoom:
        """Opens rooms as `open_room` does, and deletes those of the stage's own at the end."""

        @asynccontextmanager
        async def opened(place: Place) -> AsyncIterator[Room]:
            try:
                async with open_room(place) as room:
                    yield room
            finally:
                if place.ours:
                    await self._delete(place.room)

        return opened

    async def _delete(self, room: str) -> None:
        address = self.url.replace("ws", "http", 1)
        try:
            async with api.LiveKitAPI(address, self._key, self._secret) as server:
                await server.room.delete_room(api.DeleteRoomRequest(room=room))
        except (api.TwirpError, aiohttp.ClientError, TimeoutError):
            logger.warning("a room was not deleted; LiveKit closes it when empty")
