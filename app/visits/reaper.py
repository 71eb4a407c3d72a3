"""Stops what an agent that died has left running: the session on the stage, and its visit.

An agent renews its lease every few seconds. One that does not is dead, or cut off from us; a stage
that nobody speaks to any more is stopped either way. After a start of the API every lease is good
for its full length again, since agents could not renew it while the API was down.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.errors import VisitError
from app.visits.ledger import Ledger
from app.visits.records import StageSession, Visit
from app.visits.store import VisitStore

logger = logging.getLogger(__name__)

Stop = Callable[[str], Awaitable[bool]]
"""Stops a session of the stage by its id; False: not now."""


class Reaper:
    """`stop` ends a session of the stage, `lease_s` is how long an agent may be silent."""

    def __init__(self, store: VisitStore, ledger: Ledger, stop: Stop, lease_s: float) -> None:
        self._store = store
        self._ledger = ledger
        self._stop = stop
        self._lease = timedelta(seconds=lease_s)
        self._since = datetime.now(UTC)

    async def look(self) -> int:
        """Stop every session whose agent is gone; how many there were."""
        reaped = 0
        for session in await self._ledger.open_sessions():
            visit = await self._store.find(session.visit_id)
            if not self._lost(session, visit):
                continue
            if await self._stop(session.id):
                reaped += 1
                await self._ledger.close(session.id, "the agent was gone")
                await self._store.end([session.visit_id], "the agent was gone")
                extra = {"visit": session.visit_id, "session": session.id}
                logger.warning("stage of a lost agent stopped", extra=extra)
        return reaped

    def _lost(self, session: StageSession, visit: Visit | None) -> bool:
        heard = [self._since + self._lease, session.opened_at + self._lease]
        if visit is not None and visit.lease_until is not None:
            heard.append(visit.lease_until)
        return datetime.now(UTC) > max(heard)


@asynccontextmanager
async def reaping(reaper: Reaper, every_s: float) -> AsyncIterator[None]:
    """Looks again and again while the context lasts."""

    async def go_on() -> None:
        while True:
            try:
                await reaper.look()
            except VisitError as error:
                logger.warning("lost stages not looked for", extra={"reason": str(error)})
            await asyncio.sleep(every_s)

    task = asyncio.create_task(go_on(), name="reaper")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
