"""A whole ingest path for a test: a real web, catalog and shelf; another embedder."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from qdrant_client import AsyncQdrantClient

from ingest.catalog.catalog import MIGRATIONS
from ingest.chunking.chunk import Chunker
from ingest.database import open_database
from ingest.indexing.index import open_index
from ingest.runs.parts import Parts, Records
from ingest.runs.report import Report
from ingest.runs.runs import Runs
from ingest.settings import (
    ChunkSettings,
    DatabaseSettings,
    FetchSettings,
    QdrantSettings,
    RunSettings,
    SecretsSettings,
)
from ingest.sources.source import Source
from ingest.sources.vault import Vault
from ingest.wiring import search, web_of
from tests.fakes.embedder import WordHashEmbedder
from tests.fakes.reader import HereReader
from tests.fakes.web import Web, page

RUN = RunSettings.model_validate({})
CHUNK = ChunkSettings.model_validate({})


def html(body: str, title: str = "Museum") -> str:
    return (
        f"<html lang=en><head><title>{title}</title></head><body><main>{body}</main></body></html>"
    )


TICKETS = "<h1>Tickets</h1><p>A ticket for the harbour museum costs eight euros for adults.</p>"
HOURS = "<h1>Hours</h1><p>The harbour museum opens every day at nine in the morning.</p>"
LINKED = page(html(TICKETS + '<p><a href="/hours">Opening hours of the museum</a></p>'))


class House:
    """The parts of a run that last for a test, and what they were asked."""

    def __init__(self, parts: Parts, embedder: WordHashEmbedder, reader: HereReader) -> None:
        self.parts = parts
        self.embedder = embedder
        self.reader = reader
        self.pages = parts.records.pages

    def runs(self, settings: RunSettings = RUN, **changed: Any) -> Runs:
        fetch = FetchSettings.model_validate({"delay_s": 0.0})
        parts = replace(self.parts, **changed)
        return Runs(parts, settings, web_of(fetch, parts.records))

    async def run(
        self,
        web: Web,
        *paths: str,
        force: bool = False,
        told: Any = None,
        of: Any = (),
        **changed: Any,
    ) -> Report:
        source = source_over(web, *paths, **dict(of))
        runs = self.runs(**changed)
        return await runs.carry_out(await runs.start(source, force=force), told)

    async def find(self, words: str) -> list[str]:
        parts = self.parts
        hits = await search(words, "k", 3, self.pages, parts.embedder, parts.index)
        return [hit.passage.text for hit in hits]


def source_over(web: Web, *paths: str, **changed: Any) -> Source:
    usual = {"name": "s", "kb": "k", "limit": 50, "allow_private": True}
    urls = [web.url(path) for path in paths or ("/",)]
    return Source.model_validate(usual | {"urls": urls} | changed)


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    embedder, reader = WordHashEmbedder(), HereReader()
    client = AsyncQdrantClient(":memory:")
    url = SecretStr(f"sqlite+aiosqlite:///{folder}/g.db")
    try:
        async with (
            open_database(DatabaseSettings(url=url), MIGRATIONS) as engine,
            open_index(QdrantSettings(), embedder, client=client) as index,
        ):
            parts = Parts(
                extractor=reader,
                chunker=Chunker(CHUNK, embedder.count_tokens),
                embedder=embedder,
                index=index,
                records=Records(engine),
                vault=Vault(SecretsSettings(), folder),
            )
            yield House(parts, embedder, reader)
    finally:
        await client.close()


def states(report: Report, web: Web) -> dict[str, str]:
    return {o.url.removeprefix(web.url("")) or "/": o.state for o in report.outcomes}
