"""A source walked through without keeping anything: what a run of it would ask for, and refuse."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from ingest.discovery import traps
from ingest.discovery.found import Fetched, Found, Validators, Via
from ingest.discovery.robots import Web
from ingest.discovery.scout import Scout
from ingest.sources.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One URL of a walk: how it was met, and what became of it."""

    found: Found
    fetched: Fetched


async def walk(source: Source, web: Web) -> AsyncIterator[Met]:
    """Everything that a first run would meet, each URL once, breadth first, as it becomes known.

    Pages are fetched for their links, politely, one at a time; what is beyond the source's depth is
    left out, what is beyond its limit or refused is told with its reason and not fetched.
    """
    walking = _Walk(source, Scout(source, web, set()))
    for met in await walking.start():
        yield met
    while found := walking.next():
        for met in await walking.step(found):
            yield met


class _Walk:
    """What was met on a walk, and what of it is still to be asked for."""

    def __init__(self, source: Source, scout: Scout) -> None:
        self._source = source
        self._scout = scout
        self._asked = 0
        self._met: set[str] = set()
        self._told: set[str] = set()
        self._shapes: Counter[str] = Counter()
        self._waiting: list[tuple[int, int, Found]] = []

    async def start(self) -> list[Met]:
        start = await self._scout.start()
        met: list[Met] = []
        for fetched in start.fetched:
            is_seed = fetched.moved_to or fetched.url in self._source.urls
            via: Via = "seed" if is_seed else "sitemap"
            met += self._tell(Found(url=fetched.url, depth=0, via=via), fetched)
        return met + self._add(start.found)

    async def step(self, found: Found) -> list[Met]:
        """What became of one URL, and of the links that it has and that are refused at once."""
        if self._asked >= self._source.limit:
            reason = f"over the limit of {self._source.limit} pages of this source"
            return self._tell(found, Fetched(url=found.url, refused=True, reason=reason))
        met: list[Met] = []
        for fetched in await self._scout.look(found, Validators()):
            met += self._tell(replace(found, url=fetched.url), fetched)
            met += self._add(fetched.links)
            # A refusal that is neither about a page nor about a redirect was made without asking.
            asked = not fetched.refused or fetched.gone or fetched.moved_to
            self._asked += bool(asked and fetched.url == found.url)
        return met

    def next(self) -> Found | None:
        """The next one to ask for, of those that are nearest to the start."""
        while self._waiting:
            _, _, found = heappop(self._waiting)
            if found.url not in self._told:
                return found
        return None

    def _tell(self, found: Found, fetched: Fetched) -> list[Met]:
        """What became of a URL; nothing if that is known."""
        if found.url in self._told:
            return []
        self._met.add(found.url)
        self._told.add(found.url)
        return [Met(found=found, fetched=fetched)]

    def _add(self, links: Iterable[Found]) -> list[Met]:
        """Take in what is new; returns what of it is refused without asking."""
        refused: list[Met] = []
        for found in links:
            if found.url in self._met or found.depth > self._source.depth:
                continue
            self._met.add(found.url)
            if reason := self._scout.refusal(found.url) or self._too_many(found.url):
                refused += self._tell(found, Fetched(url=found.url, refused=True, reason=reason))
            else:
                heappush(self._waiting, (found.depth, len(self._met), found))
        return refused

    def _too_many(self, url: str) -> str:
        shape = traps.shape(url)
        if not shape:
            return ""
        self._shapes[shape] += 1
        return traps.too_many(shape) if self._shapes[shape] > traps.MOST_OF_A_SHAPE else ""
