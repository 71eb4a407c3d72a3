"""`/v1/runs`: how far each is, what became of each URL, what it changed, and the way back."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.api.events import MEDIA_TYPE, EventStream, event
from app.api.ports import House, Runs
from app.api.problems import OURS, problem_of
from app.api.wire import KbQuery, LimitQuery
from ingest.catalog.runs import SeenRun
from ingest.runs.report import Report, RunProgress, State

PROGRESS_S = 0.5
"""A progress event so often, if there is progress."""

MOST_RUNS = 1_000
"""So many of the latest runs are looked through for those of one knowledge base."""


class StartedRun(msgspec.Struct, kw_only=True):
    """The run that does what was asked; `GET /v1/runs/{run}` tells how far it is."""

    run: str


class WireRun(msgspec.Struct, kw_only=True):
    """A run, with the counts of its report once it has ended; `reason` is why it was held."""

    run: str
    kb: str
    source: str
    kind: str
    state: str
    phase: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    pages: dict[str, int]

    @classmethod
    def of(cls, run: SeenRun) -> "WireRun":
        """The run on the wire."""
        return cls(
            run=run.id,
            kb=run.kb,
            source=run.source,
            kind=run.kind,
            state=run.state,
            phase=run.phase,
            reason=run.reason,
            started_at=run.started_at,
            ended_at=run.ended_at,
            pages=(run.report or {}).get("pages", {}),
        )


class RunList(msgspec.Struct, kw_only=True):
    """The newest first."""

    runs: list[WireRun]


class WireReport(msgspec.Struct, kw_only=True):
    """How a run ended: URLs by what became of them, and how many passages were embedded anew."""

    run: str
    kb: str
    source: str
    state: str
    reason: str
    took_s: float
    pages: dict[str, int]
    passages_embedded: int

    @classmethod
    def of(cls, report: Report) -> "WireReport":
        """The report without its URLs."""
        return msgspec.convert(report.as_json(outcomes=False), cls)


class RunStatus(msgspec.Struct, kw_only=True):
    """How far a run is, and its report once it has ended."""

    progress: RunProgress
    report: WireReport | None


class WireOutcome(msgspec.Struct, kw_only=True):
    """What became of one URL, with the reason if it was not indexed, and its passages now."""

    url: str
    state: State
    reason: str
    passages: int


class Outcomes(msgspec.Struct, kw_only=True):
    """URLs in alphabetical order; `after` asks for those that follow, null when none do."""

    report: WireReport
    outcomes: list[WireOutcome]
    after: str | None


class WireDiff(msgspec.Struct, kw_only=True):
    """A page that a run changed, with the sentences that went and those that came."""

    url: str
    what: Literal["added", "changed", "retired", "alias"]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    reason: str


class Diff(msgspec.Struct, kw_only=True):
    """What a run changed, page by page; `pages` counts them by what happened to them."""

    pages: dict[str, int]
    changes: list[WireDiff]


@get("/runs", tags=["runs"])
async def list_runs(
    house: NamedDependency[House],
    kb: KbQuery = None,
    limit: LimitQuery = 20,
) -> RunList:
    """The latest runs, of one knowledge base or of all."""
    latest = await house.runs.runs(limit if kb is None else MOST_RUNS)
    wanted = [run for run in latest if kb in (None, run.kb)]
    return RunList(runs=[WireRun.of(run) for run in wanted[:limit]])


@get("/runs/{run:str}", tags=["runs"])
async def read_run(
    request: Request[Any, Any, Any], run: FromPath[str], house: NamedDependency[House]
) -> Response[RunStatus]:
    """How far a run is.

    With `Accept: text/event-stream`: events `progress` while it goes on, then `done` with the
    counts of its report; or `error` with a problem document.
    """
    progress = await house.runs.progress(run)
    if MEDIA_TYPE in request.headers.get("accept", ""):
        return EventStream(_events(house.runs, progress))  # type: ignore[return-value]
    ended = progress.state != "running"
    report = WireReport.of(await house.runs.report(run)) if ended else None
    return Response(RunStatus(progress=progress, report=report))


@get("/runs/{run:str}/report", tags=["runs"])
async def read_report(
    run: FromPath[str],
    house: NamedDependency[House],
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 100,
    after: FromQuery[str] = "",
) -> Outcomes:
    """What became of each URL of a run, of those of one state or of all."""
    report = await house.runs.report(run)
    wanted = sorted(
        (o for o in report.outcomes if o.url > after and in_state in (None, o.state)),
        key=lambda outcome: outcome.url,
    )
    some = wanted[:limit]
    return Outcomes(
        report=WireReport.of(report),
        outcomes=[msgspec.convert(o, WireOutcome, from_attributes=True) for o in some],
        after=some[-1].url if len(wanted) > limit else None,
    )


@get("/runs/{run:str}/diff", tags=["runs"])
async def read_diff(run: FromPath[str], house: NamedDependency[House]) -> Diff:
    """What a run changed, sentence by sentence."""
    found = await house.runs.diff(run)
    return Diff(
        pages=dict(Counter(each.what for each in found)),
        changes=[msgspec.convert(each, WireDiff, from_attributes=True) for each in found],
    )


@post("/runs/{run:str}/cancel", status_code=202, tags=["runs"])
async def cancel_run(run: FromPath[str], house: NamedDependency[House]) -> StartedRun:
    """End a run before its time; what it has published stays. An ended run stays as it is."""
    await house.runs.cancel(run)
    return StartedRun(run=run)


@post("/runs/{run:str}/rollback", status_code=202, tags=["runs"])
async def roll_back(run: FromPath[str], house: NamedDependency[House]) -> StartedRun:
    """Undo what a run changed: another run, whose id is given, puts back what was there before."""
    undoing = await house.runs.rollback(run)
    await house.carrier.carry(undoing)
    return StartedRun(run=undoing)


async def _events(runs: Runs, progress: RunProgress) -> AsyncGenerator[bytes, None]:
    told: RunProgress | None = None
    try:
        while True:
            if progress != told:
                told = progress
                yield event("progress", progress)
            if progress.state != "running":
                break
            await asyncio.sleep(PROGRESS_S)
            progress = await runs.progress(progress.run)
        yield event("done", WireReport.of(await runs.report(progress.run)))
    except OURS as error:
        yield event("error", problem_of(error))
