"""Pages as a browser draws them, for sites whose text is put there by scripts.

Chromium is given what its page asks for and fetches nothing itself: each request goes through the
fetcher, with all its checks, and only what text needs is fetched at all. No request but GET is
made, no frame, worker, socket or second window is opened.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.media import HTML, READABLE
from ingest.settings import FetchSettings
from ingest.web.browser import LockedBrowser, open_browser
from ingest.web.drawing import Drawing, Scripts
from ingest.web.fetch import Fetcher

AT_ONCE = 2
"""Pages; each takes about 100 MB and most of a core while it is drawn."""


class Renderer:
    """Gets pages like a `Fetcher`, and has those that are HTML drawn."""

    def __init__(self, fetcher: Fetcher, browser: LockedBrowser, settings: FetchSettings) -> None:
        self._fetcher = fetcher
        self._browser = browser
        self._settings = settings
        self._places = asyncio.Semaphore(AT_ONCE)
        self._scripts = Scripts()

    @property
    def user_agent(self) -> str:
        """The name under which it asks, for robots.txt."""
        return self._fetcher.user_agent

    def pace(self, host: str, delay_s: float) -> None:
        """As `Fetcher.pace`."""
        self._fetcher.pace(host, delay_s)

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Collection[str] | None = READABLE,
    ) -> Page | None:
        """The page as it stands when its scripts have come to rest, without validators.

        Never None where it is HTML: a page may stay as it is while what its scripts show changes.
        So the validators count for other types only, and only where no type is left out.

        Raises:
            PageUnavailable: as the fetcher does; or it cannot be drawn in time.
            BrowserUnavailable: the browser was lost and does not start again.
        """
        if accept is None:
            # robots.txt, sitemaps, feeds: nothing there is drawn.
            return await self._fetcher.get(
                url, etag=etag, last_modified=last_modified, accept=accept
            )
        page = await self._fetcher.get(url, accept=accept)
        if page is None or page.content_type not in HTML:
            return page
        async with self._places:
            return await self._draw(page)

    async def _draw(self, page: Page) -> Page:
        from playwright.async_api import Error

        drawing = Drawing(page, self._fetcher, self._scripts, self._settings)
        try:
            async with asyncio.timeout(self._settings.render_timeout_s):
                async with self._browser.context() as context:
                    url, html = await drawing.finish(context)
        except TimeoutError as error:
            limit = self._settings.render_timeout_s
            raise PageUnavailable(f"was not drawn within {limit:g} s", status=200) from error
        except Error as error:
            reason = str(error).splitlines()[0][:200]
            raise PageUnavailable(f"could not be drawn: {reason}", status=200) from error
        return replace(
            page,
            url=url,
            content_type="text/html",
            charset="utf-8",
            body=html.encode("utf-8", "replace"),
            etag=None,
            last_modified=None,
        )


@asynccontextmanager
async def open_renderer(settings: FetchSettings, fetcher: Fetcher) -> AsyncIterator[Renderer]:
    """A renderer with a browser of its own, which ends with it.

    Raises:
        BrowserUnavailable: Playwright or Chromium is missing, or does not start.
    """
    async with open_browser(settings) as browser:
        yield Renderer(fetcher, browser, settings)
