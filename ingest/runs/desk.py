"""Where a page becomes an article in the catalog, be it fetched or handed in."""

import hashlib
from dataclasses import asdict, replace
from typing import Any

from ingest.catalog.catalog import SeenPage, Ways
from ingest.catalog.steps import Done
from ingest.chunking.chunk import revise
from ingest.discovery.found import Fetched
from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction import chrome, similar
from ingest.extraction.rules import Rules
from ingest.runs.parts import Parts
from ingest.sources.source import Source

READING = 1
"""Raised when pages are read in another way than before, so that they are all read anew."""


class Desk:
    """Reads the pages of one source."""

    def __init__(self, source: Source, parts: Parts) -> None:
        self._source = source
        self._parts = parts
        self._records = parts.records
        self._rules = rules_of(source)

    async def read(self, page: Page, fetched: Fetched, known: SeenPage | None) -> Done:
        """What a page comes to."""
        body_hash = hashlib.sha256(page.body).hexdigest()
        found: dict[str, Any] = {
            "etag": page.etag,
            "last_modified": page.last_modified,
            "body_hash": body_hash,
            "fetched_at": page.fetched_at.isoformat(),
            "ways": asdict(_ways(fetched)),
        }
        if known and known.body_hash == body_hash and await self.stands(known):
            found |= described(known)
            return Done(url=fetched.url, outcome="unchanged", article=known.article, found=found)
        try:
            article = await self._parts.extractor.extract(page, self._rules)
        except NoArticle as error:
            return Done(url=fetched.url, outcome="empty", reason=str(error), found=found)
        # The crawl's URL, which the catalog knows the page by, is its URL in the index as well.
        article = replace(article, url=fetched.url)
        self._was_read(article, known)
        return await self._keep(article, found)

    def _was_read(self, article: Article, known: SeenPage | None) -> None:
        """Nobody but a run that goes on to publish it wants to know."""

    async def stands(self, known: SeenPage) -> bool:
        """Whether the article that is known of a page was read as it would be now, and is there."""
        if known.state not in ("indexed", "duplicate"):
            return False
        kept = await self._records.articles.has(self._source.kb, known.url, known.article)
        return kept and known.recipe.endswith(reading(self._rules))

    async def _keep(self, article: Article, found: dict[str, Any]) -> Done:
        revision = revise(article)
        lines, simhash = chrome.lines(article.text), similar.simhash(article.text)
        await self._records.articles.put(self._source.kb, revision, article, lines, simhash)
        found |= described(article)
        return Done(url=article.url, outcome="gathered", article=revision, found=found)


def rules_of(source: Source) -> Rules:
    """How the pages of a source are read."""
    return Rules(keep=source.keep, drop=source.drop, lang=source.lang)


def reading(rules: Rules) -> str:
    """What must be equal for a page that did not change to give the same article."""
    asked = f"{rules.keep} {rules.drop} {rules.lang}".encode()
    return f" r{READING}-{hashlib.sha256(asked).hexdigest()[:8]}"


def described(page: SeenPage | Article) -> dict[str, Any]:
    """What a report and a row tell of a page beside its article."""
    day = page.page_date
    return {"title": page.title, "lang": page.lang, "page_date": day and day.isoformat()}


def _ways(fetched: Fetched) -> Ways:
    links = tuple(found.url for found in fetched.links if found.via == "link")
    beside = tuple(found.url for found in fetched.links if found.via != "link")
    return Ways(links=links, beside=beside, canonical=fetched.alias_of)
