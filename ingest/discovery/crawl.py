"""From seeds to pages, breadth first, on the seeds' own sites, as far as robots.txt allows."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ingest.discovery.links import normalise, site
from ingest.discovery.robots import Robots, Web
from ingest.discovery.signposts import signposts
from ingest.documents import Page
from ingest.errors import PageUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What is known of a URL from last time: by what to ask for changes, and where it led."""

    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one URL.

    Either `page` is there, or `unchanged` is true (304), or `reason` says why there is neither;
    then `gone` says that what was indexed of it must go: 404, 410, moved, or it asks for that.
    `links` are its links within the seeds' sites, normalised.
    """

    url: str
    page: Page | None = None
    unchanged: bool = False
    reason: str = ""
    gone: bool = False
    links: tuple[str, ...] = ()


async def crawl(
    seeds: Sequence[str],
    fetcher: Web,
    *,
    depth: int,
    limit: int,
    known: Mapping[str, Validators] = MappingProxyType({}),
) -> AsyncIterator[Fetched]:
    """Every page within `depth` links of a seed (0: only seeds), each once, at most `limit`.

    A URL that cannot be had is yielded with its reason and the crawl goes on; so is one found
    beyond the limit. Those that robots.txt forbids do not count towards the limit.
    """
    walk = _Walk(fetcher, known)
    queue: deque[tuple[str, int]] = deque()
    for seed in seeds:
        if url := normalise(seed):
            walk.sites.add(site(url))
            queue.append((url, 0))
        else:
            yield Fetched(url=seed, reason="is not a web address; only http and https are fetched")
    met = {url for url, _ in queue}
    while queue:
        url, level = queue.popleft()
        if url in walk.done:
            continue
        if walk.asked >= limit:
            walk.done.add(url)
            yield Fetched(url=url, reason=f"over the limit of {limit} pages of this run")
            continue
        for fetched in await walk.read(url, is_seed=level == 0):
            yield fetched
            if level < depth:
                new = [link for link in fetched.links if link not in met]
                met.update(new)
                queue.extend((link, level + 1) for link in new)


class _Walk:
    """One crawl's memory: the sites it may enter, the URLs it is done with, how many it asked."""

    def __init__(self, fetcher: Web, known: Mapping[str, Validators]) -> None:
        self.sites: set[str] = set()
        self.done: set[str] = set()
        self.asked = 0
        self._fetcher = fetcher
        self._known = known
        self._robots = Robots(fetcher)
        self._agent = fetcher.user_agent.partition("/")[0].lower()

    async def read(self, url: str, *, is_seed: bool) -> list[Fetched]:
        """What became of a URL: one line, two if it moved, none if it is a page read before."""
        self.done.add(url)
        if refusal := await self._robots.refusal(url):
            return [Fetched(url=url, reason=refusal)]
        self.asked += 1
        last = self._known.get(url, Validators())
        try:
            page = await self._fetcher.get(url, etag=last.etag, last_modified=last.last_modified)
        except PageUnavailable as error:
            return [Fetched(url=url, reason=str(error), gone=error.gone)]
        if page is None:
            return [Fetched(url=url, unchanged=True, links=self._inside(last.links))]
        end = normalise(page.url) or page.url
        if end == url:
            return [await self._look_at(url, page)]
        return await self._arrive(url, end, page, is_seed=is_seed)

    async def _arrive(self, url: str, end: str, page: Page, *, is_seed: bool) -> list[Fetched]:
        """A redirect's end is a page like any other: on our sites, allowed by robots.txt, once."""
        if is_seed:
            self.sites.add(site(end))
        if site(end) not in self.sites:
            return [Fetched(url=url, reason=f"leads to another site: {end}")]
        if refusal := await self._robots.refusal(end):
            return [Fetched(url=url, reason=f"leads to {end}: {refusal}")]
        moved = (
            [Fetched(url=url, reason=f"moved to {end}", gone=True)] if url in self._known else []
        )
        if end in self.done:
            return moved
        self.done.add(end)
        return [*moved, await self._look_at(end, page)]

    async def _look_at(self, url: str, page: Page) -> Fetched:
        # In a thread: parsing ten megabytes takes a second.
        found = await asyncio.to_thread(signposts, page, self._agent)
        links = self._inside(found.links)
        if found.may_index:
            return Fetched(url=url, page=page, links=links)
        reason = "asks not to be indexed (robots meta element)"
        return Fetched(url=url, reason=reason, gone=True, links=links)

    def _inside(self, links: Sequence[str]) -> tuple[str, ...]:
        return tuple(link for link in links if site(link) in self.sites)
