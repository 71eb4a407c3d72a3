"""One source's scout: knows where it starts, and what became of each URL that it is sent to.

It keeps no frontier: what was met, and how many pages may still be asked for, is the run's.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingest.discovery import reading
from ingest.discovery.found import Fetched, Found, Start, Validators
from ingest.discovery.links import normalise, site
from ingest.discovery.listings import Lister, Listings
from ingest.discovery.robots import Robots, Web
from ingest.discovery.signposts import signposts
from ingest.discovery.territory import Territory
from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.sources.source import Source

TRUSTED_FOR = timedelta(days=7)
"""How long a sitemap's lastmod may speak for a page. Some sites never change theirs, so every page
is asked itself once a week."""
MOST_READ_AHEAD = 20
"""Start pages that are read before the sitemaps, and held until they are looked at: at most so
often the size limit of a page. What further ones redirect to is met when they are looked at."""
MOST_FEEDS = 5
"""Of one start page: blogs name one of articles and one of comments, some one of each subject."""


class Scout:
    """Finds the pages of a source.

    `sites` (`host[:port]`) are those it may enter; it adds the source's own, and those that a
    seed's redirect opens. What was opened by another process must be in it already.
    """

    def __init__(self, source: Source, web: Web, sites: set[str]) -> None:
        self._source = source
        self._web = web
        self._robots = Robots(web)
        self._territory = Territory(source, sites)
        self._agent = web.user_agent.partition("/")[0].lower()
        self._ahead: dict[str, Page] = {}

    async def start(self) -> Start:
        """The seeds, and all that sitemaps and feeds list.

        The first seeds are read, so that where they moved to is known before sitemaps are judged;
        `look` does not ask for them a second time. `fetched` says what became of seeds that moved
        or cannot be had, and of listed URLs and sitemaps that are refused. With `depth` 0 only the
        seeds and the source's own sitemaps are read, no others and no feeds.
        """
        found: dict[str, Found] = {}
        fetched: list[Fetched] = []
        feeds: list[str] = []
        for number, seed in enumerate(list(self._territory.seeds)):
            end = seed
            if number < MOST_READ_AHEAD and seed not in self._ahead:
                end, became, named = await self._read_ahead(seed)
                fetched += became
                feeds += named
            if end:
                self._territory.seeds[end] = None
                found.setdefault(end, Found(url=end, depth=0, via="seed"))
        listings = await self._list(feeds)
        for url, listed in listings.found.items():
            lastmod = listed.lastmod if listed.via == "sitemap" else None
            found[url] = replace(found[url], lastmod=lastmod) if url in found else listed
        return Start(
            found=tuple(found.values()),
            fetched=(*fetched, *listings.fetched),
            sites=frozenset(self._territory.sites),
            complete=listings.complete,
        )

    def refusal(self, url: str) -> str:
        """Why a (normalised) URL is not this source's, or a trap; "" if it may be asked for."""
        return self._territory.refusal(url)

    async def look(self, found: Found, known: Validators) -> list[Fetched]:
        """What became of a URL: one line about it, and if it moved, a second about where to.

        The second may be about a URL that was looked at before.
        """
        url = found.url
        if found.via != "seed" and (reason := self.refusal(url)):
            return [Fetched(url=url, refused=True, reason=reason)]
        if reason := await self._robots.refusal(url):
            return [Fetched(url=url, refused=await self._robots.forbids(url), reason=reason)]
        if _vouched_for(found, known):
            return [reading.stands(found, known, self._territory)]
        try:
            page = await self._get(url, known)
        except PageUnavailable as error:
            return [Fetched(url=url, reason=str(error), gone=error.gone)]
        if page is None:
            return [reading.stands(found, known, self._territory)]
        end = normalise(page.url) or page.url
        if end == url:
            return [await self._read(found, page)]
        moved = await self._moved(found, end)
        return [moved, await self._read(replace(found, url=end), page)] if moved.gone else [moved]

    async def _get(self, url: str, known: Validators) -> Page | None:
        """The page; None if it did not change. One that was read ahead is compared here."""
        page = self._ahead.pop(url, None)
        if page is None:
            return await self._web.get(url, etag=known.etag, last_modified=known.last_modified)
        return None if _is_same(page, known) else page

    async def _read(self, found: Found, page: Page) -> Fetched:
        # In a thread: parsing ten megabytes takes a second.
        return await asyncio.to_thread(reading.read, found, page, self._territory, self._agent)

    async def _moved(self, found: Found, end: str) -> Fetched:
        """What a redirect means: `gone` if its end is a page like any other, else a refusal."""
        opens, reason, refused = "", "", True
        if found.via != "seed":
            reason = self.refusal(end)
        elif not self._territory.holds(end):
            opens = site(end)
            self._territory.sites.add(opens)
        if not reason and (reason := await self._robots.refusal(end)):
            refused = await self._robots.forbids(end)
        why = f"leads to {end}: {reason}" if reason else f"moved to {end}"
        return Fetched(
            url=found.url,
            reason=why,
            gone=not reason,
            refused=bool(reason) and refused,
            moved_to=end,
            opens=opens,
        )

    async def _read_ahead(self, seed: str) -> tuple[str, list[Fetched], list[str]]:
        """Where a seed leads ("" if nowhere), what became of it if that is known, its feeds."""
        if reason := await self._robots.refusal(seed):
            refused = await self._robots.forbids(seed)
            return "", [Fetched(url=seed, refused=refused, reason=reason)], []
        try:
            page = await self._web.get(seed)
        except PageUnavailable as error:
            return "", [Fetched(url=seed, reason=str(error), gone=error.gone)], []
        if page is None:
            return seed, [], []
        end = normalise(page.url) or page.url
        became: list[Fetched] = []
        if end != seed:
            became = [await self._moved(Found(url=seed, depth=0, via="seed"), end)]
            if not became[0].gone:
                return "", became, []
        self._ahead[end] = page
        posts = await asyncio.to_thread(signposts, page, self._agent, self._territory.holds)
        return end, became, list(posts.feeds[:MOST_FEEDS])

    async def _list(self, feeds: Iterable[str]) -> Listings:
        territory = self._territory
        lister = Lister(self._web, self._robots, territory)
        await lister.read(territory.sitemaps, "source")
        if self._source.depth == 0:
            return lister.listings
        # The last URL of a site is the one that its seed was redirected to, perhaps to https.
        for url in {site(url): url for url in territory.seeds}.values():
            named = [each and normalise(each, url) for each in await self._robots.sitemaps(url)]
            if named:
                await lister.read([each for each in named if each], "robots")
            elif guess := normalise("/sitemap.xml", url):
                await lister.read([guess], "guess")
        await lister.read(feeds, "page")
        return lister.listings


def _vouched_for(found: Found, known: Validators) -> bool:
    """Whether the sitemap says that the page did not change since it was last read, lately."""
    if found.lastmod is None or known.fetched_at is None or found.via not in ("seed", "sitemap"):
        return False
    return found.lastmod < known.fetched_at and datetime.now(UTC) - known.fetched_at < TRUSTED_FOR


def _is_same(page: Page, known: Validators) -> bool:
    """Whether a page that was asked for without validators carries those that are known."""
    if known.etag or page.etag:
        return (known.etag or "").removeprefix("W/") == (page.etag or "").removeprefix("W/")
    return known.last_modified is not None and known.last_modified == page.last_modified
