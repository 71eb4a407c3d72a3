"""How fast each host is asked, by all workers together."""

import asyncio
import time

from sqlalchemy import func, literal

from ingest.catalog.rows import Rows
from ingest.catalog.tables import HOST


class SharedPace(Rows):
    """A place in each host's line, kept in the database (see `ingest.web.pace.Pace`)."""

    async def turn(self, host: str, delay_s: float) -> None:
        """Return when the caller may ask the host; the next one may `delay_s` later."""
        if delay_s <= 0:
            return
        now = time.time()
        later = func.max if self._engine.dialect.name == "sqlite" else func.greatest
        row = self._insert(HOST).values(host=host, next_at=now + delay_s)
        moved = later(HOST.c.next_at, literal(now)) + delay_s
        row = row.on_conflict_do_update(index_elements=["host"], set_={"next_at": moved})
        async with self._transaction() as connection:
            next_at = await connection.scalar(row.returning(HOST.c.next_at))
        await asyncio.sleep(max(0.0, float(next_at) - delay_s - now))
