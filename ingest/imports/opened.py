"""A crawl that is known to hold pages before anything is begun over them."""

from collections.abc import AsyncIterator
from pathlib import Path

from ingest.documents import Page
from ingest.errors import NoArticle
from ingest.imports.crawls import pages_of
from ingest.imports.skipped import Skipped


async def open_crawl(path: Path, skipped: Skipped) -> AsyncIterator[Page]:
    """The pages of a file, the first of which has been read; each is read once.

    Raises:
        NoArticle: it cannot be read, is no crawl, or holds no page.
    """
    pages = pages_of(path, skipped)
    try:
        first = await anext(pages, None)
    except (OSError, ValueError) as error:
        raise NoArticle(str(error)) from error
    if first is None:
        why = f" ({'; '.join(skipped.examples[:3])})" if skipped.examples else ""
        raise NoArticle(f"The file holds no page that can be read{why}.")
    return _all(first, pages)


async def _all(first: Page, rest: AsyncIterator[Page]) -> AsyncIterator[Page]:
    yield first
    async for page in rest:
        yield page
