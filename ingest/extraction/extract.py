"""From a page to its article, in worker processes with a time limit.

A worker is killed when a page takes too long or brings it down, and the next page gets a new one.
"""

import asyncio
import logging
import resource
from collections.abc import AsyncIterator, Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.html import read_html
from ingest.extraction.office import read_office
from ingest.extraction.pdf import read_pdf
from ingest.extraction.process import Worker
from ingest.extraction.rules import NO_RULES, Rules
from ingest.extraction.tabular import read_csv
from ingest.extraction.text import guess_language, read_text
from ingest.extraction.written import read_markdown
from ingest.media import CSV, HTML, MARKDOWN, OFFICE, PDF, PLAIN
from ingest.settings import ExtractSettings

PAGES_PER_WORKER = 500
"""Then it is replaced: lxml and trafilatura's caches only grow."""
WORKER_BYTES = 1_500_000_000
"""A worker that wants more memory ends: a PDF of 1.4 MB can unpack to 2.5 GB. Idle it has 0.2."""
_READERS: dict[str, Callable[[Page, Rules], Article]] = {
    **dict.fromkeys(HTML, read_html),
    PLAIN: read_text,
    MARKDOWN: read_markdown,
    CSV: read_csv,
    **dict.fromkeys(PDF, read_pdf),
    **dict.fromkeys(OFFICE, read_office),
}


def read_article(page: Page, rules: Rules = NO_RULES) -> Article:
    """The page's article, in this process and however long it takes.

    Raises:
        NoArticle: nothing to read there, or nothing that reads its type.
        ValueError: a selector of the rules cannot be used.
    """
    read = _READERS.get(page.content_type)
    if read is None:
        raise NoArticle(f"is of the type {page.content_type or 'unknown'}, which is not read")
    article = read(page, rules)
    if page.title or page.page_date:
        title, page_date = page.title or article.title, page.page_date or article.page_date
        article = replace(article, title=title, page_date=page_date)
    return article


class Extractor:
    """Reads articles out of pages in so many processes, first come, first served.

    There are never more pages in the workers than workers; the others wait with their callers.
    """

    def __init__(self, settings: ExtractSettings) -> None:
        self._timeout_s = settings.timeout_s
        # The last one used is taken first, so that others are started only when they are needed.
        self._free: asyncio.LifoQueue[Worker | None] = asyncio.LifoQueue()
        for _ in range(settings.processes):
            self._free.put_nowait(None)
        self._workers: set[Worker] = set()

    async def extract(self, page: Page, rules: Rules = NO_RULES) -> Article:
        """The page's article.

        Raises:
            NoArticle: nothing to read there, or it takes longer than the time limit.
            ValueError: a selector of the rules cannot be used.
            IngestError: a worker cannot be started.
        """
        worker = await self._free.get()
        try:
            worker = await self._fit(worker)
            return await self._read(worker, page, rules)
        finally:
            self._free.put_nowait(worker if worker in self._workers else None)

    async def close(self) -> None:
        """End the workers, each after the page it is reading."""
        workers, self._workers = self._workers, set()
        await asyncio.gather(*(worker.end() for worker in workers))

    async def _fit(self, worker: Worker | None) -> Worker:
        """A worker, warm, so that its start does not count against a page."""
        if worker is not None and worker.calls >= PAGES_PER_WORKER:
            self._workers.discard(worker)
            await worker.end()
            worker = None
        if worker is None:
            worker = await Worker.start(_load_slow_parts)
            self._workers.add(worker)
        return worker

    async def _read(self, worker: Worker, page: Page, rules: Rules) -> Article:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await worker.call(partial(read_article, rules=rules), page)
        except TimeoutError as error:
            self._kill(worker)
            limit = f"{self._timeout_s:g} s"
            raise NoArticle(f"could not be read within {limit}; it may be too large") from error
        except (BrokenProcessPool, MemoryError) as error:
            self._kill(worker)
            raise NoArticle("brought its reader down, perhaps for want of memory") from error
        except asyncio.CancelledError:
            self._kill(worker)
            raise

    def _kill(self, worker: Worker) -> None:
        self._workers.discard(worker)
        worker.kill()


@asynccontextmanager
async def open_extractor(settings: ExtractSettings) -> AsyncIterator[Extractor]:
    """An extractor, whose workers start when there is a page for them and are ended at the end."""
    extractor = Extractor(settings)
    try:
        yield extractor
    finally:
        await extractor.close()


def _load_slow_parts() -> None:
    import trafilatura

    resource.setrlimit(resource.RLIMIT_DATA, (WORKER_BYTES, WORKER_BYTES))
    logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)
    guess_language("its model takes a second to load")
