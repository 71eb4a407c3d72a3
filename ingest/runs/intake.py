"""Pages that are handed in one by one, by many callers: what comes during a run is the next one."""

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from ingest.documents import Page
from ingest.errors import IngestError
from ingest.runs.report import RunProgress

logger = logging.getLogger(__name__)

POLL_S = 0.2
"""How often is looked whether a run has ended, which a worker elsewhere may carry out."""


class TakesIn(Protocol):
    """As much of `ingest.runs.runs.Runs` as taking pages in takes."""

    async def take_in(self, name: str, kb: str, pages: AsyncIterable[Page]) -> str: ...

    async def progress(self, run: str) -> RunProgress: ...


class Carries(Protocol):
    """As much of `ingest.runs.carrier.Carrier`."""

    async def carry(self, run: str, *, soon: bool = False) -> None: ...


@dataclass(slots=True)
class _Shelf:
    """What waits for the next run of one source, and the task that begins it."""

    waiting: list[tuple[Page, "asyncio.Future[str]"]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class Intake:
    """Begins one run after another over the pages that were handed in for a source meanwhile."""

    def __init__(self, runs: TakesIn, carrier: Carries) -> None:
        self._runs = runs
        self._carrier = carrier
        self._shelves: dict[tuple[str, str], _Shelf] = {}

    async def hand_in(self, name: str, kb: str, page: Page) -> str:
        """Have a page indexed under a source; the id of the run that does it, once it has begun.

        Raises:
            RunGoesOn: another process is at a run over this source.
            IndexUnavailable, CatalogUnavailable, QueueUnavailable
        """
        shelf = self._shelves.setdefault((kb, name), _Shelf())
        begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        shelf.waiting.append((page, begun))
        if shelf.task is None:
            shelf.task = asyncio.create_task(self._empty(name, kb, shelf), name="intake")
        return await begun

    async def _empty(self, name: str, kb: str, shelf: _Shelf) -> None:
        try:
            while shelf.waiting:
                batch, shelf.waiting = shelf.waiting, []
                await self._begin(name, kb, batch)
        finally:
            shelf.task = None
            if not shelf.waiting:
                self._shelves.pop((kb, name), None)

    async def _begin(
        self, name: str, kb: str, batch: list[tuple[Page, "asyncio.Future[str]"]]
    ) -> None:
        callers = [begun for _, begun in batch]
        try:
            run = await self._runs.take_in(name, kb, _each(page for page, _ in batch))
            await self._carrier.carry(run, soon=True)
        except IngestError as error:
            _refuse(callers, error)
        except Exception as error:
            logger.error("nothing was taken in", exc_info=error)
            _refuse(callers, error)
        else:
            for begun in _still_there(callers):
                begun.set_result(run)
            await self._ended(run)
        finally:
            for begun in _still_there(callers):
                begun.cancel()

    async def _ended(self, run: str) -> None:
        try:
            while (await self._runs.progress(run)).state == "running":  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)
        except IngestError as error:
            logger.warning("run not followed", extra={"run": run, "reason": str(error)})

    async def close(self) -> None:
        """Begin no further run; who waits for one is told that it is cancelled."""
        tasks = [shelf.task for shelf in self._shelves.values() if shelf.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for shelf in self._shelves.values():
            for _, begun in shelf.waiting:
                begun.cancel()


@asynccontextmanager
async def open_intake(runs: TakesIn, carrier: Carries) -> AsyncIterator[Intake]:
    """An intake, which begins no run any more once it is closed."""
    intake = Intake(runs, carrier)
    try:
        yield intake
    finally:
        await intake.close()


def _still_there(callers: Iterable["asyncio.Future[str]"]) -> list["asyncio.Future[str]"]:
    """Those who still wait for an answer: a caller may have gone."""
    return [begun for begun in callers if not begun.done()]


def _refuse(callers: Iterable["asyncio.Future[str]"], error: Exception) -> None:
    for begun in _still_there(callers):
        begun.set_exception(error)


async def _each(pages: Iterable[Page]) -> AsyncIterator[Page]:
    for page in pages:
        yield page
