"""What runs work with, and what they remember."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.articles import Articles
from ingest.catalog.catalog import Catalog
from ingest.catalog.changes import Changes
from ingest.catalog.pace import SharedPace
from ingest.catalog.runs import RunLog
from ingest.catalog.steps import Steps
from ingest.catalog.workers import Workers
from ingest.chunking.chunk import Chunker
from ingest.documents import Article, Page
from ingest.embedding.embed import Embedder
from ingest.extraction.rules import Rules
from ingest.indexing import sparse
from ingest.indexing.index import PassageIndex
from ingest.sources.vault import Vault


class Reader(Protocol):
    """What finds the article on a page (see `ingest.extraction.extract.Extractor`)."""

    async def extract(self, page: Page, rules: Rules = ...) -> Article: ...


class Records:
    """The catalog, part by part, over one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.pages = Catalog(engine)
        self.articles = Articles(engine)
        self.runs = RunLog(engine)
        self.steps = Steps(engine)
        self.changes = Changes(engine)
        self.workers = Workers(engine)
        self.pace = SharedPace(engine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs work with; `ingest.wiring` opens them. A fetcher each run has of its own."""

    extractor: Reader
    chunker: Chunker
    embedder: Embedder
    index: PassageIndex
    records: Records
    vault: Vault

    @property
    def recipe(self) -> str:
        """What must be equal for an article that did not change to give the same points."""
        model = f"{self.embedder.name}/{self.embedder.dimensions}"
        return f"{self.index.collection} {model} {sparse.RECIPE} {self.chunker.recipe}"
