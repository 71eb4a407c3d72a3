"""What the commands about runs do: each opens what it needs and gives back data."""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.catalog.catalog import MIGRATIONS
from ingest.catalog.runs import SeenRun
from ingest.cli.live import Told
from ingest.database import open_database
from ingest.discovery.walk import walk
from ingest.documents import Page
from ingest.errors import (
    NoSuchRun,
    RunGoesOn,
    SecretsUnavailable,
    SourceRefused,
)
from ingest.imports.opened import open_crawl
from ingest.imports.skipped import Skipped
from ingest.runs.diff import PageDiff, diff_of
from ingest.runs.parts import Records
from ingest.runs.report import Report, report_of
from ingest.runs.runs import Runs, cancel
from ingest.settings import KnowledgeSettings
from ingest.sources.source import Source
from ingest.wiring import open_runs, web_of

Shown = Callable[[str], AbstractContextManager[Told]]
"""Shows how the run over a source, by its name, goes on, for as long as its context lasts."""
# What is wrong with one source alone keeps no other from its run.
_ITS_OWN = (RunGoesOn, SecretsUnavailable, SourceRefused)
_LOOKED_THROUGH = 1_000


@dataclass(slots=True)
class Carried:
    """What became of the sources: reports of runs, ids of those handed on, and refusals."""

    reports: list[Report] = field(default_factory=list)
    handed_on: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def useful(self) -> bool:
        """Whether each run was begun, and one had something to show for it."""
        done = any(report.useful and report.state == "done" for report in self.reports)
        return not self.refused and bool(done or self.handed_on)


async def run_over(
    sources: Sequence[Source], settings: KnowledgeSettings, shown: Shown, *, force: bool
) -> Carried:
    """Run over the sources one after another, here."""
    carried = Carried()
    async with open_runs(settings) as runs:
        for source in sources:
            try:
                run = await runs.start(source, force=force)
                with shown(source.name) as told:
                    carried.reports.append(await runs.carry_out(run, told))
            except _ITS_OWN as error:
                carried.refused[source.name] = str(error)
    return carried


async def hand_over(
    sources: Sequence[Source], settings: KnowledgeSettings, *, force: bool
) -> Carried:
    """Begin runs over the sources and call the workers to them."""
    from ingest.runs.queue import hand_on

    carried = Carried()
    async with open_runs(settings) as runs:
        for source in sources:
            try:
                run = await runs.start(source, force=force)
                await hand_on(run, settings.queue)
                carried.handed_on[source.name] = run
            except _ITS_OWN as error:
                carried.refused[source.name] = str(error)
    return carried


@dataclass(frozen=True, slots=True)
class Walked:
    """A URL that a run would meet: how, how far from the start, and why it would not be read."""

    url: str
    via: str
    depth: int
    reason: str


async def walk_over(source: Source, settings: KnowledgeSettings) -> list[Walked]:
    """Every URL that a run over a source would meet; nothing is kept."""
    async with (
        open_records(settings) as records,
        web_of(settings.fetch, records)(source) as web,
    ):
        return [
            Walked(
                met.found.url,
                met.found.via,
                met.found.depth,
                "" if met.fetched.page else met.fetched.reason or "is not read",
            )
            async for met in walk(source, web)
        ]


async def take_in(
    name: str,
    kb: str,
    pages: AsyncIterable[Page],
    settings: KnowledgeSettings,
    shown: Shown,
) -> Report:
    """Index pages that are handed in, under a name."""
    return await _carry_out(settings, shown, name, lambda runs: runs.take_in(name, kb, pages))


async def take_in_crawl(
    name: str,
    kb: str,
    file: Path,
    skipped: Skipped,
    settings: KnowledgeSettings,
    shown: Shown,
) -> Report:
    """Index the pages that another crawler has fetched, under a name."""
    return await take_in(name, kb, await open_crawl(file, skipped), settings, shown)


async def withdraw(name: str, kb: str, settings: KnowledgeSettings, shown: Shown) -> Report:
    """Take every page of a source out of the index."""
    return await _carry_out(settings, shown, name, lambda runs: runs.withdraw(kb, name))


async def roll_back(run: str, settings: KnowledgeSettings, shown: Shown) -> Report:
    """Take back what a run changed."""
    async with open_records(settings) as records:
        seen = await find_run(records, run)
    return await _carry_out(settings, shown, seen.source, lambda runs: runs.rollback(seen.id))


async def _carry_out(
    settings: KnowledgeSettings,
    shown: Shown,
    name: str,
    begin: Callable[[Runs], Awaitable[str]],
) -> Report:
    async with open_runs(settings) as runs:
        run = await begin(runs)
        with shown(name) as told:
            return await runs.carry_out(run, told)


async def read_runs(limit: int, settings: KnowledgeSettings) -> list[SeenRun]:
    """The latest runs, the newest first."""
    async with open_records(settings) as records:
        return await records.runs.latest(limit)


async def read_report(run: str, settings: KnowledgeSettings) -> Report:
    """What became of each URL of a run, as far as it has come."""
    async with open_records(settings) as records:
        return await report_of(records, (await find_run(records, run)).id)


async def read_diff(run: str, settings: KnowledgeSettings) -> tuple[SeenRun, list[PageDiff]]:
    """What a run changed, or would change if it was held."""
    async with open_records(settings) as records:
        seen = await find_run(records, run)
        return seen, await diff_of(records, seen.kb, await records.changes.of(seen.id))


async def cancel_run(run: str, settings: KnowledgeSettings) -> SeenRun:
    """End a run, whoever carries it out."""
    async with open_records(settings) as records:
        seen = await find_run(records, run)
        await cancel(records, seen.id)
        return await find_run(records, seen.id)


async def find_run(records: Records, run: str) -> SeenRun:
    """The run of this id, or the one of the latest whose id begins so.

    Raises:
        NoSuchRun: there is none, or there are several.
    """
    exact = await records.runs.get(run)
    if exact is not None:
        return exact
    begin_so = [r for r in await records.runs.latest(_LOOKED_THROUGH) if r.id.startswith(run)]
    if len(begin_so) != 1:
        raise NoSuchRun(run)
    return begin_so[0]


@asynccontextmanager
async def open_records(settings: KnowledgeSettings) -> AsyncIterator[Records]:
    """The catalog alone, which needs neither Qdrant nor a model.

    Raises:
        CatalogUnavailable: the database cannot be opened.
    """
    async with open_database(settings.database, MIGRATIONS) as engine:
        yield Records(engine)
