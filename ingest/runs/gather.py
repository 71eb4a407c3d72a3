"""The first half of a run: from URLs to articles in the catalog; the index is not touched.

What becomes of a URL depends on that URL alone here. What depends on the others (duplicates, the
site's own lines, what is missing) is settled when all are there.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from ingest.catalog.catalog import SeenPage, Ways
from ingest.catalog.steps import ATTEMPTS, Done, Step
from ingest.discovery import traps
from ingest.discovery.found import Fetched, Found, Validators
from ingest.discovery.scout import Scout
from ingest.documents import Article
from ingest.errors import IngestError
from ingest.runs.desk import Desk, described
from ingest.runs.foresight import Foresight
from ingest.runs.parts import Parts
from ingest.sources.source import Source

logger = logging.getLogger(__name__)


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


def _found(seen: SeenPage, ways: Ways) -> dict[str, Any]:
    return {
        "etag": seen.etag,
        "last_modified": seen.last_modified,
        "body_hash": seen.body_hash,
        "ways": asdict(ways),
    } | described(seen)


def seen_again(page: SeenPage, found: Mapping[str, Any]) -> SeenPage:
    """The page's row with when it was seen, and by what to ask for changes the next time."""
    return replace(
        page,
        etag=found.get("etag"),
        last_modified=found.get("last_modified"),
        body_hash=found.get("body_hash"),
        fetched_at=datetime.fromisoformat(found["fetched_at"]),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
