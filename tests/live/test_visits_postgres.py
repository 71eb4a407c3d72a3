"""What happens in visits, on a real Postgres."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.tables import Base
from app.visits.visits import MIGRATIONS
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.app.visits.contract import VisitsContract
from tests.live.postgres import cluster


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with cluster() as opened:
        yield opened.replace("postgresql:", "postgresql+asyncpg:")


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(DatabaseSettings(url=SecretStr(url)), MIGRATIONS) as opened:
        async with opened.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                await connection.execute(table.delete())
        yield opened


class TestOnPostgres(VisitsContract):
    """The same that SQLite must do."""
