"""When a session ends by itself, whoever has forgotten it."""

import asyncio
from collections.abc import Callable
from math import inf

from app.settings import StageSettings
from app.stage.events import Reason


class Deadlines:
    """The clocks of one session: commands, sockets, visitors and the longest that it may last."""

    def __init__(self, settings: StageSettings, longest_s: float) -> None:
        self._settings = settings
        self._longest_s = longest_s
        self._touched = self._left = _now()
        self._sockets = 0

    def touch(self) -> None:
        """Put off the idle timeout: a command or a keep-alive came."""
        self._touched = _now()

    def count(self, sockets: int) -> None:
        """Tell how many sockets are open now."""
        self._sockets = sockets
        self._left = _now()

    async def passed(self, visited: Callable[[], bool]) -> Reason:
        """Wait for the first deadline that passes; `visited` says whether anyone is in the room."""
        began, seen = _now(), False
        while True:
            seen = seen or visited()
            unvisited = inf if seen else began + self._settings.unvisited_s
            ends: list[tuple[float, Reason]] = [
                (began + self._longest_s, "MAX_DURATION_REACHED"),
                (self._touched + self._settings.idle_s, "IDLE_TIMEOUT"),
                (self._abandoned(), "ZOMBIE_SESSION_REAP"),
                (unvisited, "USER_DISCONNECTED"),
            ]
            end, reason = min(ends)
            if end <= _now():
                return reason
            await asyncio.sleep(end - _now())

    def _abandoned(self) -> float:
        """Without a socket, a session lives a little longer than its last sign of life."""
        since = _now() if self._sockets else max(self._left, self._touched)
        return since + self._settings.zombie_s


def _now() -> float:
    return asyncio.get_running_loop().time()
