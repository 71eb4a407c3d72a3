"""Runs, for whoever starts, watches, ends or takes them back: command line, API and workers."""

from collections.abc import AsyncIterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.catalog.catalog import SeenPage
from ingest.catalog.changes import Change
from ingest.catalog.runs import Kind, SeenRun
from ingest.discovery.found import Fetched
from ingest.documents import Page
from ingest.errors import NoSuchRun, RunGoesOn
from ingest.runs.at_work import at_work
from ingest.runs.desk import Desk
from ingest.runs.diff import PageDiff, diff_of
from ingest.runs.parts import Parts, Records
from ingest.runs.pipeline import OpenWeb, Pipeline
from ingest.runs.report import Report, RunProgress, progress_of, report_of
from ingest.runs.telling import Told, telling
from ingest.runs.undo import step_of, taking_back, withdrawing
from ingest.settings import RunSettings
from ingest.sources.source import Source

STALE = timedelta(hours=24)
"""A run that was cut off longer ago begins anew: what it gathered may not be so any more."""


class Runs:
    """The runs of all sources. Several processes may have one each over the same database."""

    def __init__(self, parts: Parts, settings: RunSettings, open_web: OpenWeb) -> None:
        self._parts = parts
        self._records = parts.records
        self._settings = settings
        self._open_web = open_web

    async def start(self, source: Source, *, force: bool = False) -> str:
        """Begin a run over a source, or go on with one that was cut off; its id.

        With `force`, what was held back because it removes too much is done all the same.

        Raises:
            RunGoesOn: one is under way.
            SecretsUnavailable: the source's secrets cannot be encrypted.
        """
        definition, secrets = self._parts.vault.seal(source)
        await self._records.workers.bury_the_dead()
        last = await self._records.runs.last_of(source.kb, source.name)
        if last and await self._may_go_on(last, definition, force):
            if await self._records.runs.resume(last.id, forced=force and last.state == "held"):
                return last.id
            raise RunGoesOn(source.name, last.id)
        run = await self._records.runs.open(
            source.kb, source.name, kind="crawl", definition=definition, secrets=secrets,
            forced=force,
        )  # fmt: skip
        return run or await self._refused(source.kb, source.name)

    async def _may_go_on(self, last: SeenRun, definition: dict[str, Any], force: bool) -> bool:
        """Whether the last run of a source is to be finished rather than another begun."""
        await self._end_if_left(last)
        if last.kind != "crawl":
            return False
        if last.state == "held":
            return force
        return (
            last.state in ("running", "failed", "interrupted")
            and last.phase != "done"
            and dict(last.definition) == definition
            and datetime.now(UTC) - last.started_at < STALE
        )

    async def _end_if_left(self, last: SeenRun) -> None:
        """A run that nobody is at any more is no hindrance; raises RunGoesOn for another."""
        if last.state == "running":
            if await self._records.workers.of(last.id):
                raise RunGoesOn(last.source, last.id)
            await self._records.runs.interrupt(last.id)

    async def _refused(self, kb: str, source: str) -> str:
        last = await self._records.runs.last_of(kb, source)
        raise RunGoesOn(source, last.id if last else "")

    async def carry_out(self, run: str, told: Told | None = None) -> Report:
        """Take part in a run until it has ended, telling now and then how far it is, if asked to.

        Raises:
            NoSuchRun: there is none of that id.
            IndexUnavailable, EmbedderUnavailable, CatalogUnavailable: the run stopped; started
                again, it goes on where it was.
            SecretsUnavailable: the source's secrets cannot be read.
        """
        seen = await self._get(run)
        source = self._source(seen)
        pipeline = Pipeline(seen, source, self._parts, self._settings, self._open_web)
        async with telling(self._records, run, told) if told else nullcontext():
            await pipeline.carry_out()
        return await self.report(run)

    def _source(self, run: SeenRun) -> Source:
        """What the run goes over; what was handed in came from no place that could be asked."""
        if run.kind == "crawl":
            return self._parts.vault.unseal(run.definition, run.secrets)
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in run.definition.items()
            if name in ("keep", "drop", "lang")
        }
        return Source.model_construct(None, name=run.source, kb=run.kb, **fields)

    async def left_over(self) -> list[str]:
        """Runs that should go on and that no worker is at: to be carried out by whoever starts."""
        await self._records.workers.bury_the_dead()
        left: list[str] = []
        for run in await self._records.runs.unfinished():
            if await self._records.workers.of(run.id):
                continue
            if run.kind == "upload" and run.phase == "start":  # what was handed in is gone
                await self._records.runs.interrupt(run.id)
            else:
                left.append(run.id)
        return left

    async def put_back(self, run: str) -> None:
        """Have a run that was cut off here be one of those that are left over. Raises NoSuchRun."""
        if (await self._get(run)).state == "interrupted":
            await self._records.runs.resume(run, forced=False)

    async def cancel(self, run: str) -> None:
        """End a run where it is; pages that it has published stay so. Raises NoSuchRun."""
        await cancel(self._records, run)

    async def progress(self, run: str) -> RunProgress:
        """How far a run is. Raises NoSuchRun."""
        return await progress_of(self._records, run)

    async def report(self, run: str) -> Report:
        """What became of each of its URLs, as far as it has come. Raises NoSuchRun."""
        return await report_of(self._records, run)

    async def diff(self, run: str) -> list[PageDiff]:
        """What a run changed, or would change if it is held. Raises NoSuchRun."""
        seen = await self._get(run)
        return await diff_of(self._records, seen.kb, await self._records.changes.of(run))

    async def rollback(self, run: str) -> str:
        """Begin a run that takes back what another changed; its id.

        A page that has changed again since stays as it is. The next run over the source reads the
        web again, and so may bring back what was taken back.

        Raises:
            NoSuchRun: there is none of that id.
            RunGoesOn: a run over the source is under way.
        """
        seen = await self._get(run)
        changes = await taking_back(self._records, seen)
        return await self._planned(seen.kb, seen.source, "rollback", changes, undone=seen)

    async def withdraw(self, kb: str, source: str) -> str:
        """Begin a run that takes every page of a source out of the index; its id.

        Raises:
            RunGoesOn: a run over the source is under way.
        """
        changes = await withdrawing(self._records, kb, source)
        return await self._planned(kb, source, "withdrawal", changes)

    async def take_in(self, name: str, kb: str, pages: AsyncIterable[Page]) -> str:
        """Begin a run over pages that are handed in, uploads or another crawler's; its id.

        They are read here and now, and indexed when the run is carried out. Pages that were handed
        in before and are not among these stay.

        Raises:
            RunGoesOn: a run of this name is under way.
        """
        await self._records.workers.bury_the_dead()
        run = await self._records.runs.open(kb, name, kind="upload", definition={})
        if run is None:
            return await self._refused(kb, name)
        desk = Desk(Source.model_construct(name=name, kb=kb), self._parts)
        try:
            async with at_work(self._records, run):
                async for page in pages:
                    known = await self._records.pages.page(kb, page.url)
                    done = await desk.read(page, Fetched(url=page.url, page=page), known)
                    await self._records.steps.note(run, [done], anew=True)
                await self._records.runs.advance(run, "start", "settle")
        finally:
            if (await self._records.runs.state(run))[1] == "start":  # half of it is no use
                await self._records.runs.interrupt(run)
        return run

    async def pages(
        self, kb: str, *, url_like: str = "", state: str = "", limit: int = 50, after: str = ""
    ) -> list[SeenPage]:
        """Pages of a knowledge base by text in their URL and by state, in order of URL."""
        return await self._records.pages.find(
            kb, containing=url_like, state=state, limit=limit, after=after
        )

    async def forget(self, kb: str, url: str) -> bool:
        """Take a page out of the index and the catalog at once; whether the catalog knew it.

        A later run that meets it again indexes it again.
        """
        seen = await self._records.pages.page(kb, url)
        if seen is not None:
            await self._records.pages.begin(seen)
        await self._parts.index.retire(kb, url, keep=None)
        await self._records.pages.forget(kb, url)
        await self._records.articles.forget(kb, url)
        return seen is not None

    async def runs(self, limit: int = 20) -> list[SeenRun]:
        """The latest runs, the newest first."""
        return await self._records.runs.latest(limit)

    async def _planned(
        self,
        kb: str,
        source: str,
        kind: Kind,
        changes: Sequence[Change],
        *,
        undone: SeenRun | None = None,
    ) -> str:
        """A run that need not gather: its changes are known; it reads pages as `undone` did."""
        await self._records.workers.bury_the_dead()
        last = await self._records.runs.last_of(kb, source)
        if last:
            await self._end_if_left(last)
        like = undone or last
        run = await self._records.runs.open(
            kb, source, kind=kind, definition=like.definition if like else {}, phase="settle"
        )
        if run is None:
            return await self._refused(kb, source)
        steps = [await step_of(self._records, change, undone) for change in changes]
        await self._records.steps.note(run, steps)
        await self._records.changes.plan(run, changes, common=undone.common if undone else ())
        return run

    async def _get(self, run: str) -> SeenRun:
        seen = await self._records.runs.get(run)
        if seen is None:
            raise NoSuchRun(run)
        return seen


async def cancel(records: Records, run: str) -> None:
    """End a run where it is; pages that it has published stay so.

    Raises:
        NoSuchRun: there is none of that id.
    """
    told = (await report_of(records, run)).as_json(outcomes=False) | {"state": "cancelled"}
    await records.runs.close(run, "cancelled", reason="was cancelled", report=told)
