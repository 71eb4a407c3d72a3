"""Between gathering and publishing: what the pages of a source are worth beside one another.

Lines that stand on many pages are the site's and not the page's; of pages that say the same, one is
indexed; what no way leads to any more is retired when that was so twice. The result is a plan of
what to change, written down before anything is changed, and held back if it removes too much.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ingest.catalog.articles import Likeness
from ingest.catalog.catalog import SeenPage
from ingest.catalog.changes import Change
from ingest.catalog.runs import SeenRun
from ingest.catalog.steps import Done
from ingest.extraction import chrome
from ingest.runs.desk import reading, rules_of
from ingest.runs.duplicates import primaries
from ingest.runs.gather import seen_again
from ingest.runs.guard import held_back
from ingest.runs.parts import Parts
from ingest.settings import RunSettings
from ingest.sources.source import Source

MISSES = 2
"""A page that so many runs in a row found no way to is taken for gone (D7 of the design)."""
_LIVES = ("gathered", "unchanged")
# What becomes of a URL without an article, and for which of them what is indexed must go.
_STATES: Mapping[str, Any] = {
    "gone": "unavailable",
    "unavailable": "unavailable",
    "empty": "empty",
    "moved": "duplicate",
    "refused": "refused",
    "over": "refused",
}
_GOES = ("gone", "moved", "empty", "refused")
_BEFORE = SeenPage(kb="", url="", source="", state="unavailable")


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a run will change, what became of each URL, and why it must be held, if it must.

    `met_anew` are pages that the run had no step for: no way led to them any more.
    """

    common: set[int] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    outcomes: list[Done] = field(default_factory=list)
    met_anew: list[Done] = field(default_factory=list)
    pages: list[SeenPage] = field(default_factory=list)
    removed: int = 0
    held: str = ""


class Settler:
    """Makes the plan of one run."""

    def __init__(self, run: SeenRun, source: Source, parts: Parts, settings: RunSettings):
        self._run = run
        self._source = source
        self._records = parts.records
        self._index = parts.index
        self._recipe = parts.recipe + reading(rules_of(source))
        self._settings = settings

    async def plan(self) -> Plan:
        """What is to be done, from what was gathered and what is there."""
        pages = await self._records.pages.of_source(self._source.kb, self._source.name)
        seen = {page.url: page for page in pages}
        done = {each.url: each for each in await self._records.steps.done(self._run.id)}
        plan = Plan()
        missing = self._missing(seen, done)
        others = await self._records.pages.these(
            self._source.kb, [url for url in done if url not in seen]
        )
        seen |= {page.url: page for page in others}
        articles = {url: d.article for url, d in done.items() if d.outcome in _LIVES and d.article}
        # A page that is about to be retired can stand for no other.
        articles |= {
            url: page.article
            for url, page in missing.items()
            if page.article and page.missed + 1 < MISSES
        }
        kept = self._records.articles.likenesses(self._source.kb, articles.items())
        alike = [one async for one in kept]
        plan.common = self._common(alike)
        aliases = await primaries(self._source, self._records, articles, alike, done)
        chromes = {
            one.url: digest(plan.common & set(one.lines.tolist()))
            for one in alike
            if not is_start(done.get(one.url))
        }
        lost = await self._lost()
        for each in done.values():
            before = seen.get(each.url) or replace(
                _BEFORE, kb=self._source.kb, url=each.url, source=self._source.name
            )
            if each.outcome not in _LIVES:
                self._without_article(plan, before, each)
            elif alias := aliases.get(each.url):
                self._duplicate(plan, before, each, alias)
            else:
                self._with_article(plan, before, each, chromes.get(each.url, ""), lost)
        for page in missing.values():
            self._missed(plan, page)
        if not self._run.forced:
            plan.held = held_back(plan.removed, pages, done.values(), self._settings)
        return plan

    def _missing(
        self, seen: Mapping[str, SeenPage], done: Mapping[str, Done]
    ) -> dict[str, SeenPage]:
        """Indexed pages that a whole crawl did not come to, by URL."""
        whole = self._run.complete and not any(each.outcome == "over" for each in done.values())
        if self._run.kind != "crawl" or not whole:
            return {}
        return {
            url: page
            for url, page in seen.items()
            if url not in done and page.state in ("indexed", "duplicate", "writing")
        }

    def _common(self, alike: Sequence[Likeness]) -> set[int]:
        """The lines of the site itself, in each of its languages; what is handed in has no site."""
        if self._run.kind != "crawl":
            return set()
        by_language: dict[str, list[bytes]] = {}
        for one in alike:
            by_language.setdefault(one.lang, []).append(one.lines.tobytes())
        return set().union(*map(chrome.chrome, by_language.values()))

    async def _lost(self) -> bool:
        """Whether the index holds less than it should, and all is to be put anew.

        That is so when its data was deleted, or an older copy of it put back.
        """
        kb = self._source.kb
        expected = sum(s.passages for s in await self._records.pages.shelves() if s.kb == kb)
        return await self._index.count(kb) < expected

    def _with_article(
        self, plan: Plan, before: SeenPage, done: Done, chromes: str, lost: bool
    ) -> None:
        known = (before.article, before.chrome, before.recipe)
        stands = before.state == "indexed" and known == (done.article, chromes, self._recipe)
        page = _page(before, done, chrome=chromes, recipe=self._recipe, source=self._source.name)
        if stands and not lost:
            plan.pages.append(replace(page, state="indexed", reason="", alias_of="", missed=0))
            unchanged = replace(done, outcome="unchanged", passages=before.passages)
            plan.outcomes.append(unchanged)
            return
        held = before.article if before.state in ("indexed", "writing") else None
        plan.changes.append(Change(url=done.url, action="put", before=held, after=done.article))
        plan.outcomes.append(replace(done, outcome="indexed"))

    def _duplicate(self, plan: Plan, before: SeenPage, done: Done, alias: tuple[str, str]) -> None:
        url, reason = alias
        plan.outcomes.append(replace(done, outcome="duplicate", reason=reason))
        page = _page(before, done, recipe=self._recipe, source=self._source.name)
        page = replace(page, alias_of=url, reason=reason, missed=0)
        if before.state in ("indexed", "writing"):
            self._remove(plan, before, "alias", reason, alias_of=url, after=done.article)
            plan.removed -= before.passages  # another URL says the same
        else:
            plan.pages.append(replace(page, state="duplicate", passages=0, revision=None))

    def _without_article(self, plan: Plan, before: SeenPage, done: Done) -> None:
        was_there = before.state in ("indexed", "writing")
        state = _STATES[done.outcome]
        if was_there and done.outcome in _GOES:
            self._remove(plan, before, "retire", done.reason)
            state = "empty" if done.outcome == "empty" else "retired"
            plan.outcomes.append(replace(done, outcome=state))
        elif was_there:
            plan.pages.append(replace(before, reason=done.reason))
            plan.outcomes.append(replace(done, outcome=state, passages=before.passages))
        else:
            kept: Any = "retired" if before.state == "retired" and state == "unavailable" else state
            alias = done.found.get("moved_to", "")
            page = replace(before, state=kept, reason=done.reason, alias_of=alias)
            plan.pages.append(page)
            plan.outcomes.append(replace(done, outcome=state))

    def _missed(self, plan: Plan, page: SeenPage) -> None:
        missed = page.missed + 1
        reason = f"no link and no sitemap led to it, in {missed} runs"
        if missed < MISSES:
            plan.pages.append(replace(page, missed=missed))
            return
        if page.state == "duplicate":
            plan.pages.append(replace(page, state="retired", reason=reason, alias_of=""))
        else:
            self._remove(plan, page, "retire", reason)
        plan.met_anew.append(Done(url=page.url, outcome="retired", reason=reason))

    def _remove(self, plan: Plan, page: SeenPage, action: Any, reason: str, **values: Any) -> None:
        change = Change(url=page.url, action=action, before=page.article, reason=reason)
        plan.changes.append(replace(change, **values))
        plan.removed += page.passages


def is_start(done: Done | None) -> bool:
    """Whether a page is one that its source begins at.

    There the site's own lines stay: a telephone number at the foot of every page must be somewhere.
    """
    return done is not None and bool(done.found.get("start"))


def over_the_limit(source: Source) -> str:
    """The reason of a URL that a run did not come to."""
    return f"over the limit of {source.limit} pages of this run"


def _page(before: SeenPage, done: Done, **values: Any) -> SeenPage:
    """The page's row with what was found of it."""
    day = done.found.get("page_date")
    return replace(
        seen_again(before, done.found),
        title=done.found.get("title", before.title),
        lang=done.found.get("lang", before.lang),
        page_date=date.fromisoformat(day) if day else None,
        article=done.article,
        **values,
    )


def digest(lines: Collection[int]) -> str:
    """What must be equal for the same lines to have been left out; "" for none."""
    if not lines:
        return ""
    return hashlib.sha256(repr(sorted(lines)).encode()).hexdigest()[:16]
