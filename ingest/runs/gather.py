"""The first half of a run: from URLs to articles in the catalog; the index is not touched.

What becomes of a URL depends on that URL alone here. What depends on the others (duplicates, the
site's own lines, what is missing) is settled when all are there.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from ingest.catalog.catalog import SeenPage, Ways
from ingest.catalog.steps import ATTEMPTS, Done, Step
from ingest.chunking.chunk import revise
from ingest.discovery import traps
from ingest.discovery.found import Fetched, Found, Validators
from ingest.discovery.scout import Scout
from ingest.documents import Article, Page
from ingest.errors import IngestError, NoArticle
from ingest.extraction import chrome, similar
from ingest.extraction.rules import Rules
from ingest.runs.foresight import Foresight
from ingest.runs.parts import Parts
from ingest.sources.source import Source

logger = logging.getLogger(__name__)

READING = 1
"""Raised when pages are read in another way than before, so that they are all read anew."""


class Desk:
    """Where pages become articles in the catalog, be they fetched or handed in."""

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
            found |= _described(known)
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
        found |= _described(article)
        return Done(url=article.url, outcome="gathered", article=revision, found=found)


class Gatherer(Desk):
    """Takes the URLs of one run, each to its article or to the reason why there is none."""

    def __init__(
        self, run: str, source: Source, scout: Scout, parts: Parts, foresight: Foresight
    ) -> None:
        super().__init__(source, parts)
        self._run = run
        self._scout = scout
        self._foresight = foresight

    async def start(self) -> bool:
        """Put what the source names, and what its sitemaps and feeds do, into the frontier.

        False if one of those could not be read.
        """
        start = await self._scout.start()
        await self._records.runs.add_sites(self._run, start.sites)
        if not start.complete:
            logger.warning("a sitemap or feed could not be read", extra={"run": self._run})
        known = [await self._end(fetched, known=None) for fetched in start.fetched]
        await self._records.steps.note(self._run, known)
        await self._add(start.found)
        for fetched in start.fetched:
            seed = Found(url=fetched.url, depth=0, via="seed")
            ways = await self._records.pages.ways(self._source.kb, fetched.url)
            validators = Validators(links=ways.links, beside=ways.beside)
            await self._add(self._remembered(fetched, validators, seed))
        return start.complete

    async def take(self, step: Step) -> None:
        """One URL's way; nothing that is wrong with it ends the run."""
        try:
            done = await self._look(step)
        except IngestError:
            raise
        except Exception:
            logger.exception("a page could not be read", extra={"run": self._run, "url": step.url})
            reason = "could not be read, for a fault of ours that the log describes"
            done = Done(url=step.url, outcome="unavailable", reason=reason)
        if step.via == "seed":
            done = replace(done, found={**done.found, "start": True})
        await self._records.steps.finish(self._run, done)

    def _was_read(self, article: Article, known: SeenPage | None) -> None:
        self._foresight.read(article, indexed=known is not None and known.passages > 0)

    async def _look(self, step: Step) -> Done:
        if step.attempts > ATTEMPTS:
            reason = f"brought {ATTEMPTS} workers down, perhaps for want of memory"
            return Done(url=step.url, outcome="unavailable", reason=reason)
        found = Found(url=step.url, depth=step.depth, via=step.via, lastmod=step.lastmod)  # type: ignore[arg-type]
        seen = await self._records.pages.page(self._source.kb, step.url)
        known = await self._validators(seen)
        mine: Done | None = None
        for fetched in await self._scout.look(found, known):
            links = fetched.links or self._remembered(fetched, known, found)
            await self._add(links)
            if fetched.opens:
                await self._records.runs.add_sites(self._run, [fetched.opens])
            if fetched.url == step.url:
                mine = await self._end(fetched, known=seen)
            else:
                end = await self._records.pages.page(self._source.kb, fetched.url)
                await self._records.steps.note(self._run, [await self._end(fetched, known=end)])
        moved = Done(url=step.url, outcome="moved", reason="leads to a page that was read already")
        return mine or moved

    def _remembered(self, fetched: Fetched, known: Validators, found: Found) -> tuple[Found, ...]:
        """A page that fails today still leads where it led."""
        if fetched.page or fetched.gone or fetched.refused or fetched.unchanged:
            return ()
        links = [Found(url=url, depth=found.depth + 1, via="link") for url in known.links]
        beside = [Found(url=url, depth=found.depth, via="alternate") for url in known.beside]
        return (*links, *beside)

    async def _validators(self, seen: SeenPage | None) -> Validators:
        """By what to ask for changes; nothing, if what is known was read in another way."""
        if seen is None or seen.state not in ("indexed", "duplicate"):
            return Validators()
        ways = await self._records.pages.ways(self._source.kb, seen.url)
        if not await self.stands(seen):
            return Validators(links=ways.links, beside=ways.beside)
        return Validators(
            etag=seen.etag,
            last_modified=seen.last_modified,
            links=ways.links,
            beside=ways.beside,
            fetched_at=seen.fetched_at,
        )

    async def _add(self, found: Sequence[Found]) -> None:
        steps: list[Step] = []
        refused: list[Done] = []
        for each in found:
            if each.depth > self._source.depth:
                continue
            if reason := self._scout.refusal(each.url) or traps.endless(each.url):
                refused.append(Done(url=each.url, outcome="refused", reason=reason))
                continue
            steps.append(
                Step(
                    run=self._run, url=each.url, depth=each.depth, via=each.via,
                    lastmod=each.lastmod, shape=traps.shape(each.url),
                )
            )  # fmt: skip
        left_out = await self._records.steps.add(steps, traps.MOST_OF_A_SHAPE)
        refused += [
            Done(url=step.url, outcome="refused", reason=traps.too_many(step.shape))
            for step in left_out
        ]
        await self._records.steps.note(self._run, refused)

    async def _end(self, fetched: Fetched, known: SeenPage | None) -> Done:
        """What a URL came to, its article put into the catalog if it has one."""
        if fetched.page is not None:
            return await self.read(fetched.page, fetched, known)
        if fetched.unchanged and known is not None:
            ways = await self._records.pages.ways(self._source.kb, known.url)
            found = _found(known, ways) | {"fetched_at": _now()}
            return Done(url=fetched.url, outcome="unchanged", article=known.article, found=found)
        if fetched.moved_to and fetched.gone:
            where = {"moved_to": fetched.moved_to}
            return Done(url=fetched.url, outcome="moved", reason=fetched.reason, found=where)
        outcome = "refused" if fetched.refused else "gone" if fetched.gone else "unavailable"
        return Done(url=fetched.url, outcome=outcome, reason=fetched.reason)


def rules_of(source: Source) -> Rules:
    """How the pages of a source are read."""
    return Rules(keep=source.keep, drop=source.drop, lang=source.lang)


def reading(rules: Rules) -> str:
    """What must be equal for a page that did not change to give the same article."""
    asked = f"{rules.keep} {rules.drop} {rules.lang}".encode()
    return f" r{READING}-{hashlib.sha256(asked).hexdigest()[:8]}"


def _ways(fetched: Fetched) -> Ways:
    links = tuple(found.url for found in fetched.links if found.via == "link")
    beside = tuple(found.url for found in fetched.links if found.via != "link")
    return Ways(links=links, beside=beside, canonical=fetched.alias_of)


def _found(seen: SeenPage, ways: Ways) -> dict[str, Any]:
    return {
        "etag": seen.etag,
        "last_modified": seen.last_modified,
        "body_hash": seen.body_hash,
        "ways": asdict(ways),
    } | _described(seen)


def seen_again(page: SeenPage, found: Mapping[str, Any]) -> SeenPage:
    """The page's row with when it was seen, and by what to ask for changes the next time."""
    return replace(
        page,
        etag=found.get("etag"),
        last_modified=found.get("last_modified"),
        body_hash=found.get("body_hash"),
        fetched_at=datetime.fromisoformat(found["fetched_at"]),
    )


def _described(page: SeenPage | Article) -> dict[str, Any]:
    day = page.page_date
    return {"title": page.title, "lang": page.lang, "page_date": day and day.isoformat()}


def _now() -> str:
    return datetime.now(UTC).isoformat()
