"""Where a run is carried out: in this process, or by a worker that takes it from a queue on Redis.

saq lives here and nowhere else. Repeating a run is harmless, so a run whose worker died is simply
given to the next one.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

from redis.exceptions import RedisError
from saq import Job, Queue, Worker
from saq.types import PartialTimersDict

from ingest.errors import QueueUnavailable
from ingest.runs.pipeline import Parts, Progress, ingest
from ingest.runs.report import Report
from ingest.settings import FetchSettings, KnowledgeSettings, QueueSettings
from ingest.sources.source import Source
from ingest.web.fetch import open_fetcher
from ingest.wiring import open_parts

_NAME = "groundling"
_FUNCTION = "run"
_ATTEMPTS = 5


async def carry_out(
    source: Source,
    parts: Parts,
    settings: FetchSettings,
    progress: Progress = lambda outcome: None,
) -> Report:
    """Run over the source here and now, with a fetcher that goes where this source may go.

    Raises:
        IndexUnavailable, EmbedderUnavailable, CatalogUnavailable
    """
    private = settings.allow_private or source.allow_private
    async with open_fetcher(settings.model_copy(update={"allow_private": private})) as fetcher:
        return await ingest(
            source.urls,
            kb=source.kb,
            source=source.name,
            parts=parts,
            fetcher=fetcher,
            depth=source.depth,
            limit=source.limit,
            progress=progress,
        )


async def enqueue(source: Source, settings: QueueSettings) -> str | None:
    """Hand the run to the workers; its job's key, or None if the same run waits or goes on already.

    Raises:
        QueueUnavailable: Redis cannot be reached.
    """
    asked = source.model_dump_json()
    async with _open_queue(settings) as queue:
        with _translated():
            job = await queue.enqueue(
                Job(
                    _FUNCTION,
                    kwargs={"source": asked},
                    key=hashlib.sha256(asked.encode()).hexdigest()[:32],
                    timeout=0,  # a large site takes hours; the heartbeat tells a dead worker
                    heartbeat=settings.heartbeat_s,
                    retries=_ATTEMPTS,
                    retry_delay=10.0,
                    retry_backoff=300.0,
                )
            )
    return job.key if job else None


async def work(settings: KnowledgeSettings) -> None:
    """Carry out runs from the queue, one at a time, until SIGTERM or SIGINT.

    A run that is cut off goes back into the queue.

    Raises:
        QueueUnavailable: Redis cannot be reached at the start.
        CatalogUnavailable, EmbedderUnavailable, EmbedderMismatch, IndexUnavailable
    """
    async with _open_queue(settings.queue) as queue, open_parts(settings) as parts:

        async def run(context: dict[str, Any], *, source: str) -> dict[str, Any]:
            beating = asyncio.create_task(_beat(context["job"], settings.queue.heartbeat_s / 3))
            try:
                wanted = Source.model_validate_json(source)
                report = (await carry_out(wanted, parts, settings.fetch)).as_json()
            finally:
                beating.cancel()
                await asyncio.wait({beating})
            del report["outcomes"]  # the catalog keeps them
            return report

        worker: Worker[Any] = Worker(
            queue,
            [(_FUNCTION, run)],
            concurrency=1,
            timers=cast("PartialTimersDict", {"sweep": settings.queue.heartbeat_s}),
            cancellation_hard_deadline_s=10.0,
        )
        # The worker sweeps first thing, and a job that it takes at that very moment looks abandoned
        # to it. So what dead workers left is swept now, which also holds off that first sweep.
        await queue.sweep(settings.queue.heartbeat_s)
        await worker.start()


async def _beat(job: Job, every_s: float) -> None:
    """Tell the queue now and then that the job's worker lives."""
    while True:
        await asyncio.sleep(every_s)
        await job.update()


@asynccontextmanager
async def _open_queue(settings: QueueSettings) -> AsyncIterator[Queue]:
    if settings.url is None:
        raise QueueUnavailable("There is no queue: set GROUNDLING_QUEUE__URL to a Redis server.")
    queue = Queue.from_url(settings.url.get_secret_value(), name=_NAME)
    try:
        with _translated():
            await queue.count("queued")
        yield queue
    finally:
        with suppress(RedisError, OSError):  # it says goodbye, even to a server that is not there
            await queue.disconnect()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise QueueUnavailable(
            f"The queue's Redis does not answer: {error}. Start it, or correct "
            "GROUNDLING_QUEUE__URL; without that, runs are carried out in process."
        ) from error
