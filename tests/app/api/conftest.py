from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.api.server import create_app
from app.settings import Settings
from tests.fakes.house import PaperHouse, open_paper_house, serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PaperHouse]:
    async with open_paper_house(tmp_path) as house:
        yield house


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.chdir(tmp_path)  # away from a developer's .env
    return Settings()


@pytest.fixture
async def api(house: PaperHouse, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The application as callers meet it, without a socket."""
    transport = httpx.ASGITransport(create_app(house, settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://groundling") as client:
        yield client


@pytest.fixture
async def served(house: PaperHouse, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The application on a real socket."""
    async with (
        serving(create_app(house, settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        yield client
