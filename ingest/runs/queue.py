"""Workers that share runs: the bell that calls them, on Redis or Postgres.

saq lives here and nowhere else. What is to be done is in the catalog; a job only says "take part in
this run until it has ended", so one that is lost or done twice does no harm.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

from psycopg import Error as PostgresError
from redis.exceptions import RedisError
from saq import Job, Queue, Worker
from saq.errors import InvalidUrlError
from saq.types import PartialTimersDict

from ingest.errors import IngestError, NoSuchRun, QueueUnavailable
from ingest.runs.runs import Runs
from ingest.runs.schedule import keep_schedules
from ingest.settings import QueueSettings
from ingest.sources.store import Sources

logger = logging.getLogger(__name__)

_NAME = "groundling"
_FUNCTION = "take_part"
_ATTEMPTS = 5
_FAULTS = (RedisError, PostgresError, InvalidUrlError, OSError)


async def hand_on(run: str, settings: QueueSettings) -> None:
    """Call every worker that there is to a run, and one if there is none yet.

    Raises:
        QueueUnavailable: the queue cannot be reached.
    """
    async with _open_queue(settings) as queue:
        with _translated():
            await _call(queue, run, settings)


async def _call(queue: Queue, run: str, settings: QueueSettings) -> None:
    there = len((await queue.info())["workers"])
    for place in range(max(1, there)):
        await queue.enqueue(
            Job(
                _FUNCTION,
                kwargs={"run": run},
                key=f"{run}-{place}",
                timeout=0,  # a large site takes hours; the heartbeat tells a dead worker
                heartbeat=settings.heartbeat_s,
                retries=_ATTEMPTS,
                retry_delay=10.0,
                retry_backoff=300.0,
            )
        )


async def work(runs: Runs, sources: Sources, settings: QueueSettings) -> None:
    """Take part in runs from the queue, one at a time, and begin those whose time has come.

    Returns at SIGTERM or SIGINT; a run that is cut off goes on with the other workers, or the next.

    Raises:
        QueueUnavailable: the queue cannot be reached at the start.
    """

    async def take_part(context: dict[str, Any], *, run: str) -> dict[str, Any]:
        beating = asyncio.create_task(_beat(context["job"], settings.heartbeat_s / 3))
        try:
            return (await runs.carry_out(run)).as_json(outcomes=False)
        except NoSuchRun:
            return {}
        finally:
            beating.cancel()
            await asyncio.wait({beating})

    async with _open_queue(settings) as queue:

        async def call(run: str) -> None:
            with _translated():
                await _call(queue, run, settings)

        worker: Worker[Any] = Worker(
            queue,
            [(_FUNCTION, take_part)],
            concurrency=1,
            timers=cast("PartialTimersDict", {"sweep": settings.heartbeat_s, "worker_info": 5}),
            cancellation_hard_deadline_s=10.0,
        )
        with _translated():
            # The worker sweeps first thing, and a job that it takes at that very moment looks
            # abandoned to it. So what dead workers left is swept now, which also holds that off.
            await queue.sweep(settings.heartbeat_s)
            for run in await runs.left_over():
                await _call(queue, run, settings)
        async with keep_schedules(sources, runs, call):
            await worker.start()


async def _beat(job: Job, every_s: float) -> None:
    """Tell the queue now and then that the job's worker lives."""
    while True:
        await asyncio.sleep(every_s)
        with suppress(*_FAULTS):
            await job.update()


@asynccontextmanager
async def _open_queue(settings: QueueSettings) -> AsyncIterator[Queue]:
    if settings.url is None:
        raise QueueUnavailable(
            "There is no queue: set GROUNDLING_QUEUE__URL to a Redis or Postgres server."
        )
    with _translated():
        queue = Queue.from_url(settings.url.get_secret_value(), name=_NAME)
    try:
        with _translated():
            await queue.connect()
            await queue.count("queued")
        yield queue
    finally:
        with suppress(*_FAULTS):  # it says goodbye, even to a server that is not there
            await queue.disconnect()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IngestError:
        raise
    except _FAULTS as error:
        raise QueueUnavailable(
            f"The queue does not answer: {error}. Start its server, or correct "
            "GROUNDLING_QUEUE__URL; without that, runs are carried out in process."
        ) from error
