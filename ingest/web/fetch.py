"""One polite, safe, conditional GET; all that comes from the web comes through here.

What it reads is hostile: a name is resolved here, every address it has is checked, and the
connection goes to a checked address, again on each redirect. The proxy variables of the environment
are not heeded, since a proxy resolves names itself and would undo the check; SSL_CERT_FILE is, for
an organisation's own authority. httpx's client is left out: it keeps cookies, and looks into
redirects before we do.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from contextlib import asynccontextmanager

import httpx
from h2.exceptions import H2Error
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.media import READABLE
from ingest.settings import FetchSettings
from ingest.web.access import Access
from ingest.web.addresses import Network, PinnedTransport
from ingest.web.kinds import accepting
from ingest.web.pace import LocalPace, Manners, Pace
from ingest.web.responses import Broken, Busy, Wish, is_over, page_of
from ingest.web.unpacking import ENCODINGS
from ingest.web.urls import checked, site, target

ATTEMPTS = 3
RETRY_WAIT_S = 0.5
"""Before the second attempt; doubled before the third. A server's Retry-After goes first."""
LONGEST_WAIT_S = 10.0
"""A server that asks for a longer pause than this is left alone until the next run."""

_CUT_OFF = (httpx.ProtocolError, httpx.ReadError, httpx.WriteError, H2Error)
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, LookupError)
"""Also what httpcore lets through: TLS that breaks in the middle, a status that is no number."""

# It logs the headers that go out over HTTP/2, those of a source among them.
logging.getLogger("hpack").setLevel(logging.INFO)


class Fetcher:
    """Fetches pages, no faster per host and no more at once than the settings and a pace allow."""

    def __init__(
        self,
        transport: PinnedTransport,
        settings: FetchSettings,
        access: Access,
        manners: Manners,
    ) -> None:
        self._transport = transport
        self._settings = settings
        self._access = access
        self._manners = manners

    @property
    def user_agent(self) -> str:
        """The name under which it asks, for robots.txt."""
        return self._settings.user_agent

    def pace(self, host: str, delay_s: float) -> None:
        """From now on wait so long between two requests to a host (`name[:port]`), at most 30 s."""
        self._manners.distance(host, delay_s)

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Collection[str] | None = READABLE,
    ) -> Page | None:
        """The page, as bytes; None if it has not changed since these validators were given out.

        `accept` are the media types that are read; None takes any.

        Raises:
            PageUnavailable: with the reason; nothing else is raised for what a server does.
        """
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions = {name: value for name, value in validators.items() if value}
        wish = Wish(url=url, accept=accept, access=self._access, conditions=conditions)
        return await self._ask(wish)

    async def part(self, url: str, *, of: str) -> Page:
        """What a page (at the URL `of`) asks for while it is drawn, whatever its type.

        It belongs to one visit, so it waits for no turn of its own. The source's credentials go
        with it only where the page itself may have them.

        Raises:
            PageUnavailable
        """
        access = self._access if self._access.covers(checked(of)) else Access()
        page = await self._ask(Wish(url=url, accept=None, access=access, paced=False))
        if page is None:
            raise PageUnavailable("the server calls unchanged what it was not asked about")
        return page

    async def _ask(self, wish: Wish) -> Page | None:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(_is_passing),
            wait=_pause,
            reraise=True,
        )
        return await retrying(self._follow, wish)

    async def _follow(self, wish: Wish) -> Page | None:
        """One attempt, hop by hop; `timeout_s` is for all hops together, without polite waits."""
        loop, left = asyncio.get_running_loop(), self._settings.timeout_s
        address, conditions = wish.url, wish.conditions
        for _ in range(self._settings.max_redirects + 1):
            url = checked(address)
            async with self._manners.turn(site(url), paced=wish.paced):
                await self._rest(site(url))
                began = loop.time()
                found = await self._within(left, self._hop(wish, address, conditions), url)
            if not isinstance(found, str):
                return found
            left = max(left - (loop.time() - began), 0)
            # A validator belongs to the URL it came from.
            address, conditions = found, {}
        raise PageUnavailable(f"more than {self._settings.max_redirects} redirects, perhaps a loop")

    async def _rest(self, host: str) -> None:
        """Wait while the host wants to be left alone, if that is not for long."""
        rest_s = self._manners.rest_s(host)
        if rest_s > LONGEST_WAIT_S:
            raise Busy(httpx.codes.TOO_MANY_REQUESTS, rest_s)
        await asyncio.sleep(rest_s)

    async def _within(
        self, left: float, hop: Awaitable[Page | str | None], url: httpx.URL
    ) -> Page | str | None:
        """What a hop gives within the time that is left, its failures in our words."""
        try:
            async with asyncio.timeout(left):
                return await hop
        except (TimeoutError, httpx.TimeoutException) as error:
            await self._transport.hang_up(url)
            limit = self._settings.timeout_s
            raise PageUnavailable(f"did not arrive within {limit:g} s") from error
        except _CUT_OFF as error:
            raise Broken(f"the connection failed: {_words(error)}") from error
        except _FAILURES as error:
            raise PageUnavailable(f"the connection failed: {_words(error)}") from error
        except Busy as busy:
            # One page may be in repair for hours, which says nothing of the others.
            if busy.pause_s and (busy.status == 429 or busy.pause_s <= LONGEST_WAIT_S):
                self._manners.rest(site(url), busy.pause_s)
            raise

    async def _hop(
        self, wish: Wish, address: str, conditions: Mapping[str, str]
    ) -> Page | str | None:
        """The page, where it redirects to, or None for not modified."""
        url = checked(address)
        response = await self._transport.handle_async_request(
            httpx.Request(
                "GET",
                url,
                headers=self._headers(wish, url, conditions),
                extensions={"timeout": httpx.Timeout(self._settings.timeout_s).as_dict()},
            )
        )
        try:
            if response.status_code == httpx.codes.NOT_MODIFIED and conditions:
                return None
            if response.has_redirect_location:
                return target(address, response.headers["Location"])
            return await page_of(response, address, wish, self._settings.max_bytes)
        finally:
            if not await is_over(response):
                await self._transport.leave(response, url)

    def _headers(self, wish: Wish, url: httpx.URL, conditions: Mapping[str, str]) -> httpx.Headers:
        headers = httpx.Headers(
            {
                "User-Agent": self._settings.user_agent,
                "Accept": accepting(wish.accept),
                "Accept-Encoding": ENCODINGS,
                **conditions,
            }
        )
        headers.update(wish.access.shown_to(url))
        return headers


@asynccontextmanager
async def open_fetcher(
    settings: FetchSettings,
    access: Access | None = None,
    pace: Pace | None = None,
    network: Network | None = None,
) -> AsyncIterator[Fetcher]:
    """A fetcher with its own connections, closed at the end; one for each source and run.

    `pace` is shared where several fetch from the same hosts; `network` is the machine's own.
    """
    transport = PinnedTransport(network or Network(), allow_private=settings.allow_private)
    manners = Manners(pace or LocalPace(), delay_s=settings.delay_s, per_host=settings.per_host)
    async with transport:
        yield Fetcher(transport, settings, access or Access(), manners)


def _is_passing(error: BaseException) -> bool:
    """Whether to try once more helps."""
    if isinstance(error, Busy):
        return (error.pause_s or 0) <= LONGEST_WAIT_S
    return isinstance(error, Broken)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause_s if isinstance(error, Busy) else None
    return float(RETRY_WAIT_S * 2 ** (state.attempt_number - 1)) if asked is None else asked


def _words(error: Exception) -> str:
    return str(error)[:300] or type(error).__name__
