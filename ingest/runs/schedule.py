"""Runs that begin by themselves, when their source is due."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from ingest.errors import IngestError
from ingest.sources.source import Source
from ingest.sources.store import KnownSource

logger = logging.getLogger(__name__)

LOOK_S = 15.0
"""How often is looked whether a source is due; schedules are kept to the minute."""

Call = Callable[[str], Awaitable[None]]
"""Has a run carried out, here or by the workers."""


class Due(Protocol):
    """As much of `ingest.sources.store.Sources` as keeping schedules takes."""

    async def due(self, now: datetime) -> list[KnownSource]: ...

    async def source(self, id: str) -> Source: ...


class Starts(Protocol):
    """As much of `ingest.runs.runs.Runs`."""

    async def start(self, source: Source, *, force: bool = False) -> str: ...


@asynccontextmanager
async def keep_schedules(sources: Due, runs: Starts, call: Call) -> AsyncIterator[None]:
    """Begin the runs of sources whose time has come, for as long as the context lasts."""

    async def keep() -> None:
        while True:
            try:
                for known in await sources.due(datetime.now(UTC)):
                    await _begin(known, sources, runs, call)
            except IngestError as error:
                logger.warning("schedules not read", extra={"reason": str(error)})
            await asyncio.sleep(LOOK_S)

    keeping = asyncio.create_task(keep(), name="schedules")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _begin(known: KnownSource, sources: Due, runs: Starts, call: Call) -> None:
    """One source that cannot be run over keeps no other from its turn."""
    try:
        run = await runs.start(await sources.source(known.id))
        await call(run)
        logger.info("a run began by its schedule", extra={"source": known.name, "run": run})
    except IngestError as error:
        logger.warning("a scheduled run did not begin", extra={
            "source": known.name, "reason": str(error),
        })  # fmt: skip
