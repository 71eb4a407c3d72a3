"""Rooms that exist in memory."""

from collections.abc import Collection

from app.errors import RoomUnavailable


class PaperRooms:
    """Implements `app.visits.visits.Rooms`: notes who was sent where; refuses while `down`."""

    def __init__(self) -> None:
        self.jobs: dict[str, str] = {}
        self.present: dict[str, set[str]] = {}
        self.down = False

    async def open(self, room: str, job: str) -> None:
        self._require_up()
        self.jobs[room] = job

    async def close(self, room: str) -> None:
        self._require_up()
        self.jobs.pop(room, None)

    async def standing(self, rooms: Collection[str]) -> set[str]:
        self._require_up()
        return set(rooms) & set(self.jobs)

    async def visitors(self, room: str) -> set[str]:
        self._require_up()
        return self.present.get(room, set())

    def token(self, room: str, identity: str) -> str:
        return f"{identity}@{room}"

    async def ready(self) -> None:
        self._require_up()

    def _require_up(self) -> None:
        if self.down:
            raise RoomUnavailable("LiveKit does not answer. Check that it runs.")
