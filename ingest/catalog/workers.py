"""The processes that carry out runs, and what becomes of the work of one that died."""

import os
import socket
import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from ingest.catalog.rows import Rows
from ingest.catalog.tables import CHANGE, RUN, STEP, WORKER

SILENT_S = 60.0
"""A worker not heard of for so long is dead; on its own machine its death is seen at once."""
BEAT_S = 5.0


class Workers(Rows):
    """Who carries out what. What a dead worker held is free for the others again."""

    async def join(self, run: str) -> str:
        """A new worker's id, for one run in this process."""
        worker = uuid.uuid4().hex
        row = {"id": worker, "run": run, "host": socket.gethostname(), "pid": os.getpid()}
        async with self._transaction() as connection:
            await connection.execute(WORKER.insert().values(row | {"beat_at": datetime.now(UTC)}))
        return worker

    async def beat(self, worker: str) -> bool:
        """Say that it lives; False if it was taken for dead, and others have its work."""
        now = datetime.now(UTC)
        async with self._transaction() as connection:
            beaten = await connection.execute(
                update(WORKER).where(WORKER.c.id == worker).values(beat_at=now)
            )
        return bool(beaten.rowcount)

    async def leave(self, worker: str) -> None:
        """Give back what it held, and be gone."""
        await self._bury([worker])

    async def bury_the_dead(self) -> None:
        """Free what dead workers held."""
        async with self._transaction() as connection:
            rows = (await connection.execute(select(WORKER))).all()
        oldest = datetime.now(UTC) - timedelta(seconds=SILENT_S)
        here = socket.gethostname()
        dead = [
            row.id
            for row in rows
            if row.beat_at < oldest or (row.host == here and not _is_alive(row.pid))
        ]
        if dead:
            await self._bury(dead)

    async def of(self, run: str) -> list[str]:
        """The workers of a run that are believed alive."""
        async with self._transaction() as connection:
            return list(await connection.scalars(select(WORKER.c.id).where(WORKER.c.run == run)))

    async def _bury(self, workers: list[str]) -> None:
        async with self._transaction() as connection:
            for table in (STEP, CHANGE):
                held = (table.c.state == "leased") & table.c.holder.in_(workers)
                free = {"state": "waiting", "holder": None}
                await connection.execute(update(table).where(held).values(free))
            await connection.execute(
                update(RUN).where(RUN.c.holder.in_(workers)).values(holder=None)
            )
            await connection.execute(delete(WORKER).where(WORKER.c.id.in_(workers)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
