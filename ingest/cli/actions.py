"""What the commands about pages and sources do: each opens what it needs and gives back data."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.catalog.catalog import MIGRATIONS, SeenPage, Shelf
from ingest.catalog.runs import SeenRun
from ingest.cli.carrying import open_records
from ingest.database import open_database
from ingest.discovery.links import normalise
from ingest.documents import Hit, Page
from ingest.errors import NoArticle, SourceRefused
from ingest.settings import KnowledgeSettings
from ingest.sources.source import Source
from ingest.sources.store import KnownSource, Sources
from ingest.sources.vault import open_vault
from ingest.wiring import open_runs, open_shelf, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What there is: the knowledge bases, and the latest runs."""

    shelves: Sequence[Shelf]
    runs: Sequence[SeenRun]


async def read_status(settings: KnowledgeSettings, runs: int) -> Status:
    """What the catalog tells of the knowledge bases and of so many runs."""
    async with open_records(settings) as records:
        return Status(shelves=await records.pages.shelves(), runs=await records.runs.latest(runs))


async def search_passages(
    words: str, kb: str, limit: int, settings: KnowledgeSettings
) -> list[Hit]:
    """The best passages for the words."""
    async with open_shelf(settings) as (catalog, embedder, index):
        return await search(words, kb, limit, catalog, embedder, index)


async def find_pages(
    kb: str, url: str, state: str, limit: int, after: str, settings: KnowledgeSettings
) -> list[SeenPage]:
    """The pages of a knowledge base whose URL contains some text, of one state or of all."""
    async with open_records(settings) as records:
        return await records.pages.find(kb, containing=url, state=state, limit=limit, after=after)


async def forget_page(url: str, kb: str | None, settings: KnowledgeSettings) -> list[str]:
    """Forget a page in one knowledge base or in all; those that knew it."""
    url = normalise(url) or url
    async with open_records(settings) as records:
        kbs = [kb] if kb else await records.pages.kbs_of(url)
    if not kbs:
        return []
    async with open_runs(settings) as runs:
        return [each for each in kbs if await runs.forget(each, url)]


@asynccontextmanager
async def open_sources(settings: KnowledgeSettings) -> AsyncIterator[Sources]:
    """The stored sources.

    Raises:
        CatalogUnavailable: the database cannot be opened.
        SecretsUnavailable: GROUNDLING_SECRETS__KEY holds no key.
    """
    vault = open_vault(settings.secrets, settings.database)
    async with open_database(settings.database, MIGRATIONS) as engine:
        yield Sources(engine, vault)


async def put_sources(
    sources: Sequence[Source], settings: KnowledgeSettings, *, anew: bool
) -> list[KnownSource]:
    """Store sources; with `anew`, one that is there under the name is replaced."""
    async with open_sources(settings) as stored:
        return [await (stored.put if anew else stored.add)(source) for source in sources]


async def read_sources(kb: str | None, settings: KnowledgeSettings) -> list[KnownSource]:
    """The stored sources of a knowledge base, or of all."""
    async with open_sources(settings) as stored:
        return await stored.all(kb)


async def read_source(name: str, kb: str, settings: KnowledgeSettings) -> KnownSource:
    """One stored source."""
    async with open_sources(settings) as stored:
        return await stored.find(name, kb)


async def change_source(
    name: str, kb: str, values: Mapping[str, Any], settings: KnowledgeSettings
) -> KnownSource:
    """Change some fields of a stored source."""
    async with open_sources(settings) as stored:
        return await stored.change((await stored.find(name, kb)).id, values)


async def remove_source(known: KnownSource, settings: KnowledgeSettings) -> None:
    """Strike a source from the records."""
    async with open_sources(settings) as stored:
        await stored.remove(known.id)


async def whole_sources(
    name: str | None, kb: str | None, settings: KnowledgeSettings
) -> list[Source]:
    """Stored sources with their secrets, for runs: the one of a name, or all (of a kb)."""
    async with open_sources(settings) as stored:
        known = await stored.all(kb) if name is None else [await stored.find(name, kb or "default")]
        return [await stored.source(each.id) for each in known]


async def refuse_crawled(name: str, kb: str, settings: KnowledgeSettings) -> None:
    """See that what is handed in is not given to a source whose pages are fetched.

    Raises:
        SourceRefused: the knowledge base has a source of this name.
    """
    if any(known.name == name for known in await read_sources(kb, settings)):
        raise SourceRefused(
            "name", f"{name} is a source whose pages are fetched: choose another name"
        )


async def pages_of_files(files: Sequence[tuple[Path, str]]) -> AsyncIterator[Page]:
    """Files as pages, each under its URL.

    Raises:
        NoArticle: one is of a type that is not read, or cannot be read at all.
    """
    from ingest.extraction.files import page_of

    for path, url in files:
        try:
            body = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise NoArticle(f"{path} cannot be read: {error}") from error
        try:
            yield await asyncio.to_thread(page_of, path.name, body, url, datetime.now(UTC))
        except NoArticle as error:
            raise NoArticle(f"{path} {error}") from error
