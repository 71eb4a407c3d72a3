"""From URLs to passages in the index: the whole path on one screen.

A page is replaced in two phases, the new passages put before the old are taken away, so it is
never absent; and it is `writing` in the catalog meanwhile, so a run that was killed is mended by
the next.
"""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol, cast

from ingest.catalog.catalog import Catalog, RunState, SeenPage
from ingest.chunking.chunk import Chunker, revise
from ingest.discovery.crawl import Fetched, Validators, crawl
from ingest.discovery.robots import Web
from ingest.documents import Article, Page, Passage
from ingest.embedding.embed import Embedder
from ingest.errors import NoArticle
from ingest.indexing.index import PassageIndex
from ingest.indexing.sparse import weigh
from ingest.runs.report import Outcome, Report

# Databases index keys of this length; longer addresses are traps for crawlers anyway.
LONGEST_URL = 2_000

Progress = Callable[[Outcome], None]


class Reader(Protocol):
    """What finds the article on a page (see `ingest.extraction.extract.Extractor`)."""

    async def extract(self, page: Page) -> Article: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs work with; `ingest.wiring` opens them. A fetcher each run has of its own."""

    extractor: Reader
    chunker: Chunker
    embedder: Embedder
    index: PassageIndex
    catalog: Catalog
    collection: str

    @property
    def recipe(self) -> str:
        """What must be equal for a page that did not change to need no work."""
        model = f"{self.embedder.name}/{self.embedder.dimensions}"
        return f"{self.collection} {model} {self.chunker.recipe}"


async def ingest(
    seeds: Sequence[str],
    *,
    kb: str,
    source: str,
    parts: Parts,
    fetcher: Web,
    depth: int = 1,
    limit: int = 200,
    progress: Progress = lambda outcome: None,
) -> Report:
    """Bring the pages found from the seeds up to date in a knowledge base, one after another.

    Raises:
        IndexUnavailable, EmbedderUnavailable, CatalogUnavailable: the run ends here; repeated, it
            goes on where it was.
    """
    began = time.monotonic()
    run = await parts.catalog.open_run(kb, source)
    outcomes: list[Outcome] = []
    state: RunState = "failed"

    try:
        known = await _known(parts, kb)
        path = _Path(parts, kb, source, trusting=known is not None)
        pages = crawl(seeds, fetcher, depth=depth, limit=limit, known=known or {})
        async with aclosing(cast("AsyncGenerator[Fetched]", pages)) as found:
            async for fetched in found:
                outcomes.append(await path.follow(fetched))
                progress(outcomes[-1])
        state = "done"
    except asyncio.CancelledError:
        state = "interrupted"
        raise
    finally:
        took = time.monotonic() - began
        report = Report(run=run, kb=kb, source=source, outcomes=tuple(outcomes), took_s=took)
        await parts.catalog.close_run(run, state, report.as_json())
    return report


class _Path:
    """The way of one URL after another through a run."""

    def __init__(self, parts: Parts, kb: str, source: str, *, trusting: bool) -> None:
        self._parts = parts
        self._kb = kb
        self._source = source
        self._trusting = trusting

    async def follow(self, fetched: Fetched) -> Outcome:
        if len(fetched.url) > LONGEST_URL:
            reason = f"its address is longer than {LONGEST_URL} characters"
            return Outcome(url=fetched.url, state="unavailable", reason=reason)
        seen = await self._seen(fetched.url)
        if fetched.gone:
            return await self._gone(seen, fetched)
        if fetched.unchanged:
            return await self._unchanged(replace(seen, fetched_at=_now()))
        if fetched.page is None:
            return await self._unavailable(seen, fetched.reason)
        return await self._read(seen, fetched.page, fetched.links)

    async def _read(self, seen: SeenPage, page: Page, links: Sequence[str]) -> Outcome:
        body_hash = hashlib.sha256(page.body).hexdigest()
        looked_at = replace(
            seen,
            etag=page.etag,
            last_modified=page.last_modified,
            body_hash=body_hash,
            fetched_at=page.fetched_at,
        )
        if self._stands(seen) and seen.body_hash == body_hash:
            return await self._unchanged(looked_at, links)
        try:
            article = await self._parts.extractor.extract(page)
        except NoArticle as error:
            return await self._empty(looked_at, str(error))
        revision = revise(article)
        if self._stands(seen) and (seen.revision, seen.lang) == (revision, article.lang):
            return await self._unchanged(looked_at, links)
        # The crawl's URL, which the catalog knows the page by, is its URL in the index as well.
        article = replace(article, url=seen.url)
        passages = await asyncio.to_thread(
            self._parts.chunker.chunk,
            article,
            kb=self._kb,
            source=self._source,
            fetched_at=page.fetched_at,
        )
        if not passages:
            return await self._empty(looked_at, "holds headings, but no text below them")
        replacing = replace(looked_at, revision=revision, lang=article.lang)
        return await self._replace(replacing, passages, links)

    async def _replace(
        self, page: SeenPage, passages: Sequence[Passage], links: Sequence[str]
    ) -> Outcome:
        parts = self._parts
        weights = [weigh(passage.embedded_text, passage.lang) for passage in passages]
        vectors = await parts.embedder.embed_passages([p.embedded_text for p in passages])
        await parts.catalog.begin(page)
        await parts.index.put(passages, vectors, weights)
        await parts.index.retire(self._kb, page.url, keep=page.revision)
        done = replace(
            page,
            source=self._source,
            state="indexed",
            reason="",
            recipe=parts.recipe,
            passages=len(passages),
        )
        terms = Counter(term for vector in weights for term in vector.indices)
        await parts.catalog.finish(done, links, terms)
        return Outcome(url=page.url, state="indexed", passages=len(passages))

    async def _unchanged(self, seen: SeenPage, links: Sequence[str] | None = None) -> Outcome:
        await self._parts.catalog.touch(replace(seen, reason=""), links)
        return Outcome(url=seen.url, state="unchanged", passages=seen.passages)

    async def _unavailable(self, seen: SeenPage, reason: str) -> Outcome:
        await self._parts.catalog.touch(replace(seen, reason=reason))
        kept = seen.passages if seen.state == "indexed" else 0
        return Outcome(url=seen.url, state="unavailable", reason=reason, passages=kept)

    async def _gone(self, seen: SeenPage, fetched: Fetched) -> Outcome:
        if seen.state not in ("indexed", "writing"):
            return await self._unavailable(seen, fetched.reason)
        await self._retire(replace(seen, state="retired", reason=fetched.reason))
        return Outcome(url=seen.url, state="retired", reason=fetched.reason)

    async def _empty(self, page: SeenPage, reason: str) -> Outcome:
        """What is not written any more is not answered from, even if the page itself is there."""
        await self._retire(replace(page, state="empty", reason=reason))
        return Outcome(url=page.url, state="empty", reason=reason)

    async def _retire(self, page: SeenPage) -> None:
        await self._parts.catalog.begin(page)
        await self._parts.index.retire(self._kb, page.url, keep=None)
        await self._parts.catalog.finish(replace(page, revision=None, passages=0))

    async def _seen(self, url: str) -> SeenPage:
        new = SeenPage(kb=self._kb, url=url, source=self._source, state="unavailable")
        return await self._parts.catalog.page(self._kb, url) or new

    def _stands(self, seen: SeenPage) -> bool:
        """Whether what the index holds of the page is what this run would put there."""
        return self._trusting and seen.state == "indexed" and seen.recipe == self._parts.recipe


async def _known(parts: Parts, kb: str) -> Mapping[str, Validators] | None:
    """What to ask the web for changes with; None if the index lost points: all is read anew.

    That is so when its data was deleted, or an older copy of it put back.
    """
    pages = await parts.catalog.pages(kb, parts.recipe)
    if await parts.index.count(kb) < sum(page.passages for page, _ in pages.values()):
        return None
    return {
        url: Validators(etag=page.etag, last_modified=page.last_modified, links=links)
        for url, (page, links) in pages.items()
    }


async def forget(url: str, kb: str, index: PassageIndex, catalog: Catalog) -> bool:
    """Take a page out of the index and the catalog; whether the catalog knew it.

    A later run that meets it again indexes it again.
    """
    seen = await catalog.page(kb, url)
    if seen is not None:
        await catalog.begin(seen)
    await index.retire(kb, url, keep=None)
    await catalog.forget(kb, url)
    return seen is not None


def _now() -> datetime:
    return datetime.now(UTC)
