"""Telling how far a run is, to who asked to be told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ingest.runs.parts import Records
from ingest.runs.report import RunProgress, progress_of

TOLD_S = 0.5
"""How often progress is told."""

Told = Callable[[RunProgress], None]


@asynccontextmanager
async def telling(records: Records, run: str, told: Told) -> AsyncIterator[None]:
    """Tell now and then while the context lasts, and once more when it has ended well."""

    async def tell() -> None:
        while True:
            await asyncio.sleep(TOLD_S)
            told(await progress_of(records, run))

    task = asyncio.create_task(tell(), name="progress")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    told(await progress_of(records, run))
