from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.tables import Base


async def test_the_migrations_make_the_tables_that_the_code_reads(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"version_table": "alembic_visits", "compare_type": True}
    )
    return list(compare_metadata(context, Base.metadata))
