"""The catalog on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS, Catalog
from ingest.catalog.tables import METADATA
from ingest.database import open_database
from ingest.errors import CatalogUnavailable
from ingest.settings import DatabaseSettings
from tests.ingest.catalog.contract import PAGE, CatalogContract


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path}/state/g.db")
    async with open_database(DatabaseSettings(url=url), MIGRATIONS) as opened:
        yield opened


class TestOnSqlite(CatalogContract):
    """The same that Postgres must do."""


async def test_a_database_that_fails_is_named_with_the_remedy(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.drop_all)
    with pytest.raises(CatalogUnavailable, match="GROUNDLING_DATABASE__URL"):
        await Catalog(engine).page("k", PAGE.url)
