"""What happens in visits, on a real Postgres."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.tables import Base
from app.visits.visits import MIGRATIONS
from tests.app.visits.contract import VisitsContract
from tests.live.postgres import cluster, emptied


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with cluster() as opened:
        yield opened


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    async with emptied(url, MIGRATIONS, Base.metadata) as opened:
        yield opened


class TestOnPostgres(VisitsContract):
    """The same that SQLite must do."""
