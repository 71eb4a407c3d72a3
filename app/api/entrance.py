"""The house while it is being opened, and the work that it does beside requests.

The door opens before the house does, so that `/ready` can say which neighbour it waits for.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from app.api.ports import House
from app.api.problems import OURS, NotOpenYet
from ingest.errors import EmbedderMismatch, EmbedderUnavailable

logger = logging.getLogger(__name__)

RETRY_S = 2.0
# Waiting does not mend these: the process ends and says why.
LASTING = (EmbedderMismatch, EmbedderUnavailable)

OpenHouse = Callable[[], AbstractAsyncContextManager[House]]


class Entrance:
    """Leads to the house once it is open; until then says what it waits for."""

    def __init__(self, house: House | None = None) -> None:
        self._house = house
        self.reason = "The embedding model and the database are being opened. Try again soon."

    def house(self) -> House:
        """The open house, or NotOpenYet."""
        if self._house is None:
            raise NotOpenYet(self.reason)
        return self._house

    @asynccontextmanager
    async def keeping(
        self, open_house: OpenHouse, on_lasting: Callable[[Exception], None]
    ) -> AsyncIterator[None]:
        """Keep the house open inside the block, opening it again and again until it is.

        `on_lasting` is called with an error that trying again does not mend.
        """
        closing = asyncio.Event()
        task = asyncio.create_task(self._keep(open_house, closing, on_lasting), name="house")
        try:
            yield
        finally:
            closing.set()
            if self._house is None:
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(
        self,
        open_house: OpenHouse,
        closing: asyncio.Event,
        on_lasting: Callable[[Exception], None],
    ) -> None:
        while not closing.is_set():
            try:
                async with open_house() as house:
                    self._house = house
                    logger.info("ready")
                    await closing.wait()
            except LASTING as error:
                self.reason = str(error)
                on_lasting(error)
                return
            except OURS as error:
                self.reason = str(error)
                logger.warning("not ready yet", extra={"reason": str(error)})
                await asyncio.sleep(RETRY_S)
            except Exception as error:
                logger.error("the house could not be opened", exc_info=error)
                on_lasting(error)
                return
            finally:
                self._house = None


class Errands:
    """Work that a request starts and does not wait for; ended when the application ends."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run this; what goes wrong is logged, since nobody waits for it."""
        task = asyncio.create_task(self._run(work, name), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Errands may run inside the block, and none is left after it."""
        try:
            yield
        finally:
            for task in (left := list(self._running)):
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except OURS as error:
            logger.warning("errand failed", extra={"errand": name, "reason": str(error)})
