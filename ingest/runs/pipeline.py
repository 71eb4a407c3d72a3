"""The whole path on one screen: a run through its phases, by any number of workers.

start      what the source names, and its sitemaps and feeds, become the frontier     (one worker)
gather     URL → page → article, into the catalog; the index is not touched           (all)
settle     duplicates, the site's own lines, what is missing → what to change         (one)
publish    article → passages → vectors → index, page by page; then what must go      (all)
finish     what did not change is marked as seen; the report                          (one)

Where a run stands is in the catalog and nowhere else, so a run that was killed anywhere goes on
with the next worker that takes it up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from typing import TypeVar

from ingest.catalog.changes import Change
from ingest.catalog.runs import Phase, RunState, SeenRun
from ingest.discovery.robots import Web
from ingest.discovery.scout import Scout
from ingest.errors import IngestError
from ingest.runs.at_work import at_work
from ingest.runs.foresight import Foresight
from ingest.runs.gather import Gatherer
from ingest.runs.parts import Parts
from ingest.runs.publish import Publisher
from ingest.runs.report import report_of
from ingest.runs.settle import Settler, over_the_limit
from ingest.settings import RunSettings
from ingest.sources.source import Source

logger = logging.getLogger(__name__)

POLL_S = 0.3
"""How often a worker that has nothing to do looks whether others have left it something."""
KEEP_RUNS = 10
"""Of so many runs of a source what they changed is kept: to be shown, and taken back."""
TOUCH = 256
"""Pages in one call that marks them as seen."""

Item = TypeVar("Item")
OpenWeb = Callable[[Source], AbstractAsyncContextManager[Web]]


class Stopped(Exception):
    """The run was cancelled, or ended by another worker."""


class Pipeline:
    """One worker's share of one run."""

    def __init__(
        self, run: SeenRun, source: Source, parts: Parts, settings: RunSettings, open_web: OpenWeb
    ) -> None:
        self._run = run.id
        self._source = source
        self._parts = parts
        self._records = parts.records
        self._settings = settings
        self._open_web = open_web
        self._web = AsyncExitStack()
        self._gatherer: Gatherer | None = None
        self._foresight = Foresight(run.id, source, parts)
        self._checked = 0.0

    async def carry_out(self) -> None:
        """Take part in the run until it has ended, however that is.

        Raises:
            IndexUnavailable, EmbedderUnavailable, CatalogUnavailable: the run stops here and is
                `failed`; started again, it goes on where it was.
        """
        steps: dict[Phase, Callable[[str], Awaitable[None]]] = {
            "start": self._start,
            "gather": self._gather,
            "settle": self._settle,
            "publish": self._publish,
            "finish": self._finish,
        }
        state: RunState = "failed"
        reason = ""
        try:
            async with at_work(self._records, self._run) as worker, self._web:
                while (phase := await self._phase()) != "done":
                    await steps[phase](worker)
        except Stopped:
            return
        except asyncio.CancelledError:
            state = "interrupted"
            raise
        except IngestError as error:
            reason = str(error)
            raise
        finally:
            await asyncio.shield(self._leave(state, reason))

    async def _leave(self, state: RunState, reason: str) -> None:
        """Others may go on; if there are none, the run has stopped here."""
        running = (await self._records.runs.state(self._run))[0] == "running"
        if running and not await self._records.workers.of(self._run):
            await self._close(state, reason)

    async def _close(self, state: RunState, reason: str) -> None:
        told = (await report_of(self._records, self._run)).as_json(outcomes=False)
        told |= {"state": state, "reason": reason}
        await self._records.runs.close(self._run, state, reason=reason, report=told)

    async def _phase(self) -> Phase:
        state, phase = await self._records.runs.state(self._run)
        if state != "running":
            raise Stopped
        return phase

    async def _check(self) -> None:
        """Now and then, see whether the run still goes on."""
        now = asyncio.get_running_loop().time()
        if now - self._checked > POLL_S:
            self._checked = now
            await self._phase()

    async def _start(self, worker: str) -> None:
        if not await self._records.runs.claim(self._run, "start", worker):
            await asyncio.sleep(POLL_S)
            return
        complete = await (await self._ready_to_gather()).start()
        await self._records.runs.advance(self._run, "start", "gather", complete=complete)

    async def _gather(self, worker: str) -> None:
        limit = self._source.limit
        gatherer = await self._ready_to_gather()

        async with self._foresight.at_work():
            await self._share(
                lambda: self._records.steps.lease(self._run, worker, limit),
                gatherer.take,
                lambda: self._records.steps.busy(self._run, limit),
            )
        await self._records.steps.over_the_limit(self._run, over_the_limit(self._source))
        await self._records.runs.advance(self._run, "gather", "settle")

    async def _settle(self, worker: str) -> None:
        if not await self._records.runs.claim(self._run, "settle", worker):
            await asyncio.sleep(POLL_S)
            return
        run = await self._records.runs.get(self._run)
        assert run is not None
        plan = await Settler(run, self._source, self._parts, self._settings).plan()
        if plan.held:
            reason = f"{plan.held}; see what it would change, and start it with force to go on"
            await self._records.changes.plan(self._run, plan.changes, phase="settle")
            await self._close("held", reason)
            return
        common = sorted(plan.common)
        # As a whole: half of it would be taken for what was gathered, and a miss counted twice.
        async with self._records.changes.together():
            await self._records.pages.touch([(page, None) for page in plan.pages])
            await self._records.steps.note(self._run, plan.met_anew)
            await self._records.steps.settle(self._run, plan.outcomes)
            await self._records.changes.plan(self._run, plan.changes, common=common)

    async def _publish(self, worker: str) -> None:
        run = await self._records.runs.get(self._run)
        assert run is not None
        publisher = Publisher(run, self._source, self._parts, self._foresight)

        async def carry_out(change: Change) -> None:
            done, embedded = await publisher.carry_out(change)
            await self._records.steps.settle(self._run, [done])
            await self._records.changes.finish(self._run, change.url, embedded)

        await self._share(
            lambda: self._records.changes.lease(self._run, worker),
            carry_out,
            lambda: self._records.changes.left(self._run),
        )
        await self._records.runs.advance(self._run, "publish", "finish")

    async def _finish(self, worker: str) -> None:
        if not await self._records.runs.claim(self._run, "finish", worker):
            await asyncio.sleep(POLL_S)
            return
        now, kb = datetime.now(UTC), self._source.kb
        same = [
            each.url
            for each in await self._records.steps.done(self._run)
            if each.outcome == "unchanged"
        ]
        for start in range(0, len(same), TOUCH):
            await self._parts.index.touch(kb, same[start : start + TOUCH], now)
        await self._records.articles.prune(kb, self._source.name, KEEP_RUNS)
        report = await report_of(self._records, self._run)
        await self._records.runs.advance(
            self._run, "finish", "done",
            state="done", ended_at=now, report=report.as_json(outcomes=False) | {"state": "done"},
        )  # fmt: skip

    async def _share(
        self,
        lease: Callable[[], Awaitable[Item | None]],
        do: Callable[[Item], Awaitable[None]],
        busy: Callable[[], Awaitable[bool]],
    ) -> None:
        """Do one thing after another, some at once, until none is left and nobody is at one."""
        at_once: set[asyncio.Task[None]] = set()
        try:
            while True:
                await self._check()
                if len(at_once) < self._settings.pages_at_once and (item := await lease()):
                    at_once.add(asyncio.create_task(_awaited(do(item))))
                elif at_once:
                    done, at_once = await asyncio.wait(
                        at_once, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED
                    )
                    if failed := [error for task in done if (error := task.exception())]:
                        raise failed[0]
                elif await busy():
                    await asyncio.sleep(POLL_S)
                else:
                    return
        finally:
            for task in at_once:
                task.cancel()
            await asyncio.gather(*at_once, return_exceptions=True)

    async def _ready_to_gather(self) -> Gatherer:
        """The same for both phases: it need not ask for the start pages a second time."""
        if self._gatherer is None:
            web = await self._web.enter_async_context(self._open_web(self._source))
            run = await self._records.runs.get(self._run)
            scout = Scout(self._source, web, set(run.sites if run else ()))
            self._gatherer = Gatherer(self._run, self._source, scout, self._parts, self._foresight)
        return self._gatherer


async def _awaited(work: Awaitable[None]) -> None:
    await work
