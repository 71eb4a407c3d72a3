"""The catalog on a real Postgres."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS
from ingest.catalog.tables import METADATA
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.ingest.catalog.contract import CatalogContract
from tests.live.postgres import cluster


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with cluster() as opened:
        yield opened.replace("postgresql:", "postgresql+asyncpg:")


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(DatabaseSettings(url=SecretStr(url)), MIGRATIONS) as opened:
        async with opened.begin() as connection:
            for table in METADATA.sorted_tables:
                await connection.execute(table.delete())
        yield opened


class TestOnPostgres(CatalogContract):
    """The same that SQLite must do."""
