"""A Chromium that reaches nothing by itself: what its pages may have is handed to them.

Playwright lives here and in `rendering`, and is loaded only when a source wants its pages drawn.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ingest.errors import BrowserUnavailable
from ingest.settings import FetchSettings

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CLOSING_S = 5.0
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-first-run",
    # Behind the interception of requests: no name or address leads anywhere, the proxy's neither.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # WebRTC asks nobody else and would send UDP past any proxy; both names are in use.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
)
_NOWHERE = "http://nowhere.invalid:9"
# A page's scripts shall not find our keys and passwords, should they break out.
_ENVIRONMENT = ("HOME", "LANG", "PATH", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")


class LockedBrowser:
    """Opens fresh contexts, and starts the browser again if a page brought it down."""

    def __init__(self, playwright: "Playwright", settings: FetchSettings, path: str) -> None:
        self._playwright = playwright
        self._settings = settings
        self._path = path
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()

    @asynccontextmanager
    async def context(self) -> AsyncIterator["BrowserContext"]:
        """A browser without memory, that takes no downloads and no service workers.

        Raises:
            BrowserUnavailable: it does not start.
        """
        browser = await self.start()
        context = await browser.new_context(
            user_agent=self._settings.user_agent,
            service_workers="block",
            accept_downloads=False,
        )
        try:
            yield context
        finally:
            await self._close(context)

    async def start(self) -> "Browser":
        """The browser, started if it is not running.

        Raises:
            BrowserUnavailable
        """
        from playwright.async_api import Error

        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                try:
                    self._browser = await self._playwright.chromium.launch(
                        executable_path=self._path,
                        args=list(_ARGUMENTS),
                        chromium_sandbox=self._settings.browser_sandbox,
                        proxy={"server": _NOWHERE, "bypass": "<-loopback>"},
                        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                    )
                except Error as error:
                    raise BrowserUnavailable(_why(self._path, str(error))) from error
            return self._browser

    async def _close(self, context: "BrowserContext") -> None:
        """Close a context; a page that will not go takes the whole browser with it."""
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(_CLOSING_S):
                await context.close()
        except (TimeoutError, Error):
            if self._browser is not None:
                browser, self._browser = self._browser, None
                await browser.close()


@asynccontextmanager
async def open_browser(settings: FetchSettings) -> AsyncIterator[LockedBrowser]:
    """The machine's Chromium, started; ended at the end.

    Raises:
        BrowserUnavailable: Playwright or Chromium is missing, or does not start.
    """
    path = settings.browser or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        raise BrowserUnavailable(
            "Pages are to be drawn, and there is no Chromium on this machine: install it (Debian: "
            "apt install chromium), or name its program in GROUNDLING_FETCH__BROWSER."
        )
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise BrowserUnavailable(
            "Pages are to be drawn, and Playwright is missing: pip install 'groundling[render]'."
        ) from error
    async with async_playwright() as playwright:
        browser = LockedBrowser(playwright, settings, path)
        await browser.start()
        yield browser


def _why(path: str, said: str) -> str:
    if "sandbox" in said.lower() and "--no-sandbox" in said:
        return (
            "Chromium cannot shut its pages in, as here it runs as root or without user "
            "namespaces: run as another user, or set GROUNDLING_FETCH__BROWSER_SANDBOX=false where "
            "something else does it (a container of its own)."
        )
    return f"Chromium ({path}) does not start: {said.splitlines()[0][:300]}"
