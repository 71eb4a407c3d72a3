"""Runs that exist in memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ingest.catalog.catalog import SeenPage
from ingest.catalog.runs import Kind, RunState, SeenRun
from ingest.documents import Page
from ingest.errors import IngestError, NoSuchRun, RunGoesOn
from ingest.runs.diff import PageDiff
from ingest.runs.report import Outcome, Report, RunProgress
from ingest.sources.source import Source

STARTED = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@dataclass
class PaperRuns:
    """Implements `app.api.ports.Runs`: a run goes on until `may_end` is set, then has `outcomes`.

    While `fails` is set, every run breaks off with it.
    """

    outcomes: tuple[Outcome, ...] = ()
    diffs: tuple[PageDiff, ...] = ()
    known: list[SeenPage] = field(default_factory=list)
    fails: IngestError | None = None
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    began: dict[str, SeenRun] = field(default_factory=dict)
    started: list[tuple[Source, bool]] = field(default_factory=list)
    handed_in: list[Page] = field(default_factory=list)
    carried_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.may_end.set()

    async def start(self, source: Source, *, force: bool = False) -> str:
        self.started.append((source, force))
        return self._begin(source.kb, source.name, "crawl")

    async def withdraw(self, kb: str, source: str) -> str:
        return self._begin(kb, source, "withdrawal")

    async def take_in(self, name: str, kb: str, pages: AsyncIterable[Page]) -> str:
        run = self._begin(kb, name, "upload")
        async for page in pages:
            self.handed_in.append(page)
        return run

    async def rollback(self, run: str) -> str:
        of = self._get(run)
        return self._begin(of.kb, of.source, "rollback")

    async def carry_out(
        self, run: str, told: Callable[[RunProgress], None] = lambda progress: None
    ) -> Report:
        self.carried_out.append(run)
        told(await self.progress(run))
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self._end(run, "interrupted")
            raise
        if self.fails:
            self._end(run, "failed")
            raise self.fails
        if self._get(run).state == "running":
            self._end(run, "done")
        told(await self.progress(run))
        return await self.report(run)

    async def left_over(self) -> list[str]:
        return [run.id for run in self.began.values() if run.state == "running"]

    async def put_back(self, run: str) -> None:
        if self._get(run).state == "interrupted":
            self.began[run] = replace(self.began[run], state="running", ended_at=None)

    async def cancel(self, run: str) -> None:
        self._get(run)
        self._end(run, "cancelled")

    async def progress(self, run: str) -> RunProgress:
        seen = self._get(run)
        states = Counter(outcome.state for outcome in self.outcomes)
        return RunProgress(
            run=run, source=seen.source, kb=seen.kb, state=seen.state, phase=seen.phase,
            found=len(self.outcomes), indexed=states["indexed"],
        )  # fmt: skip

    async def report(self, run: str) -> Report:
        seen = self._get(run)
        return Report(
            run=run, kb=seen.kb, source=seen.source, outcomes=self.outcomes, took_s=1.5,
            state=seen.state, embedded=sum(outcome.passages for outcome in self.outcomes),
        )  # fmt: skip

    async def diff(self, run: str) -> tuple[PageDiff, ...]:
        self._get(run)
        return self.diffs

    async def runs(self, limit: int = 20) -> list[SeenRun]:
        return list(reversed(self.began.values()))[:limit]

    async def pages(
        self, kb: str, *, url_like: str = "", state: str = "", limit: int = 50, after: str = ""
    ) -> list[SeenPage]:
        found = [
            page
            for page in self.known
            if page.kb == kb
            and url_like in page.url
            and state in ("", page.state)
            and page.url > after
        ]
        return found[:limit]

    async def forget(self, kb: str, url: str) -> bool:
        before = len(self.known)
        self.known = [page for page in self.known if (page.kb, page.url) != (kb, url)]
        return len(self.known) < before

    def _begin(self, kb: str, source: str, kind: Kind) -> str:
        for run in self.began.values():
            if (run.kb, run.source, run.state) == (kb, source, "running"):
                raise RunGoesOn(source, run.id)
        run_id = f"run-{len(self.began) + 1}"
        self.began[run_id] = SeenRun(
            id=run_id, kb=kb, source=source, kind=kind, state="running", phase="gather",
            definition={}, secrets=None, sites=(), common=(), forced=False, reason="",
            started_at=STARTED, ended_at=None, report=None,
        )  # fmt: skip
        return run_id

    def _end(self, run: str, state: RunState) -> None:
        self.began[run] = replace(self.began[run], state=state, ended_at=STARTED)

    def _get(self, run: str) -> SeenRun:
        if run not in self.began:
            raise NoSuchRun(run)
        return self.began[run]
