"""One page being drawn: what it may ask for, when it has come to rest, what then stands there."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.settings import FetchSettings
from ingest.web.fetch import Fetcher
from ingest.web.urls import checked, site

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Request, Route, WebSocketRoute
    from playwright.async_api import Page as Tab

MOST_REQUESTS = 100
MOST_PAGES = 5
"""So often may a script send the browser on, within its site."""
QUIET_S = 0.5
_LOOK_S = 0.1
_KEPT_BYTES = 20_000_000
_KEPT_FOR = timedelta(minutes=10)
_PATIENCE = 0.6
"""The share of the time limit after which a page that never rests is taken as it stands."""
_FETCHED = frozenset({"document", "script", "xhr", "fetch"})

# Frames and workers would be further pages, whose text is not the page's own.
_POLICY = "frame-src 'none'; object-src 'none'; worker-src 'none'; webrtc 'block'"
_NO_SIDE_DOORS = """
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport', 'SharedWorker'])
  delete window[name];
"""
_LOADING = -1
_STATE = "() => document.readyState == 'loading' ? -1 : document.documentElement.textContent.length"
# What stands in open shadow roots is on the page, too; what is for browsers without scripts is not.
_READ = """limit => {
  const roots = [];
  const walk = tree => { for (const element of tree.querySelectorAll('*')) if (element.shadowRoot) {
    walk(element.shadowRoot); roots.push(element); } };
  walk(document);
  for (const element of roots) element.append(...element.shadowRoot.childNodes);
  for (const element of document.querySelectorAll('noscript')) element.remove();
  const html = '<!doctype html>' + String(document.documentElement.outerHTML);
  return html.length > limit ? null : html;
}"""


class Scripts:
    """The scripts of the last minutes: most pages of a site ask for the same ones."""

    def __init__(self) -> None:
        self._kept: dict[str, Page] = {}

    def find(self, url: str) -> Page | None:
        page = self._kept.get(url)
        return page if page and datetime.now(UTC) - page.fetched_at < _KEPT_FOR else None

    def keep(self, url: str, page: Page) -> None:
        if sum(len(kept.body) for kept in self._kept.values()) + len(page.body) > _KEPT_BYTES:
            self._kept.clear()
        self._kept[url] = page


class Drawing:
    """What a browser's context is given to draw one page, within the limits."""

    def __init__(
        self, page: Page, fetcher: Fetcher, scripts: Scripts, settings: FetchSettings
    ) -> None:
        self._page = page
        self._site = site(checked(page.url))
        self._fetcher = fetcher
        self._scripts = scripts
        self._settings = settings
        self._tab: Tab | None = None
        self._pages = 0
        self._requests = 0
        self._bytes = 0
        self._serving: set[asyncio.Task[None]] = set()

    async def finish(self, context: "BrowserContext") -> tuple[str, str]:
        """Draw the page until it rests; where it then is, and its HTML.

        Raises:
            PageUnavailable: what stands there is too large.
        """
        await context.add_init_script(_NO_SIDE_DOORS)
        await context.route("**/*", self._serve)
        await context.route_web_socket("**/*", _hang_up)
        self._tab = await context.new_page()
        context.on("page", _shut)
        try:
            await self._tab.goto(self._page.url, wait_until="commit", timeout=0)
            await self._rest(self._tab)
            html = await self._tab.evaluate(_READ, self._settings.max_bytes)
        finally:
            for task in self._serving:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)
        if html is None:
            raise PageUnavailable(
                f"is larger than {self._settings.max_bytes:,} bytes when it is drawn", status=200
            )
        return self._address(self._tab.url), html

    def _address(self, url: str) -> str:
        """Where the page ended: as it was asked for, unless a script sent the browser on."""
        return url if self._pages > 1 else self._page.url

    async def _rest(self, tab: "Tab") -> None:
        """Return when nothing was asked for or changed for a moment, or patience is at its end."""
        from playwright.async_api import Error

        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.render_timeout_s * _PATIENCE
        last, since = (_LOADING, 0), loop.time()
        while loop.time() < end and loop.time() - since < QUIET_S:
            await asyncio.sleep(_LOOK_S)
            state = (_LOADING, 0)
            with suppress(Error):  # on its way to another page
                state = (await tab.evaluate(_STATE), self._requests)
            if state != last or self._serving or state[0] == _LOADING:
                last, since = state, loop.time()

    def _serve(self, route: "Route") -> None:
        task = asyncio.create_task(self._reply(route))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _reply(self, route: "Route") -> None:
        from playwright.async_api import Error

        with suppress(Error):  # the page may go away while it is served
            try:
                await self._answer(route)
            except PageUnavailable as error:
                if route.request.resource_type == "document":
                    await route.fulfill(status=204)  # the browser stays where it is
                elif error.status and error.status >= 400:
                    await route.fulfill(status=error.status)
                else:
                    await route.abort("blockedbyclient")

    async def _answer(self, route: "Route") -> None:
        """Hand the browser what it asks for, or raise PageUnavailable."""
        request = route.request
        if request.resource_type == "stylesheet":
            # Some scripts wait for their styles, and no text needs them.
            await route.fulfill(status=200, content_type="text/css", body="")
            return
        self._judge(request)
        page = await self._fetch(request)
        charset = f"; charset={page.charset}" if page.charset else ""
        headers = {"Content-Type": f"{page.content_type}{charset}"}
        if request.resource_type == "document":
            headers["Content-Security-Policy"] = _POLICY
        await route.fulfill(status=200, headers=headers, body=page.body)

    def _judge(self, request: "Request") -> None:
        self._requests += 1
        if self._requests > MOST_REQUESTS or self._bytes > 3 * self._settings.max_bytes:
            raise PageUnavailable("the page asks for too much")
        if request.method != "GET" or request.resource_type not in _FETCHED:
            raise PageUnavailable("not fetched to draw a page")
        if self._tab is None or request.frame != self._tab.main_frame:
            raise PageUnavailable("another frame or window")
        if request.resource_type == "document":
            self._pages += 1
            if self._pages > MOST_PAGES or site(checked(request.url)) != self._site:
                raise PageUnavailable("a script sends the browser on")

    async def _fetch(self, request: "Request") -> Page:
        if request.resource_type == "document" and self._pages == 1:
            return self._page
        is_script = request.resource_type == "script"
        page = self._scripts.find(request.url) if is_script else None
        if page is None:
            page = await self._fetcher.part(request.url, of=self._page.url)
            if is_script:
                self._scripts.keep(request.url, page)
        self._bytes += len(page.body)
        return page


async def _hang_up(socket: "WebSocketRoute") -> None:
    await socket.close()


async def _shut(tab: "Tab") -> None:
    await tab.close()
