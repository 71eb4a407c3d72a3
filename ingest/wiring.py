"""Opens what a run works with, in order, and closes it in reverse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS, Catalog
from ingest.chunking.chunk import Chunker
from ingest.database import open_database
from ingest.discovery.links import site
from ingest.discovery.robots import Web
from ingest.documents import Hit
from ingest.embedding.embed import Embedder, open_embedder
from ingest.extraction.extract import open_extractor
from ingest.indexing.collections import switch
from ingest.indexing.index import PassageIndex, open_beside, open_index
from ingest.indexing.sparse import search_vector, terms
from ingest.runs.parts import Parts, Records
from ingest.runs.pipeline import OpenWeb
from ingest.runs.reembed import Reembedding
from ingest.runs.runs import Runs
from ingest.settings import ChunkSettings, DatabaseSettings, FetchSettings, KnowledgeSettings
from ingest.sources.source import Source
from ingest.sources.vault import open_vault
from ingest.web.access import Access
from ingest.web.fetch import open_fetcher
from ingest.web.rendering import open_renderer


@asynccontextmanager
async def open_catalog(settings: DatabaseSettings) -> AsyncIterator[Catalog]:
    """The catalog, its tables brought up to date.

    Raises:
        CatalogUnavailable: the database cannot be opened.
    """
    async with open_database(settings, MIGRATIONS) as engine:
        yield Catalog(engine)


@asynccontextmanager
async def open_shelf(
    settings: KnowledgeSettings,
) -> AsyncIterator[tuple[Catalog, Embedder, PassageIndex]]:
    """What a search needs; the database first, since it fails sooner than a model loads.

    Raises:
        CatalogUnavailable, EmbedderUnavailable, EmbedderMismatch, IndexUnavailable
    """
    async with (
        open_catalog(settings.database) as catalog,
        open_embedder(settings.embedder) as embedder,
        open_index(settings.qdrant, embedder) as index,
    ):
        yield catalog, embedder, index


@asynccontextmanager
async def open_parts(
    settings: KnowledgeSettings,
    engine: AsyncEngine,
    embedder: Embedder,
    index: PassageIndex,
) -> AsyncIterator[Parts]:
    """What runs work with, over what is open already."""
    async with open_extractor(settings.extract) as extractor:
        yield Parts(
            extractor=extractor,
            chunker=Chunker(_within(settings.chunk, embedder.window), embedder.count_tokens),
            embedder=embedder,
            index=index,
            records=Records(engine),
            vault=open_vault(settings.secrets, settings.database),
        )


@asynccontextmanager
async def open_runs(settings: KnowledgeSettings) -> AsyncIterator[Runs]:
    """The runs, with all that they need; the database first, since it fails sooner than a model.

    Raises:
        CatalogUnavailable, EmbedderUnavailable, EmbedderMismatch, IndexUnavailable
    """
    async with (
        open_database(settings.database, MIGRATIONS) as engine,
        open_embedder(settings.embedder) as embedder,
        open_index(settings.qdrant, embedder) as index,
        open_parts(settings, engine, embedder, index) as parts,
    ):
        yield Runs(parts, settings.run, web_of(settings.fetch, parts.records))


@asynccontextmanager
async def open_reembedding(settings: KnowledgeSettings) -> AsyncIterator[Reembedding]:
    """The change to the model in the settings, while another one serves.

    Raises:
        CatalogUnavailable, EmbedderUnavailable, EmbedderMismatch, IndexUnavailable
    """
    async with (
        open_database(settings.database, MIGRATIONS) as engine,
        open_embedder(settings.embedder) as embedder,
        open_beside(settings.qdrant, embedder) as index,
        open_parts(settings, engine, embedder, index) as parts,
    ):
        yield Reembedding(parts, partial(switch, settings.qdrant))


def web_of(settings: FetchSettings, records: Records) -> OpenWeb:
    """Opens a fetcher that goes where a source may go, at the pace that all workers keep."""

    @asynccontextmanager
    async def open_web(source: Source) -> AsyncIterator[Web]:
        private = settings.allow_private or source.allow_private
        own = settings.model_copy(update={"allow_private": private})
        sites = {site(url) for url in (*source.urls, *source.sitemaps)}
        async with open_fetcher(own, Access.of(source, sites), records.pace) as fetcher:
            if not source.render:
                yield fetcher
                return
            async with open_renderer(own, fetcher) as renderer:
                yield renderer

    return open_web


async def search(
    words: str, kb: str, limit: int, catalog: Catalog, embedder: Embedder, index: PassageIndex
) -> list[Hit]:
    """The passages of a knowledge base that are nearest to the words, the best first.

    The words are read in each language of the knowledge base, so that none has to be told.
    """
    by_language = {lang: terms(words, lang) for lang in await catalog.languages(kb)}
    every = [term for some in by_language.values() for term in some]
    question = search_vector(by_language, await catalog.frequencies(kb, every))
    return await index.search(kb, await embedder.embed_query(words), question, limit)


def _within(settings: ChunkSettings, window: int) -> ChunkSettings:
    """The sizes, brought within what the model reads: what lies beyond would silently not count."""
    return settings.model_copy(update={"limit_tokens": min(settings.limit_tokens, window)})
