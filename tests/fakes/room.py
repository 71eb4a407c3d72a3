"""A room without LiveKit: keeps what was played and shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.errors import StageUnavailable
from app.stage.face import Picture
from app.stage.room import Place, Room


class QuietRoom:
    """Takes everything at once; `remove` does what an administrator would."""

    def __init__(self, guests: int = 1) -> None:
        self.played = bytearray()
        self.pictures: list[Picture] = []
        self.hushed = 0
        self.open = True
        self.away = False
        self.guests = guests
        self._removed = asyncio.Event()

    async def play(self, pcm: bytes) -> None:
        self.played += pcm

    def hush(self) -> None:
        self.hushed += 1

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture)

    async def left(self) -> None:
        await self._removed.wait()

    async def leave(self) -> None:
        self.away = True

    def visited(self) -> bool:
        return self.guests > 0

    def remove(self) -> None:
        self._removed.set()


class QuietHouse:
    """Opens quiet rooms: at once, after `delay_s`, or not at all."""

    def __init__(self, delay_s: float = 0.0, locked: bool = False, guests: int = 1) -> None:
        self.delay_s = delay_s
        self.locked = locked
        self.guests = guests
        self.places: list[Place] = []
        self.rooms: list[QuietRoom] = []

    @asynccontextmanager
    async def open(self, place: Place) -> AsyncIterator[Room]:
        await asyncio.sleep(self.delay_s)
        if self.locked:
            raise StageUnavailable("the avatar cannot enter the room: locked")
        room = QuietRoom(self.guests)
        self.places.append(place)
        self.rooms.append(room)
        try:
            yield room
        finally:
            room.open = False
