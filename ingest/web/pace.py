"""How often a host is asked, and by how many at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from weakref import WeakValueDictionary

LONGEST_PACE_S = 30.0
LONGEST_REST_S = 3600.0
_MANY = 1000


class Pace(Protocol):
    """Gives out turns, so that all who fetch keep a host's distance together."""

    async def turn(self, host: str, delay_s: float) -> None:
        """Return when the caller may ask the host (`name[:port]`): `delay_s` after the last one."""
        ...


class LocalPace:
    """Turns within this process."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    async def turn(self, host: str, delay_s: float) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._free_at) > _MANY:
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        start = max(now, self._free_at.get(host, now))
        self._free_at[host] = start + delay_s
        await asyncio.sleep(start - now)


class Manners:
    """What one fetcher owes each host: its distance, few requests at once, rest when it asks."""

    def __init__(self, pace: Pace, *, delay_s: float, per_host: int) -> None:
        self._pace = pace
        self._delay_s = delay_s
        self._per_host = per_host
        self._delays: dict[str, float] = {}
        self._rests: dict[str, float] = {}
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def distance(self, host: str, delay_s: float) -> None:
        """From now on keep this distance, if it is longer than the settings' own; at most 30 s."""
        self._delays[host] = min(max(delay_s, self._delay_s), LONGEST_PACE_S)

    def rest(self, host: str, pause_s: float) -> None:
        """Nobody asks the host for so long, at most an hour."""
        now = asyncio.get_running_loop().time()
        self._rests[host] = max(self._rests.get(host, now), now + min(pause_s, LONGEST_REST_S))

    def rest_s(self, host: str) -> float:
        """How long the host wants to be left alone yet, in seconds."""
        return max(self._rests.get(host, 0.0) - asyncio.get_running_loop().time(), 0.0)

    @asynccontextmanager
    async def turn(self, host: str, *, paced: bool) -> AsyncIterator[None]:
        """One of the host's places, when it is our turn; `paced` keeps the distance."""
        places = self._places.get(host)
        if places is None:
            places = self._places[host] = asyncio.Semaphore(self._per_host)
        async with places:
            if paced:
                await self._pace.turn(host, self._delays.get(host, self._delay_s))
            yield
