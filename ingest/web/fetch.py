"""One polite, safe, conditional GET; the only file that meets the web.

What it reads is hostile: a name is resolved here, every address it has is checked, and the
connection goes to a checked address, again on each redirect. The proxy variables of the environment
are not heeded, since a proxy resolves names itself and would undo the check; SSL_CERT_FILE is, for
an organisation's own authority.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.settings import FetchSettings
from ingest.web.addresses import PinnedTransport
from ingest.web.responses import ACCEPTED, Busy, check_status, check_type, media_type, read, sniff

ATTEMPTS = 3
RETRY_WAIT_S = 0.5
"""Before the second attempt; doubled before the third. A server's Retry-After goes first."""
LONGEST_WAIT_S = 10.0
"""A server that asks for a longer pause than this is left alone until the next run."""
LONGEST_PACE_S = 30.0


class Fetcher:
    """Fetches pages one by one, no faster per host than the settings and `pace` allow."""

    def __init__(self, client: httpx.AsyncClient, settings: FetchSettings) -> None:
        self._client = client
        self._settings = settings
        self._pace: dict[str, float] = {}
        self._next: dict[str, float] = {}

    @property
    def user_agent(self) -> str:
        """The name under which it asks, for robots.txt."""
        return self._settings.user_agent

    def pace(self, host: str, delay_s: float) -> None:
        """From now on wait so long between two requests to a host (`name:port`), at most 30 s."""
        self._pace[host] = min(max(delay_s, self._settings.delay_s), LONGEST_PACE_S)

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Page | None:
        """The page, as bytes; None if it has not changed since these validators were given out.

        Raises:
            PageUnavailable: with the reason; nothing else is raised for what a server does.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        retrying = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(
                lambda error: isinstance(error, Busy) and (error.pause_s or 0) <= LONGEST_WAIT_S
            ),
            wait=_pause,
            reraise=True,
        )
        return await retrying(self._follow, url, headers)

    async def _follow(self, requested: str, headers: dict[str, str]) -> Page | None:
        """One attempt, hop by hop; `timeout_s` is for all hops together, without polite waits."""
        loop, left, url = asyncio.get_running_loop(), self._settings.timeout_s, requested
        for _ in range(self._settings.max_redirects + 1):
            _check_url(url)
            await self._wait_turn(urlsplit(url).netloc.lower())
            began = loop.time()
            try:
                async with asyncio.timeout(left):
                    answer = await self._hop(requested, url, headers)
            except (TimeoutError, httpx.TimeoutException) as error:
                limit = self._settings.timeout_s
                raise PageUnavailable(f"did not arrive within {limit:g} s") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise PageUnavailable(f"the connection failed: {_words(error)}") from error
            if not isinstance(answer, str):
                return answer
            left = max(left - (loop.time() - began), 0)
            # A validator belongs to the URL it came from.
            url, headers = answer, {}
        raise PageUnavailable(f"more than {self._settings.max_redirects} redirects, perhaps a loop")

    async def _hop(self, requested: str, url: str, headers: dict[str, str]) -> Page | str | None:
        """The page, where it redirects to, or None for not modified."""
        async with self._client.stream("GET", url, headers=headers) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED and headers:
                return None
            if response.has_redirect_location:
                return _join(url, response.headers["Location"])
            check_status(response)
            content_type, charset = media_type(response.headers.get("Content-Type", ""))
            # RFC 9309 wants robots.txt read whatever type it is served as.
            if urlsplit(url).path != "/robots.txt":
                check_type(content_type)
            body = await read(response, self._settings.max_bytes)
        return Page(
            url=url,
            requested=requested,
            content_type=sniff(content_type, body),
            charset=charset,
            body=body,
            fetched_at=datetime.now(UTC),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
        )

    async def _wait_turn(self, host: str) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, self._next.get(host, now))
        self._next[host] = start + self._pace.get(host, self._settings.delay_s)
        await asyncio.sleep(start - now)


@asynccontextmanager
async def open_fetcher(settings: FetchSettings) -> AsyncIterator[Fetcher]:
    """A fetcher with its own connections, closed at the end."""
    async with httpx.AsyncClient(
        transport=PinnedTransport(allow_private=settings.allow_private),
        trust_env=False,
        follow_redirects=False,
        timeout=settings.timeout_s,
        headers={
            "User-Agent": settings.user_agent,
            "Accept": ", ".join(ACCEPTED),
            "Accept-Encoding": "gzip",
        },
    ) as client:
        yield Fetcher(client, settings)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause_s if isinstance(error, Busy) else None
    return float(RETRY_WAIT_S * 2 ** (state.attempt_number - 1)) if asked is None else asked


def _join(url: str, location: str) -> str:
    try:
        return urldefrag(urljoin(url, location)).url
    except ValueError as error:
        raise PageUnavailable(f"redirects to {location}, which is not a URL") from error


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError as error:
        raise PageUnavailable(f"{url} is not a URL: {error}") from error
    if not known:
        raise PageUnavailable(f"{url} is not a web address; only http and https are fetched")
    if "@" in parts.netloc:
        raise PageUnavailable("the URL carries a user name or password; take it out")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
