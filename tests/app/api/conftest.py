import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn
from litestar import Litestar
from pydantic import SecretStr

from app.api.server import create_app
from app.settings import Settings
from app.visits.visits import MIGRATIONS, Visits, open_visits
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.fakes.answerer import ScriptedAnswerer, ScriptedSearcher
from tests.fakes.rooms import PaperRooms


@dataclass
class PaperHouse:
    """The house behind the door, with nothing real in it but the visits' tables."""

    visits: Visits
    rooms: PaperRooms
    answerer: ScriptedAnswerer = field(default_factory=ScriptedAnswerer)
    grounder: ScriptedSearcher = field(default_factory=ScriptedSearcher)
    checks: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.checks |= {"database": self.visits.store_ready, "livekit": self.visits.rooms_ready}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PaperHouse]:
    rooms = PaperRooms()
    settings = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'visits.db'}"))
    async with (
        open_database(settings, MIGRATIONS) as engine,
        open_visits(engine, rooms, at_once=2) as visits,
    ):
        yield PaperHouse(visits, rooms)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.chdir(tmp_path)  # away from a developer's .env
    return Settings()


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


@pytest.fixture
async def api(house: PaperHouse, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The whole application over a socket, as callers meet it."""
    async with (
        serving(create_app(house, settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        yield client
