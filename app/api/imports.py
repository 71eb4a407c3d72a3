"""`POST /v1/imports`: pages that another crawler has fetched, in a WARC or JSON lines file."""

import asyncio
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
from ingest.errors import IngestError

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
    crawl = _Crawl(house, source, kb, await _kept(request))
    errands.start(crawl.take_in(), "import")
    return StartedRun(run=await crawl.begun)


class _Crawl:
    """A file of pages on its way in. `begun` has the id of its run once it has begun."""

    def __init__(self, house: House, source: str, kb: str, path: Path) -> None:
        self._house = house
        self._source = source
        self._kb = kb
        self._path = path
        self.begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def take_in(self) -> None:
        """Read the file into a run, have that carried out, and delete the file."""
        try:
            run = await self._house.runs.take_in(self._source, self._kb, self._pages())
            self._tell(run)
            await self._house.carrier.carry(run)
        except (IngestError, ValueError) as error:
            if self.begun.done():
                raise
            self.begun.set_exception(error)
        finally:
            self.begun.cancel()
            await asyncio.to_thread(self._path.unlink)

    async def _pages(self) -> AsyncIterator[Page]:
        """The pages; by the time the first is asked for, the run is there and has its id."""
        from ingest.imports.crawls import pages_of

        ours = (self._kb, self._source)
        for run in await self._house.runs.runs():
            if (run.kb, run.source) == ours and run.state == "running":
                self._tell(run.id)
                break
        async for page in pages_of(self._path):
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
