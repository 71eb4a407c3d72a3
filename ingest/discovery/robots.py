"""robots.txt: what a host lets us fetch, and how fast."""

from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from ingest.documents import Page
from ingest.errors import PageUnavailable

LONGEST = 512 * 1024
"""RFC 9309: at least 500 KiB of it must be read, the rest may be ignored."""


class Web(Protocol):
    """What a crawl needs of the fetcher (see `ingest.web.fetch.Fetcher`)."""

    @property
    def user_agent(self) -> str: ...

    def pace(self, host: str, delay_s: float) -> None: ...

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Page | None: ...


class Robots:
    """The rules of each host, fetched when it is first met and kept for the crawl."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._rules: dict[str, Protego | str] = {}

    async def refusal(self, url: str) -> str:
        """Why a URL may not be fetched; "" if it may.

        A host without robots.txt (4xx) allows all; one that cannot say (5xx, 429, silent) nothing.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = await self._read(origin, parts.netloc)
        rules = self._rules[origin]
        if isinstance(rules, str):
            return rules
        if rules.can_fetch(url, self._web.user_agent):
            return ""
        return f"robots.txt of {parts.netloc} does not allow it"

    async def _read(self, origin: str, host: str) -> Protego | str:
        try:
            page = await self._web.get(f"{origin}/robots.txt")
        except PageUnavailable as error:
            refused = error.status is not None and 400 <= error.status < 500
            if error.gone or (refused and error.status != 429):
                return Protego.parse("")
            return (
                f"{error} (asked for robots.txt of {host}, without which nothing is fetched there)"
            )
        body = page.body[:LONGEST] if page else b""
        rules = Protego.parse(body.decode("utf-8-sig", "replace"))
        delay_s = rules.crawl_delay(self._web.user_agent)
        if delay_s:
            self._web.pace(host, float(delay_s))
        return rules
