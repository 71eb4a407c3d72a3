"""Another embedding model for what is there: every article embedded anew, then switched to at once.

Nothing is fetched, and what serves goes on serving: the new vectors are put in a collection beside
it. Killed anywhere and started again, it embeds only what is not there yet.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingest.catalog.catalog import SeenPage
from ingest.chunking.chunk import revise
from ingest.documents import Article, Passage
from ingest.errors import NotReembedded
from ingest.extraction import chrome
from ingest.indexing.sparse import weigh
from ingest.runs.parts import Parts, Records
from ingest.runs.settle import digest

# How a page was read, at the end of its recipe; it stays what it was.
_READING = re.compile(r" r\d+-[0-9a-f]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reembedded:
    """How far it is, or was: pages looked at, their passages, and those that were embedded."""

    pages: int = 0
    passages: int = 0
    embedded: int = 0


Told = Callable[[Reembedded], None]


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A page with its article as it is indexed: without the lines that its site repeats."""

    page: SeenPage
    article: Article

    @property
    def revision(self) -> str:
        return revise(self.article)


class Reembedding:
    """The work on one collection that does not serve yet (`parts.index`, by `open_beside`)."""

    def __init__(self, parts: Parts, switch: Callable[[str], Awaitable[object]]) -> None:
        """`switch` has the collection of a model, by its name, serve from then on."""
        self._parts = parts
        self._switch = switch
        self._put: dict[tuple[str, str], str] = {}

    async def carry_out(self, told: Told = lambda done: None) -> Reembedded:
        """Embed everything, switch, and have the catalog count the new passages.

        Raises:
            NotReembedded: pages are indexed whose articles are not kept; nothing was switched.
            IndexUnavailable, EmbedderUnavailable, CatalogUnavailable: repeated, it goes on.
        """
        first = await self.fill(told)
        while (again := await self.fill()).embedded:  # what changed in the meantime
            first = replace(first, embedded=first.embedded + again.embedded)
        await self._check(again.pages)
        await self._switch(self._parts.embedder.name)
        await self.count_anew()
        return replace(again, embedded=first.embedded)

    async def fill(self, told: Told = lambda done: None) -> Reembedded:
        """Bring the collection to what the catalog says is indexed."""
        done, there = Reembedded(), set[tuple[str, str]]()
        async for each in _indexed(self._parts.records):
            passages = await self._passages(each)
            embedded = await self._replace(each, passages)
            there.add((each.page.kb, each.page.url))
            done = Reembedded(
                pages=done.pages + 1,
                passages=done.passages + len(passages),
                embedded=done.embedded + embedded,
            )
            told(done)
        for kb, url in await self._parts.index.pages() - there:
            await self._parts.index.retire(kb, url, None)
        return done

    async def count_anew(self) -> None:
        """Note of every page the passages, and the terms in them, that serve from now on.

        A page whose note is missing when this is cut short is taken for changed by the next run.
        """
        async for each in _indexed(self._parts.records):
            recipe = self._recipe(each.page)
            if each.page.recipe == recipe:
                continue
            passages = await self._passages(each)
            weights = [weigh(passage.embedded_text, passage.lang) for passage in passages]
            terms = Counter(term for vector in weights for term in vector.indices)
            counted = replace(
                each.page, recipe=recipe, revision=each.revision, passages=len(passages)
            )
            ways = await self._parts.records.pages.ways(each.page.kb, each.page.url)
            await self._parts.records.pages.finish(counted, ways, terms)

    async def _replace(self, each: _Indexed, passages: list[Passage]) -> int:
        """Put a page's passages in the place of older ones; how many had to be embedded."""
        kb, url, revision = each.page.kb, each.page.url, each.revision
        if self._put.get((kb, url)) == revision:
            return 0
        index = self._parts.index
        vectors = await index.vectors(kb, url)
        new = [p.embedded_text for p in passages if p.embedded_text not in vectors]
        made = await self._parts.embedder.embed_passages(new)
        vectors |= zip(new, made, strict=True)
        weights = [weigh(passage.embedded_text, passage.lang) for passage in passages]
        await index.put(passages, [vectors[p.embedded_text] for p in passages], weights)
        await index.retire(kb, url, keep=revision)
        self._put[kb, url] = revision
        return len(new)

    async def _passages(self, each: _Indexed) -> list[Passage]:
        return await asyncio.to_thread(
            self._parts.chunker.chunk,
            each.article,
            kb=each.page.kb,
            source=each.page.source,
            fetched_at=each.page.fetched_at or datetime.now(UTC),
        )

    def _recipe(self, page: SeenPage) -> str:
        reading = _READING.search(page.recipe)
        return self._parts.recipe + (reading[0] if reading else "")

    async def _check(self, embedded: int) -> None:
        indexed = sum(shelf.pages for shelf in await self._parts.records.pages.shelves())
        if embedded < indexed:
            raise NotReembedded(
                f"{indexed - embedded} of {indexed} pages were indexed before articles were kept, "
                "so they cannot be embedded anew. Run their sources again, then repeat this."
            )


async def _indexed(records: Records) -> AsyncIterator[_Indexed]:
    """Every indexed page with its article, as far as that is kept."""
    common: dict[tuple[str, str], frozenset[int]] = {}
    async for kb, article in records.articles.current():
        page = await records.pages.page(kb, article.url)
        if page is None or page.state != "indexed" or page.article != revise(article):
            continue  # it changed since the list was read; the next round finds it
        source = (kb, page.source)
        if source not in common:
            last = await records.runs.last_of(*source)
            common[source] = frozenset(last.common if last else ())
        yield _without_chrome(page, article, common[source])


def _without_chrome(page: SeenPage, article: Article, common: frozenset[int]) -> _Indexed:
    """The article as it was indexed.

    The lines left out are those of the source's last run; if they are others than the page's own,
    none is left out until the source is run again.
    """
    left_out = digest(common & set(chrome.lines(article.text)))
    if page.chrome == left_out:
        return _Indexed(page, replace(article, text=chrome.without(article.text, common)))
    return _Indexed(replace(page, chrome=digest(())), article)
