from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.visits import MIGRATIONS
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.fakes.rooms import PaperRooms


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    settings = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'visits.db'}"))
    async with open_database(settings, MIGRATIONS) as engine:
        yield engine


@pytest.fixture
def rooms() -> PaperRooms:
    return PaperRooms()
