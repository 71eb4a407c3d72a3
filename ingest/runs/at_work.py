"""Being one of a run's workers: heard of while at it, and leaving nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ingest.catalog.workers import BEAT_S
from ingest.errors import IngestError
from ingest.runs.parts import Records


@asynccontextmanager
async def at_work(records: Records, run: str) -> AsyncIterator[str]:
    """A worker's id for as long as the context lasts; what it holds then is free for others."""
    worker = await records.workers.join(run)

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            with suppress(IngestError):  # the next beat may get through
                await records.workers.bury_the_dead()
                await records.workers.beat(worker)

    beating = asyncio.create_task(beat(), name="beat")
    try:
        yield worker
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        await asyncio.shield(records.workers.leave(worker))
