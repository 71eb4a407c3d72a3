"""A house of paper behind the HTTP door, and a real server in front of it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from litestar import Litestar
from pydantic import SecretStr

from app.answering.waiting import Load
from app.hearing.vocabulary import Name
from app.metrics import Metrics
from app.settings import WebhookSettings
from app.visits.outbox import Letters
from app.visits.unanswered import UnansweredQuestions
from app.visits.visits import MIGRATIONS, Visits, open_visits
from app.visits.webhooks import open_webhooks
from ingest.catalog.tables import RUN, SOURCE
from ingest.catalog.tally import Tally
from ingest.database import open_database
from ingest.runs.carrier import Carrier, open_carrier
from ingest.runs.intake import Intake, open_intake
from ingest.settings import DatabaseSettings, SecretsSettings
from ingest.sources.store import Sources
from ingest.sources.vault import Vault
from tests.fakes.answerer import ScriptedAhead, ScriptedAnswerer, ScriptedSearcher
from tests.fakes.rooms import PaperRooms
from tests.fakes.runs import PaperRuns
from tests.fakes.tracing import PaperTracing


class PaperVocabularies:
    """One name, in one knowledge base."""

    async def of(self, kb: str) -> tuple[Name, ...]:
        return (Name("Wilhelmine", frozenset({"wilhelm"})),) if kb == "museum" else ()


@dataclass
class PaperHouse:
    """The house behind the door, with nothing real in it but its tables and its metrics."""

    visits: Visits
    unanswered: UnansweredQuestions
    rooms: PaperRooms
    sources: Sources
    runs: PaperRuns
    carrier: Carrier
    intake: Intake
    letters: Letters
    tally: Tally
    metrics: Metrics
    answerer: ScriptedAnswerer = field(default_factory=ScriptedAnswerer)
    ahead: ScriptedAhead = field(default_factory=ScriptedAhead)
    vocabularies: PaperVocabularies = field(default_factory=PaperVocabularies)
    grounder: ScriptedSearcher = field(default_factory=ScriptedSearcher)
    load: Callable[[], Load] = lambda: Load(writing=1, waiting=2)
    tracing: PaperTracing = field(default_factory=PaperTracing)
    checks: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.checks |= {"database": self.visits.store_ready, "livekit": self.visits.rooms_ready}


@asynccontextmanager
async def open_paper_house(
    folder: Path, webhooks: WebhookSettings | None = None
) -> AsyncIterator[PaperHouse]:
    """A house with places for two visits, its database in a folder.

    Webhooks that are not taken are tried again soon.
    """
    rooms, runs, metrics = PaperRooms(), PaperRuns(), Metrics()
    settings = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{folder / 'visits.db'}"))
    async with (
        open_database(settings, MIGRATIONS) as engine,
        open_webhooks(webhooks or WebhookSettings(), engine, metrics.sent, first_s=0.02) as outbox,
        open_visits(engine, rooms, at_once=2, tell=metrics.happened, outbox=outbox) as visits,
        open_carrier(runs) as carrier,
        open_intake(runs, carrier) as intake,
    ):
        async with engine.begin() as connection:
            for table in (SOURCE, RUN):
                await connection.run_sync(table.create, checkfirst=True)
        sources = Sources(engine, Vault(SecretsSettings(), folder))
        unanswered = UnansweredQuestions(engine, keep_days=30)
        yield PaperHouse(
            visits,
            unanswered,
            rooms,
            sources,
            runs,
            carrier,
            intake,
            Letters(engine),
            Tally(engine),
            metrics,
        )


@asynccontextmanager
async def serving(app: Litestar) -> AsyncIterator[str]:
    """The application on a real socket; gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def until(true: Callable[[], object]) -> None:
    """Return when something has become true, which it does without our doing, within seconds."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)
