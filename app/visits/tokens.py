"""LiveKit's server side: rooms, the dispatch of an agent into them, and visitors' tokens.

The only file of the API that knows LiveKit.
"""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import aiohttp
from livekit.api import (
    AccessToken,
    CreateAgentDispatchRequest,
    CreateRoomRequest,
    DeleteRoomRequest,
    ListParticipantsRequest,
    ListRoomsRequest,
    LiveKitAPI,
    Room,
    ServerError,
    VideoGrants,
)

from app.errors import RoomUnavailable
from app.settings import VISITOR, LiveKitSettings

# A token is for joining; LiveKit renews it for who is in the room.
TOKEN_LIFE = timedelta(minutes=10)
# A room nobody comes to, and one that everybody left, end by themselves.
EMPTY_S = 60
LEFT_S = 20
TIMEOUT_S = 5.0
# With this the ids begin that LiveKit gives to rooms.
_ID = "RM_"


class LiveKitRooms:
    """See `app.visits.visits.Rooms`. Raises RoomUnavailable when LiveKit does not do its part."""

    def __init__(
        self, livekit: LiveKitAPI, settings: LiveKitSettings, agent_name: str, visitors: int
    ) -> None:
        self._livekit = livekit
        self._settings = settings
        self._agent_name = agent_name
        self._visitors = visitors

    async def open(self, room: str, job: str) -> None:
        """Create the room, and send an agent into it with `job` as its metadata."""
        wanted = CreateRoomRequest(
            name=room,
            empty_timeout=EMPTY_S,
            departure_timeout=LEFT_S,
            # Agents and avatars do not count. Tokens may be many, those who join with them not.
            max_participants=self._visitors,
        )
        dispatch = CreateAgentDispatchRequest(agent_name=self._agent_name, room=room, metadata=job)
        with self._translated():
            await self._livekit.room.create_room(wanted)
            await self._livekit.agent_dispatch.create_dispatch(dispatch)

    async def close(self, room: str) -> None:
        """End the room for everybody in it; one that is gone already is no error."""
        with self._translated():
            for found in await self._found([room]):
                try:
                    await self._livekit.room.delete_room(DeleteRoomRequest(room=found.name))
                except ServerError as error:
                    if error.code != "not_found":
                        raise

    async def standing(self, rooms: Collection[str]) -> set[str]:
        """Those of the rooms that still exist."""
        if not rooms:
            return set()
        with self._translated():
            found = await self._found(rooms)
        return set(rooms) & {known for room in found for known in (room.name, room.sid)}

    async def visitors(self, room: str) -> set[str]:
        """The identities of the visitors in the room; nobody is in one that is gone."""
        with self._translated():
            try:
                found = await self._livekit.room.list_participants(
                    ListParticipantsRequest(room=room)
                )
            except ServerError as error:
                if error.code != "not_found":
                    raise
                return set()
        return {one.identity for one in found.participants if one.identity.startswith(VISITOR)}

    def token(self, room: str, identity: str) -> str:
        """What lets a visitor into this room: to hear, to be heard by microphone, to write."""
        grants = VideoGrants(
            room_join=True,
            room=room,
            can_publish_sources=["microphone"],
            can_subscribe=True,
            can_publish_data=True,
        )
        secret = self._settings.secret
        token = AccessToken(self._settings.key, secret.get_secret_value() if secret else "")
        return token.with_identity(identity).with_grants(grants).with_ttl(TOKEN_LIFE).to_jwt()

    async def ready(self) -> None:
        """Return when LiveKit answers and accepts our key."""
        with self._translated():
            await self._livekit.room.list_rooms(ListRoomsRequest(names=["-"]))

    async def _found(self, rooms: Collection[str]) -> list[Room]:
        """Those of the rooms that exist; LiveKit looks for names, and for no ids."""
        ids = any(room.startswith(_ID) for room in rooms)
        wanted = ListRoomsRequest() if ids else ListRoomsRequest(names=list(rooms))
        found = (await self._livekit.room.list_rooms(wanted)).rooms
        return [room for room in found if room.name in rooms or room.sid in rooms]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ServerError as error:
            raise RoomUnavailable(
                f"LiveKit at {self._settings.url} refused ({error.code}: {error.message}). "
                "Check GROUNDLING_LIVEKIT__KEY and GROUNDLING_LIVEKIT__SECRET."
            ) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise RoomUnavailable(
                f"LiveKit at {self._settings.url} does not answer ({error or 'time is up'}). "
                "Check that it runs and that GROUNDLING_LIVEKIT__URL names it."
            ) from error


class NoRooms:
    """Stands for LiveKit where no key is set: answering works, visits say what is missing."""

    async def open(self, room: str, job: str) -> None:
        """Refuses."""
        raise _no_key()

    async def close(self, room: str) -> None:
        """Refuses."""
        raise _no_key()

    async def standing(self, rooms: Collection[str]) -> set[str]:
        """Refuses."""
        raise _no_key()

    async def visitors(self, room: str) -> set[str]:
        """Refuses."""
        raise _no_key()

    def token(self, room: str, identity: str) -> str:
        """Refuses."""
        raise _no_key()

    async def ready(self) -> None:
        """Refuses."""
        raise _no_key()


def _no_key() -> RoomUnavailable:
    return RoomUnavailable(
        "No LiveKit key is set, so no visit can be opened. "
        "Set GROUNDLING_LIVEKIT__KEY and GROUNDLING_LIVEKIT__SECRET."
    )


@asynccontextmanager
async def open_rooms(
    settings: LiveKitSettings, agent_name: str, visitors_at_once: int = 4
) -> AsyncIterator[LiveKitRooms | NoRooms]:
    """The LiveKit server of the settings; nothing is dialled until the first visit.

    `agent_name` is the name under which the agent's workers have registered; so many visitors may
    be in one room.
    """
    if not settings.key or settings.secret is None:
        yield NoRooms()
        return
    async with LiveKitAPI(
        settings.url,
        settings.key,
        settings.secret.get_secret_value(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
        failover=False,  # other regions are LiveKit Cloud's, and not for us to dial
    ) as livekit:
        yield LiveKitRooms(livekit, settings, agent_name, visitors_at_once)
