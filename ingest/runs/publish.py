"""The second half of a run: what was planned is done to the index, page by page.

A page's new passages are put before its old ones are taken away, so it is never absent; doing a
change twice does no harm, so one whose worker died is simply done again.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ingest.catalog.catalog import SeenPage, Ways, ways_of
from ingest.catalog.changes import Change
from ingest.catalog.runs import SeenRun
from ingest.catalog.steps import Done
from ingest.chunking.chunk import revise
from ingest.documents import Article, Passage
from ingest.extraction import chrome
from ingest.indexing.sparse import weigh
from ingest.runs.desk import reading, rules_of
from ingest.runs.foresight import Foresight
from ingest.runs.gather import seen_again
from ingest.runs.parts import Parts
from ingest.runs.settle import digest, is_start
from ingest.sources.source import Source

NOTHING_BELOW = "holds headings, but no text below them"


class Publisher:
    """Carries out the changes of one run."""

    def __init__(self, run: SeenRun, source: Source, parts: Parts, foresight: Foresight) -> None:
        self._run = run
        self._kb = source.kb
        self._source = source.name
        self._parts = parts
        self._foresight = foresight
        self._records = parts.records
        self._recipe = parts.recipe + reading(rules_of(source))
        self._common = frozenset(run.common)

    async def carry_out(self, change: Change) -> tuple[Done, int]:
        """One page's change; what the report is to say of it, and the passages embedded for it."""
        step = await self._records.steps.one(self._run.id, change.url)
        found = step.found if step else {}
        page, ways = await self._row(change, found), ways_of(found.get("ways", {}))
        if change.action == "put":
            common = frozenset[int]() if is_start(step) else self._common
            return await self._put(change, page, ways, common)
        await self._records.pages.begin(page)
        await self._parts.index.retire(self._kb, change.url, keep=None)
        gone = replace(page, revision=None, passages=0, article=None, reason=change.reason)
        if change.action == "alias":
            gone = replace(gone, state="duplicate", alias_of=change.alias_of, article=change.after)
            done = Done(url=change.url, outcome="duplicate", reason=change.reason)
        else:
            state = "empty" if step and step.outcome == "empty" else "retired"
            gone = replace(gone, state=state, alias_of="")  # type: ignore[arg-type]
            done = Done(url=change.url, outcome=state, reason=change.reason)
        await self._records.pages.finish(gone, ways)
        return done, 0

    async def _row(self, change: Change, found: Mapping[str, Any]) -> SeenPage:
        """The page's row as it will be, with what was found of it."""
        new = SeenPage(kb=self._kb, url=change.url, source=self._source, state="unavailable")
        row = await self._records.pages.page(self._kb, change.url) or new
        if self._run.kind == "rollback":  # what the web says now is not what is indexed
            row = replace(row, etag=None, last_modified=None, body_hash=None)
        if "fetched_at" not in found:
            return replace(row, source=self._source)
        return replace(seen_again(row, found), source=self._source, missed=0)

    async def _put(
        self, change: Change, page: SeenPage, ways: Ways, common: frozenset[int]
    ) -> tuple[Done, int]:
        article = await self._records.articles.get(self._kb, change.url, change.after)
        if article is None:
            reason = "its article is not in the catalog any more; the next run reads it again"
            return Done(url=change.url, outcome="unavailable", reason=reason), 0
        own = replace(article, text=chrome.without(article.text, common))
        passages = await asyncio.to_thread(
            self._parts.chunker.chunk,
            own,
            kb=self._kb,
            source=self._source,
            fetched_at=page.fetched_at or datetime.now(UTC),
        )
        page = self._as_read(page, change, article, common)
        if not passages:
            return await self._nothing_left(page, ways), 0
        page = replace(page, revision=revise(own), passages=len(passages))
        embedded = await self._replace(page, passages, ways)
        return Done(url=change.url, outcome="indexed", passages=len(passages)), embedded

    def _as_read(
        self, page: SeenPage, change: Change, article: Article, common: frozenset[int]
    ) -> SeenPage:
        left_out = common & set(chrome.lines(article.text))
        return replace(
            page,
            state="indexed",
            reason="",
            alias_of="",
            article=change.after,
            chrome=digest(left_out),
            recipe=self._recipe,
            title=article.title,
            lang=article.lang,
            page_date=article.page_date,
        )

    async def _replace(self, page: SeenPage, passages: list[Passage], ways: Ways) -> int:
        """Put the passages in place of the old ones; how many had to be embedded."""
        parts = self._parts
        vectors = await parts.index.vectors(self._kb, page.url)
        new = [p.embedded_text for p in passages if p.embedded_text not in vectors]
        vectors |= self._foresight.take(new)
        left = [text for text in new if text not in vectors]
        vectors |= zip(left, await parts.embedder.embed_passages(left), strict=True)
        weights = [weigh(passage.embedded_text, passage.lang) for passage in passages]
        await self._records.pages.begin(page)
        await parts.index.put(passages, [vectors[p.embedded_text] for p in passages], weights)
        await parts.index.retire(self._kb, page.url, keep=page.revision)
        terms = Counter(term for vector in weights for term in vector.indices)
        await self._records.pages.finish(page, ways, terms)
        return len(new)

    async def _nothing_left(self, page: SeenPage, ways: Ways) -> Done:
        """What is not written any more is not answered from, even if the page itself is there."""
        await self._records.pages.begin(page)
        await self._parts.index.retire(self._kb, page.url, keep=None)
        empty = replace(page, state="empty", reason=NOTHING_BELOW, revision=None, passages=0)
        await self._records.pages.finish(empty, ways)
        return Done(url=page.url, outcome="empty", reason=NOTHING_BELOW)
