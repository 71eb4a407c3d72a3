"""All that a site lists of itself: its sitemaps, index by index, and its feeds."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ingest.discovery.found import Fetched, Found
from ingest.discovery.links import site
from ingest.discovery.robots import Robots, Web
from ingest.discovery.sitemaps import Named, NoSitemap, Sitemap, read_sitemap
from ingest.discovery.territory import Territory
from ingest.errors import PageUnavailable

logger = logging.getLogger(__name__)

MOST_FILES = 1_000
"""Sitemaps of one run; the protocol's largest index names 50,000, which are 100 GB."""
DEEPEST = 3
"""How far indexes may lie within indexes; sitemaps.org allows none, large sites have two."""
MOST_URLS = 500_000
"""Of one run, some 200 MB of memory; a source has a limit of pages far below."""


Namer = Literal["robots", "source", "page", "guess"]
"""Who says that a sitemap or feed is there. What robots.txt names, it allows; a guess may fail."""


@dataclass(frozen=True, slots=True)
class _File:
    url: str
    namer: Namer
    level: int


@dataclass(slots=True)
class Listings:
    """What was listed (each URL once), what of it could not be read, and whether it was all."""

    found: dict[str, Found] = field(default_factory=dict)
    fetched: list[Fetched] = field(default_factory=list)
    complete: bool = True


class Lister:
    """Reads a source's sitemaps and feeds, one after another, into `listings`."""

    def __init__(self, web: Web, robots: Robots, territory: Territory) -> None:
        self.listings = Listings()
        self._web = web
        self._robots = robots
        self._territory = territory
        self._queue: deque[_File] = deque()
        self._met: set[str] = set()

    async def read(self, urls: Iterable[str], namer: Namer) -> None:
        """Read sitemaps and feeds, and what they lead to; those that were read before are not."""
        for url in urls:
            self._put(url, namer, level=1)
        while self._queue:
            await self._read(self._queue.popleft())

    def _put(self, url: str, namer: Namer, level: int) -> None:
        if url in self._met:
            return
        self._met.add(url)
        if len(self._met) > MOST_FILES:
            self._fail(url, f"is over the limit of {MOST_FILES:,} sitemaps of one run", True)
        else:
            self._queue.append(_File(url, namer, level))

    async def _read(self, file: _File) -> None:
        refusal = "" if file.namer == "robots" else await self._robots.refusal(file.url)
        try:
            sitemap = None if refusal else await self._get(file.url)
        except (PageUnavailable, NoSitemap) as error:
            refusal, sitemap = f"no sitemap or feed could be read here: {error}", None
            if isinstance(error, PageUnavailable) and _may_be_there(error.status):
                self.listings.complete = False
        if sitemap is not None:
            self._take(file, sitemap)
        elif file.namer != "guess":
            self._fail(file.url, refusal, await self._robots.forbids(file.url))

    async def _get(self, url: str) -> Sitemap:
        page = await self._web.get(url, accept=None)
        if page is None:
            raise NoSitemap("the server says that it did not change, but was not asked that")
        # In a thread: unpacking and parsing fifty megabytes takes seconds.
        return await asyncio.to_thread(read_sitemap, page.body, page.url)

    def _take(self, file: _File, sitemap: Sitemap) -> None:
        for url in sitemap.sitemaps:
            same_site = site(url) == site(file.url)
            if file.level >= DEEPEST:
                self._fail(url, f"lies in more than {DEEPEST} indexes of sitemaps", True)
            elif same_site or self._territory.holds(url):
                self._put(url, file.namer if same_site else "source", file.level + 1)
            else:
                self._fail(url, _elsewhere(url), True)
        for named in sitemap.pages:
            self._add(named)

    def _add(self, named: Named) -> None:
        found = self.listings.found
        if named.language and not self._territory.speaks(named.language):
            return
        if named.url in found:
            # The date of its own entry goes before what another says of it.
            if named.lastmod and not found[named.url].lastmod:
                found[named.url] = _found(named)
        elif len(found) + len(self.listings.fetched) >= MOST_URLS:
            self._stop()
        elif self._territory.holds(named.url):
            found[named.url] = _found(named)
        else:
            reason = _elsewhere(named.url)
            self.listings.fetched.append(Fetched(url=named.url, refused=True, reason=reason))

    def _stop(self) -> None:
        if self.listings.complete:
            logger.warning("sitemaps list more pages than are taken", extra={"taken": MOST_URLS})
        self.listings.complete = False

    def _fail(self, url: str, reason: str, refused: bool) -> None:
        self.listings.complete = False
        self.listings.fetched.append(Fetched(url=url, refused=refused, reason=reason))


def _may_be_there(status: int | None) -> bool:
    """Whether a file that was guessed at may be there all the same, and list what is missed."""
    return status is None or status == 429 or status >= 500


def _elsewhere(url: str) -> str:
    return f"is listed, but on another site ({site(url)}), which is not part of the source"


def _found(named: Named) -> Found:
    return Found(url=named.url, depth=0, via=named.via, lastmod=named.lastmod)
