"""A process of ours that does one thing after another and can be killed in the middle of one."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Self, TypeVar

from ingest.errors import IngestError

logger = logging.getLogger(__name__)

START_S = 60.0
Given = TypeVar("Given")
Result = TypeVar("Result")


class Worker:
    """One process; `calls` counts what it was asked to do."""

    def __init__(self, pool: ProcessPoolExecutor, pid: int) -> None:
        self.calls = 0
        self._pool = pool
        self._pid = pid

    @classmethod
    async def start(cls, prepare: Callable[[], None]) -> Self:
        """A running process that has done `prepare` (a function of a module, as all it is given).

        Raises:
            IngestError: it does not start within a minute, or fails to prepare.
        """
        # Not fork: this process has threads, and models that a child need not hold.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            1, mp_context=context, initializer=_settle_in, initargs=(prepare,)
        )
        try:
            async with asyncio.timeout(START_S):
                pid = await asyncio.get_running_loop().run_in_executor(pool, os.getpid)
        except (TimeoutError, BrokenProcessPool) as error:
            pool.shutdown(wait=False, cancel_futures=True)
            raise IngestError("A worker process did not start; the log above says why.") from error
        except asyncio.CancelledError:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return cls(pool, pid)

    async def call(self, do: Callable[[Given], Result], given: Given) -> Result:
        """What `do` returns or raises there; BrokenProcessPool if the process dies of it."""
        self.calls += 1
        return await asyncio.get_running_loop().run_in_executor(self._pool, do, given)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        try:
            os.kill(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            logger.info("worker process was already gone")
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def end(self) -> None:
        """End it after what it is doing."""
        await asyncio.to_thread(self._pool.shutdown)


def _settle_in(prepare: Callable[[], None]) -> None:
    """Leave Ctrl-C to the parent, and go when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, name="follow-parent", daemon=True).start()
    prepare()
