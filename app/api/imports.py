"""`POST /v1/imports`: pages that another crawler has fetched, in a WARC or JSON lines file."""

import asyncio
import logging
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.api.described import ImportOperation
from app.api.documents import refuse_crawled
from app.api.entrance import Errands
from app.api.ports import House
from app.api.runs import StartedRun
from app.api.wire import KbQuery
from app.settings import GroundingSettings
from ingest.documents import Page
from ingest.errors import IngestError, NoArticle
from ingest.imports.opened import open_crawl
from ingest.imports.skipped import Skipped

logger = logging.getLogger(__name__)

SOURCE = "import"
"""The source of imported pages, unless it is given another name."""


@post("/imports", status_code=202, tags=["documents"], operation_class=ImportOperation)
async def take_crawl(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    errands: NamedDependency[Errands],
    defaults: NamedDependency[GroundingSettings],
    kb: KbQuery = None,
    source: Annotated[str, QueryParameter(min_length=1, max_length=200)] = SOURCE,
) -> StartedRun:
    """Take a crawl in: the body is the file. The run that is given reads and indexes its pages.

    Pages of the same URL are replaced; what was imported before and is not in the file stays.
    """
    kb = kb or defaults.kb
    await refuse_crawled(house, source, kb)
    path = await _kept(request)
    skipped = Skipped()
    try:
        pages = await open_crawl(path, skipped)
    except NoArticle:
        await asyncio.to_thread(path.unlink)
        raise
    crawl = _Crawl(house, source, kb, path, pages, skipped)
    errands.start(crawl.take_in(), "import")
    return StartedRun(run=await crawl.begun)


class _Crawl:
    """A file of pages on its way in. `begun` has the id of its run once it has begun."""

    def __init__(
        self,
        house: House,
        source: str,
        kb: str,
        path: Path,
        pages: AsyncIterator[Page],
        skipped: Skipped,
    ) -> None:
        self._house = house
        self._source = source
        self._kb = kb
        self._path = path
        self._pages = pages
        self._skipped = skipped
        self.begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def take_in(self) -> None:
        """Read the file into a run, have that carried out, and delete the file."""
        try:
            run = await self._house.runs.take_in(self._source, self._kb, self._with_its_run())
            self._tell(run)
            facts = {"run": run, "left_out": self._skipped.total}
            logger.info("a crawl was taken in", extra=facts)
            await self._house.carrier.carry(run)
        except IngestError as error:
            if self.begun.done():
                raise
            self.begun.set_exception(error)
        finally:
            self.begun.cancel()
            await asyncio.to_thread(self._path.unlink)

    async def _with_its_run(self) -> AsyncIterator[Page]:
        """The pages; by the time the first is asked for, the run is there and has its id."""
        ours = (self._kb, self._source)
        for run in await self._house.runs.runs():
            if (run.kb, run.source) == ours and run.state == "running":
                self._tell(run.id)
                break
        async for page in self._pages:
            yield page

    def _tell(self, run: str) -> None:
        if not self.begun.done():
            self.begun.set_result(run)


async def _kept(request: Request[Any, Any, Any]) -> Path:
    """The body in a file of its own, as it comes."""
    handle, name = tempfile.mkstemp(prefix="groundling-import-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            async for piece in request.stream():
                await asyncio.to_thread(file.write, piece)
    except BaseException:
        path.unlink()  # noqa: ASYNC240 (at once, also when this is being cancelled)
        raise
    return path
