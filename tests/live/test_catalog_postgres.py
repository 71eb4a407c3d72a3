"""The catalog on a real Postgres."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS
from ingest.catalog.tables import METADATA
from tests.ingest.catalog.contract import CatalogContract
from tests.live.postgres import cluster, emptied


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with cluster() as opened:
        yield opened


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    async with emptied(url, MIGRATIONS, METADATA) as opened:
        yield opened


class TestOnPostgres(CatalogContract):
    """The same that SQLite must do."""
