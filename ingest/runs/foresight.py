"""Embedding while a site is still being read, so that publishing finds its vectors made.

Fetching waits for other people's servers and reading has processes of its own, while the embedding
model would have nothing to do. The index is not touched: what is in vain if the run is held, or
finds a passage to be the site's own lines, is time that nobody else wanted.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from ingest.documents import Article, Vector
from ingest.errors import IngestError
from ingest.runs.parts import Parts
from ingest.sources.source import Source

logger = logging.getLogger(__name__)

# 15 MB of vectors of 384 numbers, and the texts that they are of.
_MOST = 10_000
# Articles that wait; what finds no place is embedded when it is published.
_WAITING = 32
# As soon as reading ends, publishing takes over: what is under way then is embedded twice.
_AT_ONCE = 4


class Foresight:
    """The vectors made ahead in one run."""

    def __init__(self, run: str, source: Source, parts: Parts) -> None:
        self._run = run
        self._source = source
        self._parts = parts
        self._articles: asyncio.Queue[tuple[Article, bool]] = asyncio.Queue(_WAITING)
        self._vectors: dict[str, Vector] = {}

    def read(self, article: Article, *, indexed: bool) -> None:
        """This has been read, and is likely to be published; `indexed`: in place of another."""
        if not self._articles.full():
            self._articles.put_nowait((article, indexed))

    def take(self, texts: Iterable[str]) -> dict[str, Vector]:
        """The vectors that are there for these texts; they are kept no longer."""
        return {text: self._vectors.pop(text) for text in set(texts) & self._vectors.keys()}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Embed what is read in the block, while it lasts."""
        task = asyncio.create_task(self._embed_all(), name="foresight")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _embed_all(self) -> None:
        while True:
            article, indexed = await self._articles.get()
            try:
                # Of several workers another may publish it, and would make its vectors anew.
                if len(await self._parts.records.workers.of(self._run)) == 1:
                    await self._embed(article, indexed)
            except IngestError as error:  # publishing meets it, too, and says so
                logger.warning("embedding ahead stopped", extra={"reason": str(error)})
                return

    async def _embed(self, article: Article, indexed: bool) -> None:
        kb, name = self._source.kb, self._source.name
        passages = await asyncio.to_thread(
            self._parts.chunker.chunk, article, kb=kb, source=name, fetched_at=datetime.now(UTC)
        )
        stored = await self._parts.index.vectors(kb, article.url) if indexed else {}
        done = stored.keys() | self._vectors.keys()
        texts = list(dict.fromkeys(passage.embedded_text for passage in passages))
        texts = [text for text in texts if text not in done]
        for start in range(0, len(texts), _AT_ONCE):
            if len(self._vectors) >= _MOST:
                return
            some = texts[start : start + _AT_ONCE]
            self._vectors |= zip(some, await self._parts.embedder.embed_passages(some), strict=True)
