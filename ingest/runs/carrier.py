"""Runs beside what else a process does: in the background here, or handed to workers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Protocol

from ingest.errors import IngestError

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Crawls that are carried out here at the same time; others wait their turn."""

HandOn = Callable[[str], Awaitable[None]]


class CarriedOut(Protocol):
    """As much of `ingest.runs.runs.Runs` as carrying runs out takes."""

    async def carry_out(self, run: str) -> Any: ...

    async def left_over(self) -> Sequence[str]: ...

    async def put_back(self, run: str) -> None: ...


class Carrier:
    """Sees to it that runs which were begun are carried out."""

    def __init__(self, runs: CarriedOut, hand_on: HandOn | None) -> None:
        self._runs = runs
        self._hand_on = hand_on
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._going: dict[str, asyncio.Task[None]] = {}

    async def carry(self, run: str, *, soon: bool = False) -> None:
        """Have a run carried out; returns at once. A short one comes `soon`, whatever goes on.

        Raises:
            QueueUnavailable: it could not be handed to the workers.
        """
        if self._hand_on is not None:
            await self._hand_on(run)
        elif run not in self._going:
            turns = nullcontext() if soon else self._turns
            task = asyncio.create_task(self._carry_out(run, turns), name=f"run {run}")
            self._going[run] = task
            task.add_done_callback(lambda _: self._going.pop(run, None))

    async def _carry_out(self, run: str, turns: AbstractAsyncContextManager[None]) -> None:
        async with turns:
            try:
                await self._runs.carry_out(run)
            except IngestError as error:
                logger.warning("run stopped", extra={"run": run, "reason": str(error)})
            except Exception as error:
                logger.error("run broken off", extra={"run": run}, exc_info=error)

    async def close(self) -> None:
        """Leave what is not done yet where it is; the next process to start takes it up there."""
        going = dict(self._going)
        for task in going.values():
            task.cancel()
        await asyncio.gather(*going.values(), return_exceptions=True)
        for run in going:
            try:
                await self._runs.put_back(run)
            except IngestError as error:
                logger.warning("run not put back", extra={"run": run, "reason": str(error)})


@asynccontextmanager
async def open_carrier(runs: CarriedOut, hand_on: HandOn | None = None) -> AsyncIterator[Carrier]:
    """A carrier, which first takes up the runs that nobody is at.

    With `hand_on`, which gives a run to the workers, nothing is carried out here.

    Raises:
        CatalogUnavailable
    """
    carrier = Carrier(runs, hand_on)
    try:
        if hand_on is None:
            for run in await runs.left_over():
                await carrier.carry(run)
        yield carrier
    finally:
        await carrier.close()
