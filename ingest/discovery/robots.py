"""robots.txt: what a host lets us fetch, how fast, and which sitemaps it names."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.media import READABLE

LONGEST = 512 * 1024
"""RFC 9309: at least 500 KiB of it must be read, the rest may be ignored."""
KEPT_S = 24 * 3600.0
"""RFC 9309: rules should not be used for longer than a day; a slow run of a large site lasts."""
UNKNOWN_KEPT_S = 300.0
"""A host that could not say is asked again after this long: its trouble may have been short."""


class Web(Protocol):
    """What discovery needs of the fetcher (see `ingest.web.fetch.Fetcher`).

    Pages are asked for with the types that are read, all else (robots.txt, sitemaps, feeds) with
    `accept=None`.
    """

    @property
    def user_agent(self) -> str: ...

    def pace(self, host: str, delay_s: float) -> None: ...

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Collection[str] | None = READABLE,
    ) -> Page | None: ...


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host says, or why that is not known, and until when (the loop's clock) it holds."""

    protego: Protego | None
    unknown: str
    until: float


class Robots:
    """The rules of each host, fetched when it is first met."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._rules: dict[str, _Rules] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def refusal(self, url: str) -> str:
        """Why a URL may not be fetched; "" if it may.

        A host without robots.txt (4xx) allows all; one that cannot say (5xx, 429, silent) nothing.
        """
        rules = await self._of(url)
        if rules.protego is None:
            return rules.unknown
        if rules.protego.can_fetch(url, self._web.user_agent):
            return ""
        return f"robots.txt of {urlsplit(url).netloc} does not allow it"

    async def forbids(self, url: str) -> bool:
        """Whether a URL is refused by rules, and not because the host could not say."""
        return bool(await self.refusal(url)) and (await self._of(url)).protego is not None

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the host of a URL names, as it spells them."""
        rules = await self._of(url)
        return list(rules.protego.sitemaps) if rules.protego else []

    async def _of(self, url: str) -> _Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        clock = asyncio.get_running_loop().time
        async with self._turns[origin]:
            rules = self._rules.get(origin)
            if rules is None or rules.until < clock():
                protego, unknown = await self._read(origin, parts.netloc)
                kept_s = KEPT_S if protego else UNKNOWN_KEPT_S
                rules = self._rules[origin] = _Rules(protego, unknown, clock() + kept_s)
        return rules

    async def _read(self, origin: str, host: str) -> tuple[Protego | None, str]:
        try:
            page = await self._web.get(f"{origin}/robots.txt", accept=None)
        except PageUnavailable as error:
            refused = error.status is not None and 400 <= error.status < 500
            if error.gone or (refused and error.status != 429):
                return Protego.parse(""), ""
            asked = f"asked for robots.txt of {host}, without which nothing is fetched there"
            return None, f"{error} ({asked})"
        body = page.body[:LONGEST] if page else b""
        rules = Protego.parse(body.decode("utf-8-sig", "replace"))
        if delay_s := _delay_s(rules, self._web.user_agent):
            self._web.pace(host, delay_s)
        return rules, ""


def _delay_s(rules: Protego, agent: str) -> float:
    """The slower of crawl-delay and request-rate, in seconds between two requests."""
    delay_s = float(rules.crawl_delay(agent) or 0.0)
    rate = rules.request_rate(agent)
    if rate is not None and rate.requests > 0:
        delay_s = max(delay_s, rate.seconds / rate.requests)
    return delay_s
