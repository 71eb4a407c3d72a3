"""Who has the model: a place for each answer it can write at once, and a room to wait for one.

The room is bounded in places and in time, and fair between visits: the next place goes to the visit
that was served longest ago, whoever asked first, and one visit cannot take all the chairs. Nameless
callers share one name. Whoever stops waiting frees the chair.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.errors import ModelBusy

logger = logging.getLogger(__name__)

# The share of a new answer in how long one takes.
_FRESH = 0.3
# Until the first answer is written: a short one of a small model on a CPU.
_FIRST_ANSWER_S = 5.0
_LONGEST_ADVICE_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy the model is: answers being written, and questions that wait for it."""

    writing: int
    waiting: int


class _Waiter:
    """One question that waits."""

    def __init__(self, visit: str) -> None:
        self.visit = visit
        self.came: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class WaitingRoom:
    """The places of a model and the chairs in front of it."""

    def __init__(self, *, places: int, chairs: int, longest_s: float) -> None:
        self._places = places
        self._chairs = chairs
        self._longest_s = longest_s
        self._writing = 0
        self._waiting: dict[str, deque[_Waiter]] = {}
        self._served: dict[str, int] = {}
        self._turns = 0
        self._answer_s = _FIRST_ANSWER_S

    @property
    def load(self) -> Load:
        """How busy the model is now."""
        return Load(writing=self._writing, waiting=sum(map(len, self._waiting.values())))

    @asynccontextmanager
    async def place(self, visit: str | None) -> AsyncIterator[float]:
        """A place for one answer of a visit inside the block; gives the seconds spent waiting.

        Raises:
            ModelBusy: all chairs are taken, or the wait grew too long.
        """
        waited = await self._enter(visit or "")
        started = time.monotonic()
        try:
            yield waited
            self._answer_s += _FRESH * (time.monotonic() - started - self._answer_s)
        finally:
            self._leave()

    async def _enter(self, visit: str) -> float:
        if self._writing < self._places and not self._waiting:
            self._begin(visit)
            return 0.0
        self._find_chair(visit)
        waiter = _Waiter(visit)
        self._waiting.setdefault(visit, deque()).append(waiter)
        logger.info("question waits for the model", extra={"waiting": self.load.waiting})
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._longest_s):
                await waiter.came
        except TimeoutError:
            self._stand_up(waiter)
            raise self._busy("too-long") from None
        except asyncio.CancelledError:
            self._stand_up(waiter)
            raise
        return time.monotonic() - started

    def _find_chair(self, visit: str) -> None:
        """Raises ModelBusy if no chair is free, and none to be had from a visit with several."""
        if self.load.waiting < self._chairs:
            return
        mine = len(self._waiting.get(visit, ()))
        crowd = max(self._waiting.values(), key=len, default=deque())
        if len(crowd) <= mine + 1:
            raise self._busy("full")
        last = crowd[-1]
        self._forget(last)
        last.came.set_exception(self._busy("full"))

    def _stand_up(self, waiter: _Waiter) -> None:
        """Who waited goes, perhaps just as the place came free."""
        came = waiter.came
        if came.done() and not came.cancelled() and came.exception() is None:
            self._leave()
        self._forget(waiter)

    def _forget(self, waiter: _Waiter) -> None:
        queue = self._waiting.get(waiter.visit)
        if queue is not None and waiter in queue:
            queue.remove(waiter)
            if not queue:
                del self._waiting[waiter.visit]

    def _leave(self) -> None:
        self._writing -= 1
        if self._waiting:
            visit = min(self._waiting, key=lambda name: self._served.get(name, 0))
            waiter = self._waiting[visit][0]
            self._forget(waiter)
            self._begin(visit)
            waiter.came.set_result(None)
        elif not self._writing:
            self._served.clear()

    def _begin(self, visit: str) -> None:
        self._writing += 1
        self._turns += 1
        self._served[visit] = self._turns

    def _busy(self, reason: str) -> ModelBusy:
        load = self.load
        ahead_s = self._answer_s * (load.waiting + 1) / self._places
        logger.warning("model busy", extra={"waiting": load.waiting, "reason": reason})
        return ModelBusy(
            f"The model is busy: {load.writing} answers are being written and {load.waiting} "
            "questions wait. Ask again in a moment; for more at a time, raise "
            "GROUNDLING_MODEL__AT_ONCE with OLLAMA_NUM_PARALLEL on a machine that carries it, or "
            "let more wait (GROUNDLING_MODEL__WAITING, GROUNDLING_MODEL__WAIT_S).",
            retry_after_s=min(_LONGEST_ADVICE_S, max(1, math.ceil(ahead_s))),
        )
