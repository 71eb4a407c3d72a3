"""A worker, with all that it works with."""

from ingest.cli.actions import open_sources
from ingest.errors import QueueUnavailable
from ingest.runs.queue import work
from ingest.settings import KnowledgeSettings
from ingest.wiring import open_runs


async def serve_runs(settings: KnowledgeSettings) -> None:
    """Take part in runs until SIGTERM or SIGINT.

    Raises:
        QueueUnavailable: no queue is set, or it cannot be reached.
        CatalogUnavailable, EmbedderUnavailable, EmbedderMismatch, IndexUnavailable
    """
    if settings.queue.url is None:  # said before a model is loaded
        raise QueueUnavailable(
            "There is no queue: set GROUNDLING_QUEUE__URL to a Redis or Postgres server."
        )
    async with open_sources(settings) as sources, open_runs(settings) as runs:
        await work(runs, sources, settings.queue)
