"""What the commands do behind the command line: each opens what it needs and gives back data."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ingest.catalog.catalog import SeenRun, Shelf
from ingest.discovery.links import normalise
from ingest.documents import Hit
from ingest.runs.pipeline import Progress, forget
from ingest.runs.queue import carry_out, enqueue
from ingest.runs.report import Report
from ingest.settings import KnowledgeSettings
from ingest.sources.source import Source
from ingest.wiring import open_catalog, open_parts, open_shelf, search

Shown = Callable[[Source], AbstractContextManager[Progress]]
"""Shows the progress of a source for as long as its context lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What there is: the knowledge bases, and the latest runs."""

    shelves: Sequence[Shelf]
    runs: Sequence[SeenRun]


async def run_sources(
    sources: Sequence[Source], settings: KnowledgeSettings, shown: Shown
) -> list[Report]:
    """Run over the sources one after another."""
    reports: list[Report] = []
    async with open_parts(settings) as parts:
        for source in sources:
            with shown(source) as progress:
                reports.append(await carry_out(source, parts, settings.fetch, progress))
    return reports


async def enqueue_sources(
    sources: Sequence[Source], settings: KnowledgeSettings
) -> dict[str, str | None]:
    """Hand the sources to the workers: the job's key by source, None where the same run waits."""
    return {source.name: await enqueue(source, settings.queue) for source in sources}


async def read_status(settings: KnowledgeSettings, runs: int) -> Status:
    """What the catalog tells of the knowledge bases and of so many runs."""
    async with open_catalog(settings.database) as catalog:
        return Status(shelves=await catalog.shelves(), runs=await catalog.runs(runs))


async def search_passages(
    words: str, kb: str, limit: int, settings: KnowledgeSettings
) -> list[Hit]:
    """The best passages for the words."""
    async with open_shelf(settings) as (catalog, embedder, index):
        return await search(words, kb, limit, catalog, embedder, index)


async def forget_page(url: str, kb: str | None, settings: KnowledgeSettings) -> list[str]:
    """Forget a page in one knowledge base or in all; those that knew it."""
    async with open_shelf(settings) as (catalog, _, index):
        url = normalise(url) or url
        kbs = [kb] if kb else await catalog.kbs_of(url)
        return [each for each in kbs if await forget(url, each, index, catalog)]
